"""The store on a SQL database: the parts of the contract, put together."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sentijob.errors import StoreError
from sentijob.store.care import SqlCare
from sentijob.store.changes import SqlChanges
from sentijob.store.claiming import SqlClaiming
from sentijob.store.clock import Clock
from sentijob.store.database import Database
from sentijob.store.reading import SqlReading
from sentijob.store.rescuing import SqlRescuing
from sentijob.store.settling import SqlSettling
from sentijob.store.submissions import SqlSubmissions
from sentijob.store.workers import SqlWorkers


class SqlStore(
    SqlSubmissions,
    SqlWorkers,
    SqlClaiming,
    SqlSettling,
    SqlRescuing,
    SqlChanges,
    SqlReading,
    SqlCare,
):
    """:class:`~sentijob.ports.Store` on SQL; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.location = database.location

    @classmethod
    def open(
        cls,
        db: str,
        *,
        must_exist: bool = False,
        allow_network: bool = False,
        clock: Clock | None = None,
    ) -> Self:
        """Open the store at a path, at ``sqlite:///path``, or in memory (``:memory:``).

        Raises:
            NotFoundError: there is none, and *must_exist*.
            StoreError: it can't be used.
        """
        from sentijob.store.sqlite import SqliteDatabase

        path = db.removeprefix("sqlite:///")
        if "://" in path:
            scheme = path.partition("://")[0]
            raise StoreError(f"no store speaks {scheme}://; name a file with --db")
        return cls(
            SqliteDatabase.open(
                path, must_exist=must_exist, allow_network=allow_network, clock=clock
            )
        )

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
