"""How texts are to be queued, and the queueing of a single one. Light: a one-text submit imports nothing of intake."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sentijob.errors import InputError
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.texts import checked_text
from sentijob.jobs import Item, OpenedBatch, Terms

if TYPE_CHECKING:
    from sentijob.ingest.filling import Receipt
    from sentijob.ports import Submissions

STDIN = "-"
"""What stands for it, as a text, a file and a batch's source."""


class Order(NamedTuple):
    """How texts are to be read and queued."""

    terms: Terms
    options: ReadOptions
    format: Format | None = None
    name: str | None = None
    once: str | None = None
    is_quiet: bool = False

    def opener(
        self, store: "Submissions", source: str, fingerprint: str | None = None
    ) -> Callable[[], OpenedBatch]:
        """What opens the batch of this order's texts."""
        return partial(
            store.open_batch,
            self.terms,
            source=source,
            name=self.name,
            fingerprint=fingerprint,
            once=self.once,
        )


def checked_items(texts: Sequence[str], max_length: int) -> list[Item]:
    """The arguments as items; of several, the refused one is named by its place.

    Raises:
        InputError: one of them can't be taken.
    """
    if len(texts) == 1:
        return [Item(checked_text(texts[0], max_length=max_length))]
    items = []
    for number, text in enumerate(texts, 1):
        try:
            items.append(Item(checked_text(text, max_length=max_length)))
        except InputError as exc:
            raise InputError(exc.reason, where=f"argument {number}") from exc
    return items


def queue_items(store: "Submissions", items: Sequence[Item], order: Order) -> "Receipt":
    """One item as a job, several (or one with a name) as a batch."""
    if len(items) == 1 and order.name is None:
        return store.submit(items[0], order.terms, once=order.once)
    from sentijob.cli.intake import queue_arguments

    return queue_arguments(store, items, order)
