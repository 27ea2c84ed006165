"""What a worker keeps of texts that it has met, and how much of it."""

from __future__ import annotations

from collections.abc import Callable

from sentijob.jobs import ClaimedJob, Sentiment
from sentijob.worker.memory import Key, Memory

MakeClaim = Callable[..., ClaimedJob]
KNOWN = (1, Sentiment.of(0.1, 0.2, 0.7, tokens=3))


def add(memory: Memory, *keys: Key) -> None:
    memory.add(keys, [KNOWN] * len(keys))


def test_what_was_added_is_found_until_it_is_dropped() -> None:
    memory = Memory("r1")
    add(memory, "a", "b")
    assert memory.find(["a", "c"]) == {"a": KNOWN}
    memory.drop(["a", "c"])
    assert memory.find(["a", "b"]) == {"b": KNOWN}


def test_the_oldest_texts_are_forgotten_once_there_are_too_many() -> None:
    memory = Memory("r1", texts=10)
    for number in range(1000):
        add(memory, str(number))
    held = memory.find([str(number) for number in range(1000)])
    assert "999" in held
    assert 10 <= len(held) <= 22
    assert set(map(int, held)) == set(range(1000 - len(held), 1000))


def test_long_texts_count_by_their_characters() -> None:
    memory = Memory("r1", characters=1000)
    texts = [f"{number}".rjust(100) for number in range(100)]
    for text in texts:
        add(memory, text)
    assert len(memory.find(texts)) <= 22


def test_a_text_that_is_met_again_and_again_stays() -> None:
    memory = Memory("r1", texts=10)
    add(memory, "often")
    for number in range(1000):
        add(memory, str(number))
        assert memory.find(["often"]) == {"often": KNOWN}


def test_a_text_that_is_not_to_stay_is_kept_by_what_does_not_tell_it(claim: MakeClaim) -> None:
    claims = [claim("secret", store_text=False), claim("open"), claim("secret", store_text=False)]
    first, second, third = Memory("r1").keys(claims)
    (other,) = Memory("r1").keys(claims[:1])
    assert second == "open"
    assert first == third
    assert isinstance(first, bytes)
    assert first != other, "another process makes something else of it"
