"""What the store's SQL stands on: connections, transactions, clocks, and where databases differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar

from sentijob.errors import StoreVersionError

SCHEMA_VERSION = 6
"""The schema that this program reads and writes: the number of the newest migration."""

Row = Sequence[Any]
_T = TypeVar("_T")
_P = ParamSpec("_P")


class Cursor(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""
        ...

    def fetchone(self) -> Any: ...  # noqa: ANN401  # a row's shape is known to the SQL alone
    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """A driver's connection inside a transaction. SQL marks its parameters with ``?``."""

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor: ...
    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Cursor: ...


class Change(NamedTuple):
    """What a change assigns: the same for each row, and what each brings; and by what a row is found."""

    fixed: str
    given: Sequence[str] = ()
    keys: Sequence[str] = ("id", "fence")

    @property
    def columns(self) -> Sequence[str]:
        """What each row brings, in order."""
        return [*self.given, *self.keys]


class Database(Protocol):
    """One database, opened, with a schema of this version.

    Errors of the driver leave it as :class:`~sentijob.errors.StoreError`.
    """

    location: str
    engine: str
    row_lock: str
    """What a SELECT ends with, to hold its jobs until the commit; empty where one writer holds all."""
    row_lock_skipping: str
    """The same, passing over the jobs that somebody else holds."""

    veil: str
    """What keeps a column from being looked up in an index: ``+`` where indexes are chosen without
    knowing how many rows they would give, else nothing."""

    def read(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that sees one moment and writes nothing."""
        ...

    def write(self, *, durable: bool = False) -> AbstractContextManager[Connection]:
        """Begin a transaction that writes; it commits at the end and rolls back on an exception.

        What a *durable* one has committed survives a power cut; what others
        have may be undone by it, in order, back to the last durable one.
        """
        ...

    def wall(self, connection: Connection) -> int:
        """Now, in milliseconds since 1970 in UTC, by the clock that all users of the database share."""
        ...

    def steady(self, connection: Connection) -> int:
        """Now, in milliseconds of a clock that never jumps and that all workers share."""
        ...

    def slot(self) -> int:
        """Which slot of a counter to add to, so that writers at once don't wait for one row."""
        ...

    def serialize(self, connection: Connection, *names: str) -> None:
        """Until the commit, let nobody else in who names one of the same things."""
        ...

    def allocate(self, connection: Connection, table: str, count: int) -> Sequence[int]:
        """Take *count* numbers of a table that were never used, rising."""
        ...

    def insert(
        self,
        connection: Connection,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        same: Mapping[str, object],
    ) -> None:
        """Add many rows, by the fastest way there is; *same* holds the columns in which they don't differ."""
        ...

    def announce(self, connection: Connection, *, is_work: bool) -> None:
        """Wake those who wait for a change, once this transaction commits; workers only where *is_work*."""
        ...

    def hold_counters(self, connection: Connection) -> None:
        """Until the commit, let nobody else change a counter."""
        ...

    def update_each(
        self,
        connection: Connection,
        table: str,
        change: Change,
        rows: Sequence[Sequence[Any]],
        *,
        where: str,
    ) -> int:
        """Change many rows, each in its own way, by the fastest way there is; how many were.

        Each of *rows* has the values of the change's ``given`` columns, then of its ``keys``;
        what doesn't meet *where*, which has no parameters, is left as it is.
        """
        ...

    def attempt(self, connection: Connection, change: Callable[[], bool]) -> bool:
        """Do *change*, and undo it where it says that it wasn't right; what it said.

        False at once where others write too: a change of many rows at once locks them in an order of
        its own, so that two could wait for each other.
        """
        ...

    def persist(self, action: Callable[[], _T], *, may_repeat: bool = True) -> _T:
        """Carry out an action, again where the connection breaks, for as long as we are patient.

        One that may not be done twice isn't repeated where its commit is in doubt.
        """
        ...

    def change_token(self) -> int: ...

    def check(self) -> Sequence[str]: ...

    def worries(self) -> Sequence[str]: ...

    def backup(self, target: Path) -> None: ...

    def vacuum(self) -> None: ...

    def close(self) -> None: ...


def refuse_newer(version: int, location: str) -> None:
    """Raises StoreVersionError where a schema is newer than this program."""
    if version > SCHEMA_VERSION:
        raise StoreVersionError(
            f"{location} was written by a newer sentijob (schema {version}, this one"
            f" knows {SCHEMA_VERSION}); upgrade sentijob; nothing was changed"
        )


class OnDatabase(Protocol):
    """A part of the store."""

    @property
    def _db(self) -> Database: ...


_Part = TypeVar("_Part", bound=OnDatabase)


def survives_outages(
    method: Callable[Concatenate[_Part, _P], _T],
) -> Callable[Concatenate[_Part, _P], _T]:
    """A method that may be carried out twice, and so lives through a restart of the server."""

    @wraps(method)
    def persistent(part: _Part, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return part._db.persist(lambda: method(part, *args, **kwargs))  # noqa: SLF001  # its own part

    return persistent
