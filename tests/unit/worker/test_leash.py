from __future__ import annotations

import os
import threading

from sentijob.worker.leash import LEASH_VARIABLE, follow

MOMENT, AGES = 0.1, 20.0


class Noted:
    """Notes that it was told to stop."""

    def __init__(self) -> None:
        self.is_told = threading.Event()

    def request_stop(self) -> None:
        self.is_told.set()

    def release_now(self) -> None:
        raise AssertionError


def test_a_worker_stops_when_the_other_end_of_its_leash_closes() -> None:
    theirs, ours = os.pipe()
    worker = Noted()
    follow(worker, {LEASH_VARIABLE: str(theirs)})
    assert not worker.is_told.wait(MOMENT)
    os.close(ours)
    assert worker.is_told.wait(AGES)
    os.close(theirs)


def test_a_worker_without_a_leash_goes_on() -> None:
    threads = threading.active_count()
    follow(Noted(), {})
    follow(Noted(), {LEASH_VARIABLE: "no number"})
    assert threading.active_count() == threads


def test_a_descriptor_that_is_no_leash_stops_nobody() -> None:
    worker = Noted()
    follow(worker, {LEASH_VARIABLE: "1000000"})
    assert not worker.is_told.wait(MOMENT)
