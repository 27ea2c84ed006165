from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sentijob.cli.stdin import PatientStream


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)


def test_what_waits_is_read_without_a_pause(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    pauses: list[None] = []
    os.write(writing, b"ready")
    stream = PatientStream(reading, lambda: pauses.append(None))
    assert stream.read1(100) == b"ready"
    assert pauses == []
    os.close(writing)


def test_the_end_is_read_as_nothing(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    os.close(writing)
    assert PatientStream(reading, lambda: None).read1(100) == b""


def test_a_silent_source_causes_a_pause_before_it_is_waited_for(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    stream = PatientStream(reading, lambda: _write(writing, b"late"))
    assert stream.read1(100) == b"late"
    os.close(writing)


def _write(descriptor: int, content: bytes) -> None:
    os.write(descriptor, content)
