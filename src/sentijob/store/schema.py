"""Bringing a database's schema to this version, by Alembic, in one transaction.

Imported only where there is something to do: Alembic and SQLAlchemy cost a start-up many times over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, StaticPool

from sentijob.store.database import SCHEMA_VERSION
from sentijob.store.sqlite import APPLICATION_ID

if TYPE_CHECKING:
    import psycopg

    from sentijob.store.postgres.url import PostgresUrl

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


def migrate_postgres(url: PostgresUrl, *, version: Callable[[psycopg.Connection], int]) -> None:
    """Make or upgrade a schema; when several try at once, one does it. All or nothing.

    A change waits for running transactions, and new ones wait for it, for
    the time of a lock timeout at most; then it is given up, and nothing has changed.
    """
    from sentijob.store.postgres.connections import FIRST_PATIENCE, connect

    def connected() -> psycopg.Connection:
        driver = connect(url, patience=FIRST_PATIENCE)
        driver.autocommit = False
        return driver

    engine = create_engine("postgresql+psycopg://", creator=connected, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (url.channel,)
            )
            driver = connection.connection.driver_connection
            if version(cast("psycopg.Connection", driver)) == SCHEMA_VERSION:
                return
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {url.schema}")
            upgrade(connection)
    except DBAPIError as exc:
        if exc.orig is not None:
            raise exc.orig from exc
        raise
    finally:
        engine.dispose()


def upgrade(connection: Connection, revision: str = f"{SCHEMA_VERSION:04}") -> None:
    """Run the migrations up to *revision* inside the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
