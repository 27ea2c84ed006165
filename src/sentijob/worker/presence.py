"""How workers on one machine know of each other who is alive: each holds a locked file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sentijob.errors import StoreError
from sentijob.jobs import WorkerInfo
from sentijob.worker import locks
from sentijob.worker.host import machine_of


class Presence:
    """Lock files in a private *folder* beside the store, one a worker.

    The dead are found at once and for certain, without a clock. Where the
    system has no flock nobody is judged dead; leases alone do it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def hold(self, worker_id: int) -> Iterator[None]:
        """Be seen alive as *worker_id* until the block, or the process, ends.

        Raises:
            StoreError: the folder can't be used.
        """
        locks.make_private_folder(self._folder)
        # Locked before it has its name: nobody ever sees it unlocked while its worker lives.
        unnamed = self._folder / f".worker-{worker_id}.{os.getpid()}"
        fd = locks.open_private(unnamed)
        try:
            locks.take(fd)
            unnamed.replace(self._path(worker_id))
            yield
        finally:
            self.forget([worker_id])
            os.close(fd)

    def dead(self, workers: Sequence[WorkerInfo], host: str) -> set[int]:
        """The ids of those *workers* of this machine that are certainly dead; *host* is our own identity."""
        if not locks.CAN_LOCK:
            return set()
        return {worker.id for worker in workers if self._is_dead(worker, host)}

    def forget(self, worker_ids: Iterable[int]) -> None:
        """Remove the files of workers that are gone."""
        for worker_id in worker_ids:
            self._path(worker_id).unlink(missing_ok=True)

    def _path(self, worker_id: int) -> Path:
        return self._folder / f"worker-{worker_id}.lock"

    def _is_dead(self, worker: WorkerInfo, host: str) -> bool:
        if machine_of(worker.host) != machine_of(host):
            return False
        try:
            return not locks.is_held(self._path(worker.id))
        except FileNotFoundError:
            # It has only just registered, or it uses another folder, or died before it held
            # anything: on this very boot its process tells.
            return worker.host == host and not _runs(worker.pid)
        except (OSError, StoreError):
            return False


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
