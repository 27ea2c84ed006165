"""Token rows of one call as runs of the model: rows of like length, at most so many tokens a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

RUN_TOKENS = 256
"""Padding included; chosen by measurement, see ``docs/decisions/0008-packing-rows-into-runs.md``."""


def pack(lengths: Sequence[int], *, run_tokens: int = RUN_TOKENS) -> Iterator[list[int]]:
    """The places in *lengths*, each once, in runs to be padded to their longest row.

    A run's rows times its longest stay within *run_tokens*, except that a
    row that is longer has a run to itself; with 0, every row has. Long rows
    come first, so that threads that share the runs end together.
    """
    run: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        # Sorted, so that the first row of a run is its longest.
        if run and (len(run) + 1) * lengths[run[0]] > run_tokens:
            yield run
            run = []
        run.append(place)
    if run:
        yield run
