"""Changing one setting in ``config.toml``, and nothing else of what people wrote there."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from sentijob.errors import SettingsError
from sentijob.files import cannot_write, replacing
from sentijob.settings import config_file


def write_setting(name: str, value: str) -> Path:
    """Have ``config.toml`` say *value*; which file that is.

    Its other lines stay as they are, comments too, and so does who may read it.

    Raises:
        SettingsError: the line can't be found or added safely.
        UsageError: the file can't be written.
    """
    path = config_file().resolve()  # a link is kept, and what it points to is written
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = path.read_bytes().decode() if path.exists() else ""
        is_private = path.exists() and not path.stat().st_mode & 0o077
    except OSError as exc:
        raise cannot_write(path, exc) from exc
    after = _with_line(before, name, value)
    if _parsed(after) != {**(_parsed(before) or {}), name: value}:
        raise SettingsError(
            f"{path} can't be changed safely; write {name} = {value!r} there yourself"
        )
    with replacing(path, is_private=is_private) as file:
        file.write(after.encode())
    return path


def _with_line(text: str, name: str, value: str) -> str:
    written = json.dumps(
        value, ensure_ascii=False
    )  # which TOML reads alike, but for what _parsed finds
    line = re.compile(rf"""^(\s*{name}\s*=\s*)("[^"\\\n]*"|'[^'\n]*')""", re.MULTILINE)
    if line.search(text):
        return line.sub(lambda found: found[1] + written, text, count=1)
    return f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{name} = {written}\n"


def _parsed(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
