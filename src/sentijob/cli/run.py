"""``sentijob run``."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import SIGINT
from typing import TYPE_CHECKING, Annotated

import typer

from sentijob import wiring
from sentijob.cli.console import is_terminal, note, output_console
from sentijob.cli.flags import with_flags
from sentijob.cli.interrupts import Interrupted
from sentijob.cli.lazy import command_app
from sentijob.cli.logs import log_to_stderr
from sentijob.cli.looking import drawn, look_up
from sentijob.cli.options import OUTPUT, AsJson, AsJsonLines, Db, NoProgress, OutputFile, Reuse
from sentijob.cli.progress import meter
from sentijob.cli.receipts import reference, warn, written
from sentijob.cli.results import export, insist_on_plain_json, show, write_json
from sentijob.cli.session import opened_store
from sentijob.cli.sources import Sources, prepared
from sentijob.cli.waiting import Standing, insist_on_success, looks, standing
from sentijob.cli.words import amount
from sentijob.errors import ConflictError, UsageError
from sentijob.export.formats import ExportFormat, export_format_of
from sentijob.ingest.filling import QueuedBatch
from sentijob.jobs import RUN_PRIORITY, BatchReference, JobReference, Reference, Selector

if TYPE_CHECKING:
    from concurrent.futures import Future

    from sentijob.cli.orders import Order
    from sentijob.ingest.filling import Receipt
    from sentijob.models.process import ProcessModel
    from sentijob.ports import Store
    from sentijob.settings import Settings
    from sentijob.worker.config import WorkerSummary

    Delivery = Callable[[Store, Settings, Sequence[Reference]], None]

app = command_app()

_FIRST_RUN = datetime(2026, 1, 1, tzinfo=UTC)
_LOOK_PAUSE = timedelta(milliseconds=100)
_ROWS_ON_SCREEN = 20


@app.command()
@with_flags("sources", Sources)
def run(
    *,
    sources: Sources,
    output: OutputFile = None,
    output_format: Annotated[
        ExportFormat | None,
        typer.Option(
            help="Else by the suffix of --output; jsonl in a pipe.",
            show_default=False,
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    as_json: AsJson = False,
    as_json_lines: AsJsonLines = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Show which words carried the label of a single text.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    quiet: NoProgress = False,
    reuse: Reuse = None,
    db: Db = None,
) -> None:
    """Score texts here and now, with no worker, and print the results.

    The texts become jobs that go before all others, and stay in the store.
    Results come in input order, those that failed among them: as a table on
    a terminal, as JSON lines in a pipe. Ctrl-C stops after the running
    chunk; what is left stays queued.
    """
    sources.check(command="run")
    settings = sources.settings(db, reuse=None if reuse is None else str(reuse))
    order = sources.order(settings, priority=run_priority(datetime.now(UTC)), is_quiet=quiet)
    deliver = _delivery(output, output_format, as_json=as_json, as_json_lines=as_json_lines)
    if explain:
        _insist_on_one_text(sources)
        if output is not None or output_format not in {None, ExportFormat.JSONL}:
            raise UsageError("--explain goes with --json and --jsonl, not with -o or a format")
        draws = is_terminal() and not (as_json or as_json_lines or output_format)
        deliver = _explaining(deliver, sources.arguments[0], as_json=not draws, is_quiet=quiet)
    log_to_stderr(logging.WARNING, has_time=False)
    with (
        closing(wiring.start_model(order.terms.model, settings)) as model,
        prepared(sources, order, order) as steps,
        loaded(model),  # before anything is made or queued: it would all be left waiting
        opened_store(settings, must_exist=False) as store,
    ):
        if store.is_paused():
            raise ConflictError("this store is paused; 'sentijob worker resume' ends that")
        receipts = [step(store) for step in steps]
        for receipt in receipts:
            warn(receipt, is_quiet=quiet)
        references = [reference(receipt) for receipt in receipts]
        urgency = min(_priority(receipt, order) for receipt in receipts)
        signal = _score(store, settings, references, model, min_priority=urgency, is_quiet=quiet)
        final = standing(store, references)
        if not final.is_final:
            _say_how_to_go_on(receipts, final)
            raise Interrupted(signal or SIGINT)
        deliver(store, settings, references)
        insist_on_success(final)


@contextmanager
def loaded(model: ProcessModel) -> Iterator[None]:
    """Wait until *model* is ready; ModelUnavailableError where it can't be."""
    model.await_loaded()
    yield


def run_priority(now: datetime) -> int:
    """Above all that is submitted, and above every earlier run.

    What an interrupted run has left behind must not stand before this one.
    """
    return RUN_PRIORITY + 1 + max(int((now - _FIRST_RUN).total_seconds()), 0)


def _priority(receipt: Receipt, order: Order) -> int:
    """What the texts got: of a batch that goes on, what its first attempt gave it."""
    return receipt.batch.priority if isinstance(receipt, QueuedBatch) else order.terms.priority


