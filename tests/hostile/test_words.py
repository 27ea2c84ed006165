"""Hostile words wherever a command takes one: a defined status, no traceback, nothing that acts on a terminal."""

from __future__ import annotations

import os

import pytest
from commanding import Commander
from nasty.words import WORDS

BY_WORD = pytest.mark.parametrize("word", WORDS.values(), ids=WORDS.keys())


@BY_WORD
def test_a_hostile_id_is_found_or_refused_and_changes_nothing(used: Commander, word: str) -> None:
    before = used("list", "--jsonl").stdout
    for verb in (
        ("status",),
        ("wait", "--timeout", "10ms"),
        ("results",),
        ("cancel",),
        ("retry",),
        ("prune", "--yes"),
    ):
        assert used(*verb, "--", word).status in {2, 4}
    assert used("list", "--jsonl").stdout == before


@BY_WORD
def test_a_hostile_filter_selects_nothing_by_accident(used: Commander, word: str) -> None:
    before = used("list", "--jsonl").stdout
    for flag in ("batch", "status", "label", "model", "key", "error", "since", "older-than"):
        listed = used("list", f"--{flag}={word}", "--quiet")
        assert listed.status in {0, 2, 4}
        # A bare number is so many seconds.
        assert listed.stdout == "" or (flag == "since" and word.isdecimal())
        if flag == "since" and word.isdecimal():
            continue
        for verb in ("cancel", "retry", "prune"):
            assert used(verb, f"--{flag}={word}", "--yes").status in {0, 2, 4}
    assert used("list", f"--search={word}", "--quiet").status in {0, 2, 6}
    for flag in ("limit", "skip", "sort"):
        assert used("list", f"--{flag}={word}", "--quiet").status in {0, 2}
    assert used("list", "--jsonl").stdout == before


@BY_WORD
def test_a_hostile_flag_of_submit_is_taken_as_it_is_or_refused(
    command: Commander, word: str
) -> None:
    for flag in ("name", "once"):
        shown = command("submit", f"--{flag}={word}", "a text", "another")
        assert shown.status in {0, 2}
        if shown.status == 0:
            assert command("status", shown.stdout.strip()).status == 0
            assert command("list", "--batches").status == 0
            if flag == "once":
                again = command("submit", f"--{flag}={word}", "a text", "another")
                assert again.stdout == shown.stdout
    for flag in ("priority", "delay", "max-attempts", "format", "model", "text-field"):
        assert command("submit", f"--{flag}={word}", "a text").status in {0, 2, 7}
    for flag in ("text-field", "key-field"):
        table = b"id,text\n1,good\n"
        shown = command("submit", f"--{flag}={word}", "--format=csv", "-", given=table)
        assert shown.status == 3
    assert command(word or "frobnicate").status in {0, 2}


@BY_WORD
def test_a_hostile_text_is_stored_exactly_or_refused_and_shown_inert(
    command: Commander, word: str
) -> None:
    shown = command("submit", "--", word)
    if shown.status != 0:
        assert shown.status == 3
        return
    assert command("worker", "--drain").status == 0
    for look in (
        ("list",),
        ("status", "1"),
        ("status", "1", "--json"),
        ("results",),
        ("results", "--json"),
        ("list", "--jsonl"),
        ("stats",),
    ):
        assert command(*look).status == 0
    for suffix in ("csv", "jsonl", "parquet"):
        assert command("results", "-o", f"out.{suffix}").status == 0


@BY_WORD
def test_a_hostile_path_is_opened_or_refused(command: Commander, word: str) -> None:
    for arguments in (
        ("submit", f"--file={word}"),
        ("models", "show", "--", word),
        ("worker", "logs", f"--db={word}"),
        ("worker", "status", f"--db={word}"),
        ("worker", "stop", "--timeout=0", f"--db={word}"),
        ("db", "check", f"--db={word}"),
        ("config", f"--db={word}"),
        ("list", f"--db={word}"),
    ):
        assert command(*arguments).status in {0, 2, 3, 4, 6}
    assert command("submit", "a text").status == 0
    kept = set(command.folder.iterdir())
    for arguments in (("db", "backup", "--", word), ("results", f"--output={word}")):
        assert command(*arguments).status in {0, 2, 5, 6}
    assert kept <= set(command.folder.iterdir())


@BY_WORD
def test_a_file_of_a_hostile_name_is_read_and_shown_inert(command: Commander, word: str) -> None:
    name = b"x" + os.fsencode(word.replace("/", ":")[:60]) + b".txt"
    path = os.path.join(os.fsencode(command.folder), name)  # noqa: PTH118  # no str, on purpose
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"good\nb\0d\n")
    shown = command("submit", f"--file={os.fsdecode(name)}", "--skip-bad")
    assert shown.status == 0, shown.stderr
    assert "set aside" in shown.stderr
    assert os.path.exists(path + b".rejects.jsonl")  # noqa: PTH110
    assert command("list", "--batches").status == 0
    assert command("status", "b1", "--json").status == 0
