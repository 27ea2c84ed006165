"""The wall clock jumps an hour forward and back under running workers and submits."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta

from arena import Arena, TortureError
from judging import judge
from ledgers import Ledger, Submit, record_submit, submit_ledger
from monitoring import Standstill
from reporting import Outcome, concluded
from trials import Trial, await_rest
from walls import WallClock, compiler

from sentijob.jobs import Selector
from sentijob.ports import Store

LEASE, POLL = 3.0, 0.5
SECONDS_PER_TEXT = 0.05
_HOUR = 3600
_STEPS_PER_SECOND = 0.5
_TEXTS = (5, 40)
_SANE_RATE = 1e6
_TWO_READS = timedelta(seconds=1)
"""What a snapshot holds was read one after the other."""


def can_run() -> bool:
    """Whether this system lets us set a process's clock."""
    return compiler() is not None


def run(trial: Trial) -> Outcome:
    """Every two seconds or so: submit, set the clock, submit, look; in the end all must be done at once."""
    arena = trial.arena
    clock = WallClock(arena.folder)
    arena.preload = clock.environment
    chance = trial.chance("clocks")
    with arena.open_store() as store, closing(submit_ledger(arena.folder)) as ledger:
        workers = [
            arena.start_worker(lease=LEASE, poll=POLL, seconds_per_text=SECONDS_PER_TEXT)
            for _ in range(2)
        ]
        for worker in workers:
            worker.await_ready()
        with Standstill(store, lambda: True) as standstill:
            for step in range(max(round(trial.duration * _STEPS_PER_SECOND), 2)):
                _submit(arena, ledger, step, chance)
                # Next, so that it finds jobs that wait.
                _jump(trial, clock, step, chance)
                _look(trial, arena)
            # Back from an hour ahead: what was submitted there is due at once, not in an hour.
            _jump(trial, clock, 0, chance)
            _submit(arena, ledger, -1, chance)
            clock.set(0)
            _await_rest(trial, store)
        for worker in workers:
            worker.end(signal.SIGTERM)
        trial.complaints += _early_lapses(store)
        found = judge(store, arena.folder, export=arena.export)
    trial.expect("longest_standstill_s", standstill.longest, LEASE + POLL + 3)
    return concluded(
        "clocks",
        trial.seed,
        found,
        seconds=trial.elapsed,
        faults=trial.faults,
        longest_wait=standstill.longest,
        complaints=trial.complaints,
        figures=trial.figures,
    )


def _jump(trial: Trial, clock: WallClock, step: int, chance: random.Random) -> None:
    """An hour ahead or back by turns, now and then a little of either; never twice the same way."""
    ahead = _HOUR if step % 2 == 0 else -_HOUR
    clock.set(ahead + chance.randint(-300, 300))
    trial.faults["clock set forward" if ahead > 0 else "clock set back"] += 1


def _submit(arena: Arena, ledger: Ledger, step: int, chance: random.Random) -> None:
    texts = [f"step {step} text {place}" for place in range(chance.randint(*_TEXTS))]
    record_submit(ledger, Submit(texts, arena.run("submit", *texts).strip()))
    single = f"step {step} alone"
    record_submit(ledger, Submit([single], arena.run("submit", single).strip()))


def _look(trial: Trial, arena: Arena) -> None:
    """What people and programs are shown must be possible."""
    stats = json.loads(arena.run("stats", "--json"))
    now = datetime.fromisoformat(stats["now"])
    oldest = datetime.fromisoformat(stats["oldest_pending_at"] or stats["now"])
    if oldest > now + _TWO_READS:
        trial.complaints.append(f"stats: the oldest waiting job is of the future: {stats}")
    for worker in stats["workers"]:
        if not worker["is_alive"] or not 0 <= worker["rate"] < _SANE_RATE:
            trial.complaints.append(f"stats: a living worker looks like {worker}")
    for words in (arena.run("stats"), arena.run("status", "@last")):
        if any(strange in words for strange in (" -", "(in ", "nan", "inf ")):
            trial.complaints.append(f"a view says what can't be: {words}")
    _expect_pace(trial, stats)


def _expect_pace(trial: Trial, stats: dict[str, int]) -> None:
    if not 0 <= stats["finished_last_minute"] <= stats["finished_last_hour"]:
        trial.complaints.append(f"stats: the pace can't be: {stats}")


def _await_rest(trial: Trial, store: Store) -> None:
    try:
        await_rest(store, seconds=LEASE + POLL + 30)
    except TortureError as exc:
        due = store.next_due_at()
        wait = due - store.now() if due else timedelta(0)
        trial.complaints.append(f"{exc}; the next is due in {wait}")


def _early_lapses(store: Store) -> Sequence[str]:
    """No worker died or stalled here, so no job may have been taken from one."""
    return [
        f"the lease of job {job.id} lapsed early"
        for job in store.each_job(Selector())
        if job.rescues
    ]
