"""How the evaluation of a model looks: figures, classes, calibration, the surest mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sentijob.cli.bars import Part, stacked_bar
from sentijob.cli.inert import inert
from sentijob.cli.progress import format_rate
from sentijob.cli.tables import Column, facts_table, fitted_table
from sentijob.cli.words import LABEL_STYLES, amount
from sentijob.evaluation.calibration import BINS, Bin
from sentijob.evaluation.evaluating import Evaluation, Mistake
from sentijob.evaluation.metrics import ClassFigures, Tally
from sentijob.jobs import Label
from sentijob.ports import SentimentModel

_PANEL_WIDTH = 100
_PANEL_FRAME = 4
_WIDEST_TEXT = 140
_SCALE = 40
"""Characters from 0 to 1 in the reliability diagram."""
_SURE, _HUMBLE = "░", "▓"
_NONE = "-"
_IGNORED = "no label is neutral, so that is ignored"


def evaluation_view(model: SentimentModel, evaluation: Evaluation, width: int) -> RenderableType:
    """All that a person wants to know of it, one part below the other."""
    parts: list[RenderableType] = [_figures(model, evaluation, width)]
    if evaluation.tally.total:
        parts += [
            *(Text(), _classes(evaluation.tally, width)),
            *(Text(), *_reliability(evaluation.calibration.bins)),
        ]
    if len(evaluation.by_file) > 1:
        parts += [Text(), _files(evaluation, width)]
    if evaluation.mistakes:
        parts += [
            Text(),
            heading("the surest mistakes"),
            _mistakes(evaluation, min(width, _WIDEST_TEXT)),
        ]
    return Group(*parts)


def heading(title: str, explained: str = "") -> Text:
    """A line above a part."""
    return Text.assemble((title, "bold"), "  " if explained else "", (explained, "dim"))


def share(value: float | None) -> str:
    """A share in three digits: ``0.786``; a dash where there is none."""
    return _NONE if value is None else f"{value:.3f}"


def known(value: float | None) -> str | None:
    """The same, but nothing where there is none, so that a column without any leaves."""
    return None if value is None else share(value)


def framed(title: str, body: Sequence[RenderableType], width: int) -> Panel:
    """A panel with its title; *width* is all that there is."""
    return Panel(
        Group(*body),
        title=Text(title, style="bold"),
        title_align="left",
        border_style="dim",
        box=box.ROUNDED,
        padding=(0, 1),
        width=min(width, _PANEL_WIDTH),
    )


def split_bar(part: float, whole: float, style: str, width: int) -> Text:
    """What *part* is of *whole*, as wide as a panel's inside where the panel has *width* at most."""
    room = min(width, _PANEL_WIDTH) - _PANEL_FRAME
    return stacked_bar([Part("", part, style), Part("", whole - part, "dim", _SURE)], room)


def _figures(model: SentimentModel, evaluation: Evaluation, width: int) -> Panel:
    tally = evaluation.tally
    wrong = tally.total - tally.right
    legend = Text.assemble(
        ("█ right", "green"), f" {tally.right:,}   ", (f"{_SURE} wrong", "dim"), f" {wrong:,}"
    )
    files = list(evaluation.by_file)
    where = files[0] if len(files) == 1 else amount(len(files), "file")
    body: list[RenderableType] = [
        split_bar(tally.right, tally.total, "green", width),
        legend,
        Text(),
        _facts(model, evaluation),
    ]
    return framed(f"{inert(model.name)} on {inert(where)}", body, width)


def _facts(model: SentimentModel, evaluation: Evaluation) -> Table:
    tally = evaluation.tally
    return facts_table(
        [
            ("accuracy", known(tally.accuracy)),
            ("two-class accuracy", _two_class(tally)),
            ("macro-F1", known(tally.macro_f1)),
            ("macro-recall", known(tally.macro_recall)),
            ("calibration error", _calibration(evaluation.calibration.error)),
            ("unscored", _unscored(evaluation.unscored)),
            ("speed", evaluation.rate and f"{format_rate(evaluation.rate)} texts/s"),
            ("revision", model.revision),
        ]
    )


def _calibration(error: float | None) -> str | None:
    return None if error is None else f"{share(error)} (ECE, {BINS} bins)"


