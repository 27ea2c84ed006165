from __future__ import annotations

import io

import pytest

from sentijob.cli.progress import Pace, draws_on, format_rate, meter, tally


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_pace_that_has_seen_one_moment_knows_no_rate(clock: Clock) -> None:
    pace = Pace(clock)
    pace.note(5)
    assert pace.rate is None
    assert pace.left(10) is None


def test_a_pace_counts_texts_a_second(clock: Clock) -> None:
    pace = Pace(clock)
    pace.note(100)
    clock.now = 2
    pace.note(300)
    assert pace.rate == 100


def test_a_pace_says_how_long_is_left(clock: Clock) -> None:
    pace = Pace(clock)
    pace.note(0)
    clock.now = 1
    pace.note(50)
    left = pace.left(200)
    assert left is not None
    assert left.total_seconds() == 3


def test_a_pace_that_has_passed_the_total_has_nothing_left(clock: Clock) -> None:
    pace = Pace(clock)
    pace.note(0)
    clock.now = 1
    pace.note(50)
    left = pace.left(20)
    assert left is not None
    assert left.total_seconds() == 0


def test_a_pace_forgets_what_was_long_ago(clock: Clock) -> None:
    pace = Pace(clock)
    for second in range(100):
        clock.now = second
        pace.note(min(second, 50) * 10)
    assert pace.rate is None


def test_a_pace_falls_while_nothing_moves(clock: Clock) -> None:
    pace = Pace(clock)
    pace.note(0)
    clock.now = 1
    pace.note(100)
    clock.now = 4
    assert pace.rate == 25


def test_a_tally_says_how_far_how_fast_and_how_long(clock: Clock) -> None:
    pace = Pace(clock)
    pace.note(0)
    clock.now = 1
    pace.note(1200)
    assert tally(1200, 12_000, pace) == "1,200 of 12,000 · 1,200 texts/s · 9s left"


def test_a_tally_without_a_total_says_how_many_are_through(clock: Clock) -> None:
    pace = Pace(clock)
    pace.note(1200)
    assert tally(1200, None, pace) == "1,200"


@pytest.mark.parametrize(("rate", "shown"), [(0.25, "0.2"), (9.5, "9.5"), (1234.4, "1,234")])
def test_a_rate_has_the_digits_that_mean_something(rate: float, shown: str) -> None:
    assert format_rate(rate) == shown


def test_without_a_terminal_a_short_job_says_nothing(clock: Clock) -> None:
    log = io.StringIO()
    with meter("Scoring", total=10, stream=log, clock=clock) as bar:
        bar.update(10)
    assert log.getvalue() == ""


def test_without_a_terminal_a_long_job_writes_a_line_every_ten_seconds(clock: Clock) -> None:
    log = io.StringIO()
    with meter("Scoring", total=100, stream=log, clock=clock) as bar:
        for second in range(1, 26):
            clock.now = second
            bar.update(second)
    assert log.getvalue().splitlines() == [
        "Scoring: 10 of 100 · 1.0 texts/s · 1m 30s left",
        "Scoring: 20 of 100 · 1.0 texts/s · 1m 20s left",
    ]


def test_a_quiet_meter_draws_nothing_even_on_a_terminal() -> None:
    terminal = Terminal()
    with meter("Scoring", total=10, quiet=True, stream=terminal) as bar:
        bar.update(5)
    assert terminal.getvalue() == ""


def test_on_a_terminal_a_bar_shows_the_tally_and_gives_the_cursor_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with meter("Scoring", total=1000, stream=terminal) as bar:
        bar.update(250)
    shown = terminal.getvalue()
    assert "Scoring" in shown
    assert "of 1,000" in shown
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


def test_what_was_done_before_counts_as_progress_and_not_as_speed(clock: Clock) -> None:
    log = io.StringIO()
    with meter("Queueing", total=1000, done=900, stream=log, clock=clock) as bar:
        clock.now = 10
        bar.update(950)
    assert log.getvalue() == "Queueing: 950 of 1,000 · 5.0 texts/s · 10s left\n"


def test_a_dumb_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert not draws_on(Terminal())
