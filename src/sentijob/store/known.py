"""Which job holds what a text was scored as, so that the same text need not be scored again.

A slot, which a hash of model, revision and text chooses, names the last job that filled it. It is a hint:
whoever follows it reads the job and compares all three. So a slot that was taken by another text costs a
look, and a pruned job leaves nothing to find.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from sentijob.jobs import ClaimedJob, Known, Label, Scored, Sentiment
from sentijob.store.database import Connection, Database, Row
from sentijob.store.rows import marks
from sentijob.store.updates import insert_each

SLOTS = 1 << 22
"""As many texts are known at most. The table stays below 100 MB; at a million texts one in nine is displaced."""
_AT_ONCE = 500
_FILL = "INSERT INTO known (slot, job_id)"
_ANEW = "ON CONFLICT (slot) DO UPDATE SET job_id = excluded.job_id"
_FOLLOW = (
    "SELECT text, job.id, result_label, result_score, negative, neutral, positive, tokens, windows"
    " FROM known JOIN job ON job.id = known.job_id JOIN job_text ON job_text.job_id = job.id"
)
_NUMBERS = (float, int)
_LABELS = frozenset(map(str, Label))
_T = TypeVar("_T")


class SqlKnown:
    """Finds what texts were scored as."""

    _db: Database

    def recall(self, model: str, revision: str, texts: Collection[str]) -> Mapping[str, Known]:
        found: dict[str, Known] = {}
        with self._db.read() as connection:
            for some in _pieces(texts):
                slots = _slots(model, revision, some)
                rows = connection.execute(
                    f"{_FOLLOW} WHERE slot IN ({marks(len(slots))}) AND status = 'completed'"
                    " AND model = ? AND model_revision = ?",
                    (*slots, model, revision),
                ).fetchall()
                wanted = set(some)
                found |= {
                    row[0]: _known(row) for row in rows if row[0] in wanted and _is_whole(row)
                }
        return found

    def present(self, job_ids: Collection[int]) -> Collection[int]:
        present: set[int] = set()
        with self._db.read() as connection:
            for some in _pieces(job_ids):
                rows = connection.execute(
                    f"SELECT id FROM job WHERE id IN ({marks(len(some))})", some
                ).fetchall()
                present.update(row[0] for row in rows)
        return present


def remember(connection: Connection, scored: Iterable[Scored]) -> None:
    """Let what the same transaction completes be found by its text, where that stays in the store."""
    kept = [one for one in scored if one.claimed.store_text]
    by_slot: dict[int, int] = {}
    for model, revision in {(one.claimed.model, one.model_revision) for one in kept}:
        claims = [
            one.claimed
            for one in kept
            if (one.claimed.model, one.model_revision) == (model, revision)
        ]
        slots = _slots(model, revision, [claim.text for claim in claims])
        by_slot.update(zip(slots, map(_id_of, claims), strict=True))
    # In one order everywhere, so that two writers never wait for each other.
    insert_each(connection, _FILL, sorted(by_slot.items()), _ANEW)


def forget(connection: Connection, job_ids: Sequence[int]) -> None:
    """Empty the slots of jobs before they are deleted: a slot would tell that a text was here."""
    if connection.execute("SELECT 1 FROM known LIMIT 1").fetchone() is None:
        return
    rows = connection.execute(
        "SELECT model, model_revision, text, id FROM job JOIN job_text ON job_id = id"
        f" WHERE id IN ({marks(len(job_ids))}) AND status = 'completed'",
        job_ids,
    ).fetchall()
    whole = [row for row in rows if isinstance(row[2], str)]  # else it was damaged, and never found
    filled = sorted((*_slots(row[0], row[1], row[2:3]), row[3]) for row in whole)
    connection.executemany("DELETE FROM known WHERE slot = ? AND job_id = ?", filled)


def _id_of(claim: ClaimedJob) -> int:
    return claim.job_id


def _slots(model: str, revision: str, texts: Iterable[str]) -> list[int]:
    from hashlib import blake2b  # most stores and commands never need it

    begun = blake2b(f"{model}\0{revision}\0".encode(), digest_size=8)
    slots = []
    for text in texts:
        one = begun.copy()
        one.update(text.encode())
        slots.append(int.from_bytes(one.digest()) % SLOTS)
    return slots


def _is_whole(row: Row) -> bool:
    """Whether it is a result: a damaged one is scored again."""
    return row[2] in _LABELS and all(isinstance(number, _NUMBERS) for number in row[3:])


def _known(row: Row) -> Known:
    _, job_id, label, *numbers = row
    return Known(job_id, Sentiment(Label(label), *numbers))


def _pieces(values: Iterable[_T]) -> Iterator[list[_T]]:
    coming = iter(values)
    while some := list(islice(coming, _AT_ONCE)):
        yield some
