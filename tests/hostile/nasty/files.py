"""What every file of the corpus has, and all of them by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class NastyFile(NamedTuple):
    """A file's content, and what a submit must make of it."""

    suffix: str
    make: Callable[[], bytes]
    outcome: int | str
    """How many texts are taken; or what the refusal says, nothing being taken."""


def of(suffix: str, content: bytes | str, outcome: int | str) -> NastyFile:
    """A file whose content is small enough to be written down."""
    raw = content if isinstance(content, bytes) else content.encode()
    return NastyFile(suffix, lambda: raw, outcome)


def all_files() -> Mapping[str, NastyFile]:
    """The whole corpus."""
    from nasty.json_lines import JSON_LINES
    from nasty.parquet_files import PARQUET_FILES
    from nasty.plain import PLAIN
    from nasty.tables import TABLES

    return {**PLAIN, **TABLES, **JSON_LINES, **PARQUET_FILES}
