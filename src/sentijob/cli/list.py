"""``sentijob list``."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING, Annotated

import typer

from sentijob.cli.console import note, output_console, put
from sentijob.cli.lazy import command_app
from sentijob.cli.looking import Thing, document
from sentijob.cli.options import AsJson, AsJsonLines, Db, Quiet
from sentijob.cli.selecting import Filters, select, with_filters
from sentijob.cli.session import session_settings
from sentijob.errors import UsageError
from sentijob.export.documents import dumps
from sentijob.jobs import Batch, Job, Sort
from sentijob.wiring import opened_reading

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sentijob.ports import Reading

app = command_app()
_MOST = 10_000
_LARGEST = 2**63 - 1


class _Output(Enum):
    """How a listing is written."""

    TABLE = auto()
    JSON = auto()
    JSONL = auto()
    IDS = auto()


def _chosen_output(*, as_json: bool, as_jsonl: bool, quiet: bool) -> _Output:
    """The one way of writing that the flags ask for.

    Raises:
        UsageError: they ask for more than one.
    """
    wanted = {_Output.JSON: as_json, _Output.JSONL: as_jsonl, _Output.IDS: quiet}
    chosen = [output for output, is_wanted in wanted.items() if is_wanted]
    if len(chosen) > 1:
        raise UsageError("choose one of --json, --jsonl and --quiet")
    return chosen[0] if chosen else _Output.TABLE


@app.command("list")
@with_filters
def list_jobs(
    *,
    filters: Filters,
    batches: Annotated[
        bool, typer.Option("--batches", help="List batches instead of jobs.")
    ] = False,
    sort: Annotated[Sort, typer.Option(help="What comes first.")] = Sort.NEWEST,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=_MOST, help="At most so many.")
    ] = 20,
    skip: Annotated[int, typer.Option(min=0, max=_LARGEST, help="Pass over the first ones.")] = 0,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Redraw on every change, until Ctrl-C.")
    ] = False,
    as_json: AsJson = False,
    as_jsonl: AsJsonLines = False,
    quiet: Quiet = False,
    db: Db = None,
) -> None:
    """List jobs, newest first.

    The flags of the selection narrow it down; a flag given twice means either. 'results'
    exports all of a batch or of the store, however many there are.
    """
    output = _chosen_output(as_json=as_json, as_jsonl=as_jsonl, quiet=quiet)
    if watch and output is not _Output.TABLE:
        raise UsageError("--watch draws a table: it goes with none of --json, --jsonl and --quiet")
    if batches and (skip or sort is not Sort.NEWEST or not filters.is_empty):
        raise UsageError("--batches lists the newest batches: it takes --limit alone")
    settings = session_settings(db=db)
    with opened_reading(settings) as store:
        selector = select(store, None, filters)

        def read() -> Sequence[Thing]:
            if batches:
                return store.batches(limit=limit)
            return store.jobs(selector, sort=sort, limit=limit, skip=skip)

        if watch:
            from sentijob.cli.watching import watch as keep_drawing

            keep_drawing(store, settings, lambda width: (_table(store, read(), width), False))
        else:
            found = read()
            _write(store, found, output)
            if output is _Output.TABLE:
                _mention_what_is_left(len(found), limit=limit, skip=skip, batches=batches)


def _write(store: "Reading", found: Sequence[Thing], output: _Output) -> None:
    match output:
        case _Output.TABLE:
            if found:
                console = output_console()
                console.print(_table(store, found, console.width))
        case _Output.IDS:
            for thing in found:
                put(thing.reference if isinstance(thing, Batch) else str(thing.id))
        case _Output.JSON:
            put(dumps([document(thing) for thing in found]))
        case _Output.JSONL:
            for thing in found:
                put(dumps(document(thing)))


def _table(store: "Reading", found: Sequence[Thing], width: int) -> "RenderableType":
    from rich.console import Group

    from sentijob.cli.batch_view import batch_columns
    from sentijob.cli.job_view import job_columns
    from sentijob.cli.tables import fitted_table

    now = store.now()
    jobs = [thing for thing in found if isinstance(thing, Job)]
    batches = [thing for thing in found if isinstance(thing, Batch)]
    return Group(
        *([fitted_table(job_columns(now), jobs, width)] if jobs else []),
        *([fitted_table(batch_columns(now), batches, width)] if batches else []),
    )


def _mention_what_is_left(count: int, *, limit: int, skip: int, batches: bool) -> None:
    noun = "batches" if batches else "jobs"
    if not count:
        note(f"no {'more ' if skip else ''}{noun} match")
    elif count == limit:
        further = "--limit" if batches else f"--limit or --skip {skip + count}"
        note(f"the first {count} {noun}; {further} shows more")
