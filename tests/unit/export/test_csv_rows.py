from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored import paged

from sentijob.export.csv_rows import shielded, write_csv
from sentijob.export.flat import LOOK_AHEAD
from sentijob.jobs import Job, JobError, Status

MakeJob = Callable[..., Job]
FULL_WIDTH = "\uff1d\uff0b\uff0d\uff20"


def written(jobs: list[Job], *, raw: bool = False) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    assert write_csv(paged(jobs), out, raw=raw) == len(jobs)
    out.seek(0)
    return list(csv.DictReader(out, strict=True))


def test_a_job_is_a_row_with_its_probabilities_and_its_own_columns(make_job: MakeJob) -> None:
    (row,) = written([make_job(meta={"stars": 5, "tags": ["a", "b"], "city": None, "name": "x"})])
    shown = (
        "key",
        "result_label",
        "positive",
        "batch",
        "error_code",
        "stars",
        "tags",
        "city",
        "name",
    )
    assert [row[name] for name in shown] == [
        "r-17",
        "positive",
        "0.996",
        "b7",
        "",
        "5",
        '["a","b"]',
        "",
        "x",
    ]


def test_a_failed_job_is_a_row_with_its_error(make_job: MakeJob) -> None:
    error = JobError("text_rejected", "no words")
    (row,) = written([make_job(status=Status.FAILED, sentiment=None, error=error)])
    assert (row["status"], row["error_code"], row["error_message"], row["result_label"]) == (
        "failed",
        "text_rejected",
        "no words",
        "",
    )


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+1-2",
        "-2+3",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "-",
        "1".join("+="),
        "=1",
    ],
)
def test_a_formula_is_shielded_in_every_string_that_comes_from_outside(
    make_job: MakeJob, formula: str
) -> None:
    error = JobError("model_error", formula)
    job = make_job(key=formula, text=formula, error=error, meta={"note": formula, formula: "x"})
    (row,) = written([job])
    quoted = f"'{formula}"
    assert [row["key"], row["text"], row["error_message"], row["note"]] == [quoted] * 4
    assert row[quoted] == "x"
    (row,) = written([job], raw=True)
    assert [row["key"], row["text"], row["error_message"], row["note"]] == [formula] * 4


def test_full_width_forms_are_shielded_too() -> None:
    assert [shielded(f"{sign}1") for sign in FULL_WIDTH] == [f"'{sign}1" for sign in FULL_WIDTH]


@pytest.mark.parametrize("number", ["-5", "+3.25", "-0.1"])
def test_a_number_with_a_sign_stays_a_number(number: str) -> None:
    assert shielded(number) == number


def test_a_negative_priority_stays_a_number(make_job: MakeJob) -> None:
    (row,) = written([make_job(priority=-5)])
    assert row["priority"] == "-5"


@pytest.mark.parametrize("text", ["a,b", 'a "b"', "a\nb", "a\rb", "a\r\nb", " a ", "é\u2028🙂"])
def test_any_text_is_read_back(make_job: MakeJob, text: str) -> None:
    (row,) = written([make_job(text=text)])
    assert row["text"] == text


@given(st.text(min_size=1, max_size=20))
def test_nothing_that_begins_like_a_formula_is_left(cell: str) -> None:
    shown = str(shielded(cell))
    assert shown[0] not in f"=@\t\r\n{FULL_WIDTH}"
    assert shown[0] not in "+-" or float(shown) is not None


def test_own_columns_of_different_jobs_stand_side_by_side(make_job: MakeJob) -> None:
    rows = written([make_job(meta={"a": "1"}), make_job(meta={"b": "2"})])
    assert [(row["a"], row["b"], row["meta"]) for row in rows] == [("1", "", ""), ("", "2", "")]


def test_an_own_column_called_like_a_field_gets_another_name(make_job: MakeJob) -> None:
    (row,) = written([make_job(meta={"text": "a", "meta.text": "b", "meta": "c"})])
    assert (row["meta.meta.text"], row["meta.text"], row["meta.meta"]) == ("b", "a", "c")
    assert row["text"] == "Great value, and it arrived early."


def test_a_column_that_turns_up_late_is_not_lost(make_job: MakeJob) -> None:
    jobs = [make_job()] * LOOK_AHEAD + [make_job(meta={"stars": "4", "late": [1]})]
    rows = written(jobs)
    assert [row["meta"] for row in rows] == [""] * LOOK_AHEAD + ['{"late":[1]}']
    assert rows[-1]["stars"] == "4"


def test_no_jobs_are_a_header_alone() -> None:
    out = io.StringIO(newline="")
    assert write_csv([], out) == 0
    assert out.getvalue().startswith("key,text,result_label")
    assert out.getvalue().count("\n") == 1
