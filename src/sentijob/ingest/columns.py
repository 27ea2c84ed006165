"""From a row's named values to an item: which column is the text, which the key; the rest is meta."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import filterfalse, repeat
from typing import NamedTuple, cast

from sentijob.errors import InputError
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.texts import (
    LONGEST_KEY,
    checked_key,
    checked_text,
    is_invisible,
    refuse_unstorable,
)
from sentijob.jobs import Item

TEXT_NAMES = ("text", "review", "comment", "content", "body", "message", "sentence", "tweet")
KEY_NAMES = ("id", "key")
MOST_COLUMNS = 2000

_ONE_WORD = re.compile(r"\w[\w.-]*")
_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
}


class Columns(NamedTuple):
    """The names of a row's text and key columns."""

    text: str
    key: str | None


class PlainColumns(NamedTuple):
    """Of many rows."""

    texts: list[str]
    keys: Iterable[str | None]


class ItemMaker:
    """Makes items of rows; which column is which is decided for each set of names once."""

    def __init__(self, options: ReadOptions) -> None:
        self._max_length = options.max_length
        self._needs_key = options.key_field is not None

        @lru_cache(maxsize=256)
        def columns_of(names: tuple[str, ...]) -> Columns:
            return choose_columns(names, options)

        self._columns_of = columns_of

    def columns(self, names: tuple[str, ...]) -> Columns:
        """Which of a row's columns are the text and the key."""
        return self._columns_of(names)

    def plain(self, texts: Sequence[object], keys: Sequence[object] | None) -> PlainColumns | None:
        """The texts and keys of many rows as their items have them, or None where a glance doesn't tell.

        Most rows can be taken, and to look at each one's text and key alone takes three times as
        long. There must be no NUL and no lone surrogate in them.
        """
        if set(map(type, texts)) != {str}:
            return None
        trimmed = [text.strip() for text in cast("Sequence[str]", texts)]
        if not all(trimmed) or max(map(len, trimmed)) > self._max_length:
            return None
        if any(map(is_invisible, filterfalse(str.isascii, trimmed))):
            return None
        if keys is None:
            return PlainColumns(trimmed, repeat(None))
        kinds = set(map(type, keys))
        if kinds == {int}:
            return PlainColumns(trimmed, map(str, keys))
        if kinds != {str}:
            return None
        strings = cast("Sequence[str]", keys)
        if max(map(len, strings)) > LONGEST_KEY or (self._needs_key and not all(strings)):
            return None
        return PlainColumns(trimmed, [key or None for key in strings])

    def item(self, row: dict[str, object]) -> Item:
        """The item of *row*, which is used up: what remains in it becomes ``meta``.

        Raises:
            InputError: no column fits, or a value can't be a text or a key.
        """
        text_name, key_name = self._columns_of(tuple(row))
        text = row.pop(text_name)
        if not isinstance(text, str):
            raise InputError(f"the text is {kind_of(text)}, not a string")
        checked = checked_text(text, max_length=self._max_length)
        key = None if key_name is None else self._key(row.pop(key_name))
        return Item(checked, key, row or None)

    def _key(self, value: object) -> str | None:
        if isinstance(value, str) and value:
            return checked_key(value)
        if value is None or value == "":
            if self._needs_key:
                raise InputError("the key is empty")
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise InputError(f"the key is {kind_of(value)}, not a string or a whole number")


def choose_columns(names: tuple[str, ...], options: ReadOptions) -> Columns:
    """Which of *names* hold the text and the key.

    A named field is matched exactly, else without regard to case. Unnamed,
    the text is the first of ``TEXT_NAMES`` that is there, or the only
    column; the key is ``id`` or ``key`` where there is one.

    Raises:
        InputError: a named field is not there, or none can be chosen.
    """
    text = _text_column(names, options.text_field)
    if options.key_field is not None:
        key = named_column(names, options.key_field)
        if key == text:
            raise InputError(f"column {key!r} can't be both the text and the key")
        return Columns(text, key)
    others = [name for name in names if name != text]
    return Columns(text, _first(others, KEY_NAMES))


def _text_column(names: tuple[str, ...], wanted: str | None) -> str:
    if wanted is not None:
        return named_column(names, wanted)
    found = _first(names, TEXT_NAMES)
    if found is not None:
        return found
    if len(names) != 1:
        raise InputError(
            f"no column is called text (nor {', '.join(TEXT_NAMES[1:])}); "
            f"name the one that holds it with --text-field; {_listing(names)}"
        )
    if not _ONE_WORD.fullmatch(names[0]):
        # Without a header, the first text would be taken for one and be lost.
        raise InputError(
            f"is {_shown(names[0])} the name of the only column? Then say so with --text-field; "
            f"if it is the first text, use --format txt"
        )
    return names[0]


def named_column(names: Iterable[str], wanted: str) -> str:
    """Which of *names* is called *wanted*, exactly, else in any case.

    Raises:
        InputError: none is; the message lists them.
    """
    found = wanted if wanted in names else _first(names, (wanted.casefold(),))
    if found is None:
        raise InputError(f"there is no column {wanted!r}; {_listing(names)}")
    return found


def _first(names: Iterable[str], wanted: Iterable[str]) -> str | None:
    """The name that matches the earliest of *wanted* (in lower case)."""
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(name.casefold(), name)
    return next((folded[name] for name in wanted if name in folded), None)


def checked_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names of a table's columns, trimmed.

    Raises:
        InputError: one comes twice, there are too many, or one can't be stored.
    """
    trimmed = tuple(name.strip() for name in names)
    if len(trimmed) > MOST_COLUMNS:
        raise InputError(f"it has {len(trimmed)} columns; at most {MOST_COLUMNS} are taken")
    seen: set[str] = set()
    for name in trimmed:
        if name in seen:
            raise InputError(f"two columns are called {_shown(name)}; rename one")
        seen.add(name)
        refuse_unstorable(name, "a column's name")
    return trimmed


def kind_of(value: object) -> str:
    """What *value* is in JSON's words: ``null``, ``an array``, ``a number``."""
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def _listing(names: Iterable[str]) -> str:
    shown = [_shown(name) for name in names]
    more = f" and {len(shown) - 20} more" if len(shown) > 20 else ""
    return f"the columns are {', '.join(shown[:20])}{more}" if shown else "there are no columns"


def _shown(name: str) -> str:
    return repr(name if len(name) <= 40 else f"{name[:39]}…")
