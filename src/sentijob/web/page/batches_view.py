"""The newest batches: how far they are, how they fell out, and their results to take away."""

from __future__ import annotations

from sentijob.export.documents import instant
from sentijob.jobs import Batch, Label, Selector
from sentijob.web.page.address import View
from sentijob.web.page.changing import CANCEL, RETRY, Changing, Verb
from sentijob.web.page.live import Snapshot
from sentijob.web.page.panel import Panel
from sentijob.web.page.visit import Visit
from sentijob.web.page.words import amount, batch_title, share


class BatchList(Panel, component="batches_view.js"):
    """A batch a row, with its progress and what can be done with it."""


def batches_section(visit: Visit, changing: Changing) -> None:
    """The newest batches."""
    shown = BatchList()
    shown.show(batches=None)

    def ask(verb: Verb, written: object) -> None:
        batch = _named(visit.last, written)
        if batch is None:
            visit.notify("That batch is no longer among the newest.", is_bad=True)
            return
        counts = batch.counts
        count = sum(getattr(counts, status) for status in verb.statuses)
        changing.ask(verb, Selector(batch_ids=(batch.id,)), count, batch_title(batch))

    shown.on("cancel-batch", lambda event: ask(CANCEL, event.args))
    shown.on("retry-batch", lambda event: ask(RETRY, event.args))
    shown.on("pick", lambda event: visit.go(View.of({"batch": str(event.args)})))
    visit.on_snapshot(lambda seen: shown.show(batches=[drawn(batch) for batch in seen.batches]))


def _named(seen: Snapshot | None, written: object) -> Batch | None:
    """The batch of a UUID that is shown; None where it isn't any more."""
    batches = seen.batches if seen else ()
    return next((batch for batch in batches if str(batch.batch_uuid) == written), None)


def drawn(batch: Batch) -> dict[str, object]:
    """What is drawn of a batch."""
    counts = batch.counts
    return {
        "uuid": str(batch.batch_uuid),
        "title": batch_title(batch),
        "state": _state(batch),
        "created": instant(batch.created_at),
        "model": batch.model,
        "done": f"{counts.finished:,} of {amount(counts.total, 'job')}",
        "percent": share(counts.finished, counts.total),
        "finished": counts.finished,
        "total": counts.total,
        "failed": counts.failed,
        "labels": [
            {
                "name": label.value,
                "share": share(getattr(counts, label), counts.completed),
                "width": 100 * getattr(counts, label) / counts.total if counts.total else 0,
            }
            for label in Label
        ],
        "hasResults": counts.completed > 0,
        "canCancel": not counts.is_final,
        "canRetry": counts.failed + counts.cancelled > 0,
    }


def _state(batch: Batch) -> str:
    if batch.sealed_at is None:
        return "submitting"
    return "done" if batch.counts.is_final else "scoring"
