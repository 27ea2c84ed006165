"""Workers as processes: killed, stalled, started in the background and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from sentijob.errors import ConflictError, StoreError
from sentijob.jobs import Counts, Item, Terms
from sentijob.store.sql_store import SqlStore
from sentijob.worker import daemon
from sentijob.worker.daemon import Stopped
from sentijob.worker.host import host_identity
from sentijob.worker.presence import Presence

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no flock on Windows")

DEADLINE = 30.0
WORKER = """
import sys, time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from sentijob.jobs import Sentiment
from sentijob.store.sql_store import SqlStore
from sentijob.worker import daemon
from sentijob.worker.config import WorkerConfig
from sentijob.worker.presence import Presence
from sentijob.worker.runner import Worker
from sentijob.worker.signals import stopped_by_signals
from sentijob.worker.wake import CommitWatcher

path, lease, delay, mode = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
folder = Path(path + ".run")

class Slow:
    name = "slow"
    revision = "s1"
    def predict(self, texts):
        time.sleep(delay * len(texts))
        return [Sentiment.of(0.1, 0.2, 0.7, tokens=1) for _ in texts]

with ExitStack() as stack:
    if mode == "background":
        stack.enter_context(daemon.hold(folder))
    store = stack.enter_context(SqlStore.open(path))
    config = WorkerConfig(lease=timedelta(seconds=lease), drain=mode == "drain")
    worker = Worker(store, lambda _: Slow(), config, waker=CommitWatcher(Path(path)),
                    presence=Presence(folder), on_ready=daemon.report_ready)
    stack.enter_context(stopped_by_signals(worker))
    print(worker.run(), flush=True)
