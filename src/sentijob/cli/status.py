"""``sentijob status``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sentijob.cli.console import output_console, put
from sentijob.cli.lazy import command_app
from sentijob.cli.looking import as_json as to_json
from sentijob.cli.looking import drawn, look_up, resolve_all
from sentijob.cli.options import AsJson, Db, Ids
from sentijob.cli.session import opened_store, session_settings
from sentijob.cli.waiting import insist_on_success, standing
from sentijob.jobs import Reference

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sentijob.ports import Store
    from sentijob.settings import Settings

app = command_app()


@app.command()
def status(
    ids: Ids,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Redraw on every change, until all is final.")
    ] = False,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Show jobs and batches by id.

    With --watch, leaving by Ctrl-C touches no job; when all is final the exit status
    is 0, or 8 where a job failed or was cancelled. With --watch --json, every change
    is one JSON line.
    """
    settings = session_settings(db=db)
    with opened_store(settings) as store:
        references = resolve_all(store, ids)
        if watch:
            _watch(store, settings, references, as_json=as_json)
            insist_on_success(standing(store, references))
        elif as_json:
            put(to_json(look_up(store, references)))
        else:
            console = output_console()
            console.print(drawn(store, settings, look_up(store, references), console.width))


def _watch(
    store: Store, settings: Settings, references: Sequence[Reference], *, as_json: bool
) -> None:
    if as_json:
        _stream(store, settings, references)
        return
    from sentijob.cli.watching import watch

    def draw(width: int) -> tuple[RenderableType, bool]:
        is_final = standing(store, references).is_final
        return drawn(store, settings, look_up(store, references), width), is_final

    watch(store, settings, draw)


def _stream(store: Store, settings: Settings, references: Sequence[Reference]) -> None:
    """A line whenever the document differs from the one before, until all is final."""
    import sys

    from sentijob.cli.watching import redraws

    before = None
    for _ in redraws(store, settings):
        is_final = standing(store, references).is_final
        document = to_json(look_up(store, references))
        if document != before:
            put(document)
            sys.stdout.flush()
        before = document
        if is_final:
            return
