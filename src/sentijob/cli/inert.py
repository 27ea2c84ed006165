r"""Text from outside, made safe to show: nothing in it can move a cursor, hide or reorder what is read.

Control characters become their pictures (``␛``, ``␀``), C1 controls and
lone surrogates their escapes (``\x9b``, ``\udc80``), invisible and
reordering characters their names (``⟨U+202E⟩``). What writing needs is
left alone: a joiner after a letter or an emoji, a variation selector, a
combining mark.

Source: "Trojan Source: Invisible Vulnerabilities", Boucher and Anderson, 2021, for the
reordering characters; ECMA-48 for the controls.
"""

from __future__ import annotations

import re

_UNSAFE = (
    "[\x00-\x1f\x7f]"  # C0 and DEL
    "|[\x80-\x9f]"  # C1: some terminals obey \x9b as ESC [
    "|[\u00ad\u061c\u180e\u200b\u200e\u200f]"  # invisible; marks of direction
    "|[\u2028-\u202e]"  # line and paragraph ends; embeddings and overrides
    "|[\u2060-\u206f\ufeff\ufff9-\ufffb]"  # isolates, invisible operators, annotations
    "|(?<![^\x00-\x7f])[\u200c\u200d]"  # a joiner that joins nothing
    "|[\U000e0000-\U000e0fff]"  # tags: whole sentences that nobody sees
    "|[\ud800-\udfff]"  # what was never a character
)
_LINE_BREAK = "\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]"


def inert(text: object) -> str:
    """*text* on one line: line breaks as ``⏎``, tabs as spaces, all else that acts made visible."""
    line = re.sub(_LINE_BREAK, "⏎", str(text)).replace("\t", " ")
    return re.sub(_UNSAFE, _visible, line)


def inert_lines(text: str) -> str:
    """*text* with its line breaks kept, for where it is shown whole."""
    lines = re.split(_LINE_BREAK, text)
    return "\n".join(inert(line) for line in lines)


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code < 0xA0:
        return f"\\x{code:02x}"
    if 0xD800 <= code < 0xE000:
        return f"\\u{code:04x}"
    return f"⟨U+{code:04X}⟩"
