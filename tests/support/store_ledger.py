"""What a store has promised, kept beside it, and whether it still holds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from sentijob.errors import StoreError
from sentijob.jobs import Job, Selector, Status
from sentijob.ports import Store

ABSENT = "absent"
_T = TypeVar("_T")
_HALF_DONE: Mapping[Status, Callable[[Job], bool]] = {
    Status.PENDING: lambda job: bool(job.worker_id or job.sentiment or job.finished_at),
    Status.PROCESSING: lambda job: not job.worker_id or not job.started_at or bool(job.sentiment),
    Status.COMPLETED: lambda job: (
        not (job.sentiment and job.model_revision and job.finished_at and not job.worker_id)
    ),
    Status.FAILED: lambda job: not (job.error and job.finished_at) or bool(job.sentiment),
    Status.CANCELLED: lambda job: bool(job.worker_id or job.sentiment) or not job.finished_at,
}
"""In which of its statuses a job lacks what belongs to it, or has what doesn't."""


class Promise(NamedTuple):
    """By text, in which statuses a job may be found; by source, a batch."""

    states: Mapping[str, frozenset[str]]
    whole: tuple[frozenset[str], ...]
    """Texts that were submitted in one transaction: all of them are there, or none."""


class Ledger:
    """Keeps what every call to a store promised, whether it returned or failed.

    A call that returned is to be found. One that failed has happened or not, and nothing between.
    """

    def __init__(self, mark: Callable[[], None] = lambda: None) -> None:
        self._now: dict[str, frozenset[str]] = {}
        self._after_cut: dict[str, frozenset[str]] = {}
        self._whole: list[frozenset[str]] = []
        self._mark = mark
        self.refusals: list[StoreError] = []
        self.acknowledged = 0

    @property
    def now(self) -> Promise:
        """What holds as long as the machine runs."""
        return Promise(dict(self._now), tuple(self._whole))

    @property
    def after_cut(self) -> Promise:
        """What holds after a power cut, which takes back what came since the last durable call."""
        return Promise(dict(self._after_cut), tuple(self._whole))

    def step(
        self,
        call: Callable[[], _T],
        might: Mapping[str, str],
        happened: Callable[[_T], Mapping[str, str | frozenset[str]]] | None = None,
        *,
        is_durable: bool = False,
    ) -> _T | None:
        """Make a *call* that *might* do so much; *happened* says of its answer what it did. None after a refusal."""
        before = dict(self._now)
        self._allow(self._now, might)
        self._allow(self._after_cut, might)
        self._mark()
        try:
            answer = call()
        except StoreError as exc:
            self.refusals.append(exc)
            return None
        self.acknowledged += 1
        done = might if happened is None else happened(answer)
        self._now = before | {
            name: frozenset({state}) if isinstance(state, str) else state
            for name, state in done.items()
        }
        if is_durable:
            self._after_cut = dict(self._now)
        self._mark()
        return answer

    def insist(
        self,
        call: Callable[[], _T],
        might: Mapping[str, str],
        happened: Callable[[_T], Mapping[str, str | frozenset[str]]] | None = None,
        *,
        is_durable: bool = False,
    ) -> _T | None:
        """Make a call, and once more if it fails."""
        answer = self.step(call, might, happened, is_durable=is_durable)
        if answer is None:
            answer = self.step(call, might, happened, is_durable=is_durable)
        return answer

    def together(self, texts: Iterable[str]) -> None:
        """Note that these come in one transaction."""
        self._whole.append(frozenset(texts))

    @staticmethod
    def _allow(states: dict[str, frozenset[str]], might: Mapping[str, str]) -> None:
        for name, state in might.items():
            states[name] = states.get(name, frozenset({ABSENT})) | {state}


def broken(store: Store, promise: Promise) -> list[str]:
    """What of *promise* a store doesn't hold, and what else is wrong with it; a line each."""
    complaints = list(store.check())
    if complaints:
        return complaints  # what is read from a broken store says nothing
    jobs = list(store.each_job(Selector()))
    found: dict[str, str] = {text_of(job): job.status for job in jobs}
    for batch in store.batches(limit=1000):
        found[batch.source] = "open" if batch.sealed_at is None else "sealed"
    return [*_oddities(jobs), *_unkept(found, promise), *_split(found, promise)]


def text_of(job: Job) -> str:
    """The text of a job whose text stays."""
    assert job.text is not None, f"job {job.id} has lost its text"
    return job.text


def _oddities(jobs: Sequence[Job]) -> Iterator[str]:
    """What can't be of any job, whatever was promised."""
    for text, count in Counter(text_of(job) for job in jobs).items():
        if count > 1:
            yield f"{text[:20]!r} is there {count} times"
    for job in jobs:
        is_anothers = job.sentiment is not None and job.sentiment.tokens != len(text_of(job))
        if is_anothers or _HALF_DONE[job.status](job):
            yield f"{text_of(job)[:20]!r} is {job.status} by half"
    places = Counter((job.batch_id, job.position) for job in jobs if job.batch_id)
    for (batch_id, position), count in places.items():
        if count > 1:
            yield f"position {position} of batch {batch_id} is there {count} times"


def _unkept(found: Mapping[str, str], promise: Promise) -> Iterator[str]:
    for name in sorted(found.keys() | promise.states.keys()):
        state, may = found.get(name, ABSENT), promise.states.get(name, frozenset({ABSENT}))
        if state not in may:
            yield f"{name[:20]!r} is {state}, not {' or '.join(sorted(may))}"


def _split(found: Mapping[str, str], promise: Promise) -> Iterator[str]:
    """Transactions that may or may not have happened, and did by half."""
    for group in promise.whole:
        is_in_the_balance = all(promise.states[text] == {ABSENT, Status.PENDING} for text in group)
        present = group & found.keys()
        if is_in_the_balance and 0 < len(present) < len(group):
            yield f"{len(present)} of {len(group)} texts of one transaction are there"
