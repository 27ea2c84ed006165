"""``sentijob stats``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sentijob import wiring
from sentijob.cli.console import output_console, put
from sentijob.cli.lazy import command_app
from sentijob.cli.options import AsJson, Db
from sentijob.cli.session import opened_store, session_settings
from sentijob.export.documents import counts_document, dumps, instant, worker_document
from sentijob.jobs import Counts
from sentijob.worker.crew import Member, crew

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentijob.ports import Store
    from sentijob.settings import Settings

app = command_app()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How the whole store stands at one moment."""

    location: str
    now: datetime
    counts: Counts
    oldest_pending_at: datetime | None
    finished_last_minute: int
    finished_last_hour: int
    is_paused: bool
    crew: Sequence[Member]


@app.command()
def stats(
    *,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Redraw on every change, until Ctrl-C.")
    ] = False,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Show the queue, its pace, the label mix and the workers.

    With --watch --json, every change is one JSON line.
    """
    settings = session_settings(db=db)
    with opened_store(settings) as store:
        if watch:
            _watch(store, settings, as_json=as_json)
        elif as_json:
            put(dumps(stats_document(snapshot(store, settings))))
        else:
            from sentijob.cli.stats_view import stats_view

            console = output_console()
            console.print(stats_view(snapshot(store, settings), console.width))


def snapshot(store: Store, settings: Settings) -> Snapshot:
    """Look once at everything."""
    now = store.now()
    return Snapshot(
        location=store.location,
        now=now,
        counts=store.counts(),
        oldest_pending_at=store.oldest_pending_at(),
        finished_last_minute=store.finished_since(now - timedelta(minutes=1)),
        finished_last_hour=store.finished_since(now - timedelta(hours=1)),
        is_paused=store.is_paused(),
        crew=crew(store, wiring.run_folder(settings)),
    )


def stats_document(seen: Snapshot) -> dict[str, object]:
    """A snapshot in JSON; *oldest_pending_at* is null where nothing that is due waits."""
    return {
        "store": seen.location,
        "now": instant(seen.now),
        "counts": counts_document(seen.counts),
        "oldest_pending_at": instant(seen.oldest_pending_at),
        "finished_last_minute": seen.finished_last_minute,
        "finished_last_hour": seen.finished_last_hour,
        "is_paused": seen.is_paused,
        "workers": [
            worker_document(member.worker, is_alive=member.is_alive) for member in seen.crew
        ],
    }


def _watch(store: Store, settings: Settings, *, as_json: bool) -> None:
    from sentijob.cli.watching import redraws, watch

    if not as_json:
        from sentijob.cli.stats_view import stats_view

        watch(store, settings, lambda width: (stats_view(snapshot(store, settings), width), False))
        return
    for _ in redraws(store, settings):
        put(dumps(stats_document(snapshot(store, settings))))
        sys.stdout.flush()
