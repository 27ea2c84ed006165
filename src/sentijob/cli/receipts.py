"""What is said of texts that were queued."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sentijob.cli.console import note
from sentijob.cli.words import amount
from sentijob.jobs import BatchReference, JobReference, Reference, Submitted

if TYPE_CHECKING:
    from sentijob.export.documents import Document
    from sentijob.ingest.filling import Receipt


def written(receipt: Receipt) -> str:
    """What people type for it: ``42`` or ``b7``."""
    return str(receipt.job_id) if isinstance(receipt, Submitted) else receipt.batch.reference


def reference(receipt: Receipt) -> Reference:
    """What names it in the store."""
    if isinstance(receipt, Submitted):
        return JobReference(receipt.job_id)
    return BatchReference(receipt.batch.id)


def document(receipt: Receipt) -> Document:
    """A job's id and UUID, or a batch with its counts; and whether this submit made it."""
    if isinstance(receipt, Submitted):
        return {
            "id": receipt.job_id,
            "job_uuid": str(receipt.job_uuid),
            "is_new": receipt.is_new,
        }
    from sentijob.export.documents import batch_document

    return {
        **batch_document(receipt.batch),
        "is_new": receipt.is_new,
        "rejected": receipt.rejected,
        "rejects": receipt.rejects and str(receipt.rejects),
    }


def greet(receipt: Receipt) -> None:
    """Say on stderr, to a person at a terminal, how to go on."""
    if receipt.is_new and sys.stderr.isatty():
        note(f"{_of_new(receipt)}; sentijob status {written(receipt)} --watch")


def warn(receipt: Receipt, *, is_quiet: bool) -> None:
    """Say on stderr what wasn't to be expected: bad rows set aside, texts that were there before."""
    if not isinstance(receipt, Submitted) and receipt.rejects is not None:
        verb = "was" if receipt.rejected == 1 else "were"
        note(f"{amount(receipt.rejected, 'bad row')} {verb} set aside in {receipt.rejects}")
    if not receipt.is_new and not is_quiet:
        note(_of_earlier(receipt))


def _of_new(receipt: Receipt) -> str:
    if isinstance(receipt, Submitted):
        return f"queued as job {receipt.job_id}"
    return f"queued {amount(receipt.batch.counts.total, 'text')} as {receipt.batch.reference}"


def _of_earlier(receipt: Receipt) -> str:
    if isinstance(receipt, Submitted):
        return f"job {receipt.job_id} was submitted before"
    total = receipt.batch.counts.total
    if receipt.present >= total:
        return f"{receipt.batch.reference} was submitted before, with {amount(total, 'text')}"
    return (
        f"{receipt.batch.reference} held {receipt.present:,} of {amount(total, 'text')} already;"
        " the rest is queued now"
    )
