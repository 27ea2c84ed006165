"""What the page's components are given to draw."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from working import claim, scored, submit, worker

from sentijob.jobs import (
    Counts,
    Failure,
    Item,
    Job,
    Label,
    Selector,
    Sentiment,
    Sort,
    Status,
    Terms,
)
from sentijob.models.explaining import Explanation, Word
from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore
from sentijob.web.page.address import View
from sentijob.web.page.batches_view import drawn as batch_drawn
from sentijob.web.page.chart import mix
from sentijob.web.page.counts import figures
from sentijob.web.page.explaining import drawn as explanation_drawn
from sentijob.web.page.filing import shown_name
from sentijob.web.page.job_view import drawn as job_drawn
from sentijob.web.page.jobs_table import PAGE_SIZE, look_up, row
from sentijob.web.page.live import Pace, Snapshot
from sentijob.web.page.words import ago, rate, share
from sentijob.web.page.workers_view import drawn as worker_drawn
from sentijob.worker.crew import Member

NOW = datetime(2026, 1, 31, 9, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with SqlStore.open(str(tmp_path / "jobs.db")) as opened:
        yield opened


@pytest.fixture
def finished(store: Store) -> Store:
    """Thirty jobs of a batch, of which one failed, and one that waits."""
    opened = store.open_batch(Terms(), source="folder/many.csv")
    store.append(
        opened.batch.id, [Item(f"text {number}") for number in range(30)], first_position=0
    )
    store.seal(opened.batch.id)
    worker_id = worker(store)
    claims = claim(store, worker_id, 30)
    store.fail(worker_id, [Failure(claims[0], "text_rejected", "no")])
    store.complete(worker_id, scored(claims[1:]))
    submit(store, "waits")
    return store


def completed(store: Store) -> list[Job]:
    selector = Selector(statuses=(Status.COMPLETED,))
    return list(store.jobs(selector, sort=Sort.FINISHED, limit=1000))


def test_a_page_of_jobs_knows_whether_there_are_more_and_how_many(finished: Store) -> None:
    first, second = (look_up(finished, View(page=page)) for page in (1, 2))
    assert (len(first.jobs), first.has_more, first.total) == (PAGE_SIZE, True, 31)
    assert (len(second.jobs), second.has_more) == (31 - PAGE_SIZE, False)
    assert not {job.id for job in first.jobs} & {job.id for job in second.jobs}


def test_a_search_is_not_counted_which_would_read_everything(finished: Store) -> None:
    found = look_up(finished, View(search="text 1"))
    assert (len(found.jobs), found.total) == (11, None)


def test_a_batch_is_found_by_its_uuid_and_an_unknown_one_holds_nothing(finished: Store) -> None:
    batch = finished.batch(1)
    found = look_up(finished, View(batch=batch.batch_uuid))
    assert found.total == 30
    assert found.titles == {1: "many.csv"}
    assert look_up(finished, View(batch=UUID(int=1))).total == 0


def test_a_row_has_no_number_in_it(finished: Store) -> None:
    (job,) = finished.jobs(Selector(statuses=(Status.FAILED,)))
    drawn = row(job, View(status=Status.FAILED), {1: "many.csv"})
    assert drawn["href"] == f"/?status=failed&job={job.job_uuid}"
    assert drawn["error"] == "text_rejected: no"
    assert drawn["batch"] == "many.csv"
    assert str(job.id) not in drawn.values()
    assert job.id not in drawn.values()


def test_the_chart_has_bars_of_equal_size_the_newest_last(finished: Store) -> None:
    jobs = completed(finished)
    drawn = mix(jobs * 8)
    bars = drawn["bars"]
    assert isinstance(bars, list)
    assert {bar["count"] for bar in bars} == {drawn["size"]}
    assert drawn["total"] == sum(bar[label.value] for bar in bars for label in Label)
    assert mix([]) == {"bars": [], "size": 1, "total": 0}
    newest, oldest = (
        jobs[0]._replace(finished_at=NOW),
        jobs[1]._replace(finished_at=NOW - timedelta(1)),
    )
    two = mix([newest, oldest])["bars"]
    assert isinstance(two, list)
    assert [bar["to"][:10] for bar in two] == ["2026-01-30", "2026-01-31"]


def test_a_job_in_full_says_what_can_be_done_with_it(finished: Store) -> None:
    done, failed = (
        job_drawn(finished.jobs(Selector(statuses=(status,)), limit=1)[0], "many.csv")
        for status in (Status.COMPLETED, Status.FAILED)
    )
    assert (done["canExplain"], done["canCancel"], done["canRetry"]) == (True, False, False)
    assert (failed["canExplain"], failed["canRetry"]) == (False, True)
    assert failed["error"] == {"code": "text_rejected", "message": "no"}


def test_a_batch_tells_its_progress(finished: Store) -> None:
    drawn = batch_drawn(finished.batch(1))
    assert (drawn["title"], drawn["state"], drawn["percent"]) == ("many.csv", "done", "100%")
    assert (drawn["canCancel"], drawn["canRetry"], drawn["failed"]) == (False, True, 1)


def test_figures_tell_how_long_it_will_take() -> None:
    counts = Counts(pending=600, completed=1, positive=1)
    seen = Snapshot(1, NOW, counts, 10.0, is_paused=False, batches=(), crew=(), recent=())
    assert figures(seen)["left"] == "1 min"
    assert figures(seen._replace(rate=0.0))["left"] is None


def test_a_worker_is_alive_silent_or_dead(store: Store) -> None:
    worker(store)
    (info,) = store.workers()
    lease = timedelta(seconds=60)
    states = [
        worker_drawn(Member(info, is_alive), info.last_seen_at + silence, lease)["state"]
        for is_alive, silence in ((True, lease), (True, 2 * lease), (False, lease))
    ]
    assert states == ["alive", "silent", "dead"]


def test_the_pieces_of_an_explained_text_are_all_of_it(finished: Store) -> None:
    text = "so  very <b>good</b>!"
    sentiment = Sentiment.of(0.1, 0.2, 0.7, tokens=3)
    words = [Word("very", 4, 8, -0.1, Label.NEUTRAL), Word("good", 12, 16, 0.4, Label.POSITIVE)]
    job = completed(finished)[0]._replace(text=text, model_revision="old")
    drawn = explanation_drawn(job, Explanation(sentiment, "new", words, is_by_runs=False))
    pieces, strongest = drawn["pieces"], drawn["words"]
    assert isinstance(pieces, list)
    assert "".join(piece["text"] for piece in pieces) == text
    assert [piece["strength"] for piece in pieces if piece["towards"]] == [1, 4]
    assert isinstance(strongest, list)
    assert [one["weight"] for one in strongest] == ["+0.400", "-0.100"]
    assert "has changed" in str(drawn["note"])


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("reviews.csv", "reviews.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\texts\\mine.txt", "mine.txt"),
        ("\0", "upload"),
        ("", "upload"),
        ("\ud800.csv", "\\ud800.csv"),
    ],
)
def test_a_file_is_called_by_its_name_alone(given: str, shown: str) -> None:
    assert shown_name(given) == shown


def test_a_pace_is_no_pace_once_jobs_are_pruned(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 10.0, 20.0])
    monkeypatch.setattr("time.monotonic", lambda: next(moments))
    pace = Pace()
    assert [pace.noted(count) for count in (0, 100, 50)] == [0.0, 10.0, 0.0]


def test_numbers_are_written_in_as_many_digits_as_mean_something() -> None:
    assert [rate(value) for value in (0, 0.25, 9.5, 1234.4)] == ["0", "0.2", "9.5", "1,234"]
    assert [share(part, 1000) for part in (0, 1, 500, 999, 1000)] == [
        "0%",
        "<1%",
        "50%",
        ">99%",
        "100%",
    ]
    assert [ago(timedelta(seconds=seconds)) for seconds in (-5, 3, 200)] == [
        "now",
        "3 s ago",
        "3 min ago",
    ]
