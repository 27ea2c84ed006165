"""The order in which a model is told of texts and asked for them."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from sentijob.errors import ModelCrashError
from sentijob.jobs import ClaimedJob, Sentiment
from sentijob.ports import SentimentModel
from sentijob.worker.chunks import Chunk
from sentijob.worker.handover import Handover
from sentijob.worker.lease import Holdings
from sentijob.worker.loader import Availability, ModelLoader
from sentijob.worker.pace import Pace
from sentijob.worker.scorer import Scorer

MakeClaim = Callable[..., ClaimedJob]


@dataclass
class Foresight:
    """Notes what it is told, and takes no time; closes its handover after *calls*."""

    handover: Handover
    calls: int
    name: str = "fake"
    revision: str = "f1"
    heard: list[tuple[str, list[str]]] = field(default_factory=list)

    def announce(self, texts: Sequence[str]) -> None:
        self.heard.append(("announce", list(texts)))

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        self.heard.append(("predict", list(texts)))
        self.calls -= 1
        if self.calls == 0:
            self.handover.close()
        if "crash" in texts:
            raise ModelCrashError("gone")
        return [Sentiment.of(0.1, 0.2, 0.7, tokens=1) for _ in texts]


class Clock:
    """Every look at it is *step* seconds later."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def heard(
    chunks: Sequence[Chunk], *, pace: Pace | None = None, step: float = 0.001
) -> list[tuple[str, list[str]]]:
    """What a model hears of *chunks* whose pace is known to be brief, unless another *pace* is given."""
    handover, holdings = Handover(), Holdings()
    for chunk in chunks:
        holdings.add(chunk.claims)
    if pace is None:
        pace = Pace()
        for chunk in chunks:
            pace.observe(chunk, timedelta(milliseconds=1))
    model = Foresight(handover, calls=len(chunks))

    def load(_: str) -> SentimentModel:
        return model

    clock = Clock(step)
    availability = Availability(clock=clock, uniform=random.uniform)
    scorer = Scorer(
        handover,
        ModelLoader(load, availability),
        holdings=holdings,
        pace=pace,
        clock=clock,
        uniform=random.uniform,
        logger=logging.getLogger("test"),
    )
    handover.put(chunks)
    scorer.run()
    assert len(handover.collect()) == len(chunks)
    return model.heard


def test_a_model_is_told_of_the_next_chunk_before_it_is_waited_for(claim: MakeClaim) -> None:
    chunks = [Chunk("fake", 0, [claim(text)]) for text in "abc"]
    assert heard(chunks) == [
        ("announce", ["a"]),
        ("announce", ["b"]),
        ("predict", ["a"]),
        ("announce", ["b"]),
        ("announce", ["c"]),
        ("predict", ["b"]),
        ("predict", ["c"]),
    ]


@pytest.mark.parametrize(
    "parts",
    [{"rescues": 1}, {"attempt": 2}, {"model": "another"}],
    ids=["rescued", "retried", "other"],
)
@pytest.mark.parametrize("place", [0, 1])
def test_a_suspect_and_another_model_are_run_by_themselves(
    claim: MakeClaim, parts: dict[str, Any], place: int
) -> None:
    claims = [claim("a"), claim("b")]
    claims[place] = claims[place]._replace(**parts)
    chunks = [Chunk(one.model, 0, [one]) for one in claims]
    assert heard(chunks) == [("predict", ["a"]), ("predict", ["b"])]


def test_nothing_is_announced_while_the_pace_is_unknown_or_slow(claim: MakeClaim) -> None:
    chunks = [Chunk("fake", 0, [claim(text)]) for text in "ab"]
    assert heard(chunks, pace=Pace()) == [("predict", ["a"]), ("predict", ["b"])]
    slow = Pace()
    slow.observe(chunks[0], timedelta(seconds=5))
    assert heard(chunks, pace=slow) == [("predict", ["a"]), ("predict", ["b"])]


def test_the_pace_of_announced_chunks_is_that_of_their_answers(claim: MakeClaim) -> None:
    pace = Pace()
    chunks = [Chunk("fake", 0, [claim(text) for _ in range(100)]) for text in "ab"]
    for chunk in chunks:
        pace.observe(chunk, timedelta(milliseconds=100))
    heard(chunks, pace=pace, step=0.1)
    assert pace.rate == pytest.approx(1000)