def _score(
    store: Store,
    settings: Settings,
    references: Sequence[Reference],
    model: ProcessModel,
    *,
    min_priority: int,
    is_quiet: bool,
) -> int | None:
    """Work until all *references* are final, or a signal ends it: the first after the running chunk; which one."""
    from concurrent.futures import ThreadPoolExecutor

    from sentijob.worker.config import WorkerConfig
    from sentijob.worker.signals import stopped_by_signals

    config = WorkerConfig(
        lease=settings.lease,
        models=(model.name,),
        min_priority=min_priority,
        stop_when=lambda: standing(store, references).is_final,
        reuse=settings.reuse,
    )
    with (
        wiring.opened_worker(store, settings, config, started=[model]) as worker,
        stopped_by_signals(worker) as received,
        ThreadPoolExecutor(1) as hands,
    ):
        working = hands.submit(worker.run)
        _show_progress(store, settings, references, working, is_quiet=is_quiet)
        working.result()
        return received.first


def _show_progress(
    store: Store,
    settings: Settings,
    references: Sequence[Reference],
    working: Future[WorkerSummary],
    *,
    is_quiet: bool,
) -> None:
    start = standing(store, references)
    with meter("Scoring", total=start.total, done=start.finished, quiet=is_quiet) as progress:
        for _ in looks(store, settings, pause=_LOOK_PAUSE):
            now = standing(store, references)
            progress.update(now.finished, now.total)
            if now.is_final or working.done():
                return


def _say_how_to_go_on(receipts: Sequence[Receipt], stopped: Standing) -> None:
    ids = " ".join(written(receipt) for receipt in receipts)
    note(
        f"stopped with {stopped.finished:,} of {amount(stopped.total, 'text')} scored;"
        f" 'sentijob worker --drain' scores the rest, 'sentijob results {ids}' shows them"
    )


def _insist_on_one_text(sources: Sources) -> None:
    """Raises UsageError where there would be anything else than one job."""
    if sources.receipts > 1 or len(sources.arguments) != 1 or sources.name is not None:
        raise UsageError(
            "--explain is for one text, given as an argument;"
            " 'sentijob status ID --explain' explains one of many"
        )


def _explaining(plain: Delivery, text: str, *, as_json: bool, is_quiet: bool) -> Delivery:
    """What explains the result of the one *text*; without a result it is handed over *plain*."""

    def deliver(store: Store, settings: Settings, references: Sequence[Reference]) -> None:
        from sentijob.cli.explaining import show_explained

        (job,) = store.jobs(_selector(references))
        if job.sentiment is None:
            plain(store, settings, references)
            return
        show_explained(job, text.strip(), settings, store.now(), as_json=as_json, quiet=is_quiet)

    return deliver


def _delivery(
    output: Path | None, export_format: ExportFormat | None, *, as_json: bool, as_json_lines: bool
) -> Delivery:
    """What hands the results over, settled before any work is done."""
    target = None if output is None or str(output) == "-" else output
    if as_json_lines:
        if as_json or export_format not in {None, ExportFormat.JSONL}:
            raise UsageError("--jsonl goes with no other format")
        export_format = ExportFormat.JSONL
    if as_json:
        insist_on_plain_json(target, export_format)
        return _deliver_document
    if target is None and export_format is None and is_terminal():
        return _deliver_view
    if target is not None:
        _insist_on_writable(target)
    settled = export_format_of(target, export_format)
    return lambda store, _settings, references: export(
        store.pages(_selector(references)), target, settled
    )


def _insist_on_writable(target: Path) -> None:
    """Raises UsageError where a file can't be made, before hours of scoring end in that news."""
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file in it")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise UsageError(
            f"{target} can't be written: {target.parent} is no folder that we may write to"
        )


def _deliver_document(store: Store, _: Settings, references: Sequence[Reference]) -> None:
    is_single = len(references) == 1 and isinstance(references[0], JobReference)
    write_json(store.pages(_selector(references)), is_single=is_single)


def _deliver_view(store: Store, settings: Settings, references: Sequence[Reference]) -> None:
    """A few results as a table, more as a summary."""
    selector = _selector(references)
    if standing(store, references).total <= _ROWS_ON_SCREEN:
        show(store, selector)
        return
    console = output_console()
    console.print(drawn(store, settings, look_up(store, references), console.width))
    ids = " ".join(f"b{number}" for number in selector.batch_ids)
    note(f"'sentijob results {ids}' shows them, with -o FILE writes them")


def _selector(references: Sequence[Reference]) -> Selector:
    return Selector(
        job_ids=tuple(one.job_id for one in references if isinstance(one, JobReference)),
        batch_ids=tuple(one.batch_id for one in references if isinstance(one, BatchReference)),
    )
