"""How a comparison of two models looks: agreement, each of them, the flips."""

from __future__ import annotations

from pathlib import PurePath

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sentijob.cli.evaluation_view import framed, heading, known, share, split_bar
from sentijob.cli.inert import inert
from sentijob.cli.progress import format_rate
from sentijob.cli.tables import Column, facts_table, fitted_table
from sentijob.cli.words import LABEL_STYLES, amount, percent
from sentijob.evaluation.agreement import gap
from sentijob.evaluation.comparing import Comparison, Difference, Flip, Side
from sentijob.jobs import Label
from sentijob.ports import SentimentModel

_WIDEST_TEXT = 140
_LONGEST_NAME = 24
_UNLIKELY = 0.05
Models = tuple[SentimentModel, SentimentModel]
_Row = tuple[str, SentimentModel, Side]


def comparison_view(
    models: Models, where: str, comparison: Comparison, width: int
) -> RenderableType:
    """All that a person wants to know of it, one part below the other."""
    first, second = (_short(model.name) for model in models)
    parts: list[RenderableType] = [
        _figures((first, second), where, comparison, width),
        *(Text(), _sides((first, second), models, comparison, width)),
    ]
    if comparison.agreement.total:
        across = heading("labels", f"{first} down, {second} across")
        parts += [Text(), across, _labels(comparison, width)]
    if comparison.flips:
        parts += [
            Text(),
            heading("the widest flips"),
            _flips((first, second), comparison, min(width, _WIDEST_TEXT)),
        ]
    return Group(*parts)


def _short(name: str) -> str:
    """A model's name as it is shown; of a folder's path the end alone."""
    end = inert(PurePath(name).name or name)
    return end if len(end) <= _LONGEST_NAME else f"{end[: _LONGEST_NAME - 1]}…"


def _figures(names: tuple[str, str], where: str, comparison: Comparison, width: int) -> Panel:
    agreement = comparison.agreement
    total, flips = agreement.total, agreement.flips
    same = total - flips
    legend = Text.assemble(
        ("█ same label", "cyan"),
        f" {same:,} ({percent(same, total)})   ",
        ("░ another", "dim"),
        f" {flips:,} ({percent(flips, total)})",
    )
    facts = [
        ("agreement", known(agreement.agreement)),
        ("Cohen's kappa", known(agreement.kappa)),
        ("mean gap", _mean_gap(agreement.mean_gap)),
        ("mean shift", _shift(names[1], comparison)),
        *_verdict(names, comparison.difference),
        ("unscored", _unscored(comparison.unscored)),
    ]
    body: list[RenderableType] = [
        split_bar(same, total, "cyan", width),
        legend,
        Text(),
        facts_table(facts),
    ]
    return framed(f"{names[0]} and {names[1]} on {inert(where)}", body, width)


def _mean_gap(value: float | None) -> str | None:
    return None if value is None else f"{share(value)} of the probability"


def _shift(second: str, comparison: Comparison) -> str | None:
    """By how much the second model gives each label more."""
    shift = comparison.agreement.mean_shift
    if shift is None:
        return None
    parts = ", ".join(f"{name} {part:+.3f}" for name, part in shift._asdict().items())
    return f"in {second} {parts}"


def _verdict(names: tuple[str, str], difference: Difference | None) -> list[tuple[str, str]]:
    """Who was right more often, and how likely so much is by chance."""
    if difference is None:
        return []
    first, second = difference.only_first, difference.only_second
    ignored = " (no label is neutral, so that is ignored)" if difference.is_two_class else ""
    return [
        ("alone right", f"{names[0]} {first:,}, {names[1]} {second:,}{ignored}"),
        ("difference", _chance(difference.chance)),
    ]


def _chance(value: float) -> str:
    shown = "p < 0.0001" if value < 0.0001 else f"p = {value:.4f}"
    judged = "hardly chance" if value < _UNLIKELY else "may well be chance"
    return f"{judged} ({shown}, McNemar's exact test)"


def _unscored(count: int) -> str | None:
    if not count:
        return None
    return f"{amount(count, 'text')} that one of them can't score, left out of all figures"


def _sides(names: tuple[str, str], models: Models, comparison: Comparison, width: int) -> Table:
    columns = (
        Column[_Row]("model", lambda row: row[0], style=lambda _: "bold"),
        Column[_Row](
            "texts/s", lambda row: row[2].rate and format_rate(row[2].rate), justify="right"
        ),
        Column[_Row]("accuracy", lambda row: known(row[2].tally.accuracy), 1, justify="right"),
        Column[_Row](
            "two-class", lambda row: known(row[2].tally.two_class_accuracy), 1, justify="right"
        ),
        Column[_Row]("macro-F1", lambda row: known(row[2].tally.macro_f1), 2, justify="right"),
        Column[_Row](
            "macro-recall", lambda row: known(row[2].tally.macro_recall), 3, justify="right"
        ),
        Column[_Row]("revision", lambda row: row[1].revision, 4, widest=16),
    )
    rows = list(zip(names, models, comparison.sides, strict=True))
    return fitted_table(columns, rows, width)


def _labels(comparison: Comparison, width: int) -> Table:
    """Texts by the first model's label down, and the second's across."""
    counts = comparison.agreement.labels

    def across(given: Label) -> Column[Label]:
        return Column(
            given,
            lambda label: f"{counts[label][given]:,}",
            justify="right",
            style=lambda label: "dim" if label is given else "bold",
        )

    columns = (
        Column[Label]("", lambda label: label, style=lambda label: LABEL_STYLES[label]),
        *map(across, Label),
    )
    return fitted_table(columns, list(Label), width)


def _flips(names: tuple[str, str], comparison: Comparison, width: int) -> Table:
    columns = (
        Column[Flip](
            names[0], lambda one: one.first.label, style=lambda one: LABEL_STYLES[one.first.label]
        ),
        Column[Flip](
            names[1], lambda one: one.second.label, style=lambda one: LABEL_STYLES[one.second.label]
        ),
        Column[Flip]("label", lambda one: one.text.gold, 1),
        Column[Flip]("gap", lambda one: share(gap(one.first, one.second)), 1, justify="right"),
        Column[Flip]("text", lambda one: one.text.text, is_flexible=True),
    )
    return fitted_table(columns, comparison.flips, width)
