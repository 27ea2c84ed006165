"""``sentijob serve``."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from sentijob.cli.conduct import Conduct
from sentijob.cli.exposure import Exposure
from sentijob.cli.flags import with_flags
from sentijob.cli.lazy import command_app
from sentijob.cli.logs import log_to_stderr
from sentijob.cli.options import Db
from sentijob.cli.session import opened_store
from sentijob.cli.worker_command import hidden, worker_command
from sentijob.errors import UsageError

app = command_app()


@app.command()
@with_flags("exposure", Exposure)
def serve(
    *,
    exposure: Exposure,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8000,
    with_worker: Annotated[
        bool,
        typer.Option("--with-worker", help="Score what is queued, too, for as long as it runs."),
    ] = False,
    db: Db = None,
) -> None:
    """Offer the store to programs and browsers, over HTTP.

    Its address is said on stderr. Ctrl-C ends it, and with it its worker, which finishes the running
    chunk first; a worker that dies is started again.
    """
    settings = exposure.settings(db)
    try:
        from sentijob.web.companion import Companion
        from sentijob.web.serving import run
    except ImportError as exc:
        raise UsageError(
            f"serving needs {exc.name}; pip install 'sentijob[serve]' brings it"
        ) from exc
    log_to_stderr(logging.INFO, has_time=True)
    companion = (
        Companion(worker_command(Conduct(), settings), hidden(settings)) if with_worker else None
    )
    with opened_store(settings, must_exist=False) as store:
        run(store, settings, host=host, port=port, companion=companion)
