"""Texts of a file, each with the label that its row gives it, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sentijob.errors import InputError
from sentijob.evaluation.gold import GoldLabels
from sentijob.ingest.blocks import Block, Rejected
from sentijob.ingest.columns import named_column
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.reading import Reader
from sentijob.ingest.scan import Scan, prescan, read_scanned
from sentijob.ingest.source import Source, open_source
from sentijob.jobs import Item, Label

_ADVICE = "evaluate it again once nobody writes to it"


class LabelledText(NamedTuple):
    """A text, and its gold label where its file has one."""

    text: str
    gold: Label | None = None


class TextFile(NamedTuple):
    """An open file, all of whose rows can be taken."""

    source: Source
    format: Format
    options: ReadOptions
    scan: Scan
    label_of: Callable[[Item], Label | None]

    @property
    def where(self) -> str:
        """Its name."""
        return self.source.where

    @property
    def rows(self) -> int:
        """How many texts it has."""
        return self.scan.rows

    def texts(self) -> Iterator[LabelledText]:
        """Its texts, from the first.

        Raises:
            InputError: the file has changed since it was opened.
        """
        taken = read_scanned(self.source, self.format, self.options, self.scan, advice=_ADVICE)
        for entries, _ in taken:
            for entry in entries:
                if not isinstance(entry, Rejected):
                    yield LabelledText(entry.text, self.label_of(entry))


@contextmanager
def opened_texts(
    path: Path,
    file_format: Format,
    options: ReadOptions,
    *,
    label_field: str | None,
    meanings: Mapping[str, Label],
) -> Iterator[TextFile]:
    """A file, read through; open until the block ends, so that a rename can't swap it.

    *meanings* are what names of labels mean beside the usual ones. Without *label_field* its
    texts have no labels.

    Raises:
        InputError: the file, a row or a label can't be taken; ``file:line`` where it is one row's.
        UsageError: the options don't fit the format.
    """
    with open_source(path) as source:
        if label_field is None:
            scan = prescan(source, file_format, options)
            yield TextFile(source, file_format, options, scan, _no_label)
            return
        gold = GoldLabels(meanings)
        wrapping = partial(_LabelReader, label_field=label_field, gold=gold)
        scan = prescan(source, file_format, options, wrapping=wrapping)
        gold.settle(source.where)
        yield TextFile(
            source,
            file_format,
            options,
            scan,
            lambda item: gold.label(_value(item, label_field)),
        )


class _LabelReader:
    """A reader that refuses a row whose label nobody knows, too."""

    def __init__(self, reader: Reader[Any], *, label_field: str, gold: GoldLabels) -> None:
        self._reader = reader
        self._label_field = label_field
        self._gold = gold

    def blocks(self) -> Iterator[Block[Any]]:
        return self._reader.blocks()

    def items(self, rows: Sequence[Any]) -> list[Item]:
        items = self._reader.items(rows)
        for item in items:
            self._gold.note(_value(item, self._label_field))
        return items

    def check(self, rows: Sequence[Any]) -> None:
        self.items(rows)

    def shown(self, row: Any) -> str:  # noqa: ANN401  # whatever the reader makes of its format
        return self._reader.shown(row)


def _value(item: Item, label_field: str) -> object:
    """What stands in the label's column of an item's row.

    Raises:
        InputError: there is no such column.
    """
    columns = item.meta or {}
    if label_field in columns:
        return columns[label_field]
    try:
        return columns[named_column(columns, label_field)]
    except InputError as exc:
        raise InputError(f"{exc.reason}, beside that of the text") from exc


def _no_label(_: Item) -> None:
    return None
