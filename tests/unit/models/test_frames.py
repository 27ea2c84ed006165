from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentijob.models.frames import Channel, encode

WORDS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    # With lone surrogates: an error's message may hold them.
    | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue  # the test has closed it


def soon() -> float:
    return time.monotonic() + 0.05


@settings(max_examples=50, deadline=None)
@given(document=WORDS)
def test_a_document_comes_out_as_it_went_in(document: object) -> None:
    reading, writing = os.pipe()
    channel = Channel(reading, writing)
    channel.send(encode(document))
    channel.send(encode("next"))
    assert channel.receive() == document
    assert channel.receive() == "next"
    channel.close()
    channel.close()


def test_the_end_of_the_pipe_is_no_document(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    os.write(writing, encode("cut short")[:-1])
    os.close(writing)
    with pytest.raises(EOFError):
        Channel(reading, -1).receive()


def test_a_deadline_ends_a_wait_for_an_answer(pipe: tuple[int, int]) -> None:
    with pytest.raises(TimeoutError):
        Channel(*pipe).receive(deadline=soon())


def test_what_came_in_time_is_read_however_late(pipe: tuple[int, int]) -> None:
    channel = Channel(*pipe)
    channel.send(encode("in time"))
    assert channel.receive(deadline=time.monotonic() - 1) == "in time"


def test_a_deadline_ends_a_wait_for_a_reader(pipe: tuple[int, int]) -> None:
    with pytest.raises(TimeoutError):
        Channel(*pipe).send(encode("x" * 1_000_000), deadline=soon())


def test_a_reader_that_is_gone_is_the_end(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    os.close(reading)
    with pytest.raises(EOFError):
        Channel(-1, writing).send(encode("x"))


def test_a_wait_ends_with_the_other_process_though_its_pipe_is_held_open(
    pipe: tuple[int, int],
) -> None:
    with pytest.raises(EOFError):
        Channel(*pipe, is_cut=lambda: True).receive()


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (b"\xff\xff\xff\xff", "a message of 4294967295 bytes"),
        (b"\0\0\0\1{", "Expecting property name"),
        (b"\0\0\0\1\xff", "can't decode byte"),
        (b"\0\0\0\x64" + b"[" * 100, "Expecting value"),
    ],
)
def test_what_is_no_message_is_refused(pipe: tuple[int, int], frame: bytes, told: str) -> None:
    os.write(pipe[1], frame)
    with pytest.raises(ValueError, match=told):
        Channel(*pipe, largest=1000).receive()


def test_a_message_that_is_nested_past_all_measure_is_refused(pipe: tuple[int, int]) -> None:
    os.set_blocking(pipe[1], True)
    os.write(pipe[1], (50_000).to_bytes(4) + b"[" * 50_000)
    with pytest.raises(ValueError, match="nested"):
        Channel(*pipe).receive()
