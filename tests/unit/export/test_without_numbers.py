from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from stored import paged, stored

from sentijob.export.csv_rows import csv_pages, write_csv
from sentijob.export.documents import job_document
from sentijob.export.lines import lines
from sentijob.jobs import Job

MakeJob = Callable[..., Job]
KEY = 'a","batch":"b7","position":1,"'


def test_a_line_without_numbers_lacks_the_jobs_and_its_batchs_alone(make_job: MakeJob) -> None:
    jobs = [make_job(key=KEY), make_job(batch_id=None, position=None, key=None)]
    for job in jobs:
        (line,) = lines([stored(job)], has_numbers=False)
        document = job_document(job)
        del document["id"], document["batch"]
        assert json.loads(line) == document


def test_csv_in_pieces_is_what_is_written_at_once(make_job: MakeJob) -> None:
    jobs = [make_job(id=number, text=f"=text {number}", meta={"id": "7"}) for number in range(5)]
    out = io.StringIO(newline="")
    write_csv(paged(jobs), out)
    pieces = list(csv_pages(paged(jobs)))
    assert "".join(pieces) == out.getvalue()
    assert len(pieces) == 1 + len(jobs)


@pytest.mark.parametrize(
    ("column", "job"),
    [("key", {"key": "=x"}), ("model", {"model": "=x"}), ("own", {"meta": {"own": "=x"}})],
)
def test_csv_without_numbers_lacks_two_columns_and_is_shielded_still(
    make_job: MakeJob, column: str, job: dict[str, Any]
) -> None:
    jobs = [make_job(**job)]
    with_numbers, without = (
        list(csv.DictReader(io.StringIO("".join(csv_pages(paged(jobs), has_numbers=has)))))
        for has in (True, False)
    )
    (row,) = with_numbers
    del row["id"], row["batch"]
    assert without == [row]
    assert row[column] == "'=x"
