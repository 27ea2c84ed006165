"""Everything that happens to jobs, in one short life of a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from movable_clock import MovableClock
from store_ledger import ABSENT, Ledger

from sentijob.jobs import ClaimedJob, Failure, Item, Scored, Selector, Sentiment, Status, Terms
from sentijob.ports import Store

LEASE = timedelta(seconds=60)
REVISION = "by-length"
_FIRST_CHUNK = [f"first {number}" for number in range(6)]
_SECOND_CHUNK = [f"second {number} " + "long " * 3000 for number in range(3)]
_PENDING, _PROCESSING, _COMPLETED = Status.PENDING, Status.PROCESSING, Status.COMPLETED


class Life:
    """Calls every method of a store that writes, and has a ledger keep what they promise."""

    def __init__(self, store: Store, ledger: Ledger, clock: MovableClock) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._worker = 0

    def submit(self, text: str, once: str | None = None) -> None:
        self._ledger.insist(
            lambda: self._store.submit(Item(text), Terms(), once=once),
            {text: _PENDING},
            is_durable=True,
        )

    def submit_batch(self) -> None:
        store, ledger = self._store, self._ledger
        opened = ledger.insist(
            lambda: store.open_batch(Terms(), source="file", fingerprint="of file"),
            {"file": "open"},
            is_durable=True,
        )
        if opened is None:
            return
        batch_id = opened.batch.id
        position = 0
        for chunk in (_FIRST_CHUNK, _SECOND_CHUNK):
            self._append(batch_id, chunk, position)
            position += len(chunk)
        ledger.insist(lambda: store.seal(batch_id), {"file": "sealed"}, is_durable=True)

    def _append(self, batch_id: int, texts: Sequence[str], position: int) -> None:
        self._ledger.together(texts)
        self._ledger.insist(
            lambda: self._store.append(
                batch_id, [Item(text) for text in texts], first_position=position
            ),
            dict.fromkeys(texts, _PENDING),
            is_durable=True,
        )

    def register(self) -> None:
        worker = self._ledger.insist(
            lambda: self._store.register_worker(host="here", pid=1), might={}
        )
        self._worker = worker.id if worker is not None else 0

    def claim(self, limit: int) -> Sequence[ClaimedJob]:
        waiting = {
            text: _PROCESSING
            for text, states in self._ledger.now.states.items()
            if _PENDING in states
        }
        claims = self._ledger.insist(
            lambda: self._store.claim(self._worker, limit=limit, lease=LEASE),
            waiting,
            lambda claims: {claim.text: _PROCESSING for claim in claims},
        )
        return claims or ()

    def extend(self, claims: Sequence[ClaimedJob]) -> None:
        self._settle(claims, lambda: self._store.extend(self._worker, claims, lease=LEASE), None)

    def complete(self, claims: Sequence[ClaimedJob]) -> None:
        scored = [
            Scored(claim, Sentiment.of(0.1, 0.2, 0.7, tokens=len(claim.text)), REVISION)
            for claim in claims
        ]
        self._settle(claims, lambda: self._store.complete(self._worker, scored), _COMPLETED)

    def fail(self, claims: Sequence[ClaimedJob], retry_in: timedelta | None) -> None:
        failures = [Failure(claim, "odd", "made to fail", retry_in) for claim in claims]
        target = Status.FAILED if retry_in is None else _PENDING
        self._settle(claims, lambda: self._store.fail(self._worker, failures), target)

    def release(self, claims: Sequence[ClaimedJob]) -> None:
        self._settle(claims, lambda: self._store.release(self._worker, claims), _PENDING)

    def _settle(
        self,
        claims: Sequence[ClaimedJob],
        call: Callable[[], object],
        target: Status | None,
    ) -> None:
        """Settle, and settle again after a refusal, as a worker does: what it holds stays its own."""
        might = {} if target is None else {claim.text: str(target) for claim in claims}
        lost = self._ledger.insist(call, might)
        assert not lost, f"refused jobs that were held: {lost}"

    def rescue(self) -> None:
        self._clock.pass_time(LEASE * 2)
        held = {
            text: states - {_PROCESSING} | {_PENDING}
            for text, states in self._ledger.now.states.items()
            if _PROCESSING in states
        }
        self._ledger.insist(self._store.rescue, dict.fromkeys(held, _PENDING), lambda _: held)

    def change(
        self, texts: Sequence[str], target: str, call: Callable[[Selector], int], found: Status
    ) -> None:
        """Cancel, retry or prune those of *texts* that are now surely *found*."""
        states = self._ledger.now.states
        sure = [text for text in texts if states.get(text) == frozenset({found})]
        job_ids = tuple(job.id for job in self._store.each_job(Selector()) if job.text in set(sure))
        if not sure:
            return
        changed = self._ledger.insist(
            lambda: call(Selector(job_ids=job_ids)), dict.fromkeys(sure, target), is_durable=True
        )
        # A refused first try may have been carried out after all; then there is nothing left for the second.
        assert changed in {None, 0, len(sure)}

    def live(self) -> None:
        """From the first submit to the last settle."""
        store = self._store
        self.submit("alone")
        self.submit("once", once="key")
        self.submit("once", once="key")
        self.submit_batch()
        self.register()
        claims = self.claim(6)
        self.extend(claims)
        self.complete(claims[:3])
        self.fail(claims[3:4], None)
        self.fail(claims[4:5], timedelta(seconds=1))
        self.release(claims[5:])
        self._clock.pass_time(timedelta(seconds=5))
        self.claim(2)
        self.rescue()
        self.change(_FIRST_CHUNK, Status.CANCELLED, store.cancel, _PENDING)
        self.change(_FIRST_CHUNK, _PENDING, store.retry, Status.CANCELLED)
        self.change(["alone", *_FIRST_CHUNK], _PENDING, store.retry, Status.FAILED)
        self._ledger.insist(_answering(lambda: store.set_paused(paused=True)), might={})
        self._ledger.insist(_answering(lambda: store.set_paused(paused=False)), might={})
        self.complete(self.claim(4))
        self.change(["alone", *_FIRST_CHUNK], ABSENT, store.prune, _COMPLETED)
        self._ledger.insist(_answering(store.vacuum), might={})
        self.submit("last")
        self.complete(self.claim(100))


def _answering(call: Callable[[], None]) -> Callable[[], bool]:
    """A call whose return can be told from a refusal."""

    def answer() -> bool:
        call()
        return True

    return answer
