"""``sentijob results``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import chain, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentijob.cli.console import is_terminal, note, output_console, put
from sentijob.cli.lazy import command_app
from sentijob.cli.options import AsJson, Db, OptionalIds, OutputFile
from sentijob.cli.selecting import Filters, select, with_filters
from sentijob.cli.session import session_settings
from sentijob.cli.waiting import looks
from sentijob.cli.words import amount
from sentijob.errors import UsageError, damaged_job
from sentijob.export.formats import ExportFormat, export_format_of
from sentijob.jobs import Selector, Sort, Status, StoredJob
from sentijob.wiring import opened_reading

if TYPE_CHECKING:
    from sentijob.export.results import Pages
    from sentijob.ports import Reading
    from sentijob.settings import Settings

app = command_app()

_ROWS_ON_SCREEN = 100
_PAGE = 500
_FOLLOW_PAUSE = timedelta(milliseconds=100)


@app.command()
@with_filters
def results(
    ids: OptionalIds = None,
    *,
    filters: Filters,
    output: OutputFile = None,
    export_format: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format", help="Else by FILE's suffix; jsonl in a pipe.", show_default=False
        ),
    ] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="The failed jobs and their errors instead.")
    ] = False,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="Leave CSV cells that a spreadsheet would run as they are."),
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on, in order, until all are final.")
    ] = False,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Export results in the order the texts came in.

    Without ids: of the whole store. Only completed jobs, unless --failed or --status says
    otherwise; what was left out is said on stderr. Each result carries your key and your
    other columns. On a terminal the first ones are shown as a table.
    """
    if follow and not filters.is_empty:
        raise UsageError(
            "--follow takes ids and batches, not the flags that select by status or label"
        )
    wanted = _wanted(filters, failed=failed)
    settings = session_settings(db=db)
    with opened_reading(settings) as store:
        selector = select(store, ids, filters)
        if follow:
            pages = _followed(store, settings, selector, wanted)
        else:
            pages = store.pages(selector._replace(statuses=wanted))
        target = None if output is None or str(output) == "-" else output
        if as_json:
            insist_on_plain_json(target, export_format)
            write_json(pages, is_single=_is_one_job(selector))
        elif target is None and export_format is None and is_terminal() and not follow:
            show(store, selector._replace(statuses=wanted))
        else:
            export(pages, target, export_format_of(target, export_format), raw=raw)
        if filters.is_empty:
            _mention_left_out(_tally(store, selector), wanted)


def _wanted(filters: Filters, *, failed: bool) -> tuple[Status, ...]:
    if failed and filters.status:
        raise UsageError("--failed is --status failed: give one of them")
    if failed:
        return (Status.FAILED,)
    return tuple(filters.status or (Status.COMPLETED,))


def export(
    pages: Pages, target: Path | None, export_format: ExportFormat, *, raw: bool = False
) -> None:
    """Write jobs to *target*, or stdout."""
    from sentijob.export.results import write_results
    from sentijob.garbage import collected_rarely

    with collected_rarely():
        count = write_results(pages, target or sys.stdout, export_format, raw=raw)
    if target is not None:
        note(f"{amount(count, 'result')} in {target}")


def insist_on_plain_json(target: Path | None, export_format: ExportFormat | None) -> None:
    """Raises UsageError where ``--json`` came with what asks for something else."""
    if target is not None or export_format is not None:
        raise UsageError("--json is one document on stdout: it goes with neither -o nor --format")


def _is_one_job(selector: Selector) -> bool:
    return len(selector.job_ids) == 1 and not selector.batch_ids


def write_json(pages: Pages, *, is_single: bool) -> None:
    """One document, written as it is read: an object for one job (null without a result), else an array."""
    from sentijob.export.lines import lines

    documents = chain.from_iterable(lines(page, end="") for page in pages)
    if is_single:
        put(next(documents, "null"))
        return
    sys.stdout.write("[")
    for number, document in enumerate(documents):
        sys.stdout.write(f"{',' if number else ''}\n{document}")
    put("\n]")


def show(store: Reading, selector: Selector) -> None:
    """Draw the first of the selected jobs as a table."""
    from sentijob.cli.job_view import job_columns
    from sentijob.cli.tables import print_table

    found = store.jobs(selector, sort=Sort.OLDEST, limit=_ROWS_ON_SCREEN)
    if found:
        print_table(output_console(), job_columns(store.now()), found)
    total = store.count(selector) if len(found) == _ROWS_ON_SCREEN else len(found)
    if total > len(found):
        note(f"the first {len(found)} of {amount(total, 'result')}; -o FILE or a pipe gives all")


def _followed(
    store: Reading, settings: Settings, selector: Selector, wanted: Collection[Status]
) -> Iterator[Sequence[StoredJob]]:
    """The *wanted* ones of all selected jobs in order, each as soon as all before it are final."""
    last = 0
    for _ in looks(store, settings, pause=_FOLLOW_PAUSE):
        is_sealed = all(store.batch(number).sealed_at for number in selector.batch_ids)
        while page := store.page_after(selector, after=last, limit=_PAGE):
            final = list(takewhile(lambda job: _status(job).is_final, page))
            yield [job for job in final if _status(job) in wanted]
            last = final[-1][0] if final else last
            if len(final) < len(page):
                break
        else:
            if is_sealed:
                return
        sys.stdout.flush()


def _status(job: StoredJob) -> Status:
    try:
        return Status(job[13])
    except ValueError as exc:
        raise damaged_job(job[0]) from exc


def _tally(store: Reading, selector: Selector) -> Mapping[Status, int]:
    """How the selected jobs stand; counts that overlap are counted twice."""
    tally = Counter(store.job(job_id).status for job_id in selector.job_ids)
    everything = [store.batch(number).counts for number in selector.batch_ids]
    if selector.is_empty:
        everything = [store.counts()]
    for counts in everything:
        tally.update({status: getattr(counts, status) for status in Status})
    return tally


def _mention_left_out(tally: Mapping[Status, int], wanted: Collection[Status]) -> None:
    left_out = [
        f"{tally[status]:,} {status}" for status in Status if tally[status] and status not in wanted
    ]
    if left_out:
        hint = "" if Status.FAILED in wanted or not tally[Status.FAILED] else "; --failed shows why"
        note(f"left out: {', '.join(left_out)}{hint}")
