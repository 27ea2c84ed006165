from __future__ import annotations

from asgi import Clock

from sentijob.web.guard.sessions import LIFETIME, MOST, Sessions


def test_a_session_ends_after_half_a_day() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    session_id = sessions.start("secret")
    clock.now += LIFETIME.total_seconds() - 1
    assert sessions.secret(session_id) == "secret"
    clock.now += 1
    assert sessions.secret(session_id) == ""


def test_sessions_are_bounded_and_the_oldest_goes_first() -> None:
    sessions = Sessions(Clock())
    ids = [sessions.start(f"secret {number}") for number in range(MOST + 1)]
    assert sessions.secret(ids[0]) == ""
    assert sessions.secret(ids[1]) == "secret 1"
    assert sessions.secret(ids[-1]) == f"secret {MOST}"


def test_an_id_cant_be_guessed_and_anything_else_is_none() -> None:
    sessions = Sessions(Clock())
    first, second = sessions.start("secret"), sessions.start("secret")
    assert first != second
    assert len(first) >= 43, "256 bits"
    for other in ("", first[:-1], "\ud800", first.upper()):
        assert sessions.secret(other) == ""
