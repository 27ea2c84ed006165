"""A crowd: fifty processes submit at once, beside workers, watchers and a reader that takes its time."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from arena import Arena, TortureError, Worker
from judging import judge
from ledgers import Ledger, Submit, record_submit, submit_ledger
from reporting import Outcome, concluded
from trials import Trial, await_rest

MOST = 50
_CROWD_PER_SECOND = 2.5
WORKERS = WATCHERS = 4
_SUBMITS_PER_SECOND = 0.5
"""Of one submitter in one second of the trial: the machine may be small."""
_FIRST_BATCH = 5_000
_MOST_SECONDS_OF_A_COMMIT = 1.0
_MOST_WAL = 64 << 20
"""What ``journal_size_limit`` promises, in bytes."""
_SQLITE_WORDS = ("database is locked", "database table is locked", "Traceback")


def run(trial: Trial) -> Outcome:
    """Fifty commands at once, then fifty processes that submit without a pause; a short trial has fewer."""
    arena = trial.arena
    with (
        arena.open_store() as store,
        closing(submit_ledger(arena.folder)) as ledger,
        _wal_sampled(trial),
    ):
        batch = _first_batch(arena, ledger)
        workers = [arena.start_worker() for _ in range(WORKERS)]
        watchers = _watchers(arena, batch)
        for worker in workers:
            worker.await_ready()
        await_rest(store, seconds=120)
        slow = arena.start_command(["results", batch, "--format", "jsonl"], stdout=subprocess.PIPE)
        trial.faults["readers that don't read on"] = 1
        crowd = min(round(trial.duration * _CROWD_PER_SECOND), MOST)
        _crowd_of_commands(trial, ledger, crowd)
        _crowd_of_loops(trial, ledger, crowd)
        await_rest(store, seconds=120)
        _expect_whole(trial, slow)
        _expect_no_raw_errors(trial, workers, watchers)
        found = judge(store, arena.folder, export=arena.export)
    return concluded(
        "crowds",
        trial.seed,
        found,
        seconds=trial.elapsed,
        faults=trial.faults,
        longest_wait=trial.figures["commit_longest_s"],
        complaints=trial.complaints,
        figures=trial.figures,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least *share* of the *values* don't exceed (nearest rank)."""
    rank = -(-len(values) * share // 1)
    return sorted(values)[max(int(rank), 1) - 1]


def _first_batch(arena: Arena, ledger: Ledger) -> str:
    """A batch that takes more than a pipe's room to export."""
    texts = [f"first {number} {'word ' * 20}".strip() for number in range(_FIRST_BATCH)]
    path = arena.folder / "first.txt"
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    batch = arena.run("submit", "-f", str(path)).strip()
    record_submit(ledger, Submit(texts, batch))
    return batch


def _watchers(arena: Arena, batch: str) -> list[subprocess.Popen[str]]:
    commands = (
        ["status", batch, "--watch", "--json"],
        ["wait", batch],
        ["stats", "--watch", "--json"],
    )
    return [
        arena.start_command(commands[number % len(commands)], stderr=subprocess.PIPE)
        for number in range(WATCHERS)
    ]


def _crowd_of_commands(trial: Trial, ledger: Ledger, crowd: int) -> None:
    """``sentijob submit TEXT`` in so many processes at once: none may fail."""
    texts = [f"command {number}" for number in range(crowd)]
    seconds: list[float] = []
    threads = [
        threading.Thread(target=_one_command, args=(trial, ledger, text, seconds)) for text in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    trial.faults["commands at once"] = crowd
    trial.figures["command_p99_s"] = percentile(seconds, 0.99)


def _one_command(trial: Trial, ledger: Ledger, text: str, seconds: list[float]) -> None:
    started = time.monotonic()
    try:
        printed = trial.arena.run("submit", text).strip()
    except TortureError as exc:
        trial.complaints.append(str(exc))
        return
    seconds.append(time.monotonic() - started)
    record_submit(ledger, Submit([text], printed))


def _crowd_of_loops(trial: Trial, ledger: Ledger, crowd: int) -> None:
    """So many processes submit one text after the other; how long each commit took, by their own clocks."""
    count = max(round(trial.duration * _SUBMITS_PER_SECOND), 2)
    loops = [
        trial.arena.start_script("timed_submitter.py", f"loop {number}", str(count))
        for number in range(crowd)
    ]
    for loop in loops:
        assert loop.stdout is not None  # noqa: S101  # started with a pipe
        loop.stdout.readline()
    for loop in loops:
        assert loop.stdin is not None  # noqa: S101  # started with a pipe
        loop.stdin.write("go\n")
        loop.stdin.flush()
    seconds: list[float] = []
    for loop in loops:
        said, _ = loop.communicate(timeout=300)
        if loop.returncode:
            trial.complaints.append(f"a submitter ended with {loop.returncode}")
        for text, job_id, taken in map(json.loads, said.splitlines()):
            record_submit(ledger, Submit([text], str(job_id)))
            seconds.append(taken)
    trial.faults["submits in loops"] = len(seconds)
    trial.figures["commit_p50_s"] = percentile(seconds, 0.5)
    trial.expect("commit_p99_s", percentile(seconds, 0.99), _MOST_SECONDS_OF_A_COMMIT)
    trial.figures["commit_longest_s"] = max(seconds)


@contextmanager
def _wal_sampled(trial: Trial) -> Iterator[None]:
    """Watch how far a SQLite store's write-ahead log grows; on other databases there is nothing to see."""
    if "://" in trial.arena.db:
        yield
        return
    log, ending = Path(f"{trial.arena.db}-wal"), threading.Event()
    sizes = [0]

    def watch() -> None:
        while not ending.wait(0.05):
            sizes.append(log.stat().st_size if log.exists() else 0)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
    trial.expect("largest_wal_mb", max(sizes) / 2**20, _MOST_WAL / 2**20)


def _expect_whole(trial: Trial, slow: subprocess.Popen[str]) -> None:
    """A reader that went on late must still get everything."""
    said, _ = slow.communicate(timeout=120)
    if slow.returncode or len(said.splitlines()) != _FIRST_BATCH:
        trial.complaints.append(f"a slow reader got {len(said.splitlines())} results")


def _expect_no_raw_errors(
    trial: Trial, workers: Sequence[Worker], watchers: Sequence[subprocess.Popen[str]]
) -> None:
    """End the workers and watchers; none may have said that a database is locked, or crashed."""
    said = []
    for watcher in watchers:
        if watcher.poll() is None:
            watcher.terminate()  # not Ctrl-C, which what is started in the background ignores
        said.append(watcher.communicate(timeout=60)[1])
    for worker in workers:
        worker.end(signal.SIGTERM)
        said.append(worker.logged())
    trial.complaints += [
        f"a user was shown {words!r}"
        for words in _SQLITE_WORDS
        if any(words in text for text in said)
    ]
