from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentijob.export.documents import dumps, instant, job_document
from sentijob.jobs import Job, JobError, Label, Sentiment, Status

MakeJob = Callable[..., Job]


def test_an_instant_is_utc_to_the_millisecond() -> None:
    oslo = timezone(timedelta(hours=1))
    assert (
        instant(datetime(2026, 1, 31, 10, 5, 0, 123999, tzinfo=oslo)) == "2026-01-31T09:05:00.123Z"
    )
    assert instant(datetime(2026, 1, 31, tzinfo=UTC)) == "2026-01-31T00:00:00.000Z"
    assert instant(None) is None


def test_a_pending_job_has_nulls_for_what_is_not_known(make_job: MakeJob) -> None:
    job = make_job(
        batch_id=None,
        position=None,
        key=None,
        status=Status.PENDING,
        started_at=None,
        finished_at=None,
        sentiment=None,
        model_revision=None,
        meta={},
    )
    document = job_document(job)
    assert {name for name, value in document.items() if value is None} == {
        "key",
        "batch",
        "position",
        "result_label",
        "result_score",
        "probabilities",
        "model_revision",
        "tokens",
        "windows",
        "started_at",
        "finished_at",
        "error",
    }
    assert document["meta"] == {}


def test_probabilities_have_six_decimals(make_job: MakeJob) -> None:
    sentiment = Sentiment(Label.NEUTRAL, 2 / 3, 1 / 6, 2 / 3, 1 / 6, tokens=1)
    document = job_document(make_job(sentiment=sentiment))
    assert document["result_score"] == 0.666667
    assert document["probabilities"] == {
        "negative": 0.166667,
        "neutral": 0.666667,
        "positive": 0.166667,
    }


def test_a_document_is_one_compact_line_unless_asked_to_be_pretty() -> None:
    assert dumps({"a": [1, "b"]}) == '{"a":[1,"b"]}'
    assert dumps({"a": [1, "b"]}, is_pretty=True) == '{\n  "a": [\n    1,\n    "b"\n  ]\n}'


@pytest.mark.parametrize("is_pretty", [False, True])
@pytest.mark.parametrize(
    "driving",
    [
        "\x1b]52;c;!\x07",
        "\x9b31m",
        "\x7f",
        "\u202e",
        "\u2066",
        "\u200f",
        "\u2028",
        "\x85",
        "\ud800",
    ],
)
def test_what_drives_a_terminal_is_escaped(driving: str, *, is_pretty: bool) -> None:
    written = dumps({"text": f"schön 🙂 {driving}"}, is_pretty=is_pretty)
    assert "schön 🙂" in written
    assert not set(driving) & set(written) - set("]52;c!31m")
    assert json.loads(written) == {"text": f"schön 🙂 {driving}"}


@given(st.text(st.characters()))
def test_any_string_is_given_back_by_a_json_reader_and_can_be_written(value: str) -> None:
    written = dumps([value])
    assert json.loads(written.encode()) == [value]
    assert len(written.splitlines()) == 1


def test_an_error_is_an_object_of_code_and_message(make_job: MakeJob) -> None:
    job = make_job(error=JobError("model_error", "out of memory"))
    assert job_document(job)["error"] == {"code": "model_error", "message": "out of memory"}
    assert UUID(str(job_document(job)["job_uuid"])) == job.job_uuid
