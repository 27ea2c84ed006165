"""``evaluate`` and ``compare`` as they are typed, with quick models in processes of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sentijob.cli.app import main

# demo: positive for great, negative for awful, else neutral. vader knows hopeless, too.
GOLD = "text,label\nHow great,5\nIt is awful,1\nA hopeless case,2\nA chair,3\n"
TWO_CLASS = "This is great\tpositive\nA hopeless case\tnegative\nA chair\tnegative\n"

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """Runs a command in a folder with labelled files; its status and what it printed."""
    monkeypatch.setenv("SENTIJOB_DB", str(tmp_path / "store" / "jobs.db"))
    monkeypatch.setenv("SENTIJOB_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("SENTIJOB_DEMO_DELAY", "0s")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    Path("gold.csv").write_text(GOLD)
    Path("two.tsv").write_text(TWO_CLASS)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def document(typed: Typed, *arguments: str) -> Any:
    status, out, err = typed(*arguments, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


def test_a_model_is_judged_by_a_files_labels_and_no_store_is_made(
    typed: Typed, tmp_path: Path
) -> None:
    judged = document(typed, "evaluate", "gold.csv", "--model", "demo")
    assert (judged["model"], judged["texts"], judged["accuracy"]) == ("demo", 4, 0.75)
    assert judged["two_class_accuracy"] is None
    assert judged["confusion"]["negative"] == {"negative": 1, "neutral": 1, "positive": 0}
    assert [one["text"] for one in judged["mistakes"]] == ["A hopeless case"]
    assert not (tmp_path / "store").exists()


def test_a_table_without_a_header_and_without_neutral_has_two_class_accuracy_too(
    typed: Typed,
) -> None:
    flags = ("--columns", "text,label", "--no-quotes", "--model", "demo")
    judged = document(typed, "evaluate", "two.tsv", *flags)
    assert judged["accuracy"] == pytest.approx(1 / 3, abs=1e-6)
    assert (judged["two_class_accuracy"], judged["two_class_ties"]) == (1.0, 2)
    status, out, _ = typed("evaluate", "two.tsv", *flags)
    assert status == 0
    assert "1.000 (neutral ignored; 2 ties taken as negative)" in out


def test_several_files_are_judged_together_and_apart(typed: Typed) -> None:
    Path("more.csv").write_text("text,label\nHow great,pos\n")
    judged = document(typed, "evaluate", "gold.csv", "more.csv", "--model", "demo")
    assert judged["accuracy"] == 0.8
    assert [(one["file"], one["accuracy"]) for one in judged["files"]] == [
        ("gold.csv", 0.75),
        ("more.csv", 1.0),
    ]


def test_a_file_of_which_nothing_can_be_scored_is_told_of_without_figures(typed: Typed) -> None:
    Path("none.csv").write_text("text,label\n\x01\x02,pos\n")
    judged = document(typed, "evaluate", "none.csv")
    assert (judged["texts"], judged["unscored"], judged["accuracy"]) == (1, 1, None)
    assert [one["file"] for one in judged["files"]] == ["none.csv"]
    status, out, _ = typed("evaluate", "none.csv")
    assert status == 0
    assert "1 text that the model can't score" in out
    flags = ("compare", "mini", "vader", "-f", "none.csv")
    assert document(typed, *flags)["unscored"] == 1
    assert "1 text that one of them can't score" in typed(*flags)[1]


@pytest.mark.parametrize(
    "command", [("evaluate", "gold.csv"), ("compare", "vader", "demo", "-f", "gold.csv")]
)
@pytest.mark.parametrize("columns", [80, 200])
def test_no_line_is_wider_than_the_screen(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("SENTIJOB_MODEL", "demo")
    Path("gold.csv").write_text(GOLD + f"{'A hopeless case ' * 30},neg\n")
    status, out, _ = typed(*command, "--label-field", "label")
    assert status == 0
    assert max(map(len, out.splitlines())) <= columns
    assert "A hopeless case" in out


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("evaluate", "none.csv"), 3, "none.csv: there is no such file"),
        (
            ("evaluate", "gold.csv", "--label-field", "stars"),
            3,
            "gold.csv:2: there is no column 'stars'",
        ),
        (("evaluate", "bad.csv"), 3, "bad.csv:3: the label 'grim' isn't known; known are negative"),
        (("evaluate", "gold.csv", "--model", "nobody"), 7, "there is no model 'nobody'"),
        (("evaluate", "gold.csv", "--map", "5"), 2, "--map: '5' must be NAME=negative"),
        (("evaluate", "gold.csv", "--columns", "a,a"), 2, "--columns: two columns are called 'a'"),
        (("evaluate", "x.jsonl", "--columns", "a,b"), 2, "--columns is for csv and tsv"),
        (("evaluate", "x.jsonl", "--no-quotes"), 2, "--no-quotes is for csv and tsv"),
        (("evaluate", "x.txt"), 2, "x.txt is read as txt, which has no labels"),
        (("evaluate",), 2, "Missing argument"),
        (("compare", "demo", "vader"), 2, "compare needs texts"),
        (("compare", "demo", "vader", "b1", "-f", "gold.csv"), 2, "compare needs texts"),
        (("compare", "demo", "vader", "b1", "--label-field", "x"), 2, "--label-field goes with -f"),
        (("compare", "demo", "nobody", "-f", "gold.csv"), 7, "there is no model 'nobody'"),
        (("compare", "demo", "vader", "b1"), 4, "there is no store"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line_with_its_status(
    typed: Typed, arguments: tuple[str, ...], status: int, said: str
) -> None:
    Path("bad.csv").write_text("text,label\nfine,pos\nbad,grim\n")
    found, out, err = typed(*arguments, "--json")
    assert (found, out) == (status, "")
    assert said in err


def test_two_models_are_compared_on_a_file_with_labels(typed: Typed) -> None:
    flags = ("-f", "gold.csv", "--label-field", "label")
    compared = document(typed, "compare", "demo", "vader", *flags)
    assert [one["model"] for one in compared["models"]] == ["demo", "vader"]
    assert [one["accuracy"] for one in compared["models"]] == [0.75, 1.0]
    assert all(one["rate"] > 0 for one in compared["models"])
    assert (compared["texts"], compared["agreement"]) == (4, 0.75)
    assert compared["difference"] == {
        "by": "accuracy",
        "only_first_right": 0,
        "only_second_right": 1,
        "p_value": 1.0,
    }
    assert [(one["text"], one["label"]) for one in compared["flips"]] == [
        ("A hopeless case", "negative")
    ]
    status, out, _ = typed("compare", "demo", "vader", *flags)
    assert status == 0
    assert "may well be chance (p = 1.0000" in out


def test_two_models_are_compared_on_the_texts_that_a_batch_still_has(typed: Typed) -> None:
    Path("some.txt").write_text("How great\nA hopeless case\n")
    assert typed("submit", "-f", "some.txt", "--name", "some")[0] == 0
    compared = document(typed, "compare", "demo", "vader", "some")
    assert (compared["texts"], compared["agreement"]) == (2, 0.5)
    assert compared["difference"] is None
    assert typed("compare", "demo", "vader", "b9")[0] == 4
    assert typed("submit", "a text")[0] == 0
    status, _, err = typed("compare", "demo", "vader", "3")
    assert status == 2
    assert "'3' is a job; compare takes a batch" in err


def test_a_batch_whose_texts_were_not_kept_has_nothing_to_compare(typed: Typed) -> None:
    Path("some.txt").write_text("How great\nA hopeless case\n")
    typed("run", "-f", "some.txt", "--no-store-text", "--model", "demo", "--json")
    status, out, err = typed("compare", "demo", "vader", "b1")
    assert (status, out) == (3, "")
    assert "b1: it has no texts, or none that are still stored" in err
