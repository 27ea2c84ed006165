"""A soak: all of the other scenarios in turn for as long as it is told, beside workers that live through it all."""

from __future__ import annotations

import signal
import statistics
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import clocks
import crowds
import storm
import zombies
from arena import Worker, opened_arena
from judging import judge
from ledgers import submit_ledger
from monitoring import Standstill
from reporting import Outcome, concluded
from submitting import Submitter, Supply
from trials import Trial, at_once, await_rest

_PART_SECONDS = 30.0
_TEXTS_PER_SECOND = 40
_LEASE, _POLL = 10.0, 1.0
_MOST_GROWTH_MB = 64.0
_SAMPLE_EVERY = 1.0
_SCRIPTS = (storm.run, zombies.run, crowds.run)


def run(trial: Trial) -> Outcome:
    """Two workers score what comes in for the whole time, and their memory is watched; the others break stores of their own."""
    arena = trial.arena
    with arena.open_store() as store, closing(submit_ledger(arena.folder)) as ledger:
        workers = [arena.start_worker(lease=_LEASE, poll=_POLL) for _ in range(2)]
        for worker in workers:
            worker.await_ready()
        supply = Supply(
            round(trial.duration * _TEXTS_PER_SECOND), lambda: trial.elapsed * _TEXTS_PER_SECOND
        )
        files = Submitter(arena, store, ledger, name="files", seed=str(trial.seed))
        stdin = Submitter(arena, store, ledger, name="stdin", seed=str(trial.seed))
        parts: list[Outcome] = []
        with (
            Standstill(store, lambda: True) as standstill,
            _memory_watched(trial, workers),
            at_once(
                lambda: files.submit_files(supply),
                lambda: stdin.submit_stdin(supply),
                lambda: parts.extend(_parts(trial)),
            ),
        ):
            pass
        trial.faults += files.faults + stdin.faults
        await_rest(store, seconds=300)
        for worker in workers:
            worker.end(signal.SIGTERM)
        found = judge(store, arena.folder, export=arena.export)
    for part in parts:
        trial.faults.update(part.faults)
        trial.complaints += [f"{part.scenario} of seed {part.seed}: {one}" for one in part.broken]
        found.acknowledged += part.acknowledged
        found.completed += part.completed
    trial.figures["parts"] = len(parts)
    trial.expect("longest_standstill_s", standstill.longest, _LEASE + _POLL)
    return concluded(
        "soak",
        trial.seed,
        found,
        seconds=trial.elapsed,
        faults=trial.faults,
        longest_wait=max([standstill.longest, *(part.longest_wait for part in parts)]),
        complaints=trial.complaints,
        figures=trial.figures,
    )


def _parts(trial: Trial) -> Iterator[Outcome]:
    """One scenario after the other, each on a new store, with seeds that follow from ours."""
    scripts: list[Callable[[Trial], Outcome]] = [*_SCRIPTS]
    if trial.server is None and clocks.can_run():
        scripts.append(clocks.run)
    number = 0
    while trial.elapsed < trial.duration:
        folder = trial.arena.folder / f"part-{number}"
        seconds = min(_PART_SECONDS, max(trial.duration - trial.elapsed, 2.0))
        db = None if trial.server is None else trial.server.new_url()
        with opened_arena(folder, db) as arena:
            part = Trial(arena, trial.seed * 1000 + number, seconds, trial.server, trial.say)
            outcome = scripts[number % len(scripts)](part)
        trial.say(f"soak: {outcome.scenario} {outcome.verdict}, {trial.elapsed:.0f} s gone")
        yield outcome
        number += 1


@contextmanager
def _memory_watched(trial: Trial, workers: Sequence[Worker]) -> Iterator[None]:
    """Sample how much memory each worker holds; what it grew by is the last quarter's median less the second's.

    The first quarter is left out: a process grows until it has done everything once.
    """
    samples: dict[int, list[float]] = {worker.pid: [] for worker in workers}
    ending = threading.Event()

    def sample() -> None:
        while not ending.wait(_SAMPLE_EVERY):
            for pid, sizes in samples.items():
                sizes.append(resident_mb(pid))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
    for number, sizes in enumerate(samples.values()):
        trial.figures[f"worker_{number}_rss_mb"] = max(sizes, default=0.0)
        trial.expect(f"worker_{number}_growth_mb", growth(sizes), _MOST_GROWTH_MB)


def growth(sizes: Sequence[float]) -> float:
    """The median of the last quarter less that of the second; 0 where there are too few to tell."""
    quarter = len(sizes) // 4
    if not quarter:
        return 0.0
    return statistics.median(sizes[-quarter:]) - statistics.median(sizes[quarter : 2 * quarter])


def resident_mb(pid: int) -> float:
    """The memory that a process holds, in megabytes; 0 where the system doesn't tell."""
    try:
        lines = (
            Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
        )
    except OSError:
        return 0.0
    sizes = [int(line.split()[1]) for line in lines if line.startswith("VmRSS:")]
    return sizes[0] / 1024 if sizes else 0.0
