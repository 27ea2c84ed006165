"""What a load's figures say of the jobs that were acknowledged."""

from __future__ import annotations

import pytest
import serving
from http_clients import Answer, Outcome, Tally
from serving import Measured, fates, rest

OUTCOME = Outcome(
    2.0,
    {"202": 4, "429": 1, "500": 2, "503": 1},
    3,
    {"p50": 1.0, "p99": 2.0, "worst": 3.0},
    [*"abcd"],
)
ENDS = {"completed": 1, "pending": 1, "processing": 1, "gone": 1}


def test_lost_is_what_will_never_have_an_end() -> None:
    given = Measured(OUTCOME, down=0.0, drained=1.0, ends=ENDS)
    assert given.lost == 3
    assert given.open_for_ever == 2


def test_a_rate_is_that_of_acknowledged_jobs_and_5xx_are_counted_apart() -> None:
    given = Measured(OUTCOME, down=0.0, drained=1.0, ends=ENDS)
    assert (given.rate, given.answers("5"), given.answers("4")) == (2.0, 3, 1)


def test_every_acknowledged_job_has_its_column() -> None:
    one = serving.Contender("ours", is_ours=True, opened=lambda: pytest.fail("isn't opened"))
    (row,) = fates("load", {one: Measured(OUTCOME, down=1.23, drained=1.0, ends=ENDS)}).rows
    assert row == ("ours", "1.2", "3", "3", "4", "1", "0", "2", "1")


def test_a_client_keeps_the_uuids_and_times_of_what_was_acknowledged_alone() -> None:
    tally = Tally()
    tally.note(Answer(202, b'{"job_uuid": "u"}', closes=False), 0.25)
    tally.note(Answer(503, b"{}", closes=False), 9.0)
    outcome = tally.outcome(1.0)
    assert outcome.acknowledged == ["u"]
    assert outcome.statuses == {"202": 1, "503": 1}
    assert outcome.milliseconds["worst"] == 250.0


def test_a_rest_comes_when_nothing_is_open() -> None:
    left = [3, 1, 0]
    rest(lambda: left.pop(0))
    assert left == []


def test_a_rest_comes_when_nothing_moves_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "QUIET", 0.0)
    assert rest(lambda: 7) < serving.LOOK
