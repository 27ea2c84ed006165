"""Bringing a database's schema to this version, by Alembic, in one transaction.

Imported only where there is something to do: Alembic and SQLAlchemy cost a start-up many times over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from sentijob.store.sqlite import APPLICATION_ID, SCHEMA_VERSION

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate_sqlite(
    driver: sqlite3.Connection, *, begin: Callable[[], None], version: Callable[[], int]
) -> None:
    """Upgrade the database behind *driver*; when several try at once, one does it.

    *begin* takes the write lock; *version* reads the schema's version and is
    asked again under it. All or nothing: a kill in the middle leaves the old schema.
    """
    engine = create_engine(
        "sqlite://", creator=lambda: driver, poolclass=StaticPool, pool_reset_on_return=None
    )
    event.listen(engine, "begin", lambda _connection: begin())
    try:
        with engine.begin() as connection:
            if version() == SCHEMA_VERSION:
                return
            upgrade(connection)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except DBAPIError as exc:
        if isinstance(exc.orig, sqlite3.Error):
            raise exc.orig from exc
        raise


def upgrade(connection: Connection, revision: str = f"{SCHEMA_VERSION:04}") -> None:
    """Run the migrations up to *revision* inside the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
