"""``sentijob wait``."""

from __future__ import annotations

from typing import Annotated

import typer

from sentijob.cli.console import put
from sentijob.cli.lazy import command_app
from sentijob.cli.looking import as_json as to_json
from sentijob.cli.looking import look_up, resolve_all
from sentijob.cli.options import AsJson, Db, Ids
from sentijob.cli.progress import meter
from sentijob.cli.session import opened_store, session_settings
from sentijob.cli.waiting import standing, wait_until_final
from sentijob.durations import parse_duration

app = command_app()


@app.command()
def wait(
    ids: Ids,
    *,
    timeout: Annotated[
        str | None,
        typer.Option(metavar="5m", help="Give up after this long.", show_default=False),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Wait until jobs and batches are final; the exit status tells how it went.

    0: every job is completed. 8: one failed or was cancelled. 124: the timeout passed.
    Leaving by Ctrl-C touches no job. --json prints what was awaited, once it is final.
    """
    limit = None if timeout is None else parse_duration(timeout)
    settings = session_settings(db=db)
    with opened_store(settings) as store:
        references = resolve_all(store, ids)
        start = standing(store, references)
        try:
            with meter("Waiting", total=start.total, done=start.finished, quiet=quiet) as progress:
                wait_until_final(store, settings, references, meter=progress, timeout=limit)
        finally:
            if as_json and standing(store, references).is_final:
                put(to_json(look_up(store, references)))
