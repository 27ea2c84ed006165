"""What every part of the store stands on: a database, opened, and closed in the end."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from sentijob.errors import StoreError

if TYPE_CHECKING:
    from sentijob.store.clock import Clock
    from sentijob.store.database import Database

POSTGRES_SCHEMES = ("postgresql+psycopg", "postgresql", "postgres")


class SqlPart:
    """A part of the store, which can be opened alone where a command needs no other: it imports less."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.location = database.location
        self.engine = database.engine

    @classmethod
    def open(
        cls,
        db: str,
        *,
        must_exist: bool = False,
        allow_network: bool = False,
        clock: Clock | None = None,
    ) -> Self:
        """Open the store at a path, in memory (``:memory:``) or at a ``postgresql+psycopg://`` URL.

        Raises:
            NotFoundError: there is none, and *must_exist*.
            StoreError: it can't be used.
        """
        return cls(_opened(db, must_exist=must_exist, allow_network=allow_network, clock=clock))

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _opened(db: str, *, must_exist: bool, allow_network: bool, clock: Clock | None) -> Database:
    scheme, is_url, _ = db.partition("://")
    if not is_url:
        from sentijob.store.sqlite import SqliteDatabase

        return SqliteDatabase.open(
            db, must_exist=must_exist, allow_network=allow_network, clock=clock
        )
    if scheme in POSTGRES_SCHEMES:
        try:
            from sentijob.store.postgres.database import PostgresDatabase
        except ImportError as exc:
            raise StoreError("PostgreSQL needs an extra: pip install 'sentijob[postgres]'") from exc
        return PostgresDatabase.open(db, must_exist=must_exist, clock=clock)
    raise StoreError(
        f"no store speaks {scheme}://; name a file or a postgresql+psycopg:// URL with --db"
    )
