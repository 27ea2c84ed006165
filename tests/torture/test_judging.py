"""The judge can find fault: each kind of broken promise, made on purpose, is named."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from judging import judge
from ledgers import Settle, Submit, record_settles, record_submit, settle_ledger, submit_ledger
from predictable import REVISION, sentiment_of

from sentijob.jobs import Item, Scored, Terms
from sentijob.store.sql_store import SqlStore

BATCH = ("one", "two", "three")
ALONE = "alone"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A batch and a single job, completed, with everything in the ledgers."""
    with SqlStore.open(str(tmp_path / "jobs.db")) as opened:
        fill(opened, tmp_path)
        yield opened


def fill(store: SqlStore, folder: Path) -> None:
    batch_id = store.open_batch(Terms(), source="-").batch.id
    store.append(batch_id, [Item(text) for text in BATCH], first_position=0)
    alone = store.submit(Item(ALONE), Terms()).job_id
    with closing(submit_ledger(folder)) as ledger:
        record_submit(ledger, Submit(BATCH, store.seal(batch_id).reference))
        record_submit(ledger, Submit([ALONE], str(alone)))
    worker = store.register_worker(host="here", pid=1).id
    claims = store.claim(worker, limit=9, lease=timedelta(seconds=60))
    scored = [Scored(one, sentiment_of(one.text), REVISION) for one in claims]
    store.complete(worker, scored)
    settles = [
        Settle(one.claimed.job_id, one.claimed.fence, one.sentiment.label.value) for one in scored
    ]
    with closing(settle_ledger(folder, "1")) as ledger:
        record_settles(ledger, settles)


def break_store(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / "jobs.db")) as connection, connection:
        connection.execute(sql)


def test_a_store_that_kept_its_promises_is_sound(store: SqlStore, tmp_path: Path) -> None:
    found = judge(store, tmp_path, export=lambda ids: exported(store, ids))
    assert found.complaints == []
    assert (found.acknowledged, found.completed) == (4, 4)


def exported(store: SqlStore, ids: Sequence[str]) -> Iterable[str]:
    selected = [n for n in range(1, 5) if not ids or store.job(n).batch_id is not None]
    for job in map(store.job, selected):
        assert job.sentiment is not None
        yield json.dumps({"id": job.id, "result_label": job.sentiment.label})


def test_a_lost_job_is_found_by_its_receipt_and_by_its_settle(
    store: SqlStore, tmp_path: Path
) -> None:
    break_store(tmp_path, "DELETE FROM job WHERE position = 1")
    found = judge(store, tmp_path)
    assert "b1 lacks text 1: 'two'" in found.lost
    assert "job 2 was settled and is not there" in found.lost


def test_a_job_that_two_workers_settled_is_found(store: SqlStore, tmp_path: Path) -> None:
    with closing(settle_ledger(tmp_path, "2")) as ledger:
        record_settles(ledger, [Settle(1, 1, sentiment_of("one").label.value)])
    assert judge(store, tmp_path).doubled == ["job 1 was settled 2 times"]


def test_a_text_that_became_two_jobs_is_found(store: SqlStore, tmp_path: Path) -> None:
    store.submit(Item(ALONE), Terms())
    assert judge(store, tmp_path).doubled == ["jobs 4 and 5 are both of 'alone'"]


def test_a_wrong_fence_is_found(store: SqlStore, tmp_path: Path) -> None:
    break_store(tmp_path, "UPDATE job SET fence = 7 WHERE id = 1")
    assert judge(store, tmp_path).wrong == [
        "job 1 was settled with fence 1; the store has 7",
    ]


def test_a_settle_of_another_label_is_found(store: SqlStore, tmp_path: Path) -> None:
    with closing(settle_ledger(tmp_path, "2")) as ledger:
        record_settles(ledger, [Settle(1, 1, "odd")])
    assert "job 1 was settled as odd; the store disagrees" in judge(store, tmp_path).wrong


def test_another_texts_result_is_found(store: SqlStore, tmp_path: Path) -> None:
    break_store(tmp_path, "UPDATE job SET negative = 0.123 WHERE id = 1")
    assert "job 1 has another text's result" in judge(store, tmp_path).wrong


def test_a_counter_that_drifted_is_found(store: SqlStore, tmp_path: Path) -> None:
    break_store(tmp_path, "UPDATE tally SET completed = completed + 1 WHERE batch_id = 1")
    wrong = judge(store, tmp_path).wrong
    assert any("the counters of batch b1 had drifted" in one for one in wrong)
    assert "b1 doesn't count the 3 jobs that it has" in wrong


def test_a_job_that_never_ended_is_found(store: SqlStore, tmp_path: Path) -> None:
    break_store(tmp_path, "UPDATE job SET status = 'failed', error_code = 'x' WHERE id = 1")
    assert "job 1 is failed" in judge(store, tmp_path).unfinished[0]


def test_a_text_in_the_wrong_place_is_found(store: SqlStore, tmp_path: Path) -> None:
    break_store(tmp_path, "UPDATE job SET position = 9 WHERE id = 3")
    assert "job 3 is text 2 of its batch, not 9" in judge(store, tmp_path).wrong


def test_a_gap_in_what_a_killed_submit_left_is_found(store: SqlStore, tmp_path: Path) -> None:
    with closing(submit_ledger(tmp_path)) as ledger:
        record_submit(ledger, Submit(["lost", "there"], ""))
    store.submit(Item("there"), Terms())
    assert any("left a gap" in one for one in judge(store, tmp_path).lost)


def test_a_job_that_nobody_handed_in_is_found(store: SqlStore, tmp_path: Path) -> None:
    store.submit(Item("stray"), Terms())
    assert "job 5: nobody handed in 'stray'" in judge(store, tmp_path).wrong


def test_an_export_that_lacks_a_result_is_found(store: SqlStore, tmp_path: Path) -> None:
    found = judge(store, tmp_path, export=lambda ids: list(exported(store, ids))[1:])
    assert any("the export of all differs" in one for one in found.wrong)


def test_a_line_that_a_kill_cut_off_counts_as_never_written(
    store: SqlStore, tmp_path: Path
) -> None:
    with (tmp_path / "settles-3.jsonl").open("w") as cut:
        cut.write('[[1, 1, "pos')
    assert judge(store, tmp_path).is_sound
