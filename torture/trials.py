"""What every scenario is handed, and what the list of them says."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from arena import Arena, Server, TortureError, wait_until

from sentijob.ports import Store


@dataclass
class Trial:
    """One run of one scenario."""

    arena: Arena
    seed: int
    duration: float
    """About how long to go on, in seconds; a scenario's size follows from it."""
    server: Server | None = None
    """The database server, where it is to be restarted in the middle."""
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True)
    faults: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def chance(self, name: str) -> random.Random:
        """A source of chance of its own for each part that runs beside others, so that a seed repeats."""
        return random.Random(f"{self.seed} {name}")

    def expect(self, what: str, measured: float, limit: float) -> None:
        """Note a figure, and complain where it is over its limit."""
        self.figures[what] = measured
        if measured > limit:
            self.complaints.append(f"{what}: {measured:.2f}, promised at most {limit:g}")


@contextmanager
def at_once(*jobs: Callable[[], None]) -> Iterator[None]:
    """Run *jobs* in threads beside the block; all have ended well when it ends.

    Raises:
        TortureError: one of them failed; the others are left to find their arena closed.
    """
    errors: list[Exception] = []

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as exc:  # noqa: BLE001  # raised again below
            errors.append(exc)

    threads = [threading.Thread(target=run, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    yield
    while any(thread.is_alive() for thread in threads) and not errors:
        for thread in threads:
            thread.join(0.05)
    if errors:
        raise TortureError(f"it can't go on: {errors[0]}") from errors[0]


def await_rest(store: Store, *, seconds: float) -> None:
    """Wait until no job is pending or processing.

    Raises:
        TortureError: it took too long; the complaint says what was left.
    """
    try:
        wait_until(lambda: store.counts().is_final, "the store comes to rest", seconds=seconds)
    except TortureError as exc:
        counts = store.counts()
        raise TortureError(
            f"{exc}; {counts.pending} pending, {counts.processing} processing"
        ) from exc
