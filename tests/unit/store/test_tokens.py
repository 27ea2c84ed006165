from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sentijob.errors import StoreDamagedError
from sentijob.store.sql_store import SqlStore
from sentijob.tokens import Scope

NO_ROOM = (
    "CREATE TRIGGER no_room BEFORE UPDATE ON token BEGIN SELECT RAISE(FAIL, 'no room left'); END"
)


def execute(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


def test_a_store_that_cannot_be_written_lets_people_in_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    with SqlStore.open(str(path)) as store:
        secret = store.create_token("reader", [Scope.READ]).secret
        execute(path, NO_ROOM)
        assert store.authenticate(secret) == (Scope.READ,)
        assert [one.last_used_at for one in store.tokens()] == [None]


def test_a_damaged_token_lets_nobody_in(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    with SqlStore.open(str(path)) as store:
        secret = store.create_token("reader", [Scope.READ]).secret
        execute(path, "UPDATE token SET scopes = 'read everything'")
        with pytest.raises(StoreDamagedError, match="'reader' is damaged"):
            store.authenticate(secret)
