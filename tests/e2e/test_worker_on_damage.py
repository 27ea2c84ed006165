"""Workers and backups beside damage and load."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell

Eventually = Callable[..., Any]


def spoil_texts(path: Path) -> None:
    """Overwrite the pages that hold texts, as a failing disk might; the file is open elsewhere."""
    content = path.read_bytes()
    with path.open("r+b") as file:
        for page in range(4096, len(content), 4096):
            if b"great day" in content[page : page + 4096]:
                file.seek(page)
                file.write(b"\xa5" * 4096)


@pytest.fixture
def spoilt(shell: Shell) -> Shell:
    """A shell whose store has lost its texts."""
    shell.write("texts.txt", "".join(f"great day {n}\n" for n in range(500)))
    shell("submit", "-f", "texts.txt")
    spoil_texts(shell.database)
    return shell


def test_a_worker_stops_at_a_damaged_store_and_says_what_helps(spoilt: Shell) -> None:
    ended = spoilt.attempt("worker")
    assert ended.returncode == 6
    last = ended.stderr.splitlines()[-1]
    assert "is damaged" in last
    assert "restore a backup" in last
    assert "Traceback" not in ended.stderr


def test_a_supervisor_does_not_start_it_again_and_again(spoilt: Shell) -> None:
    unit = spoilt("worker", "unit")
    (line,) = [line for line in unit.splitlines() if line.startswith("RestartPreventExitStatus=")]
    assert "6" in line.partition("=")[2].split()


def test_a_background_worker_leaves_a_word_of_it_in_its_log(
    spoilt: Shell, eventually: Eventually
) -> None:
    started = spoilt.attempt("worker", "start")
    assert started.returncode in {0, 6}  # it may be ready before it meets the damage
    eventually(lambda: "is damaged" in spoilt("worker", "logs"))
    eventually(lambda: spoilt.attempt("worker", "stop").returncode == 4)
    assert spoilt("worker", "logs").count("is damaged") == 1


def all_rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
        ).fetchall()
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
            for (name,) in tables
            if name not in {"alembic_version", "flag"}
        }


def test_backups_under_a_worker_and_submitters_are_each_of_one_moment(
    shell: Shell, eventually: Eventually
) -> None:
    shell.write("texts.txt", "".join(f"great day {n}\n" for n in range(20_000)))
    submitting = shell.start("submit", "-f", "texts.txt")
    working = shell.start("worker")
    eventually(lambda: shell.count("status = 'completed'") > 0)
    copies: list[str] = []
    while len(copies) < 3 or submitting.poll() is None:
        copies.append(f"copy{len(copies)}.db")
        shell("db", "backup", copies[-1])
    assert working.poll() is None
    seen = 0
    for name in copies:
        assert shell.json("db", "check", "--db", name)["found"] == []
        counts = shell.json("stats", "--db", name)["counts"]
        assert counts["total"] >= seen
        seen = counts["total"]
    assert sorted(path.name for path in shell.folder.iterdir() if "tmp" in path.name) == []


def test_a_restored_backup_has_every_row_and_is_worked_on(shell: Shell) -> None:
    shell.write("texts.txt", "".join(f"great day {n}\n" for n in range(300)))
    shell("submit", "-f", "texts.txt", "--name", "days")
    shell("run", "awful")
    shell("submit", "--once", "key", "plain")
    before = all_rows(shell.database)
    shell("db", "backup", "copy.db")
    again = shell.attempt("db", "backup", "copy.db")
    assert again.returncode == 5
    assert "copy.db exists" in again.stderr
    assert all_rows(shell.folder / "copy.db") == before
    spoil_texts(shell.database)
    for path in shell.database.parent.glob("jobs.db*"):
        if path.is_file():
            path.rename(path.with_name(f"broken-{path.name}"))
    (shell.folder / "copy.db").rename(shell.database)
    assert all_rows(shell.database) == before
    shell("worker", "--drain")
    assert shell.json("stats")["counts"]["completed"] == 302
