from __future__ import annotations

import json
import math

import numpy as np
import pytest

from sentijob.errors import (
    ModelError,
    ModelMemoryError,
    ModelUnavailableError,
    TextRejectedError,
)
from sentijob.jobs import Label, Sentiment
from sentijob.models.wire import (
    answer_document,
    error_document,
    error_from,
    sentiments_from,
)

SOUND = [
    Sentiment.of(0.1, 0.2, 0.7, tokens=3),
    Sentiment.of(1 / 3, 1 / 3, 1 / 3, tokens=9, windows=2),
]


def sent(document: object) -> object:
    return json.loads(json.dumps(document))


@pytest.mark.parametrize("sentiments", [[], SOUND[:1], SOUND])
def test_sentiments_come_back_as_they_were(sentiments: list[Sentiment]) -> None:
    received = sentiments_from(sent(answer_document("r1", sentiments)))
    assert received == sentiments
    assert all(isinstance(one.label, Label) for one in received)


def test_numbers_of_numpy_arrive_as_pythons_own() -> None:
    chances = np.array([0.1, 0.2, 0.7], dtype=np.float32)
    sentiment = Sentiment._make([Label.POSITIVE, chances[2], *chances, np.int64(3), 1])
    (received,) = sentiments_from(sent(answer_document("r1", [sentiment])))
    assert received == sentiment
    assert {type(number) for number in received[1:]} == {float, int}


def damaged(place: int, value: object) -> list[object]:
    """What a model of others' making might give for a sentiment."""
    values: list[object] = list(SOUND[0])
    values[place] = value
    return values


@pytest.mark.parametrize(
    ("place", "value"), [(3, "0.2"), (3, None), (5, 2.5), (5, None), (6, "1"), (6, 2**64)]
)
def test_what_is_no_number_isnt_sent(place: int, value: object) -> None:
    with pytest.raises((TypeError, OverflowError)):
        answer_document("r1", [SOUND[1], damaged(place, value)])  # type: ignore[list-item]


@pytest.mark.parametrize(
    "sentiments",
    [
        [SOUND[0][:-1], SOUND[1][:-1]],
        [(*SOUND[0], 1)],
        [SOUND[0][:1]],
        [damaged(3, math.nan)],
        [damaged(0, "glad")],
        [damaged(0, None)],
    ],
)
def test_what_is_no_sentiment_is_the_models_error(sentiments: list[Sentiment]) -> None:
    document = sent(answer_document("r1", sentiments))
    with pytest.raises(ModelError, match="no list of sentiments"):
        sentiments_from(document)


@pytest.mark.parametrize("part", ["labels", "chances", "counts"])
@pytest.mark.parametrize("value", [None, 3, "AAAA", "no base64", ["positive"], [[], []]])
def test_an_answer_without_sentiments_is_the_models_error(part: str, value: object) -> None:
    with pytest.raises(ModelError, match="no list of sentiments"):
        sentiments_from({**answer_document("r1", SOUND), part: value})


@pytest.mark.parametrize("document", [None, [], {}, {"labels": []}, 3])
def test_what_is_no_answer_is_the_models_error(document: object) -> None:
    with pytest.raises(ModelError, match="no list of sentiments"):
        sentiments_from(document)


class BusyError(ModelError):
    code = "busy"


@pytest.mark.parametrize(
    ("error", "kind", "code", "message"),
    [
        (TextRejectedError("no words"), TextRejectedError, "text_rejected", "no words"),
        (ModelUnavailableError("gone"), ModelUnavailableError, "model_unavailable", "gone"),
        (MemoryError("of 3 GB"), ModelMemoryError, "out_of_memory", "MemoryError: of 3 GB"),
        (TimeoutError(), ModelError, "timed_out", "TimeoutError"),
        (BusyError("later"), ModelError, "busy", "later"),
        (ValueError("a\nb"), ModelError, "model_error", "ValueError: a b"),
        (SystemExit(3), ModelError, "model_error", "SystemExit: 3"),
    ],
)
def test_an_error_arrives_as_its_kind_with_its_code_and_words(
    error: BaseException, kind: type[ModelError], code: str, message: str
) -> None:
    received = error_from(sent(error_document(error)))
    assert type(received) is kind
    assert (received.code, str(received)) == (code, message)


@pytest.mark.parametrize("document", [None, [], {}, {"error": None}, {"labels": []}])
def test_what_tells_of_no_error_is_none(document: object) -> None:
    assert error_from(document) is None


def test_a_strange_error_is_a_models_error_of_bounded_length() -> None:
    received = error_from({"error": {"kind": "Exception", "code": "c" * 999, "message": "m" * 999}})
    assert type(received) is ModelError
    assert (len(received.code), len(str(received))) == (64, 500)
