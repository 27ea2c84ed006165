"""Who works on the store, and whether anybody may."""

from __future__ import annotations

from collections.abc import Sequence

from sentijob.jobs import WorkerInfo
from sentijob.store.database import Connection, Database, survives_outages
from sentijob.store.rows import WORKER_SELECT, worker_from_row
from sentijob.store.tallies import forget_old_pace

_PAUSED = "paused"


class SqlWorkers:
    """The registry of workers, and the switch that pauses them all."""

    _db: Database

    def register_worker(self, *, host: str, pid: int, models: str = "*") -> WorkerInfo:
        # Durable: fences tell workers apart by their ids, so that none may be given out twice.
        with self._db.write(durable=True) as connection:
            now_ms = self._db.wall(connection)
            (worker_id,) = self._db.allocate(connection, "worker", 1)
            connection.execute(
                "INSERT INTO worker (id, host, pid, models, started_at, last_seen_at, completed,"
                " rate) VALUES (?, ?, ?, ?, ?, ?, 0, 0)",
                (worker_id, host, pid, models, now_ms, now_ms),
            )
            forget_old_pace(connection, now_ms=now_ms)
            row = connection.execute(f"{WORKER_SELECT} WHERE id = ?", (worker_id,)).fetchone()
            return worker_from_row(row)

    def report_worker(self, worker_id: int, *, rate: float) -> None:
        with self._db.write() as connection:
            connection.execute(
                "UPDATE worker SET last_seen_at = ?, rate = ? WHERE id = ?",
                (self._db.wall(connection), rate, worker_id),
            )

    @survives_outages
    def workers(self) -> Sequence[WorkerInfo]:
        with self._db.read() as connection:
            rows = connection.execute(f"{WORKER_SELECT} ORDER BY id").fetchall()
        return [worker_from_row(row) for row in rows]

    @survives_outages
    def set_paused(self, *, paused: bool) -> None:
        with self._db.write(durable=True) as connection:
            connection.execute("DELETE FROM flag WHERE name = ?", (_PAUSED,))
            if paused:
                connection.execute("INSERT INTO flag (name) VALUES (?)", (_PAUSED,))
            self._db.announce(connection, is_work=not paused)

    @survives_outages
    def is_paused(self) -> bool:
        with self._db.read() as connection:
            return has_pause(connection)


def has_pause(connection: Connection) -> bool:
    """Whether claiming is paused."""
    found = connection.execute("SELECT 1 FROM flag WHERE name = ?", (_PAUSED,)).fetchone()
    return found is not None
