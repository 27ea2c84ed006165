"""A selector in SQL: which jobs."""

from __future__ import annotations

from collections.abc import Iterable

from sentijob.jobs import Selector
from sentijob.store.clock import instant_to_ms
from sentijob.store.rows import marks


class Where:
    """Conditions that must all hold, and the parameters that their ``?`` stand for."""

    def __init__(self) -> None:
        self._conditions: list[str] = []
        self.parameters: list[object] = []

    def add(self, condition: str, *parameters: object) -> None:
        self._conditions.append(condition)
        self.parameters += parameters

    def among(self, column: str, values: Iterable[object]) -> None:
        """The column has one of the values; no values, no condition."""
        values = tuple(values)
        if values:
            self.add(f"{column} IN ({marks(len(values))})", *values)

    @property
    def sql(self) -> str:
        return f" WHERE {' AND '.join(self._conditions)}" if self._conditions else ""


def where(selector: Selector, *, veil: str = "") -> Where:
    """What a job must satisfy to be selected.

    *veil* goes before every column, to keep a database that doesn't know how many rows an index
    would give from choosing one; see :attr:`~sentijob.store.database.Database.veil`.
    """
    found = Where()
    _reference(found, selector, veil)
    found.among(f"{veil}status", (status.value for status in selector.statuses))
    found.among(f"{veil}result_label", (label.value for label in selector.labels))
    found.among(f"{veil}model", selector.models)
    found.among(f"{veil}key", selector.keys)
    found.among(f"{veil}error_code", selector.error_codes)
    if selector.since is not None:
        found.add(f"{veil}created_at >= ?", instant_to_ms(selector.since))
    if selector.finished_before is not None:
        found.add(f"{veil}finished_at < ?", instant_to_ms(selector.finished_before))
    if selector.search is not None:
        found.add(
            "(SELECT lower(text) FROM job_text WHERE job_id = job.id) LIKE lower(?) ESCAPE '\\'",
            f"%{_escaped(selector.search)}%",
        )
    return found


def _reference(found: Where, selector: Selector, veil: str) -> None:
    """Jobs by number and jobs by batch add to each other: ``cancel 42 b7`` means both."""
    if selector.job_ids and selector.batch_ids:
        found.add(
            f"({veil}job.id IN ({marks(len(selector.job_ids))})"
            f" OR {veil}job.batch_id IN ({marks(len(selector.batch_ids))}))",
            *selector.job_ids,
            *selector.batch_ids,
        )
    else:
        found.among(f"{veil}job.id", selector.job_ids)
        found.among(f"{veil}job.batch_id", selector.batch_ids)


def _escaped(text: str) -> str:
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return text
