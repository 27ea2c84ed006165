"""A store of any earlier schema becomes one of this schema whole, or stays as it was; and loses nothing by it.

Every frozen database of ``tests/data/schemas`` is taken up by itself. In
``make test`` a sample of the kills; all of them::

    SENTIJOB_FAULTS=all .venv/bin/pytest tests/faults/test_upgrades.py
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from migrators import kill_migrations, migrate_at_once
from thoroughness import IS_THOROUGH

from sentijob.jobs import Item, Terms
from sentijob.store.database import SCHEMA_VERSION
from sentijob.store.sql_store import SqlStore

pytestmark = pytest.mark.timeout(600)

_FROZEN = sorted((Path(__file__).parents[1] / "data" / "schemas").glob("*.db"))
_SOURCES = [None, *(path for path in _FROZEN if int(path.stem) < SCHEMA_VERSION)]
"""What there is to migrate from: nothing, and each earlier schema."""
_OURS = ("job", "job_text", "batch", "once")
Table = dict[str, list[Any]]


def names(path: Path | None) -> str:
    return "nothing" if path is None else path.stem


def tables(path: Path) -> dict[str, Table]:
    """What jobs, batches and keys there are, column by column."""
    with closing(sqlite3.connect(path)) as connection:
        return {table: _columns(connection, table) for table in _OURS}


def _columns(connection: sqlite3.Connection, table: str) -> Table:
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY 1")
    columns = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    return {column: [row[place] for row in rows] for place, column in enumerate(columns)}


def shared(found: dict[str, Table], other: dict[str, Table]) -> dict[str, Table]:
    """*found* without the columns that only one of both has."""
    return {
        table: {name: column for name, column in columns.items() if name in other[table]}
        for table, columns in found.items()
    }


def schema(path: Path) -> tuple[int, list[Any]]:
    """A file's version, and what it is made of."""
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        made = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
        return version, made


def copied(source: Path | None, target: Path) -> Path:
    if source is not None:
        shutil.copyfile(source, target)
    return target


def test_every_schema_up_to_this_one_is_frozen() -> None:
    assert [int(path.stem) for path in _FROZEN] == list(range(1, SCHEMA_VERSION + 1))


@pytest.mark.parametrize("source", _FROZEN, ids=names)
def test_every_job_batch_and_key_of_an_earlier_schema_is_kept(source: Path, tmp_path: Path) -> None:
    path = copied(source, tmp_path / "jobs.db")
    before = tables(path)
    SqlStore.open(str(path)).close()
    after = tables(path)
    assert shared(after, before) == shared(before, after)
    with SqlStore.open(str(path)) as store:
        assert store.submit(Item("again"), Terms(), once="frozen").job_id in before["job"]["id"]
        assert store.submit(Item("new"), Terms()).job_id == max(before["job"]["id"]) + 1
        assert store.check() == []


@pytest.mark.parametrize("kind", ["statement", "write"])
@pytest.mark.parametrize("source", _SOURCES, ids=names)
def test_a_killed_migration_leaves_the_old_or_the_new_and_the_next_finishes_it(
    source: Path | None, kind: str, tmp_path: Path
) -> None:
    old = schema(source) if source else (0, [])
    fresh = copied(source, tmp_path / "whole.db")
    SqlStore.open(str(fresh)).close()
    new = schema(fresh)
    before = tables(source) if source else {}
    step = 1 if IS_THOROUGH else 4
    outlived = kill_migrations(source, tmp_path / "killed", kind, 1, step)
    killed = sorted((tmp_path / "killed").iterdir(), key=lambda folder: int(folder.name))
    assert int(killed.pop().name) == outlived
    found = [schema(folder / "jobs.db") for folder in killed]
    print(f"{len(found)} kills: {found.count(old)} old, {found.count(new)} new")  # noqa: T201  # pytest -rP shows it
    assert len(found) > 3
    assert [one for one in found if one not in (old, new)] == []
    for folder in killed:
        path = folder / "jobs.db"
        with SqlStore.open(str(path)) as store:
            assert store.check() == []
            assert store.submit(Item("new"), Terms()).is_new
        assert schema(path) == new
        ids = tables(path)["job"]["id"]
        assert ids[:-1] == before.get("job", {"id": []})["id"]


@pytest.mark.parametrize("source", _SOURCES, ids=names)
def test_of_ten_migrators_at_once_one_runs_and_none_fails(
    source: Path | None, tmp_path: Path
) -> None:
    path = copied(source, tmp_path / "jobs.db")
    assert migrate_at_once(path, 10) == (1, 0)
    with SqlStore.open(str(path)) as store:
        assert store.check() == []
    assert schema(path)[0] == SCHEMA_VERSION
