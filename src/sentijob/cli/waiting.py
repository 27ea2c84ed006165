"""Looking again whenever something has changed, until it is final or time is up."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sentijob import wiring
from sentijob.cli.words import amount
from sentijob.durations import format_duration
from sentijob.errors import AwaitedJobError, WaitTimeoutError
from sentijob.jobs import JobReference, Reference, Status

if TYPE_CHECKING:
    from sentijob.cli.progress import Meter
    from sentijob.ports import Reading
    from sentijob.settings import Settings

LOOK_AGAIN = timedelta(seconds=1)
"""The longest pause between two looks: what only time changes, like an age, moves too."""
_SHORTEST_NAP = timedelta(milliseconds=2)
_FOR_EVER = timedelta(days=36500)


class Standing(NamedTuple):
    """How far all that is awaited has come."""

    total: int
    finished: int
    unsuccessful: int
    """How many failed or were cancelled."""
    is_final: bool


def standing(store: Reading, references: Sequence[Reference]) -> Standing:
    """How far *references* have come, all together."""
    each = [_standing_of(store, reference) for reference in references]
    return Standing(
        total=sum(one.total for one in each),
        finished=sum(one.finished for one in each),
        unsuccessful=sum(one.unsuccessful for one in each),
        is_final=all(one.is_final for one in each),
    )


def _standing_of(store: Reading, reference: Reference) -> Standing:
    if isinstance(reference, JobReference):
        status = store.job(reference.job_id).status
        succeeded = status is Status.COMPLETED
        return Standing(
            1, int(status.is_final), int(status.is_final and not succeeded), status.is_final
        )
    batch = store.batch(reference.batch_id)
    counts = batch.counts
    return Standing(counts.total, counts.finished, counts.failed + counts.cancelled, batch.is_final)


def looks(
    store: Reading,
    settings: Settings,
    *,
    timeout: timedelta | None = None,
    pause: timedelta = timedelta(milliseconds=2),
) -> Iterator[None]:
    """Yield when it is time to look: at once, then after every commit, at least each second.

    Between two looks lies at least *pause*. Ends when *timeout* is over, after a last look.
    """
    deadline = time.monotonic() + (_FOR_EVER if timeout is None else timeout).total_seconds()
    nap = _SHORTEST_NAP
    with closing(wiring.make_waker(settings)) as waker:
        while True:
            seen = store.change_token()
            yield
            now = time.monotonic()
            if now >= deadline:
                return
            look_by = min(now + LOOK_AGAIN.total_seconds(), deadline)
            time.sleep(min(pause.total_seconds(), look_by - now))
            # A commit wakes when it is written, and shows when it is synced, which wakes nobody: so
            # whoever was woken looks again after ever longer naps.
            while store.change_token() == seen and (left := look_by - time.monotonic()) > 0:
                is_woken = waker.wait(min(nap, timedelta(seconds=left)))
                nap = _SHORTEST_NAP if is_woken else min(2 * nap, LOOK_AGAIN)


def wait_until_final(
    store: Reading,
    settings: Settings,
    references: Sequence[Reference],
    *,
    meter: Meter,
    timeout: timedelta | None = None,
) -> None:
    """Return when all *references* are final and every job of theirs is completed.

    Raises:
        AwaitedJobError: they are final, and some failed or were cancelled.
        WaitTimeoutError: *timeout* passed first.
    """
    now = standing(store, references)
    for _ in looks(store, settings, timeout=timeout):
        now = standing(store, references)
        meter.update(now.finished, now.total)
        if now.is_final:
            return insist_on_success(now)
    raise WaitTimeoutError(
        f"{now.finished:,} of {amount(now.total, 'job')} final after"
        f" {format_duration(timeout or timedelta(0))}; they go on: wait again, or look with 'status'"
    )


def insist_on_success(final: Standing) -> None:
    """Raises AwaitedJobError where not every job is completed."""
    if final.unsuccessful:
        raise AwaitedJobError(
            f"{final.unsuccessful:,} of {amount(final.total, 'job')} ended failed or cancelled;"
            " 'status' and 'list --status failed' say why"
        )