"""

Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
def folder(path: Path) -> Path:
    return path.with_name("jobs.db.run")


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(str(path)) as opened:
        yield opened


def command(path: Path, *, lease: float = 60, delay: float = 0, mode: str = "stay") -> list[str]:
    return [sys.executable, "-c", WORKER, str(path), str(lease), str(delay), mode]


@pytest.fixture
def spawn(path: Path) -> Iterator[Spawn]:
    """Starts worker processes, and ends those that a test leaves behind."""
    spawned: list[subprocess.Popen[str]] = []

    def start(**options: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and script
            command(path, **options),  # type: ignore[arg-type]  # as named there
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        spawned.append(process)
        return process

    yield start
    for process in spawned:
        process.kill()
        process.communicate()


@pytest.fixture
def background(path: Path, folder: Path) -> Iterator[Callable[[float], int]]:
    """Starts a background worker, and stops it after the test."""
    yield lambda delay: daemon.start(command(path, delay=delay, mode="background"), folder)
    daemon.stop(folder, timeout=timedelta(0))


def eventually(condition: Callable[[], bool], within: float = DEADLINE) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "the condition never came true"
        time.sleep(0.01)


def submit(store: SqlStore, count: int) -> None:
    batch_id = store.open_batch(Terms(model="slow"), source="-").batch.id
    store.append(batch_id, [Item(f"text {n}") for n in range(count)], first_position=0)
    store.seal(batch_id)


def alive(store: SqlStore, folder: Path) -> Sequence[int]:
    workers = store.workers()
    dead = Presence(folder).dead(workers, host_identity())
    return [worker.id for worker in workers if worker.id not in dead]


def test_a_killed_worker_is_known_to_be_dead_and_a_living_one_is_not(
    store: SqlStore, folder: Path, spawn: Spawn
) -> None:
    victim = spawn()
    eventually(lambda: len(alive(store, folder)) == 1)
    victim.kill()
    victim.wait()
    assert alive(store, folder) == []
    assert len(store.workers()) == 1


def test_what_a_killed_worker_held_is_finished_within_five_seconds(
    store: SqlStore, spawn: Spawn
) -> None:
    submit(store, 8)
    victim = spawn(delay=60)
    eventually(lambda: store.counts().processing > 0)
    spawn()
    eventually(lambda: store.counts().pending == 0)
    assert store.counts().processing > 0
    victim.kill()
    eventually(lambda: store.counts() == Counts(completed=8, positive=8), within=5)


def test_a_worker_that_was_stopped_past_its_lease_settles_nothing_when_it_comes_back(
    store: SqlStore, spawn: Spawn
) -> None:
    submit(store, 1)
    zombie = spawn(delay=3, lease=2, mode="drain")
    eventually(lambda: store.counts().processing == 1)
    zombie.send_signal(signal.SIGSTOP)
    heir = spawn(lease=60)
    eventually(lambda: store.counts().completed == 1)
    settled = store.job(1)
    zombie.send_signal(signal.SIGCONT)
    said, logged = zombie.communicate(timeout=DEADLINE)
    # Whichever of its hands wakes first: the heartbeat drops the claim, or the settle is refused.
    assert "refused=1" in said or "lost the lease of 1 jobs" in logged
    assert "completed=0" in said
    assert store.job(1) == settled
    assert store.check() == []
    assert heir.poll() is None


def test_two_processes_on_one_store_complete_everything_once(store: SqlStore, spawn: Spawn) -> None:
    submit(store, 3_000)
    ended = [worker.communicate(timeout=DEADLINE) for worker in [spawn(mode="drain") for _ in "ab"]]
    done = [int(said.partition("completed=")[2].partition(",")[0]) for said, _ in ended]
    assert sum(done) == 3_000
    assert store.counts() == Counts(completed=3_000, positive=3_000)
    assert store.check() == []


def test_a_background_worker_runs_once_and_stops_when_told(
    store: SqlStore,
    path: Path,
    folder: Path,
    background: Callable[[float], int],
) -> None:
    pid = background(0)
    assert daemon.status(folder) == (True, pid)
    assert os.getsid(pid) == pid
    with pytest.raises(ConflictError, match=str(pid)):
        daemon.start(command(path, mode="background"), folder)
    submit(store, 5)
    eventually(lambda: store.counts().completed == 5)
    assert daemon.stop(folder) is Stopped.FINISHED
    assert daemon.status(folder) == (False, None)
    assert daemon.stop(folder) is Stopped.WAS_NOT_RUNNING
    assert store.workers() == []
    assert any("completed=5" in line for line in daemon.last_lines(folder))


def test_a_background_worker_that_takes_too_long_to_stop_gives_its_jobs_back(
    store: SqlStore, folder: Path, background: Callable[[float], int]
) -> None:
    background(300)
    submit(store, 3)
    eventually(lambda: store.counts().processing > 0)
    assert daemon.stop(folder, timeout=timedelta(milliseconds=200)) is Stopped.RELEASED
    assert store.counts() == Counts(pending=3)


def test_a_killed_background_worker_leaves_room_for_the_next(
    folder: Path, background: Callable[[float], int]
) -> None:
    first = background(0)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: not daemon.status(folder).is_running)
    assert background(0) != first


def test_a_background_worker_that_dies_at_its_start_says_why(folder: Path) -> None:
    dying = [sys.executable, "-c", "raise SystemExit('no such thing')"]
    with pytest.raises(StoreError, match=r"(?s)ended with status 1.*no such thing"):
        daemon.start(dying, folder)
    assert not daemon.status(folder).is_running


def test_a_background_worker_that_is_never_ready_is_ended(folder: Path) -> None:
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(StoreError, match="wasn't ready in time"):
        daemon.start(sleeping, folder, timeout=timedelta(milliseconds=300))


def test_a_process_that_has_the_holders_pid_by_chance_is_never_signalled(folder: Path) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with daemon.hold(folder):
        (folder / "daemon.lock").write_text(f'{{"pid": {bystander.pid}, "started": "1"}}')
        with pytest.raises(ConflictError, match="doesn't end"):
            daemon.stop(folder, timeout=timedelta(0), last_wait=timedelta(0))
    assert daemon.stop(folder) is Stopped.WAS_NOT_RUNNING
    bystander.communicate(b"\n", timeout=DEADLINE)
    assert bystander.returncode == 0


def test_a_large_log_is_set_aside_at_the_next_start(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    daemon.log_path(folder).write_bytes(b"old\n" * (daemon.LOG_LIMIT // 3))
    with pytest.raises(StoreError):
        daemon.start([sys.executable, "-c", "raise SystemExit('new')"], folder)
    assert daemon.last_lines(folder) == ["new"]
    assert (folder / "worker.log.1").stat().st_size > daemon.LOG_LIMIT
    assert daemon.log_path(folder).stat().st_mode & 0o777 == 0o600
