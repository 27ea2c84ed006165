"""The workers of a store, and which of them live."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sentijob.jobs import WorkerInfo

if TYPE_CHECKING:
    from sentijob.ports import Work


class Member(NamedTuple):
    """A worker, and whether it may still be alive: of another machine's worker we only know its leases."""

    worker: WorkerInfo
    is_alive: bool


def crew(store: Work, folder: Path) -> Sequence[Member]:
    """All registered workers, oldest first; those of this machine hold locks in *folder*."""
    from sentijob.worker.host import host_identity
    from sentijob.worker.presence import Presence

    workers = store.workers()
    dead = Presence(folder).dead(workers, host_identity())
    return [Member(worker, worker.id not in dead) for worker in workers]


def working_rate(members: Sequence[Member]) -> float | None:
    """Texts a second of all live workers that hold jobs, as they last measured; None where none do."""
    return sum(one.worker.rate for one in members if one.is_alive and one.worker.holding) or None
