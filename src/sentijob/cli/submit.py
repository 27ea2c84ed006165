"""``sentijob submit``."""

import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sentijob.cli.console import is_terminal, note, output_console, put
from sentijob.cli.flags import with_flags
from sentijob.cli.lazy import command_app
from sentijob.cli.options import AsJson, Db, Quiet
from sentijob.cli.receipts import document, greet, reference, warn, written
from sentijob.cli.sources import Sources, prepared
from sentijob.durations import parse_duration
from sentijob.errors import UsageError
from sentijob.jobs import BATCH_PRIORITY, INTERACTIVE_PRIORITY, PRIORITY_RANGE
from sentijob.wiring import opened_submissions, run_folder

if TYPE_CHECKING:
    from sentijob.ingest.filling import Receipt
    from sentijob.ports import Store
    from sentijob.settings import Settings

app = command_app()

_LONGEST_PATH = 256


@app.command()
@with_flags("sources", Sources)
def submit(
    *,
    sources: Sources,
    priority: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=PRIORITY_RANGE.start,
            max=PRIORITY_RANGE[-1],
            help=f"Higher goes first. Else {INTERACTIVE_PRIORITY} for a TEXT,"
            f" {BATCH_PRIORITY} for files and stdin.",
            show_default=False,
        ),
    ] = None,
    delay: Annotated[
        str | None,
        typer.Option(metavar="10m", help="Not before this long from now.", show_default=False),
    ] = None,
    once: Annotated[
        str | None,
        typer.Option(
            metavar="KEY",
            help="Submit at most once: with a KEY used before, give the first one's id.",
            show_default=False,
        ),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until all is final; the exit status tells.")
    ] = False,
    timeout: Annotated[
        str | None,
        typer.Option(
            metavar="5m", help="With --wait: give up after this long.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    db: Db = None,
) -> None:
    """Queue texts to be scored.

    One TEXT becomes a job, and its number is printed. Several, a file or
    stdin become a batch. A file is read through before its first text is
    queued: one bad row refuses it whole. Interrupted, the same command goes
    on where it stopped. With no TEXT and no FILE, a pipe is read, and queued
    as it comes.
    """
    sources.check(command="submit", once=once)
    limit = _limit(timeout, wait=wait)
    settings = sources.settings(db)
    bulk = sources.order(
        settings,
        priority=BATCH_PRIORITY if priority is None else priority,
        delay=timedelta(0) if delay is None else parse_duration(delay),
        once=once,
        is_quiet=quiet,
    )
    urgency = INTERACTIVE_PRIORITY if priority is None else priority
    texts = bulk._replace(terms=bulk.terms._replace(priority=urgency))
    receipts = []
    with prepared(sources, texts, bulk) as steps, opened_submissions(settings) as store:
        for step in steps:
            receipts.append(step(store))
            _acknowledge(receipts[-1], as_json=as_json, is_quiet=quiet)
    if not quiet:
        _mention_files(sources.arguments)
    if wait:
        _wait(settings, receipts, limit, as_json=as_json, is_quiet=quiet)
    elif as_json:
        put(_as_json(receipts))


def _acknowledge(receipt: "Receipt", *, as_json: bool, is_quiet: bool) -> None:
    warn(receipt, is_quiet=is_quiet)
    if not is_quiet:
        greet(receipt)
    if not as_json:
        put(written(receipt))
        sys.stdout.flush()


def _mention_files(texts: Sequence[str]) -> None:
    """Whoever forgets ``-f`` wants to know it before the result comes."""
    for text in texts:
        if len(text) < _LONGEST_PATH and os.path.isfile(text):  # noqa: PTH113  # a text may be no path at all
            note(f"{text!r} was taken as a text; for the texts in that file: -f {text}")


def _limit(timeout: str | None, *, wait: bool) -> timedelta | None:
    if timeout is None:
        return None
    if not wait:
        raise UsageError("--timeout is for --wait, which wasn't given")
    return parse_duration(timeout)


def _as_json(receipts: "Sequence[Receipt]") -> str:
    from sentijob.export.documents import dumps

    documents = [document(receipt) for receipt in receipts]
    return dumps(documents[0] if len(documents) == 1 else documents)


def _wait(
    settings: "Settings",
    receipts: "Sequence[Receipt]",
    timeout: timedelta | None,
    *,
    as_json: bool,
    is_quiet: bool,
) -> None:
    """Wait for all of *receipts* and show a person how they fared.

    In JSON they are shown as they then stand, however the wait ends.
    """
    from sentijob.cli.looking import as_json as to_json
    from sentijob.cli.looking import drawn, look_up
    from sentijob.cli.progress import meter
    from sentijob.cli.session import opened_store
    from sentijob.cli.waiting import standing, wait_until_final

    references = [reference(receipt) for receipt in receipts]
    with opened_store(settings) as store:
        start = standing(store, references)
        if not start.is_final and not is_quiet:
            _say_if_nobody_works(store, settings)
        try:
            with meter("Waiting", total=start.total, done=start.finished, quiet=is_quiet) as shown:
                wait_until_final(store, settings, references, meter=shown, timeout=timeout)
        finally:
            if as_json:
                put(to_json(look_up(store, references)))
        if is_terminal() and not as_json and not is_quiet:
            console = output_console()
            console.print(drawn(store, settings, look_up(store, references), console.width))


def _say_if_nobody_works(store: "Store", settings: "Settings") -> None:
    from sentijob.worker.crew import crew

    if not any(member.is_alive for member in crew(store, run_folder(settings))):
        note("no worker is running on this store; 'sentijob worker start' starts one")
