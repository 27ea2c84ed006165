"""A connection of PostgreSQL's driver that understands the store's SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import psycopg

from sentijob.store.database import Cursor


class PostgresConnection:
    """A driver's connection that understands ``?``."""

    def __init__(self, driver: psycopg.Connection) -> None:
        self.driver = driver

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor:
        return self.driver.execute(in_drivers_marks(sql), parameters)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Cursor:
        cursor = self.driver.cursor()
        cursor.executemany(in_drivers_marks(sql), parameters)
        return cursor


@lru_cache(maxsize=1024)
def in_drivers_marks(sql: str) -> str:
    """SQL with the driver's parameter marks in place of ``?``."""
    return sql.replace("%", "%%").replace("?", "%s")
