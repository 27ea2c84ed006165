"""Help pages. Drawn here because Typer draws them with Rich, whose import alone takes as long as a whole command."""

from __future__ import annotations

import inspect
import os
import shutil
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from sentijob.cli.console import is_terminal

_WIDEST = 100
_NARROWEST = 60
_LONGEST_TERM = 30
_INDENT = "  "
_GAP = 2
_HEADING, _TERM, _PLAIN = "\x1b[1m", "\x1b[36m", "\x1b[0m"

Sections = dict[str, list[tuple[str, str]]]
"""Rows under their titles: what can be written, and what it means."""


def page(command: Any, context: Any) -> str:  # noqa: ANN401  # Typer doesn't export the types
    """All that there is to say of a command or a group, coloured on a terminal."""
    width = max(_NARROWEST, min(shutil.get_terminal_size().columns, _WIDEST))
    painted = is_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def paint(style: str, text: str) -> str:
        return f"{style}{text}{_PLAIN}" if painted and text else text

    usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    blocks = [f"{paint(_HEADING, 'Usage:')} {usage}", *_paragraphs(command.help, width)]
    for sections in (_commands(command, context), _flags(command, context)):
        column = _column(name for rows in sections.values() for name, _ in rows)
        for title, rows in sections.items():
            lines = (line for row in rows for line in _listed(*row, column, width - column))
            named = (f"{_INDENT}{paint(_TERM, name)}{rest}" for name, rest in lines)
            blocks.append("\n".join((paint(_HEADING, f"{title}:"), *named)))
    return "\n\n".join([*blocks, *_paragraphs(command.epilog, width)])


def _commands(group: Any, context: Any) -> Sections:  # noqa: ANN401  # likewise
    sections: Sections = {}
    for name in getattr(group, "commands", ()):
        command = group.get_command(context, name)
        rows = sections.setdefault(_panel(command) or "Commands", [])
        rows.append((name, (command.help or "").strip().partition("\n")[0]))
    return sections


def _flags(command: Any, context: Any) -> Sections:  # noqa: ANN401  # likewise
    sections: Sections = {"Arguments": [], "Options": []}
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            usual = "Arguments" if parameter.param_type_name == "argument" else "Options"
            sections.setdefault(_panel(parameter) or usual, []).append(record)
    return {title: rows for title, rows in sections.items() if rows}


def _panel(listed: Any) -> str | None:  # noqa: ANN401  # likewise
    """The title that a command or a flag wants to stand under."""
    panel = getattr(listed, "rich_help_panel", None)
    return panel if isinstance(panel, str) else None


def _paragraphs(text: str | None, width: int) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text or "").split("\n\n"):
        if paragraph:
            yield textwrap.fill(paragraph, width)


def _column(terms: Iterable[str]) -> int:
    """Where meanings begin: right of all terms but those that are too long for that."""
    fitting = (len(term) for term in terms if len(term) <= _LONGEST_TERM)
    return len(_INDENT) + max(fitting, default=0) + _GAP


def _listed(term: str, meaning: str, column: int, width: int) -> Iterator[tuple[str, str]]:
    """The lines of a row, each as what of it is the term, and the rest; a long term has a line of its own."""
    lines = textwrap.wrap(" ".join(meaning.split()), width)
    room = column - len(_INDENT)
    if len(term) + _GAP > room or not lines:
        yield term, ""
        term = ""
    for line in lines:
        yield term, f"{' ' * (room - len(term))}{line}"
        term = ""
