"""The kill storm: workers and submitters die by SIGKILL at any moment, and nothing is lost or doubled."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

from arena import Arena, Worker
from judging import judge
from ledgers import submit_ledger
from monitoring import Standstill, held_by
from recording import POINTS
from reporting import Outcome, concluded
from submitting import Submitter, Supply
from trials import Trial, at_once, await_rest

from sentijob.ports import Store

LEASE, POLL = 10.0, 1.0
KILLS_PER_SECOND = 200 / 120
JOBS_PER_KILL = 100
WORKERS = 3
SECONDS_PER_TEXT = 0.003
_LARGE_FILE = 12_000
"""More than one chunk of a submit, so that it can be killed between two."""
_LONGEST_LIFE = 3.0
_AHEAD = 0.1


class Fate(NamedTuple):
    """How one worker ends: by its own hand at a *point*, or *seconds* after its start or its first readiness."""

    point: str | None
    seconds: float
    is_from_ready: bool


class Storm:
    """Workers that are born and killed until the fates are spent."""

    def __init__(self, trial: Trial, store: Store, kills: int) -> None:
        self._trial = trial
        self._store = store
        self._kills = kills
        self._fates = deque(draw_fates(trial, kills))
        self._lock = threading.Lock()
        self._living = 0
        self.killed = 0
        self.longest_rescue = 0.0

    @property
    def progress(self) -> float:
        """Which share of the kills is done."""
        return self.killed / self._kills

    def has_worker(self) -> bool:
        return self._living > 0

    def live_and_die(self) -> None:
        """One worker after the other, each to its fate."""
        while True:
            with self._lock:
                if not self._fates:
                    return
                fate = self._fates.popleft()
            worker = self._trial.arena.start_worker(
                lease=LEASE, poll=POLL, seconds_per_text=SECONDS_PER_TEXT, death=fate.point
            )
            self._fulfil(fate, worker)

    def _fulfil(self, fate: Fate, worker: Worker) -> None:
        if fate.point is None and not fate.is_from_ready:
            time.sleep(fate.seconds)
        elif worker.await_ready():
            self._change(living=1)
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.process.wait(fate.seconds)
            self._change(living=-1)
        is_own = worker.process.poll() is not None
        worker.end()
        self._change(killed=1)
        where = fate.point.rpartition(":")[0] if is_own and fate.point else "anywhere"
        self._trial.faults[f"killed at {where}"] += 1
        self._time_rescue(worker.pid)

    def _time_rescue(self, pid: int) -> None:
        """How long the dead worker still holds jobs; a few of them are timed, for each timing costs reads."""
        if self.killed % 5:
            return
        died = time.monotonic()
        while held_by(self._store, [pid]) and self.has_worker():
            time.sleep(0.02)
        self.longest_rescue = max(self.longest_rescue, time.monotonic() - died)

    def _change(self, *, living: int = 0, killed: int = 0) -> None:
        with self._lock:
            self._living += living
            self.killed += killed
            if killed and self.killed % 20 == 0:
                counts = self._store.counts()
                self._trial.say(
                    f"storm: {self.killed} of {self._kills} kills,"
                    f" {counts.completed:,} of {counts.total:,} jobs completed"
                )


def draw_fates(trial: Trial, kills: int) -> list[Fate]:
    """How each worker will end; the same for the same seed."""
    chance = trial.chance("fates")
    fates = []
    for _ in range(kills):
        draw = chance.random()
        if draw < 0.45:
            point = f"{chance.choice(POINTS)}:{chance.randint(1, 4)}"
            fates.append(Fate(point, _LONGEST_LIFE, is_from_ready=True))
        elif draw < 0.6:
            fates.append(Fate(None, chance.uniform(0.1, 0.8), is_from_ready=False))
        else:
            fates.append(Fate(None, chance.uniform(0.0, 1.2), is_from_ready=True))
    return fates


def run(trial: Trial) -> Outcome:
    """200 kills over 20,000 jobs in about two minutes; a shorter trial has fewer of both."""
    kills = max(round(trial.duration * KILLS_PER_SECOND), WORKERS)
    arena = trial.arena
    with arena.open_store() as store, closing(submit_ledger(arena.folder)) as ledger:
        storm = Storm(trial, store, kills)
        supply = Supply(
            kills * JOBS_PER_KILL,
            lambda: (storm.progress + _AHEAD) * kills * JOBS_PER_KILL,
        )
        submitters = {
            name: Submitter(arena, store, ledger, name=name, seed=str(trial.seed))
            for name in ("texts", "words", "files", "stdin", "large")
        }
        with (
            Standstill(store, storm.has_worker) as standstill,
            at_once(
                *[storm.live_and_die] * WORKERS,
                lambda: submitters["texts"].submit_singles(supply),
                lambda: submitters["words"].submit_singles(supply),
                lambda: submitters["files"].submit_files(supply),
                lambda: submitters["stdin"].submit_stdin(supply),
                lambda: _submit_large(submitters["large"], supply, store),
                *_restarts(trial, storm),
            ),
        ):
            pass
        for submitter in submitters.values():
            trial.faults += submitter.faults
        _drain(arena, store)
        trial.expect("longest_standstill_s", standstill.longest, LEASE + POLL)
        trial.expect("longest_rescue_s", storm.longest_rescue, LEASE + POLL)
        found = judge(store, arena.folder, export=arena.export)
    return concluded(
        "storm",
        trial.seed,
        found,
        seconds=trial.elapsed,
        faults=trial.faults,
        longest_wait=max(standstill.longest, storm.longest_rescue),
        complaints=trial.complaints,
        figures=trial.figures,
    )


def _submit_large(submitter: Submitter, supply: Supply, store: Store) -> None:
    """A file of several chunks, whose submit is killed once the first of them has come."""
    if supply.total < 1.5 * _LARGE_FILE:
        return
    count = supply.take(_LARGE_FILE)
    before = {batch.id for batch in store.batches(limit=1)}

    def has_come() -> bool:
        return any(
            "large-" in batch.source and batch.id not in before and batch.counts.total > 0
            for batch in store.batches(limit=20)
        )

    submitter.submit_file(submitter.fresh_texts(count), kill_when=has_come)


def _restarts(trial: Trial, storm: Storm) -> list[Callable[[], None]]:
    """Restart the server, where there is one, three times in the middle."""
    server = trial.server
    if server is None:
        return []

    def restart() -> None:
        for share in (0.25, 0.5, 0.75):
            while storm.progress < share:
                time.sleep(0.05)
            trial.say("storm: restarting the server")
            server.restart()
            trial.faults["server restarted"] += 1

    return [restart]


def _drain(arena: Arena, store: Store) -> None:
    """Let two workers that nobody kills finish what is left."""
    workers = [arena.start_worker(lease=LEASE, poll=POLL) for _ in range(2)]
    await_rest(store, seconds=300)
    for worker in workers:
        worker.end(signal.SIGTERM)
