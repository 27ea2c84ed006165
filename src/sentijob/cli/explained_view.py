"""How an explanation looks: the text in the colours of what its words push towards, and the strongest beneath."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sentijob.cli.inert import inert, inert_lines
from sentijob.cli.job_view import TEXT_SHOWN, job_panel, with_rest
from sentijob.cli.words import LABEL_STYLES
from sentijob.jobs import Job
from sentijob.models.explaining import Explanation, Word

_ROWS = 8
_BAR_WIDTH = 16
_LONGEST_WORD = 40
_LEAST_SHOWN = 0.0005
"""A weight that is less would be written as nothing."""
# Of the strongest weight. The colours are the terminal's own, so that they suit what it is drawn on.
_INTENSITIES = ((0.66, "bold {}"), (0.25, "{}"), (0.05, "dim {}"))


def explained_panel(
    job: Job, text: str, explanation: Explanation, now: datetime, width: int
) -> Panel:
    """Everything about one job, with what each word of its *text* did."""
    return job_panel(
        job, now, width, text=coloured(text, explanation), reasons=_reasons(explanation)
    )


def coloured(text: str, explanation: Explanation) -> Text:
    """*text*, inert and as far as a panel shows it, each word in the colour of the label that it pushes towards."""
    greatest = max((abs(word.weight) for word in explanation.words), default=0.0)
    shown = Text()
    for piece, word in _pieces(text, explanation):
        shown.append(inert_lines(piece), style=_style(word, greatest) if word else "")
    return with_rest(shown, text)


def _pieces(text: str, explanation: Explanation) -> Iterator[tuple[str, Word | None]]:
    """What is shown of the text, in order: its words, and what lies between them."""
    end = 0
    for word in explanation.words:
        if word.start >= TEXT_SHOWN:
            break
        yield text[end : word.start], None
        yield text[word.start : min(word.end, TEXT_SHOWN)], word
        end = word.end
    yield text[end:TEXT_SHOWN], None


def _style(word: Word, greatest: float) -> str:
    if abs(word.weight) >= _LEAST_SHOWN:
        for least, style in _INTENSITIES:
            if abs(word.weight) >= least * greatest:
                return style.format(LABEL_STYLES[word.towards])
    return ""


def _reasons(explanation: Explanation) -> RenderableType:
    """The strongest words with their weights, which say without colour what the colours say."""
    label = explanation.sentiment.label
    strongest = [word for word in explanation.strongest(_ROWS) if _is_shown(word)]
    if not strongest:
        return Text(f"No word by itself changes how {label} it is.", style="dim")
    what = "run of words" if explanation.is_by_runs else "word"
    said = Text(f"What {label} loses without a {what}:", style="dim")
    return Group(said, _table(strongest))


def _table(words: list[Word]) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(width=_BAR_WIDTH, no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, overflow="ellipsis", max_width=_LONGEST_WORD)
    greatest = abs(words[0].weight)
    for word in words:
        style = LABEL_STYLES[word.towards]
        bar = "█" * round(abs(word.weight) / greatest * _BAR_WIDTH) or "▏"
        grid.add_row(
            Text(f"{word.weight:+.3f}", style="bold" if word is words[0] else ""),
            Text(bar, style=style),
            Text(f"→ {word.towards}", style=style),
            Text(inert(word.word)),
        )
    return grid


def _is_shown(word: Word) -> bool:
    return abs(word.weight) >= _LEAST_SHOWN
