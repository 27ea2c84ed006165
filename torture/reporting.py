"""What a scenario found, as a table for people and as JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from judging import Judgement

REPORTS = Path(__file__).parent / "reports"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scenario: what was done to the store, and what became of its promises."""

    scenario: str
    seed: int
    seconds: float
    faults: Mapping[str, int]
    """How often what was done."""
    acknowledged: int
    completed: int
    lost: int
    doubled: int
    longest_wait: float
    """In seconds; docs/torture.md says what each scenario measures by it."""
    broken: Sequence[str]
    """Every promise that was broken, in words; empty where all held."""
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        return "broken" if self.broken else "held"


def concluded(
    scenario: str,
    seed: int,
    found: Judgement,
    *,
    seconds: float,
    faults: Mapping[str, int],
    longest_wait: float,
    complaints: Sequence[str] = (),
    figures: Mapping[str, float] | None = None,
) -> Outcome:
    """A judgement of the store, and what else a scenario has to complain of."""
    return Outcome(
        scenario=scenario,
        seed=seed,
        seconds=round(seconds, 1),
        faults=dict(faults),
        acknowledged=found.acknowledged,
        completed=found.completed,
        lost=len(found.lost),
        doubled=len(found.doubled),
        longest_wait=round(longest_wait, 2),
        broken=[*found.told(), *complaints],
        figures={name: round(figure, 3) for name, figure in (figures or {}).items()},
    )


def save(outcomes: Sequence[Outcome], folder: Path, *, database: str) -> Path:
    """Write the report as JSON and as a table beside it; the JSON file."""
    folder.mkdir(parents=True, exist_ok=True)
    taken_at = datetime.now(UTC)
    path = folder / f"{taken_at:%Y%m%dT%H%M%S}-{os.getpid()}.json"
    record = {
        "taken_at": taken_at.isoformat(timespec="seconds"),
        "database": database,
        "system": platform.system(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "verdict": "broken" if any(one.broken for one in outcomes) else "held",
        "scenarios": [{**asdict(one), "verdict": one.verdict} for one in outcomes],
    }
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    path.with_suffix(".txt").write_text(table(outcomes), encoding="utf-8")
    return path


def table(outcomes: Sequence[Outcome]) -> str:
    """A line for each scenario, then its faults, its figures and what was broken."""
    headings = (
        "scenario", "seed", "seconds", "faults", "acknowledged",
        "completed", "lost", "doubled", "longest wait", "verdict",
    )  # fmt: skip
    rows = [headings, *map(_row, outcomes)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    for one in outcomes:
        lines += ["", f"{one.scenario}: {_listed(one.faults)}"]
        lines += [f"  {_listed(one.figures)}"] if one.figures else []
        lines += [f"  BROKEN {complaint}" for complaint in one.broken]
    return "\n".join(lines) + "\n"


def _row(one: Outcome) -> tuple[str, ...]:
    return (
        one.scenario,
        str(one.seed),
        f"{one.seconds:.1f}",
        f"{sum(one.faults.values()):,}",
        f"{one.acknowledged:,}",
        f"{one.completed:,}",
        str(one.lost),
        str(one.doubled),
        f"{one.longest_wait:.2f}s",
        one.verdict,
    )


def _listed(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {figure:,}" for name, figure in figures.items()) or "nothing"
