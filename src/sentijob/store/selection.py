"""A selector in SQL: which jobs, and in which order."""

from __future__ import annotations

from collections.abc import Iterable

from sentijob.jobs import Selector, Sort
from sentijob.store.clock import instant_to_ms
from sentijob.store.rows import marks

ORDERS = {
    Sort.NEWEST: "job.id DESC",
    Sort.OLDEST: "job.id",
    Sort.PRIORITY: "priority DESC, job.id",
    Sort.SCORE: "result_score DESC NULLS LAST, job.id",
    Sort.FINISHED: "finished_at DESC NULLS LAST, job.id DESC",
}


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


def where(selector: Selector) -> Where:
    """What a job must satisfy to be selected."""
    found = Where()
    _reference(found, selector)
    if selector.statuses:
        # In letters, not as parameters: partial indexes are chosen before parameters are known.
        alternatives = " OR ".join(f"status = '{status.value}'" for status in selector.statuses)
        found.add(f"({alternatives})")
    found.among("result_label", (label.value for label in selector.labels))
    found.among("model", selector.models)
    found.among("key", selector.keys)
    found.among("error_code", selector.error_codes)
    if selector.since is not None:
        found.add("created_at >= ?", instant_to_ms(selector.since))
    if selector.finished_before is not None:
        found.add("finished_at < ?", instant_to_ms(selector.finished_before))
    if selector.search is not None:
        found.add("lower(text) LIKE lower(?) ESCAPE '\\'", f"%{_escaped(selector.search)}%")
    return found


def _reference(found: Where, selector: Selector) -> None:
    """Jobs by number and jobs by batch add to each other: ``cancel 42 b7`` means both."""
    if selector.job_ids and selector.batch_ids:
        found.add(
            f"(job.id IN ({marks(len(selector.job_ids))})"
            f" OR job.batch_id IN ({marks(len(selector.batch_ids))}))",
            *selector.job_ids,
            *selector.batch_ids,
        )
    else:
        found.among("job.id", selector.job_ids)
        found.among("job.batch_id", selector.batch_ids)


def _escaped(text: str) -> str:
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return text
