"""Looking after the database: is it sound, copy it, give room back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sentijob.errors import StoreDamagedError
from sentijob.ports import DRIFT
from sentijob.store.database import Database
from sentijob.store.tallies import WHOLE_STORE, drifted, overwrite


class SqlCare:
    """:class:`~sentijob.ports.Care` on SQL."""

    _db: Database

    def check(self, *, repair: bool = False) -> Sequence[str]:
        complaints = list(self._db.check())
        if complaints:
            return complaints  # counting a broken database would count wrong
        if repair:
            with self._db.write(durable=True) as connection:
                self._db.hold_counters(connection)
                found = drifted(connection)
                for batch_id, counts in found.items():
                    overwrite(connection, batch_id, counts)
        else:
            with self._db.read() as connection:
                found = drifted(connection)
        done = "counted anew" if repair else "run `sentijob db check --repair`"
        return [f"{DRIFT}{_scope(batch_id)} had drifted: {done}" for batch_id in found]

    def worries(self) -> Sequence[str]:
        return self._db.worries()

    def backup(self, target: Path) -> None:
        self._db.backup(target)

    def vacuum(self) -> None:
        complaints = self._db.check()
        if complaints:
            raise StoreDamagedError(
                f"{self._db.location} is damaged, and rewriting it could lose more:"
                f" {complaints[0]}; restore a backup; nothing was changed"
            )
        self._db.vacuum()


def _scope(batch_id: int) -> str:
    return "the store" if batch_id == WHOLE_STORE else f"batch b{batch_id}"
