from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from sentijob.store.sqlite_bulk import insert_many


@pytest.mark.parametrize("count", [0, 1, 9, 10, 57, 100, 257])
def test_every_row_is_added_once_and_in_order_whatever_their_number(count: int) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a, b, c)")
        rows = [(f"a{number}", number) for number in range(count)]
        insert_many(connection, "t", ("a", "b"), iter(rows), {"c": "?1"})
        found = connection.execute("SELECT id, a, b, c FROM t ORDER BY id").fetchall()
    assert found == [(number + 1, f"a{number}", number, "?1") for number in range(count)]