def _two_class(tally: Tally) -> str | None:
    if tally.two_class_accuracy is None:
        return None
    ties = tally.two_class_ties
    told = f"neutral ignored; {amount(ties, 'tie')} taken as negative" if ties else _IGNORED
    return f"{share(tally.two_class_accuracy)} ({told})"


def _unscored(count: int) -> str | None:
    if not count:
        return None
    return f"{amount(count, 'text')} that the model can't score, left out of all figures"


def _classes(tally: Tally, width: int) -> Table:
    """Each gold class with its figures, and what the model said of its texts."""

    def said(given: Label) -> Column[ClassFigures]:
        return Column(
            f"said {given[:3]}",
            lambda one: f"{tally.confusion[one.label][given]:,}",
            justify="right",
            style=lambda one: "bold" if one.label is given else "",
        )

    columns = (
        Column[ClassFigures](
            "label", lambda one: one.label, style=lambda one: LABEL_STYLES[one.label]
        ),
        Column[ClassFigures]("texts", lambda one: f"{one.support:,}", justify="right"),
        Column[ClassFigures]("precision", lambda one: share(one.precision), 1, justify="right"),
        Column[ClassFigures]("recall", lambda one: share(one.recall), 1, justify="right"),
        Column[ClassFigures]("F1", lambda one: share(one.f1), 1, justify="right"),
        *map(said, Label),
    )
    return fitted_table(columns, tally.classes, width)


def _reliability(bins: Sequence[Bin]) -> Iterator[RenderableType]:
    """How often it was right, for each span of scores: a bar each, and where it should have ended."""
    yield heading("calibration", "how often right, where so sure")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for title, justify in (
        ("score", "right"),
        ("right", "right"),
        ("", "left"),
        ("texts", "right"),
    ):
        table.add_column(title, justify=justify, no_wrap=True)  # type: ignore[arg-type]  # both are
    for one in bins:
        if one.confidence is not None and one.accuracy is not None:
            table.add_row(
                f"{one.confidence:.2f}",
                f"{one.accuracy:.2f}",
                _bar(one.confidence, one.accuracy),
                f"{one.texts:,}",
            )
    yield table
    yield Text.assemble(
        ("█ right", "cyan"),
        "   ",
        (f"{_SURE} surer than right", "red"),
        "   ",
        (f"{_HUMBLE} righter than sure", "green"),
    )


def _bar(confidence: float, accuracy: float) -> Text:
    sure, right = round(confidence * _SCALE), round(accuracy * _SCALE)
    bar = Text("█" * min(sure, right), style="cyan")
    bar.append(_SURE * (sure - right), style="red")
    bar.append(_HUMBLE * (right - sure), style="green")
    bar.append(" " * (_SCALE - max(sure, right)))
    return bar


def _files(evaluation: Evaluation, width: int) -> Table:
    columns = (
        Column[tuple[str, Tally]]("file", lambda one: one[0], is_flexible=True),
        Column[tuple[str, Tally]]("texts", lambda one: f"{one[1].total:,}", justify="right"),
        Column[tuple[str, Tally]]("accuracy", lambda one: share(one[1].accuracy), justify="right"),
        Column[tuple[str, Tally]](
            "two-class",
            lambda one: known(one[1].two_class_accuracy),
            2,
            justify="right",
        ),
        Column[tuple[str, Tally]](
            "macro-F1", lambda one: share(one[1].macro_f1), 1, justify="right"
        ),
        Column[tuple[str, Tally]](
            "macro-recall", lambda one: share(one[1].macro_recall), 1, justify="right"
        ),
    )
    return fitted_table(columns, list(evaluation.by_file.items()), width)


def _mistakes(evaluation: Evaluation, width: int) -> Table:
    has_files = len(evaluation.by_file) > 1
    columns = (
        Column[Mistake]("label", lambda one: one.gold, style=lambda one: LABEL_STYLES[one.gold]),
        Column[Mistake](
            "said",
            lambda one: one.sentiment.label,
            style=lambda one: LABEL_STYLES[one.sentiment.label],
        ),
        Column[Mistake]("score", lambda one: share(one.sentiment.score), justify="right"),
        Column[Mistake]("text", lambda one: one.text, is_flexible=True),
        Column[Mistake]("file", lambda one: one.file if has_files else None, 1, widest=30),
    )
    return fitted_table(columns, evaluation.mistakes, width)
