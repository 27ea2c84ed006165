"""The workers: who is alive, what each holds, and how fast it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from sentijob.web.page.live import Snapshot
from sentijob.web.page.panel import Panel
from sentijob.web.page.visit import Visit
from sentijob.web.page.words import ago, rate, span
from sentijob.web.services import Services
from sentijob.worker.crew import Member


class WorkerList(Panel, component="workers_view.js"):
    """A worker a row."""


def workers_section(services: Services, visit: Visit) -> None:
    """All registered workers."""
    shown = WorkerList()
    shown.show(workers=None)
    lease = services.settings.lease

    def show(seen: Snapshot) -> None:
        shown.show(workers=[drawn(member, seen.now, lease) for member in seen.crew])

    visit.on_snapshot(show)


def drawn(member: Member, now: datetime, lease: timedelta) -> dict[str, object]:
    """What is drawn of a worker. Of another machine's we know only when it was last seen."""
    worker = member.worker
    silence = now - worker.last_seen_at
    return {
        "key": f"{worker.host}/{worker.pid}/{worker.started_at}",
        "host": worker.host.partition("/")[0],
        "pid": worker.pid,
        "state": _state(is_alive=member.is_alive, is_silent=silence > lease),
        "holding": f"{worker.holding:,}",
        "completed": f"{worker.completed:,}",
        "rate": rate(worker.rate),
        "seen": ago(silence),
        "up": span(now - worker.started_at),
        "models": "any model" if worker.models == "*" else worker.models,
    }


def _state(*, is_alive: bool, is_silent: bool) -> str:
    if not is_alive:
        return "dead"
    return "silent" if is_silent else "alive"
