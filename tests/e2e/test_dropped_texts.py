"""Texts that are only lent: gone from every file once they are scored."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell

Eventually = Callable[..., Any]
LENT = "between-you-and-me"


def everything_on_disk(shell: Shell) -> bytes:
    """All bytes of all files beside the store, logs and locks among them."""
    files = [path for path in shell.database.parent.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def test_no_file_of_the_store_holds_a_text_that_was_dropped(
    shell: Shell, eventually: Eventually
) -> None:
    rows = "".join(f"{n},{LENT} {n} {'long ' * (n % 7 * 300)}great\n" for n in range(300))
    shell.write("reviews.csv", f"id,text\n{rows}")
    shell("worker", "start")
    try:
        shell("submit", "-f", "reviews.csv", "--no-store-text")
        shell("submit", "kept for good")
        eventually(lambda: shell.count("status = 'completed'") == 301)
    finally:
        shell("worker", "stop")
    left = everything_on_disk(shell)
    assert b"kept for good" in left
    assert LENT.encode() not in left
    jobs = shell.lines("results", "b1", "--format", "jsonl")
    assert [job["text"] for job in jobs] == [None] * 300
    assert [job["key"] for job in jobs] == [str(n) for n in range(300)]
    assert {job["result_label"] for job in jobs} == {"positive"}


def test_a_text_that_waits_or_failed_or_was_cancelled_is_there(shell: Shell) -> None:
    shell("submit", "--no-store-text", f"{LENT} great")
    assert shell.json("status", "1")["text"] == f"{LENT} great"
    shell("cancel", "1")
    assert shell.json("status", "1")["text"] == f"{LENT} great"
    shell("retry", "1")
    shell("worker", "--drain")
    assert shell.json("status", "1")["text"] is None
    assert shell.json("status", "1")["result_label"] == "positive"


def test_whoever_looks_is_told_that_a_text_is_not_stored(shell: Shell) -> None:
    shell("run", "--no-store-text", f"{LENT} great", f"{LENT} awful")
    assert shell("list").count("(not stored)") == 2
    assert "(not stored)" in shell("status", "1")
    assert shell("list", "--search", "between", "--json").strip() == "[]"
    (row, _) = csv.DictReader(io.StringIO(shell("results", "--format", "csv")))
    assert row["text"] == ""
    assert row["result_label"] == "positive"


@pytest.mark.parametrize("written", ["no", "False", "0", "off"])
def test_the_setting_drops_texts_unless_the_flag_keeps_them(shell: Shell, written: str) -> None:
    shell.variables["SENTIJOB_STORE_TEXT"] = written
    assert shell.json("config", "show")["settings"]["store_text"]["value"] is False
    (dropped,) = shell.lines("run", "great", "--jsonl")
    (kept,) = shell.lines("run", "--store-text", "great", "--jsonl")
    assert (dropped["text"], kept["text"]) == (None, "great")


def test_a_setting_that_is_neither_yes_nor_no_is_refused(shell: Shell) -> None:
    shell.variables["SENTIJOB_STORE_TEXT"] = "perhaps"
    refused = shell.attempt("submit", "great")
    assert refused.returncode == 2
    assert "store_text = 'perhaps' (from SENTIJOB_STORE_TEXT)" in refused.stderr
    assert "write yes or no" in refused.stderr
