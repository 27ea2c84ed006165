"""``sentijob status``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sentijob.cli.console import output_console, put
from sentijob.cli.lazy import command_app
from sentijob.cli.looking import as_json as to_json
from sentijob.cli.looking import drawn, look_up, resolve_all
from sentijob.cli.options import AsJson, Db, Ids
from sentijob.cli.session import opened_store, session_settings
from sentijob.errors import UsageError
from sentijob.jobs import Reference
from sentijob.wiring import opened_reading

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
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show which words carried a job's label, and how much."),
    ] = False,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Show jobs and batches by id.

    With --watch, leaving by Ctrl-C touches no job; when all is final the exit status
    is 0, or 8 where a job failed or was cancelled. With --watch --json, every change
    is one JSON line.

    With --explain, the job's model scores its text again without each word in turn (a long
    text: without each of 200 runs of words). What the label's probability loses is the
    word's weight; below zero, the word speaks against the label.
    """
    if watch and explain:
        raise UsageError("--explain is for what is final: it doesn't go with --watch")
    settings = session_settings(db=db)
    if explain:
        from sentijob.cli.explaining import explain_stored

        explain_stored(settings, ids, as_json=as_json)
    elif watch:
        _watch(settings, ids, as_json=as_json)
    elif as_json:
        with opened_reading(settings) as store:
            put(to_json(look_up(store, resolve_all(store, ids))))
    else:
        _draw(settings, ids)


def _draw(settings: "Settings", ids: Sequence[str]) -> None:
    console = output_console()
    with opened_store(settings) as store:
        found = look_up(store, resolve_all(store, ids))
        console.print(drawn(store, settings, found, console.width))


def _watch(settings: "Settings", ids: Sequence[str], *, as_json: bool) -> None:
    from sentijob.cli.waiting import insist_on_success, standing

    with opened_store(settings) as store:
        references = resolve_all(store, ids)
        if as_json:
            _stream(store, settings, references)
        else:
            _redraw(store, settings, references)
        insist_on_success(standing(store, references))


def _redraw(store: "Store", settings: "Settings", references: Sequence[Reference]) -> None:
    from sentijob.cli.waiting import standing
    from sentijob.cli.watching import watch

    def draw(width: int) -> "tuple[RenderableType, bool]":
        is_final = standing(store, references).is_final
        return drawn(store, settings, look_up(store, references), width), is_final

    watch(store, settings, draw)


def _stream(store: "Store", settings: "Settings", references: Sequence[Reference]) -> None:
    """A line whenever the document differs from the one before, until all is final."""
    import sys

    from sentijob.cli.waiting import standing
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
