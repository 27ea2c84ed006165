"""Figures go from a benchmark's record into a document, and nothing else of the document changes."""

from __future__ import annotations

import json
from pathlib import Path

import harness
import pytest
from harness import Goal, Table, figure, publish
from report import bring_up_to_date, markdown

DOCUMENT = """# Figures

<!-- bench sample -->
an older table
<!-- end -->

in short

<!-- bench sample short -->
<!-- end -->

<!-- bench absent -->
kept
<!-- end -->
"""


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds a record, as a benchmark publishes it."""
    monkeypatch.setattr(harness, "RESULTS", tmp_path / "results")
    publish(
        "sample",
        {"ours": 50_123.4, "theirs": 500.0},
        [Table(("queue", "jobs/s"), [("ours", "50,123"), ("theirs | both", "500")])],
        [Goal("times theirs", 100.2, least=100), Goal("ms", 7.0, most=5)],
        short=Table(("queue", "is"), [("ours", "fast")]),
        packages=("sqlalchemy",),
    )
    return tmp_path / "results"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    document = tmp_path / "doc.md"
    document.write_text(DOCUMENT)
    return document


def test_a_published_record_fills_the_block_that_names_it(results: Path, document: Path) -> None:
    bring_up_to_date(document, results)
    text = document.read_text()
    assert "an older table" not in text
    assert "| ours | 50,123 |\n| theirs \\| both | 500 |" in text
    assert "| --- | ---: |" in text
    assert "<!-- bench sample short -->\n| queue | is |\n| --- | --- |\n| ours | fast |\n" in text


def test_a_filled_block_says_what_took_the_figures_where_and_with_what(
    results: Path, document: Path
) -> None:
    bring_up_to_date(document, results)
    record = json.loads((results / "sample.json").read_text())
    (line,) = [one for one in document.read_text().splitlines() if "SQLite" in one]
    assert f"`{record['command']}`" in line
    assert f"sqlalchemy {record['packages']['sqlalchemy']}" in line
    assert record["taken_at"][:10] in line


def test_a_goal_that_was_missed_is_told_as_plainly_as_one_that_was_met(
    results: Path, document: Path
) -> None:
    bring_up_to_date(document, results)
    assert "| times theirs | at least 100 | 100 | yes |" in document.read_text()
    assert "| ms | at most 5 | 7.00 | **no** |" in document.read_text()


def test_a_block_without_a_record_stays_and_is_named(results: Path, document: Path) -> None:
    assert bring_up_to_date(document, results) == ["absent"]
    assert "<!-- bench absent -->\nkept\n<!-- end -->" in document.read_text()


def test_filling_twice_changes_nothing_more(results: Path, document: Path) -> None:
    bring_up_to_date(document, results)
    once = document.read_text()
    bring_up_to_date(document, results)
    assert document.read_text() == once


@pytest.mark.parametrize(
    ("figures", "line"),
    [
        ({"a way": 1234.5}, "| a way | 1,234 |"),
        ({"a way": {"wall": 12.34, "cpu": 9.0}}, "| a way | 12.3 | 9.00 |"),
    ],
    ids=["by name", "by name and column"],
)
def test_a_record_without_tables_is_shown_by_its_figures(
    results: Path, document: Path, figures: object, line: str
) -> None:
    harness.save("sample", figures, short=Table(("queue",), [("ours",)]))
    bring_up_to_date(document, results)
    assert line in document.read_text()


@pytest.mark.parametrize(
    ("goal", "is_met"),
    [
        (Goal("", 1.0, least=1), True),
        (Goal("", 0.99, least=1), False),
        (Goal("", 1.0, most=1), True),
        (Goal("", 1.01, most=1), False),
    ],
)
def test_a_goal_is_met_on_its_bound_and_not_beyond(goal: Goal, *, is_met: bool) -> None:
    assert goal.is_met is is_met


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.01234, "0.0123"), (1.0, "1.00"), (99.6, "99.6"), (50_123.4, "50,123"), (40, "40")],
)
def test_a_figure_keeps_three_digits_or_all_of_a_large_one(value: float, shown: str) -> None:
    assert figure(value) == shown


def test_only_columns_of_figures_go_to_the_right() -> None:
    table = markdown(("a", "b"), [("4 workers", "-"), ("1", "1.5")])
    assert table.splitlines()[1] == "| --- | ---: |"
