"""``sentijob serve``."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from sentijob.cli.exposure import Exposure
from sentijob.cli.flags import with_flags
from sentijob.cli.lazy import command_app
from sentijob.cli.logs import log_to_stderr
from sentijob.cli.options import Db
from sentijob.cli.session import opened_store
from sentijob.errors import UsageError

app = command_app()


@app.command()
@with_flags("exposure", Exposure)
def serve(
    *,
    exposure: Exposure,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8000,
    db: Db = None,
) -> None:
    """Offer the store to programs and browsers, over HTTP."""
    settings = exposure.settings(db)
    try:
        from sentijob.web.serving import run
    except ImportError as exc:
        raise UsageError(
            f"serving needs {exc.name}; pip install 'sentijob[serve]' brings it"
        ) from exc
    log_to_stderr(logging.INFO, has_time=True)
    with opened_store(settings, must_exist=False) as store:
        run(store, settings, host=host, port=port)
