"""What every store knows of texts that were scored before."""

from __future__ import annotations

from collections.abc import Callable

from working import HAPPY, claim, scored, submit, worker

from sentijob.jobs import Known, Selector, Sentiment
from sentijob.ports import Store

LONG = Sentiment.of(0.5, 0.25, 0.25, tokens=300, windows=5)


def remembered(store: Store, *texts: str, **terms: object) -> list[int]:
    """Complete a job of each of *texts*, to be found again."""
    job_ids = [submit(store, text, **terms) for text in texts]
    me = worker(store)
    done = scored(claim(store, me))
    assert store.complete(me, done, remembered=done) == set()
    return job_ids


def test_a_text_is_found_with_all_that_was_said_of_it(store: Store) -> None:
    job_id = submit(store, "long")
    me = worker(store)
    done = [one._replace(sentiment=LONG) for one in scored(claim(store, me))]
    store.complete(me, done, remembered=done)
    assert store.recall("mini", "r1", ["new", "long"]) == {"long": Known(job_id, LONG)}


def test_nothing_is_found_of_another_model_another_revision_or_another_text(store: Store) -> None:
    remembered(store, "fine")
    assert store.recall("vader", "r1", ["fine"]) == {}
    assert store.recall("mini", "r2", ["fine"]) == {}
    assert store.recall("mini", "r1", ["Fine", ""]) == {}


def test_what_was_completed_and_not_to_be_remembered_is_not_found(store: Store) -> None:
    submit(store, "fine")
    me = worker(store)
    store.complete(me, scored(claim(store, me)))
    assert store.recall("mini", "r1", ["fine"]) == {}


def test_a_text_that_was_dropped_is_not_found_and_leaves_no_trace_of_itself(store: Store) -> None:
    remembered(store, "secret", store_text=False)
    assert store.recall("mini", "r1", ["secret"]) == {}
    (kept,) = remembered(store, "secret")
    assert store.recall("mini", "r1", ["secret"])["secret"].job_id == kept


def test_a_pruned_result_is_not_found(store: Store) -> None:
    gone, kept = remembered(store, "gone", "kept")
    assert set(store.present([gone, kept])) == {gone, kept}
    store.prune(Selector(job_ids=(gone,)))
    assert store.recall("mini", "r1", ["gone", "kept"]) == {"kept": Known(kept, HAPPY)}
    assert set(store.present([gone, kept])) == {kept}


def test_of_two_results_the_last_is_found_and_the_first_may_be_pruned(store: Store) -> None:
    first, last = remembered(store, "fine", "fine")
    assert store.recall("mini", "r1", ["fine"])["fine"].job_id == last
    store.prune(Selector(job_ids=(first,)))
    assert store.recall("mini", "r1", ["fine"])["fine"].job_id == last


def test_a_result_that_came_too_late_is_not_remembered(store: Store) -> None:
    submit(store, "fine")
    me = worker(store)
    late = scored(claim(store, me))
    store.release(me, [one.claimed for one in late])
    assert set(store.complete(me, late, remembered=late)) == {late[0].claimed.job_id}
    assert store.recall("mini", "r1", ["fine"]) == {}


def test_thousands_of_texts_are_found_at_once_and_by_everyone(
    open_store: Callable[[], Store],
) -> None:
    texts = [f"text {number}" for number in range(1200)]
    store = open_store()
    me = worker(store)
    for text in texts:
        submit(store, text)
    done = scored(claim(store, me, len(texts)))
    store.complete(me, done, remembered=done)
    assert set(open_store().recall("mini", "r1", [*texts, "new"])) == set(texts)
