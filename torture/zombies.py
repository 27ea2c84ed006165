"""Zombies: workers that are stopped past their lease, and wake when others have done their work."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import closing

from arena import TortureError, Worker, wait_until
from judging import judge
from ledgers import Ledger, Submit, record_submit, settled_ids, submit_ledger
from monitoring import held_by
from predictable import NAME
from reporting import Outcome, concluded
from trials import Trial, await_rest

from sentijob.jobs import Item, Job, Selector, Terms
from sentijob.ports import Store

LEASE, POLL = 1.0, 0.5
ROUNDS_PER_SECOND = 0.25
SECONDS_PER_TEXT = 0.03
_JOBS = 40
_LATE_WORDS = ("came too late", "lost the lease")
_LOCK_PATIENCE = 1.0
_KEPT_LOCKS = 5.0
"""How long a server lets a worker that is stopped in the middle of a transaction keep its locks."""


def is_sqlite(store: Store) -> bool:
    return store.engine.startswith("SQLite")


def run(trial: Trial) -> Outcome:
    """A round every four seconds or so: stop one of three workers, let the others finish, wake it."""
    rounds = max(round(trial.duration * ROUNDS_PER_SECOND), 1)
    arena, chance = trial.arena, trial.chance("zombies")
    longest = 0.0
    with arena.open_store() as store, closing(submit_ledger(arena.folder)) as ledger:
        workers = [
            arena.start_worker(lease=LEASE, poll=POLL, seconds_per_text=SECONDS_PER_TEXT)
            for _ in range(3)
        ]
        for worker in workers:
            worker.await_ready()
        for number in range(rounds):
            zombie = chance.choice(workers)
            heirs = [worker for worker in workers if worker is not zombie]
            longest = max(longest, _round(trial, store, ledger, number, zombie, heirs, chance))
            trial.say(f"zombies: round {number + 1} of {rounds}")
        for worker in workers:
            worker.end(signal.SIGTERM)
        found = judge(store, arena.folder, export=arena.export)
        kept_locks = 0.0 if is_sqlite(store) else _KEPT_LOCKS
    trial.expect("longest_takeover_s", longest, LEASE + POLL + kept_locks + _work_left() + 3)
    return concluded(
        "zombies",
        trial.seed,
        found,
        seconds=trial.elapsed,
        faults=trial.faults,
        longest_wait=longest,
        complaints=trial.complaints,
        figures=trial.figures,
    )


def _work_left() -> float:
    """How long two heirs need for all of a round's jobs."""
    return _JOBS * SECONDS_PER_TEXT / 2


def _round(
    trial: Trial,
    store: Store,
    ledger: Ledger,
    number: int,
    zombie: Worker,
    heirs: Sequence[Worker],
    chance: random.Random,
) -> float:
    """Stop, take over, wake, compare; how long the takeover took."""
    _submit(store, ledger, [f"round {number} text {place}" for place in range(_JOBS)])
    wait_until(lambda: held_by(store, [zombie.pid]) > 0, "the victim holds jobs")
    time.sleep(chance.uniform(0.0, 0.2))
    _stop(trial, store, zombie)
    held = held_by(store, [zombie.pid])
    trial.faults["stopped holding jobs" if held else "stopped holding none"] += 1
    stopped_at = time.monotonic()
    await_rest(store, seconds=60)
    takeover = time.monotonic() - stopped_at
    before, said = list(store.each_job(Selector())), len(zombie.logged())
    zombie.send(signal.SIGCONT)
    if held:
        _expect_it_notices(trial, zombie, said)
    _expect_it_works_on(trial, store, ledger, number, zombie, heirs)
    _expect_unchanged(trial, before, list(store.each_job(Selector())))
    return takeover


def _submit(store: Store, ledger: Ledger, texts: Sequence[str]) -> None:
    batch_id = store.open_batch(Terms(model=NAME), source="zombies").batch.id
    store.append(batch_id, [Item(text) for text in texts], first_position=0)
    record_submit(ledger, Submit(texts, store.seal(batch_id).reference))


def _stop(trial: Trial, store: Store, victim: Worker) -> None:
    """Stop a worker, but not inside a commit, where it would hold up every writer for as long as it is stopped."""
    while True:
        victim.send(signal.SIGSTOP)
        # Of a worker that doesn't exist: it takes the write lock and changes nothing.
        probe = threading.Thread(target=store.report_worker, args=(0,), kwargs={"rate": 0.0})
        probe.start()
        probe.join(_LOCK_PATIENCE)
        if not probe.is_alive():
            return
        victim.send(signal.SIGCONT)
        probe.join()
        trial.faults["stopped inside a commit, and let go"] += 1


def _expect_it_notices(trial: Trial, zombie: Worker, said: int) -> None:
    """It says in its log that what it held is another's by now."""
    try:
        wait_until(
            lambda: any(words in zombie.logged()[said:] for words in _LATE_WORDS),
            "the zombie says what it dropped",
            seconds=20,
        )
    except TortureError as exc:
        trial.complaints.append(str(exc))


def _expect_it_works_on(
    trial: Trial, store: Store, ledger: Ledger, number: int, zombie: Worker, heirs: Sequence[Worker]
) -> None:
    """Alone with a new job, it completes it."""
    for heir in heirs:
        _stop(trial, store, heir)
    text = f"round {number} afterwards"
    receipt = store.submit(Item(text), Terms(model=NAME))
    record_submit(ledger, Submit([text], str(receipt.job_id)))
    wait_until(
        lambda: receipt.job_id in settled_ids(zombie.ledger), "the zombie works on", seconds=60
    )
    for heir in heirs:
        heir.send(signal.SIGCONT)


def _expect_unchanged(trial: Trial, before: Sequence[Job], after: Sequence[Job]) -> None:
    """Every row that was final is as it was, to the last byte."""
    by_id = {job.id: job for job in after}
    trial.complaints += [
        f"a zombie changed job {job.id}: {job} became {by_id.get(job.id)}"
        for job in before
        if by_id.get(job.id) != job
    ]
