"""The rules of a text and of a key. Light: a one-text submit imports nothing else of ingest."""

from __future__ import annotations

import re

from sentijob.errors import InputError

LONGEST_KEY = 1000

_INVISIBLE = (
    # White space, and what Unicode calls Default_Ignorable_Code_Point (UAX #44).
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]*"
)


def checked_text(raw: str, *, max_length: int) -> str:
    """*raw* without the white space around it, fit to be scored.

    Nothing inside it is changed. *max_length* counts characters after trimming.

    Raises:
        InputError: it is empty or invisible, too long, or holds a NUL or a lone surrogate.
    """
    text = raw.strip()
    if text.isascii() and 0 < len(text) <= max_length and "\0" not in text:
        return text  # most are so, and there are many
    if not text:
        raise InputError("the text is empty" if not raw else "the text is only white space")
    if len(text) > max_length:
        raise InputError(f"the text has {len(text)} characters; at most {max_length} are taken")
    refuse_unstorable(text, "the text")
    if not text.isascii() and is_invisible(text):
        raise InputError("the text has only invisible characters")
    return text


def is_invisible(text: str) -> bool:
    """Whether nothing of it can be seen."""
    return re.fullmatch(_INVISIBLE, text) is not None


def checked_key(raw: str) -> str:
    """*raw*, untouched, fit to be a job's key.

    Raises:
        InputError: it is empty, too long, or holds a NUL or a lone surrogate.
    """
    if raw.isascii() and 0 < len(raw) <= LONGEST_KEY and "\0" not in raw:
        return raw
    if not raw:
        raise InputError("the key is empty")
    if len(raw) > LONGEST_KEY:
        raise InputError(f"the key has {len(raw)} characters; at most {LONGEST_KEY} are taken")
    refuse_unstorable(raw, "the key")
    return raw


def refuse_unstorable(value: str, name: str) -> None:
    """Raise InputError where *value* holds what no database takes: a NUL, a lone surrogate."""
    if "\0" in value:
        raise InputError(f"{name} has a NUL at character {value.index(chr(0)) + 1}")
    if value.isascii():
        return
    try:
        value.encode()
    except UnicodeEncodeError as exc:
        code = f"U+{ord(value[exc.start]):04X}"
        raise InputError(
            f"{name} has a lone surrogate ({code}) at character {exc.start + 1}"
        ) from exc
