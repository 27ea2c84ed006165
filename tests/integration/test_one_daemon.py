"""Of several background workers that are started at once, exactly one lives."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from sentijob.errors import ConflictError, SentijobError, StoreError
from sentijob.worker import daemon, locks

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no flock on Windows")

AT_ONCE = 4
HOLDER = """
import signal, sys
from pathlib import Path
from sentijob.worker import daemon
from sentijob.errors import ConflictError
try:
    with daemon.hold(Path(sys.argv[1])):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        daemon.report_ready()
        signal.sigwait([signal.SIGTERM])
except ConflictError:
    sys.exit(5)
"""


def start_at_once(folder: Path) -> tuple[list[int], list[SentijobError]]:
    """Start several; the pids of those that say they are ready, and why the others don't."""
    pids: list[int] = []
    refusals: list[SentijobError] = []
    barrier = threading.Barrier(AT_ONCE)

    def start() -> None:
        barrier.wait(10)
        try:
            pids.append(daemon.start([sys.executable, "-c", HOLDER, str(folder)], folder))
        except (ConflictError, StoreError) as exc:
            refusals.append(exc)

    threads = [threading.Thread(target=start) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return pids, refusals


def test_of_several_starts_at_once_one_wins_in_every_round(tmp_path: Path) -> None:
    for number in range(20):
        # Half of them find what the round before left: a lock file, a log, or a killed worker's.
        folder = tmp_path / f"{number // 2}.run"
        pids, refusals = start_at_once(folder)
        try:
            assert len(pids) == 1, refusals
            assert len(refusals) == AT_ONCE - 1
            assert all(isinstance(one, ConflictError) for one in refusals), refusals
            assert daemon.status(folder) == (True, pids[0])
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGKILL if number % 2 == 0 else signal.SIGTERM)
            end = time.monotonic() + 30
            while daemon.status(folder).is_running:
                assert time.monotonic() < end
                time.sleep(0.005)


@pytest.mark.parametrize(
    "left", [b"", b"{", b"null", b'{"pid": "x"}', b'{"pid": 1, "started": null}', b"\xff" * 100]
)
def test_whatever_a_dead_worker_left_in_its_lock_the_next_one_starts(
    tmp_path: Path, left: bytes
) -> None:
    folder = tmp_path / "jobs.db.run"
    folder.mkdir(mode=0o700)
    (folder / "daemon.lock").write_bytes(left)
    assert daemon.stop(folder) is daemon.Stopped.WAS_NOT_RUNNING
    pid = daemon.start([sys.executable, "-c", HOLDER, str(folder)], folder)
    assert daemon.status(folder) == (True, pid)
    assert daemon.stop(folder, timeout=timedelta(seconds=20)) is daemon.Stopped.FINISHED


def test_whoever_only_looks_keeps_no_worker_from_starting(tmp_path: Path) -> None:
    with daemon.hold(tmp_path):
        pass  # leaves the lock's file
    looking = locks.open_for_reading(tmp_path / "daemon.lock")
    fcntl.flock(looking, fcntl.LOCK_SH)
    done = threading.Timer(0.1, os.close, [looking])
    done.start()
    with pytest.MonkeyPatch.context() as patch:
        # As it is where that look ends between our try and our question.
        patch.setattr(daemon, "_refuse_second", lambda _: None)
        with daemon.hold(tmp_path):
            assert daemon.status(tmp_path).is_running
    done.join()
