"""From files, stdin and several arguments into the store, as batches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sentijob.cli.console import note
from sentijob.cli.interrupts import Interrupted
from sentijob.cli.orders import STDIN, Order
from sentijob.cli.progress import meter
from sentijob.cli.words import amount
from sentijob.errors import InputError, SentijobError, StoreError
from sentijob.ingest.filling import Filling, QueuedBatch, fingerprint
from sentijob.ingest.formats import Format, format_of
from sentijob.jobs import Item

if TYPE_CHECKING:
    from sentijob.ingest.scan import Scan
    from sentijob.ingest.source import Source
    from sentijob.ports import Submissions


class ScannedFile(NamedTuple):
    """An open file, all of whose rows can be taken."""

    source: Source
    format: Format
    scan: Scan


@contextmanager
def scanned_file(path: Path, order: Order) -> Iterator[ScannedFile]:
    """A file, read through; open until the block ends, so that a rename can't swap it.

    Raises:
        InputError: the file or a row can't be taken.
    """
    from sentijob.garbage import collected_rarely
    from sentijob.ingest.scan import prescan
    from sentijob.ingest.source import open_source

    with open_source(path) as source, collected_rarely():
        file_format = format_of(path, order.format)
        with meter("Checking", quiet=order.is_quiet):
            scan = prescan(source, file_format, order.options)
        yield ScannedFile(source, file_format, scan)


def queue_arguments(store: Submissions, items: Sequence[Item], order: Order) -> QueuedBatch:
    """Items that are all there as a batch."""
    size = sum(len(item.text) for item in items)
    filling = Filling(store, order.opener(store, "arguments"))
    return _fill(filling, order, [(items, size)])


def queue_file(store: Submissions, scanned: ScannedFile, order: Order) -> QueuedBatch:
    """A scanned file's texts as a batch.

    Where an earlier submit of the same content in the same way was
    interrupted, its batch goes on.

    Raises:
        InputError: the file has changed since it was scanned.
    """
    from sentijob.ingest.rejects import Rejects, rejects_path
    from sentijob.ingest.scan import read_scanned

    source, file_format, scan = scanned
    told_by = fingerprint(scan.fingerprint, order.terms, order.name)
    filling = Filling(store, order.opener(store, _shown_path(source.path), told_by))
    taken = read_scanned(source, file_format, order.options, scan)
    with (
        Rejects(rejects_path(source.path)) as rejects,
        _resumable(filling, scan.rows),
        _queueing(filling, order, total=scan.rows),
    ):
        batch = _fill(filling, order, rejects.sifted(taken))
    return batch._replace(rejected=rejects.count, rejects=rejects.path)


def _shown_path(path: Path) -> str:
    """A path as it can be stored: bytes in it that are no UTF-8 are written out."""
    return str(path).encode(errors="backslashreplace").decode()


def queue_stdin(store: Submissions, order: Order) -> QueuedBatch:
    """Stdin's texts as a batch, queued as they come.

    Raises:
        InputError: a row can't be taken, and those before it are queued; or there is none.
    """
    from sentijob.cli.stdin import PatientStream
    from sentijob.garbage import collected_rarely
    from sentijob.ingest.reading import read_blocks
    from sentijob.ingest.rejects import Rejects, rejects_path

    if sys.stdin.isatty():
        if not order.is_quiet:
            note("type texts, one a line; Ctrl-D ends them")
        order = order._replace(is_quiet=True)  # a bar would draw over what is typed
    filling = Filling(store, order.opener(store, STDIN))
    stream = PatientStream(sys.stdin.fileno(), filling.flush)
    taken = read_blocks(stream, format_of(None, order.format), order.options, "stdin")
    with (
        collected_rarely(),
        Rejects(rejects_path(Path("stdin"))) as rejects,
        _kept(store, filling, order),
        _queueing(filling, order),
    ):
        batch = _fill(filling, order, rejects.sifted(taken))
    return batch._replace(rejected=rejects.count, rejects=rejects.path)


def _fill(
    filling: Filling, order: Order, blocks: Iterable[tuple[Sequence[Item], int]]
) -> QueuedBatch:
    if order.once is not None and filling.opened.batch.sealed_at is not None:
        return filling.receipt(filling.opened.batch)
    for items, size in blocks:
        filling.take(items, size)
    if filling.is_empty:
        raise InputError("there are no texts", where="stdin")
    return filling.seal()


@contextmanager
def _queueing(filling: Filling, order: Order, *, total: int | None = None) -> Iterator[None]:
    """Progress on stderr, beginning with what an earlier submit had queued."""
    done = 0 if total is None else filling.opened.present
    with meter("Queueing", total=total, done=done, quiet=order.is_quiet) as shown:
        filling.progress = shown.update
        yield


@contextmanager
def _resumable(filling: Filling, total: int) -> Iterator[None]:
    """Say how to go on with a file whose submit ends too soon."""
    try:
        yield
    except (Interrupted, KeyboardInterrupt, SentijobError):
        filling.recount()
        if filling.queued:
            note(
                f"{filling.opened.batch.reference} holds {filling.queued:,} of"
                f" {amount(total, 'text')}; the same command goes on from there"
            )
        raise


@contextmanager
def _kept(store: Submissions, filling: Filling, order: Order) -> Iterator[None]:
    """Keep what came from stdin before its reading ended too soon, and say so.

    Nothing can follow what is lost in a pipe, so the batch is sealed; but where ``once`` tells
    the next attempt, that one goes on with it.
    """
    try:
        yield
    except (Interrupted, KeyboardInterrupt, InputError):
        if not filling.is_empty:
            filling.flush()
            _say_what_is_kept(filling, order)
        raise
    except StoreError:
        if filling.queued:
            _say_what_was_stored(store, filling, order)
        raise


def _say_what_is_kept(filling: Filling, order: Order) -> None:
    kept = f"{filling.opened.batch.reference} holds the first {amount(filling.queued, 'text')} of stdin"
    if order.once is not None:
        note(f"{kept}; the same command with the same input goes on from there")
        return
    filling.seal()
    note(f"{kept}; submit what follows, once it is mended")


def _say_what_was_stored(store: Submissions, filling: Filling, order: Order) -> None:
    """Say what the store took before it failed, and seal it so, if the store still can."""
    stored = f"{filling.opened.batch.reference} holds the first {amount(filling.queued, 'text')} of stdin"
    if order.once is not None:
        note(f"{stored}; the same command with the same input goes on from there")
        return
    with suppress(StoreError):
        store.seal(filling.opened.batch.id)
    note(f"{stored}, and no more")
