"""Does the store say what the ledgers say? Every complaint names what was promised and what is there."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ledgers import Submit, settles, submits
from predictable import sentiment_of

from sentijob.jobs import Job, Selector, Status
from sentijob.ports import Store

_MOST_TOLD = 20
Export = Callable[[Sequence[str]], Iterable[str]]
"""Runs ``sentijob results`` with these ids and gives the lines it wrote."""


@dataclass
class Judgement:
    """What was found; sound where nothing was."""

    acknowledged: int = 0
    """Texts whose submit printed an id."""
    completed: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.unfinished, *self.wrong]

    @property
    def is_sound(self) -> bool:
        return not self.complaints

    def told(self) -> list[str]:
        """The complaints, as many as a person reads."""
        complaints = self.complaints
        more = len(complaints) - _MOST_TOLD
        return complaints if more <= 0 else [*complaints[:_MOST_TOLD], f"and {more} more"]


class _Origin(tuple[int, int]):
    """Which submit a text was part of, and its place there."""

    __slots__ = ()


def judge(store: Store, folder: Path, *, export: Export | None = None) -> Judgement:
    """Compare a store that has come to rest with the ledgers in *folder*.

    Every text that was handed in must be one of a kind. *export* is held
    against the store's own rows, where it is given.
    """
    handed_in = list(submits(folder))
    jobs = list(store.each_job(Selector()))
    found = Judgement(
        acknowledged=sum(len(one.texts) for one in handed_in if one.is_acknowledged),
        completed=sum(job.status is Status.COMPLETED for job in jobs),
    )
    _judge_submits(handed_in, jobs, found)
    _judge_results(jobs, found)
    _judge_settles(folder, jobs, found)
    _judge_counters(store, jobs, found)
    if export is not None:
        _judge_export(export, jobs, found)
    return found


def _judge_submits(handed_in: Sequence[Submit], jobs: Iterable[Job], found: Judgement) -> None:
    """Each acknowledged text is one job, where its receipt says; of the others, what came first."""
    origins = {
        text: _Origin((number, place))
        for number, submit in enumerate(handed_in)
        for place, text in enumerate(submit.texts)
    }
    arrived: defaultdict[int, dict[int, Job]] = defaultdict(dict)
    for job in jobs:
        origin = origins.get(job.text or "")
        if origin is None:
            found.wrong.append(f"job {job.id}: nobody handed in {job.text!r}")
            continue
        number, place = origin
        if place in arrived[number]:
            twin = arrived[number][place].id
            found.doubled.append(f"jobs {twin} and {job.id} are both of {job.text!r}")
        arrived[number][place] = job
    for number, submit in enumerate(handed_in):
        _judge_submit(submit, arrived[number], found)


def _judge_submit(submit: Submit, there: Mapping[int, Job], found: Judgement) -> None:
    if submit.is_acknowledged:
        found.lost += [
            f"{submit.printed} lacks text {place}: {text!r}"
            for place, text in enumerate(submit.texts)
            if place not in there
        ]
    elif sorted(there) != list(range(len(there))):
        found.lost.append(f"a killed submit left a gap: it has the places {sorted(there)[:10]}…")
    for place, job in there.items():
        reference = str(job.id) if job.batch_id is None else f"b{job.batch_id}"
        if submit.is_acknowledged and reference != submit.printed:
            found.wrong.append(f"job {job.id} belongs to {submit.printed}, not to {reference}")
        if job.batch_id is not None and job.position != place:
            found.wrong.append(f"job {job.id} is text {place} of its batch, not {job.position}")


def _judge_results(jobs: Iterable[Job], found: Judgement) -> None:
    for job in jobs:
        if job.status is not Status.COMPLETED:
            why = f": {job.error.code}" if job.error else ""
            found.unfinished.append(f"job {job.id} is {job.status}{why}")
        elif job.sentiment != sentiment_of(job.text or ""):
            found.wrong.append(f"job {job.id} has another text's result")


def _judge_settles(folder: Path, jobs: Iterable[Job], found: Judgement) -> None:
    """Every recorded settle is the one in the store, and no job has two."""
    by_id = {job.id: job for job in jobs}
    times: Counter[int] = Counter()
    for settle in settles(folder):
        times[settle.job_id] += 1
        job = by_id.get(settle.job_id)
        if job is None:
            found.lost.append(f"job {settle.job_id} was settled and is not there")
        elif job.fence != settle.fence:
            found.wrong.append(
                f"job {job.id} was settled with fence {settle.fence}; the store has {job.fence}"
            )
        elif job.sentiment is None or job.sentiment.label != settle.label:
            found.wrong.append(f"job {job.id} was settled as {settle.label}; the store disagrees")
    found.doubled += [
        f"job {one} was settled {count} times" for one, count in times.items() if count > 1
    ]


def _judge_counters(store: Store, jobs: Sequence[Job], found: Judgement) -> None:
    found.wrong += store.check()
    counts = store.counts()
    if counts.total != len(jobs):
        found.wrong.append(f"the store counts {counts.total} jobs and has {len(jobs)}")
    for batch_id, count in Counter(job.batch_id for job in jobs).items():
        if batch_id is not None and store.batch(batch_id).counts.total != count:
            found.wrong.append(f"b{batch_id} doesn't count the {count} jobs that it has")


def _judge_export(export: Export, jobs: Sequence[Job], found: Judgement) -> None:
    """The whole store's results, and each of a few batches', as the command line gives them."""
    _compare("all", _exported(export([])), [job for job in jobs if job.sentiment], found)
    batch_ids = list(dict.fromkeys(job.batch_id for job in jobs if job.batch_id))
    for batch_id in batch_ids[:: max(len(batch_ids) // 3, 1)]:
        own = [job for job in jobs if job.batch_id == batch_id and job.sentiment]
        in_order = sorted(own, key=lambda job: job.position or 0)
        _compare(f"b{batch_id}", _exported(export([f"b{batch_id}"])), in_order, found)


def _exported(lines: Iterable[str]) -> Iterator[tuple[object, object]]:
    for line in lines:
        document = json.loads(line)
        yield document["id"], document["result_label"]


def _compare(
    what: str, exported: Iterable[tuple[object, object]], jobs: Iterable[Job], found: Judgement
) -> None:
    expected = [(job.id, job.sentiment and job.sentiment.label.value) for job in jobs]
    if list(exported) != expected:
        found.wrong.append(f"the export of {what} differs from the store's {len(expected)} results")
