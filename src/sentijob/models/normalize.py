"""Texts as a model saw them in training: entities, handles, links and emoji made plain, words of a length that it reads."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path

Normalizer = Callable[[str], str]

# An address (name@host) is no handle.
_HANDLE = re.compile(r"(?<!\w)@\w+")
_URL = re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)
# A WordPiece tokenizer takes a longer word for one that it doesn't know. It parts words at ASCII's
# signs by itself, so that what holds one is no word.
_LONG_WORD = re.compile(r"[^\s!-/:-@\[-`{-~]{100}(?=[^\s!-/:-@\[-`{-~])")
_KEYCAP_BASES = "#*0123456789"


def _unescape(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:
        # "&#" before thousands of digits, more than Python reads as a number: no entity.
        return text


_EMOJI_STEP = "emoji to ' name ' by emoji.tsv"
_PLAIN_STEPS: Mapping[str, Normalizer] = {
    "html unescape": _unescape,
    "@handle to @user": lambda text: _HANDLE.sub("@user", text),
    "URL to http": lambda text: _URL.sub("http", text),
    "words in pieces of 100": lambda text: _LONG_WORD.sub(r"\g<0> ", text),
}


class EmojiNamer:
    """Puts each emoji's name, between spaces, where the emoji stood.

    A sequence (a family, a flag, a skin tone) is named as a whole where the
    table knows it, longest first; else by its parts.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._longest = max(map(len, names), default=0)
        signs = "".join(sorted({sign for emoji in names for sign in emoji if not sign.isascii()}))
        self._signs = frozenset(signs)
        # A run of signs, cut up by lookups: an alternation of all emoji takes twenty times as
        # long to compile (40 ms) and twice as long to match.
        self._run = re.compile(f"[{_KEYCAP_BASES}{re.escape(signs)}][{re.escape(signs)}]*")

    def __call__(self, text: str) -> str:
        if text.isascii() or self._signs.isdisjoint(text):
            return text
        return self._run.sub(self._name_run, text)

    def _name_run(self, match: re.Match[str]) -> str:
        run = match[0]
        named: list[str] = []
        start = 0
        while start < len(run):
            emoji = self._emoji_at(run, start)
            named.append(f" {self._names[emoji]} " if emoji else run[start])
            start += len(emoji) or 1
        return "".join(named)

    def _emoji_at(self, run: str, start: int) -> str:
        """The longest emoji that begins there, or an empty string."""
        for end in range(min(len(run), start + self._longest), start, -1):
            if run[start:end] in self._names:
                return run[start:end]
        return ""


def read_normalizer(described: str, folder: Path) -> Normalizer:
    """The steps that *described* lists, divided by semicolons, as one function.

    Raises:
        ValueError: a step isn't known, or the table of emoji is broken.
        OSError: the table of emoji can't be read.
    """
    steps = [_read_step(written.strip(), folder) for written in described.split(";") if written]

    def normalize(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return normalize


def _read_step(written: str, folder: Path) -> Normalizer:
    if written == _EMOJI_STEP:
        return EmojiNamer(_read_emoji(folder / "emoji.tsv"))
    try:
        return _PLAIN_STEPS[written]
    except KeyError as exc:
        known = "; ".join([*_PLAIN_STEPS, _EMOJI_STEP])
        raise ValueError(f"normalize has the unknown step {written!r}; known: {known}") from exc


def _read_emoji(path: Path) -> dict[str, str]:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    if any(len(row) != 2 or not row[0] for row in rows):
        raise ValueError("emoji.tsv must have an emoji, a tab and a name on every line")
    return {row[0]: row[1] for row in rows}
