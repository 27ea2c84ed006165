"""Counters that move with the jobs, so that counting never scans."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from sentijob.jobs import FINAL_STATUSES, Counts, Label, Selector, Status
from sentijob.store.database import Connection, Database
from sentijob.store.rows import TALLY_COLUMNS, TALLY_SUMS, counts_from_row
from sentijob.store.updates import insert_each

WHOLE_STORE = 0
"""The batch id under which everything is counted."""
_MOVE = f"INSERT INTO tally (batch_id, slot, {', '.join(TALLY_COLUMNS)})"
_ADD = "ON CONFLICT (batch_id, slot) DO UPDATE SET " + ", ".join(
    f"{name} = tally.{name} + excluded.{name}" for name in TALLY_COLUMNS
)
_MS_PER_MINUTE = 60_000
_MINUTES_KEPT = 7 * 24 * 60


def _zeros() -> defaultdict[str, int]:
    return defaultdict(int)


class Moves:
    """The jobs that one transaction moves, added up by batch; written, and announced, once at its end."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._slot = database.slot()
        self._moved: defaultdict[int, defaultdict[str, int]] = defaultdict(_zeros)

    def add(
        self,
        batch_id: int | None,
        count: int = 1,
        *,
        source: Status | None = None,
        target: Status | None = None,
        label: Label | None = None,
    ) -> None:
        """Note *count* jobs that went from one status to another; None is outside the store.

        *label* is the result's, of jobs that come to ``completed`` or leave it.
        """
        for scope in {WHOLE_STORE, batch_id or WHOLE_STORE}:
            moved = self._moved[scope]
            if source is not None:
                moved[source] -= count
            if target is not None:
                moved[target] += count
            if label is not None:
                moved[label] += count if target is Status.COMPLETED else -count

    def write(self, connection: Connection, *, now_ms: int) -> None:
        """Add what was noted to the counters, in the transaction that moved the jobs."""
        if not self._moved:
            return
        # In one order everywhere, so that two writers never wait for each other.
        rows = [
            (scope, self._slot, *(moved.get(name, 0) for name in TALLY_COLUMNS))
            for scope, moved in sorted(self._moved.items())
            if any(moved.values())
        ]
        insert_each(connection, _MOVE, rows, _ADD)
        moved = self._moved[WHOLE_STORE]
        finished = sum(moved.get(status, 0) for status in FINAL_STATUSES)
        if finished > 0:
            connection.execute(
                "INSERT INTO pace (minute, slot, finished) VALUES (?, ?, ?) ON CONFLICT"
                " (minute, slot) DO UPDATE SET finished = pace.finished + excluded.finished",
                (now_ms // _MS_PER_MINUTE, self._slot, finished),
            )
        self._db.announce(connection, is_work=moved.get(Status.PENDING, 0) > 0)


def counted(connection: Connection, batch_id: int) -> Counts:
    """What the counters say of a batch, or of the whole store."""
    row = connection.execute(
        f"SELECT {TALLY_SUMS} FROM tally WHERE batch_id = ?", (batch_id,)
    ).fetchone()
    return counts_from_row(row or ())


def counted_by_tallies(connection: Connection, selector: Selector) -> int | None:
    """How many jobs *selector* names, where counters know it: by batch, and by status or label alone."""
    by_statuses, by_labels = set(selector.statuses), set(selector.labels)
    plain = Selector(
        batch_ids=selector.batch_ids, statuses=selector.statuses, labels=selector.labels
    )
    if selector != plain or (by_statuses and by_labels):
        return None
    scopes = set(selector.batch_ids) or {WHOLE_STORE}
    names = by_statuses or by_labels or set(Status)
    counts = [counted(connection, scope) for scope in scopes]
    return sum(int(getattr(one, name)) for one in counts for name in names)


def drop_tallies(connection: Connection, batch_ids: Iterable[int]) -> None:
    for batch_id in batch_ids:
        connection.execute("DELETE FROM tally WHERE batch_id = ?", (batch_id,))


def forget_old_pace(connection: Connection, *, now_ms: int) -> None:
    connection.execute(
        "DELETE FROM pace WHERE minute < ?", (now_ms // _MS_PER_MINUTE - _MINUTES_KEPT,)
    )


def finished_since(connection: Connection, since_ms: int, *, now_ms: int) -> int:
    """How many jobs became final since the start of the minute that *since_ms* lies in.

    Minutes that are still to come were counted before the clock was set back; they are left out.
    """
    row = connection.execute(
        "SELECT COALESCE(SUM(finished), 0) FROM pace WHERE minute BETWEEN ? AND ?",
        (since_ms // _MS_PER_MINUTE, now_ms // _MS_PER_MINUTE),
    ).fetchone()
    return int(row[0]) if row else 0


_RECOUNT = (
    "SELECT COALESCE(batch_id, 0), status, result_label, count(*) FROM job"
    " GROUP BY 1, 2, 3 ORDER BY 1"
)


def recount(connection: Connection) -> defaultdict[int, Counter[str]]:
    """Count every job anew, by scanning: what the counters should say."""
    truth: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for batch_id, status, label, count in connection.execute(_RECOUNT).fetchall():
        for scope in {WHOLE_STORE, batch_id}:
            truth[scope][status] += count
            if status == Status.COMPLETED:
                truth[scope][label] += count
    return truth


def drifted(connection: Connection) -> dict[int, list[int]]:
    """The scopes whose counters differ from *recount*, with what they should say."""
    truth = recount(connection)
    sums = ", ".join(f"SUM({name})" for name in TALLY_COLUMNS)
    rows = connection.execute(f"SELECT batch_id, {sums} FROM tally GROUP BY 1").fetchall()
    kept = {scope: list(map(int, counts)) for scope, *counts in rows}
    right = {scope: [truth[scope][name] for name in TALLY_COLUMNS] for scope in {*truth, *kept}}
    zeros = [0] * len(TALLY_COLUMNS)
    return {
        scope: right[scope] for scope in sorted(right) if kept.get(scope, zeros) != right[scope]
    }


def overwrite(connection: Connection, batch_id: int, counts: list[int]) -> None:
    """Set a scope's counters."""
    connection.execute("DELETE FROM tally WHERE batch_id = ?", (batch_id,))
    insert_each(connection, _MOVE, [(batch_id, 0, *counts)], _ADD)
