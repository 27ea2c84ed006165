"""JSON lines: an object a line, or a bare string."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from sentijob.errors import InputError
from sentijob.ingest.blocks import Block
from sentijob.ingest.columns import Columns, ItemMaker, PlainColumns, kind_of
from sentijob.ingest.encodings import ByteStream
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.plain import line_blocks
from sentijob.ingest.texts import checked_text, refuse_unstorable
from sentijob.jobs import Item

DEEPEST = 64


class JsonLinesReader:
    """Reads JSON lines. Blank lines are passed over; each object stands for itself."""

    def __init__(self, stream: ByteStream, options: ReadOptions, where: str) -> None:
        self._blocks = line_blocks(stream, options, where)
        self._max_length = options.max_length
        self._maker = ItemMaker(options)

    def blocks(self) -> Iterator[Block[str]]:
        return self._blocks

    def check(self, rows: Sequence[str]) -> None:
        values = _values(rows)
        if self._plain(values) is None:
            for value in values:
                self._item(value)

    def items(self, rows: Sequence[str]) -> list[Item]:
        values = _values(rows)
        plain = self._plain(values)
        if plain is None:
            return [self._item(value) for value in values]
        (text, key), columns = plain
        for value in values:
            del value[text]
            if key is not None:
                del value[key]
        return list(map(Item, *columns, (value or None for value in values)))

    def _plain(self, values: Sequence[Any]) -> tuple[Columns, PlainColumns] | None:
        """Where the text and the key are in all *values*, and which; None where a glance doesn't tell."""
        if set(map(type, values)) != {dict}:
            return None
        choices = {self._maker.columns(names) for names in set(map(tuple, values))}
        if len(choices) > 1:
            return None
        columns = choices.pop()
        text, key = columns
        keys = None if key is None else [value[key] for value in values]
        plain = self._maker.plain([value[text] for value in values], keys)
        return None if plain is None else (columns, plain)

    def _item(self, value: object) -> Item:
        if isinstance(value, dict):
            return self._maker.item(value)
        if isinstance(value, str):
            return Item(checked_text(value, max_length=self._max_length))
        raise InputError(f"this is {kind_of(value)}; a line holds an object or a string")

    def shown(self, row: str) -> str:
        return row.rstrip("\r\n")


def _values(rows: Sequence[str]) -> list[Any]:
    """The values of lines, as :func:`parse` gives them; most need no more than the scanner."""
    values = []
    for row in rows:
        line = row.rstrip("\r\n")
        try:
            value, end = _scan(line, 0)
        except (StopIteration, json.JSONDecodeError, RecursionError):
            end = -1
        if end != len(line):
            value = parse(line)
        elif "\\u" in line or "[" in line or line.find("{", 1) > 0:
            _refuse_unkept(value, line)
        values.append(value)
    return values


def parse(line: str) -> object:
    """The JSON value of *line*, with nothing in it that couldn't be stored and given back.

    Raises:
        InputError: it isn't JSON as RFC 8259 has it, names a field twice, nests
            deeper than ``DEEPEST``, or holds a number or a string that can't be kept.
    """
    try:
        value: object = _DECODER.decode(line)
    except json.JSONDecodeError as exc:
        raise InputError(_broken(line, exc)) from exc
    except RecursionError as exc:
        raise InputError(_TOO_DEEP) from exc
    _refuse_unkept(value, line)
    return value


def _refuse_unkept(value: object, line: str) -> None:
    """Refuse what couldn't be stored and given back of a *line* that is valid JSON."""
    if line.count("[") + line.count("{") > DEEPEST:
        _refuse_deep(value)
    if "\\u" in line:
        _refuse_escapes(value)


_TOO_DEEP = f"it is nested deeper than {DEEPEST} levels"


def _broken(line: str, exc: json.JSONDecodeError) -> str:
    if line.lstrip().startswith("["):
        return (
            "this begins a JSON array; write one object a line, as with `jq -c '.[]'`, "
            "and give --format jsonl"
        )
    if exc.pos >= len(line) or exc.msg.startswith("Unterminated"):
        return f"not valid JSON: it ends too early, after {len(line)} characters; was it cut off?"
    return f"not valid JSON at character {exc.pos + 1}: {exc.msg.removesuffix(' at')}"


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"the field {twice!r} is there twice")
    return fields


def _finite(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise InputError(f"the number {written[:40]} is too large")
    return number


def _whole(written: str) -> int:
    if len(written) > 400:
        raise InputError(f"a number of {len(written)} digits is too large")
    return int(written)


def _refuse_constant(name: str) -> object:
    raise InputError(f"{name} is no JSON value; write null, or leave the field out")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_float=_finite,
    parse_int=_whole,
    parse_constant=_refuse_constant,
)
_scan = _DECODER.scan_once  # type: ignore[attr-defined]  # the stubs don't know it


def _refuse_deep(value: object) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise InputError(_TOO_DEEP)


def _refuse_escapes(value: object) -> None:
    """Find the NULs and lone surrogates that only an escape can write, outside the text too."""
    if isinstance(value, str):
        refuse_unstorable(value, "a string")
    if isinstance(value, dict):
        for name in value:
            refuse_unstorable(name, "a field's name")
    for child in _children(value):
        _refuse_escapes(child)


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
