"""Which words carried a label, as a person and a program are told."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell

TEXT = "The food was great 😍 but the service was awful."
PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
COLOURS = re.compile(r"\x1b\[([0-9;]+)m")


@pytest.fixture
def scored(shell: Shell) -> Shell:
    """A shell with a scored job, number 1."""
    shell.variables["SENTIJOB_MODEL"] = "vader"
    shell("run", f"  {TEXT}\n")
    return shell


def test_every_word_of_a_job_has_its_place_and_its_weight(scored: Shell) -> None:
    document = scored.json("status", "1", "--explain")
    words = document["explanation"]
    assert [TEXT[one["start"] : one["end"]] for one in words] == [one["word"] for one in words]
    assert "".join(one["word"] for one in words) == TEXT.replace(" ", "")
    weights = {one["word"]: one["weight"] for one in words}
    assert document["result_label"] == document["explanation_label"] == "negative"
    assert document["explanation_revision"] == document["model_revision"]
    assert weights["awful"] > 0.2
    assert weights["great"] < -0.05
    assert weights["food"] == 0


def test_the_documented_example_is_what_is_printed(shell: Shell) -> None:
    shell.variables["SENTIJOB_MODEL"] = "vader"
    section = PAGE.partition("\n## Why a job has its label\n")[2].partition("\n## ")[0]
    text = re.search(r"`run \"(.+)\" --model vader`", section)
    example = re.search(r"^```json\n(.*?)\n```$", section, re.MULTILINE | re.DOTALL)
    assert text is not None
    assert example is not None
    document = shell.json("run", text[1], "--explain")
    assert json.loads(example[1]).items() <= document.items()
    fields = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    first = document["explanation"][0]
    assert fields == [*[name for name in document if name.startswith("explanation")], *first]


@pytest.mark.parametrize("flags", [(), ("--no-store-text",)])
def test_a_run_explains_its_text_even_where_that_isnt_kept(
    shell: Shell, flags: tuple[str, ...]
) -> None:
    shell.variables["SENTIJOB_MODEL"] = "vader"
    document = shell.json("run", " so good ", "--explain", *flags)
    assert document["text"] == (None if flags else "so good")
    assert [one["word"] for one in document["explanation"]] == ["so", "good"]
    shown = shell.at_terminal("run", "so good", "--explain", *flags).finish()
    assert re.search(r"\+0\.\d{3}.*→ positive.* good", shown)


def test_the_demo_model_doesnt_wait_for_its_explanation(shell: Shell) -> None:
    shell("run", "a really really really good one")
    shell.variables["SENTIJOB_DEMO_DELAY"] = "20s"
    (word,) = [
        one for one in shell.json("status", "1", "--explain")["explanation"] if one["weight"]
    ]
    assert word == {"word": "good", "start": 23, "end": 27, "weight": 0.84}


@pytest.mark.parametrize("columns", [80, 200])
def test_words_are_coloured_by_what_they_push_towards(scored: Shell, columns: int) -> None:
    shown = scored.at_terminal("status", "1", "--explain", columns=columns).finish()
    assert "\x1b[1;31mawful\x1b[0m" in shown
    assert re.search(r"\x1b\[(2;)?32mgreat\x1b\[0m", shown)
    plain = COLOURS.sub("", shown)
    assert re.search(r"\+0\.\d{3} █+ +→ negative awful", plain)
    assert re.search(r"-0\.\d{3} █+ +→ positive great", plain)
    panel = plain[plain.index("╭") :].splitlines()
    assert max(map(len, panel)) == min(columns, 100)


def test_without_colour_signs_and_numbers_say_it_all(scored: Shell) -> None:
    scored.variables["NO_COLOR"] = "1"
    shown = scored.at_terminal("status", "1", "--explain").finish()
    codes = {code for found in COLOURS.findall(shown) for code in found.split(";")}
    assert codes <= {"0", "1", "2"}
    assert re.search(r"-0\.\d{3} █+ +→ positive great", COLOURS.sub("", shown))


def test_a_result_of_another_revision_is_said_to_be_one(scored: Shell) -> None:
    with closing(sqlite3.connect(scored.database)) as connection, connection:
        connection.execute("UPDATE job SET model_revision = 'older'")
    explained = scored.attempt("status", "1", "--explain", "--json")
    assert explained.returncode == 0
    assert "vader has changed since it scored job 1: revision older did" in explained.stderr
    assert '"model_revision":"older"' in explained.stdout
    assert '"explanation_revision":"3.' in explained.stdout


def test_what_cant_be_explained_is_said_in_a_line(shell: Shell) -> None:
    shell("run", "good", "--no-store-text")
    shell("submit", "one", "two")
    shell("submit", "three")
    shell("cancel", "4")
    for ids, status, says in [
        (("1",), 5, "the text of job 1 was dropped"),
        (("2",), 5, "job 2 is pending"),
        (("4",), 5, "job 4 is cancelled"),
        (("b1",), 2, "--explain is for one job"),
        (("1", "2"), 2, "--explain is for one job"),
        (("1", "--watch"), 2, "doesn't go with --watch"),
        (("77",), 4, "77"),
    ]:
        refused = shell.attempt("status", *ids, "--explain")
        assert (refused.returncode, refused.stdout) == (status, "")
        assert says in refused.stderr
        assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [("one", "two"), ("-f", "texts.txt"), ("one", "--name", "x"), ("one", "-o", "x.csv"), ("one", "--output-format", "csv")],
)  # fmt: skip
def test_a_run_of_more_than_one_text_is_refused_before_it_begins(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    shell.write("texts.txt", "fine\n")
    refused = shell.attempt("run", "--explain", *arguments)
    assert refused.returncode == 2
    assert "--explain" in refused.stderr
    assert not shell.database.exists()


def test_a_run_that_failed_is_handed_over_as_ever(shell: Shell) -> None:
    shell.variables["SENTIJOB_MODEL"] = "mini"
    failed = shell.attempt("run", "\u0301", "--explain", "--json")
    assert failed.returncode == 8
    assert '"code":"text_rejected"' in failed.stdout


def test_a_run_of_words_that_means_harm_is_inert_in_the_table(shell: Shell) -> None:
    shell("run", "great\x9b\x1b]52;c;ZXZpbA== " + "a " * 800)
    shown = shell.at_terminal("status", "1", "--explain").finish()
    assert "What positive loses without a run of words:" in shown
    (row,) = [line for line in shown.splitlines() if "+0.840" in line]
    assert "great\\x9b␛]52;" in row
