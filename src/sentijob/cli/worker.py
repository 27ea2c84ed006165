"""``sentijob worker``: in the foreground by itself; its subcommands care for workers."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sentijob import wiring
from sentijob.cli.conduct import Conduct
from sentijob.cli.console import note, output_console, put
from sentijob.cli.flags import with_flags
from sentijob.cli.inert import inert
from sentijob.cli.lazy import command_app
from sentijob.cli.logs import log_to_stderr
from sentijob.cli.options import AsJson, Db
from sentijob.cli.session import opened_store, session_settings
from sentijob.cli.worker_command import hidden, worker_command
from sentijob.durations import parse_duration
from sentijob.errors import NotFoundError, UsageError
from sentijob.worker.crew import Member, crew

if TYPE_CHECKING:
    from sentijob.models.process import ProcessModel
    from sentijob.settings import Settings
    from sentijob.worker.config import WorkerConfig

app = command_app(invoke_without_command=True)

_PAUSED = "this store is paused: nothing is claimed until 'sentijob worker resume'"


@app.callback()
@with_flags("conduct", Conduct)
def worker(*, context: typer.Context, conduct: Conduct, db: Db = None) -> None:
    """Score what is queued: run, start, stop and watch workers.

    Without a subcommand it works here, with its log on stderr, until Ctrl-C:
    the first lets it finish the running chunk, the second doesn't. What it
    doesn't finish goes back to the queue. Several workers on one store are
    normal.
    """
    if context.invoked_subcommand is None:
        _work(conduct, db)
    elif conduct != Conduct() or db is not None:
        name = context.invoked_subcommand
        raise UsageError(f"flags go after the subcommand: sentijob worker {name} --flag")


def _work(conduct: Conduct, db: str | None) -> None:
    from sentijob.worker import daemon, leash
    from sentijob.worker.signals import stopped_by_signals

    settings = conduct.settings(db)
    config = conduct.config(settings)
    log_to_stderr(logging.INFO, has_time=True)
    # Before the store is opened: of two background workers one doesn't begin.
    is_background = daemon.READY_VARIABLE in os.environ
    with (
        daemon.hold(wiring.run_folder(settings)) if is_background else nullcontext(),
        _started(config, settings) as models,
        opened_store(settings, must_exist=False) as store,
        wiring.opened_worker(
            store,
            settings,
            config,
            started=models,
            on_ready=daemon.report_ready,
        ) as working,
        stopped_by_signals(working),
    ):
        leash.follow(working)
        if store.is_paused():
            note(_PAUSED)
        working.run()


@contextmanager
def _started(config: WorkerConfig, settings: Settings) -> Iterator[list[ProcessModel]]:
    """The models that were named, which load while the store is opened."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                closing(wiring.start_model(name, settings, processes=config.processes))
            )
            for name in config.models or ()
        ]


@app.command()
@with_flags("conduct", Conduct)
def start(*, conduct: Conduct, db: Db = None) -> None:
    """Start a worker in the background and print its process id.

    It is there when this returns, and stays when the terminal closes; a
    reboot ends it ('worker unit' outlives that). At most one for each store.
    """
    from sentijob.worker import daemon

    settings = conduct.settings(db)
    conduct.config(settings)
    with opened_store(settings, must_exist=False):
        folder = wiring.run_folder(settings)
        pid = daemon.start(worker_command(conduct, settings), folder, environment=hidden(settings))
    put(str(pid))
    if sys.stderr.isatty():
        note(f"a worker runs in the background; its log is {daemon.log_path(folder)}")


@app.command()
def stop(
    *,
    now: Annotated[
        bool, typer.Option("--now", help="Don't let it finish the running chunk.")
    ] = False,
    timeout: Annotated[
        str, typer.Option(metavar="25s", help="Let it finish its chunk for this long.")
    ] = "25s",
    db: Db = None,
) -> None:
    """Stop the background worker; what it didn't finish goes back to the queue."""
    from sentijob.worker import daemon

    patience = timedelta(0) if now else parse_duration(timeout)
    settings = session_settings(db=db)
    ended = daemon.stop(wiring.run_folder(settings), timeout=patience)
    if ended is daemon.Stopped.WAS_NOT_RUNNING:
        raise NotFoundError(
            "no background worker runs on this store; one in the foreground ends by Ctrl-C"
        )
    note(f"the worker {ended.value} and ended")


@app.command()
def logs(
    *,
    lines: Annotated[
        int, typer.Option("--lines", "-n", metavar="N", min=0, help="Begin with the last N lines.")
    ] = 50,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")
    ] = False,
    db: Db = None,
) -> None:
    """Show what the background worker has logged."""
    from sentijob.cli.tail import tail
    from sentijob.worker import daemon

    path = daemon.log_path(wiring.run_folder(session_settings(db=db)))
    for line in tail(path, lines, follow=follow):
        put(inert(line))


@app.command()
def status(*, as_json: AsJson = False, db: Db = None) -> None:
    """Show the workers of the store, alive and dead."""
    settings = session_settings(db=db)
    with opened_store(settings) as store:
        members, is_paused, now = (
            crew(store, wiring.run_folder(settings)),
            store.is_paused(),
            store.now(),
        )
    if as_json:
        put(_as_json(members, is_paused=is_paused))
        return
    if is_paused:
        note(_PAUSED)
    if members:
        _draw(members, now)
    else:
        note("no worker is running on this store; 'sentijob worker start' starts one")


def _as_json(members: Sequence[Member], *, is_paused: bool) -> str:
    from sentijob.export.documents import dumps, worker_document

    workers = [worker_document(member.worker, is_alive=member.is_alive) for member in members]
    return dumps({"is_paused": is_paused, "workers": workers})


def _draw(members: Sequence[Member], now: datetime) -> None:
    from sentijob.cli.stats_view import worker_columns
    from sentijob.cli.tables import print_table

    print_table(output_console(), worker_columns(now), members)


@app.command()
def pause(*, db: Db = None) -> None:
    """Have every worker claim nothing more, until resume.

    What is being scored is finished. Texts can be submitted all the while.
    """
    _set_paused(db, paused=True)


@app.command()
def resume(*, db: Db = None) -> None:
    """Let the workers claim again."""
    _set_paused(db, paused=False)


def _set_paused(db: str | None, *, paused: bool) -> None:
    with opened_store(session_settings(db=db)) as store:
        store.set_paused(paused=paused)
    note("paused; 'sentijob worker resume' ends it" if paused else "resumed")


@app.command()
@with_flags("conduct", Conduct)
def unit(*, conduct: Conduct, db: Db = None) -> None:
    """Print a systemd user unit that keeps a worker running."""
    from sentijob.cli.unit import unit_file

    settings = conduct.settings(db)
    put(unit_file(worker_command(conduct, settings), settings.db).rstrip("\n"))
