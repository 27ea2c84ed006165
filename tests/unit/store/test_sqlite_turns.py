from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from sentijob.store.sqlite_turns import CAN_TAKE_TURNS, Turns

pytestmark = pytest.mark.skipif(not CAN_TAKE_TURNS, reason="there is no flock here")
LONG = 30.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    return private


@pytest.fixture
def first(folder: Path) -> Iterator[Turns]:
    with closing(Turns(folder)) as turns:
        yield turns


def sleeping_threads() -> int:
    return sum(thread.name == "sentijob-turn" for thread in threading.enumerate())


def test_writers_have_their_turns_in_the_order_in_which_they_came(
    folder: Path, first: Turns
) -> None:
    came: list[int] = []

    def write(number: int) -> None:
        with closing(Turns(folder, patience=LONG)) as turns, turns.taken() as is_first:
            assert is_first
            came.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    with first.taken():
        for number, thread in enumerate(threads, start=1):
            thread.start()
            wait_for_queue(number)
        assert came == []
    for thread in threads:
        thread.join(LONG)
    assert came == [0, 1, 2, 3]


def wait_for_queue(length: int) -> None:
    """Until so many wait in the system's own queue, as its list of locks has it."""
    deadline = threading.Event()
    for _ in range(3000):
        if sleeping_threads() == length and in_kernel() >= length:
            return
        deadline.wait(0.01)
    raise AssertionError("nobody waits")


def in_kernel() -> int:
    locks = Path("/proc/locks")
    return locks.read_text().count("-> FLOCK") if locks.exists() else sleeping_threads()


def test_whoever_waits_too_long_goes_on_without_and_is_in_nobodys_way_later(
    folder: Path, first: Turns
) -> None:
    with closing(Turns(folder, patience=0.01)) as second:
        with first.taken() as held, second.taken() as is_first:
            assert (held, is_first) == (True, False)
        with second.taken():
            pass
    with closing(Turns(folder, patience=LONG)) as third, third.taken() as is_first:
        assert is_first


def test_a_turn_is_free_again_after_an_error(folder: Path, first: Turns) -> None:
    with ExitStack() as stack:
        second = stack.enter_context(closing(Turns(folder, patience=LONG)))
        with pytest.raises(ZeroDivisionError), first.taken():
            raise ZeroDivisionError
        with second.taken() as is_first:
            assert is_first


def test_in_a_folder_that_others_may_look_into_nobody_waits(folder: Path) -> None:
    folder.chmod(0o755)
    one, other = Turns(folder), Turns(folder)
    with one.taken() as is_first, other.taken() as is_second:
        assert (is_first, is_second) == (False, False)


def test_a_folder_that_is_gone_has_no_turns(folder: Path) -> None:
    turns = Turns(folder)
    folder.rmdir()
    with turns.taken() as is_first:
        assert not is_first
