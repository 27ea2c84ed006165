from __future__ import annotations

import json

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

SOUND = ["positive", 0.7, 0.1, 0.2, 0.7, 3, 1]


def sent(document: object) -> object:
    return json.loads(json.dumps(document))


def test_sentiments_come_back_as_they_were() -> None:
    sentiments = [
        Sentiment.of(0.1, 0.2, 0.7, tokens=3),
        Sentiment.of(1 / 3, 1 / 3, 1 / 3, tokens=9),
    ]
    received = sentiments_from(sent(answer_document("r1", sentiments)))
    assert received == sentiments
    assert all(isinstance(one.label, Label) for one in received)


@pytest.mark.parametrize(
    ("place", "column"),
    [
        (0, ["positive"]),
        (0, ["positive", "glad"]),
        (0, ["positive", []]),
        (0, None),
        (3, [0.2]),
        (3, [0.2, "0.2"]),
        (3, [0.2, None]),
        (3, [0.2, float("nan")]),
        (3, 7),
    ],
)
def test_what_is_no_sentiment_is_the_models_error(place: int, column: object) -> None:
    columns: list[object] = [[part, part] for part in SOUND]
    columns[place] = column
    with pytest.raises(ModelError, match="no list of sentiments"):
        sentiments_from({"sentiments": columns})


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"sentiments": None},
        {"sentiments": 3},
        {"sentiments": [[]]},
        {"sentiments": [["positive"]]},
        {"sentiments": [[0]] * 8},
    ],
)
def test_an_answer_without_sentiments_is_the_models_error(document: object) -> None:
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


@pytest.mark.parametrize("document", [None, [], {}, {"error": None}, {"sentiments": []}])
def test_what_tells_of_no_error_is_none(document: object) -> None:
    assert error_from(document) is None


def test_a_strange_error_is_a_models_error_of_bounded_length() -> None:
    received = error_from({"error": {"kind": "Exception", "code": "c" * 999, "message": "m" * 999}})
    assert type(received) is ModelError
    assert (len(received.code), len(str(received))) == (64, 500)
