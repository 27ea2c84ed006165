"""A store that a newer sentijob wrote is refused by every command, and not a byte of it is changed."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sentijob.cli.app import main
from sentijob.cli.commands import COMMANDS
from sentijob.jobs import Item, Terms
from sentijob.store.sql_store import SqlStore

_OPENING = (
    "submit great",
    "submit -f texts.txt",
    "run great",
    "worker",
    "worker --drain",
    "worker start",
    "worker status",
    "worker pause",
    "worker resume",
    "serve",
    "status 1",
    "wait 1",
    "list",
    "results",
    "results -o out.csv",
    "stats",
    "cancel 1",
    "retry 1",
    "prune 1",
    "compare demo vader b1",
    "db migrate",
    "db check",
    "db check --repair",
    "db backup copy.db",
    "db vacuum",
    "token create phone",
    "token list",
    "token revoke phone",
)
_OTHERS = (
    "worker stop",
    "worker logs",
    "worker unit",
    "models",
    "evaluate texts.txt",
    "db path",
    "doctor",
    "config",
)


@pytest.fixture(params=["closed", "killed"])
def newer(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newer program's store: left in order, or with a log that nobody has written back yet."""
    path = tmp_path / "store" / "jobs.db"
    with SqlStore.open(str(tmp_path / "first" / "jobs.db")) as store:
        store.submit(Item("precious"), Terms())
        path.parent.mkdir()
        with closing(sqlite3.connect(store.location)) as connection:
            connection.execute("PRAGMA user_version = 999")
        if request.param == "killed":
            for name in ("jobs.db", "jobs.db-wal"):
                shutil.copyfile(tmp_path / "first" / name, path.with_name(name))
    if request.param == "closed":
        shutil.copyfile(tmp_path / "first" / "jobs.db", path)
    (tmp_path / "texts.txt").write_text("great\n")
    monkeypatch.chdir(tmp_path)
    for name, value in {"DB": str(path), "MODEL": "demo", "CONFIG": "none.toml"}.items():
        monkeypatch.setenv(f"SENTIJOB_{name}", value)
    return path


def fingerprints(folder: Path) -> dict[str, str]:
    """Of all files but the index of the log, which SQLite makes anew at will."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm")
    }


def test_no_command_is_left_out() -> None:
    assert {line.split()[0] for line in (*_OPENING, *_OTHERS)} == {one.name for one in COMMANDS}


def test_a_newer_store_is_refused_by_every_command_and_left_as_it_is(
    newer: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = fingerprints(tmp_path)
    for line in _OPENING:
        status = main(line.split())
        said = capsys.readouterr()
        assert (status, said.out) == (6, ""), line
        assert "was written by a newer sentijob (schema 999" in said.err, line
        assert fingerprints(tmp_path) == before, line
    for line in _OTHERS:
        main(line.split())
        assert fingerprints(tmp_path) == before, line
    with closing(sqlite3.connect(newer)) as connection:
        assert connection.execute("SELECT text FROM job_text").fetchall() == [("precious",)]
