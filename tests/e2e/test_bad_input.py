"""Whatever is wrong gets one clear line, the right exit status, and leaves the store as it was."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell


class Case(NamedTuple):
    """A command that must be refused, and what the refusal must say."""

    arguments: tuple[str, ...]
    status: int
    says: tuple[str, ...]
    file: tuple[str, bytes] | None = None
    given: bytes | None = None


def of_file(name: str, content: bytes, *says: str, options: tuple[str, ...] = ()) -> Case:
    return Case(("submit", "-f", name, *options), 3, says, file=(name, content))


CASES = {
    "an empty text": Case(("submit", ""), 3, ("empty",)),
    "a text of nothing but white space": Case(("submit", " \t\n "), 3, ("white space",)),
    "10,001 characters": Case(("submit", "x" * 10_001), 3, ("10001", "10000")),
    "a lone surrogate": Case(("submit", os.fsdecode(b"caf\xe9")), 3, ("surrogate",)),
    "an empty text among others": Case(("submit", "fine", ""), 3, ("empty", "2")),
    "a directory": Case(("submit", "-f", "."), 3, ("folder",)),
    "a missing file": Case(("submit", "-f", "nowhere.csv"), 3, ("nowhere.csv", "no such file")),
    "an empty file": of_file("empty.txt", b"", "empty.txt"),
    "a file of blank lines": of_file("blank.txt", b"\n\n\n", "blank.txt"),
    "invalid UTF-8": of_file("latin.txt", b"fine\ncaf\xe9\n", "latin.txt", "byte"),
    "UTF-16 without a BOM": of_file(
        "wide.txt", "fine\nalso fine\n".encode("utf-16-le"), "wide.txt"
    ),
    "a NUL": of_file("nul.txt", b"fine\nnot\x00fine\n", "nul.txt:2", "NUL"),
    "a long line": of_file("long.txt", b"fine\n" + b"x" * 10_001, "long.txt:2", "10001"),
    "a CSV without the named column": of_file(
        "other.csv",
        b"id,words\n1,fine\n",
        "other.csv",
        "review",
        "words",
        options=("--text-field", "review"),
    ),
    "a CSV without the named key": of_file(
        "keyless.csv",
        b"id,text\n1,fine\n",
        "keyless.csv",
        "ref",
        options=("--key-field", "ref"),
    ),
    "a ragged row": of_file("ragged.csv", b"id,text\n1,fine\n2\n", "ragged.csv:3"),
    "a row too wide": of_file("wide.csv", b"id,text\n1,fine\n2,well,too\n", "wide.csv:3"),
    "a file that ends within quotes": of_file("cut.csv", b'id,text\n1,fine\n2,"not', "cut.csv:3"),
    "an empty cell": of_file("hole.csv", b"id,text\n1,fine\n2,\n", "hole.csv:3", "empty"),
    "broken JSON": of_file("broken.jsonl", b'{"text": "fine"}\n{"text": \n', "broken.jsonl:2"),
    "JSON cut in a row": of_file("half.jsonl", b'{"text": "fine"}\n{"text": "no', "half.jsonl:2"),
    "JSON without the field": of_file(
        "bare.jsonl", b'{"id": 1, "words": "fine"}\n', "bare.jsonl:1", "text"
    ),
    "JSON that is no object": of_file("list.jsonl", b'["fine"]\n', "list.jsonl:1"),
    "a surrogate in JSON": of_file(
        "half.jsonl", b'{"text": "\\ud800"}\n', "half.jsonl:1", "surrogate"
    ),
    "no Parquet at all": of_file("not.parquet", b"PAR1", "not.parquet"),
    "an unknown suffix's format": Case(
        ("submit", "-f", "x.txt", "--format", "xml"), 2, ("xml",), file=("x.txt", b"fine\n")
    ),
    "nothing on stdin": Case(("submit", "-"), 3, ("stdin",), given=b""),
    "an unknown id": Case(("status", "4711"), 4, ("4711",)),
    "an unknown batch": Case(("results", "b4711"), 4, ("b4711",)),
    "an unknown job to wait for": Case(("wait", "4711"), 4, ("4711",)),
    "an unknown job to cancel": Case(("cancel", "4711"), 4, ("4711",)),
    "an unknown model": Case(("submit", "--model", "maxi", "fine"), 7, ("maxi", "sentijob models")),
    "a model folder that isn't there": Case(("submit", "--model", "./maxi", "fine"), 7, ("maxi",)),
    "a delay that is none": Case(("submit", "--delay", "soon", "fine"), 2, ("soon", "10m")),
    "a priority out of range": Case(("submit", "--priority", "5000", "fine"), 2, ("1000",)),
    "no attempts": Case(("submit", "--max-attempts", "0", "fine"), 2, ("0",)),
    "a file and stdin for one name": Case(
        ("submit", "-f", "x.txt", "-", "--name", "both"), 2, ("--name",), file=("x.txt", b"fine\n")
    ),
    "an unknown command": Case(("sumbit", "fine"), 2, ("sumbit", "submit")),
    "an unknown flag": Case(("submit", "--modle", "mini", "fine"), 2, ("--modle",)),
}


@pytest.fixture(scope="module")
def used(new_shell: Callable[[], Shell]) -> Shell:
    """A shell whose store holds a job; all cases share it, for none of them may change it."""
    shell = new_shell()
    shell("submit", "here before")
    return shell


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_bad_input_is_refused_in_one_line_and_leaves_the_store_alone(
    used: Shell, case: Case
) -> None:
    if case.file is not None:
        used.write(*case.file)
    before = used.dump()
    refused = used.attempt(*case.arguments, given=case.given)
    assert refused.returncode == case.status, refused.stderr
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr
    complaint = [
        line for line in refused.stderr.splitlines() if not line.startswith("sentijob: see '")
    ]
    assert len(complaint) == 1, refused.stderr
    for word in case.says:
        assert word.lower() in complaint[0].lower()
    assert used.dump() == before


def test_a_folder_is_no_database(shell: Shell) -> None:
    refused = shell.attempt("submit", "fine", "--db", str(shell.folder))
    assert refused.returncode == 6
    assert str(shell.folder) in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_file_that_is_no_database_is_left_untouched(shell: Shell) -> None:
    letter = shell.write("letter.txt", "Dear diary,\n" * 1000)
    before = letter.read_bytes()
    refused = shell.attempt("submit", "fine", "--db", "letter.txt")
    assert refused.returncode == 6
    assert "letter.txt" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert letter.read_bytes() == before
    assert [path.name for path in shell.folder.iterdir()] == ["letter.txt"]


def test_a_folder_that_nobody_may_write_to_takes_no_store(shell: Shell) -> None:
    sealed = shell.folder / "sealed"
    sealed.mkdir(mode=0o500)
    # The superuser may write anywhere but into what the kernel made up.
    folder = sealed if os.geteuid() else "/sys/kernel"
    refused = shell.attempt("submit", "fine", "--db", f"{folder}/jobs.db")
    assert refused.returncode == 6
    assert str(folder) in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [("status", "1"), ("list",), ("results",), ("cancel", "1")])
def test_looking_at_a_store_that_is_not_there_makes_none(
    shell: Shell, command: tuple[str, ...]
) -> None:
    refused = shell.attempt(*command)
    assert refused.returncode == 4
    assert str(shell.database) in refused.stderr
    assert not shell.database.exists()


def test_a_bad_row_in_the_last_line_queues_nothing_of_the_file(shell: Shell) -> None:
    shell.write("texts.txt", b"fine\n" * 25_000 + b"\xff\n")
    refused = shell.attempt("submit", "-f", "texts.txt")
    assert refused.returncode == 3
    assert "texts.txt:25001" in refused.stderr
    assert "offset 125000" in refused.stderr
    assert shell.count() == 0


def test_a_bad_row_of_stdin_leaves_what_came_before_and_says_so(shell: Shell) -> None:
    refused = shell.attempt("submit", "-", given=b"fine\nalso fine\nnot\x00fine\nnever read\n")
    assert refused.returncode == 3
    assert "stdin:3" in refused.stderr
    assert "b1 holds the first 2 texts of stdin" in refused.stderr
    assert shell.rows("SELECT text FROM job_text ORDER BY job_id") == [("fine",), ("also fine",)]


def test_bad_rows_can_be_skipped_and_are_kept_apart(shell: Shell) -> None:
    shell.write("texts.csv", b"id,text\n1,fine\n2,\n3,well\n4\n")
    finished = shell.attempt("submit", "-f", "texts.csv", "--skip-bad")
    assert finished.returncode == 0, finished.stderr
    assert shell.rows("SELECT text FROM job_text ORDER BY job_id") == [("fine",), ("well",)]
    assert "2" in finished.stderr
    rejects = [path for path in shell.folder.iterdir() if "reject" in path.name]
    assert len(rejects) == 1
    assert rejects[0].name in finished.stderr
