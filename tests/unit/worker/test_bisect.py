from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentijob.errors import ModelCrashError, ModelError, ModelUnreachedError, TextRejectedError
from sentijob.jobs import ClaimedJob, Failure, Sentiment
from sentijob.worker.bisect import Outcome, predict, score
from sentijob.worker.verdicts import verdict

MakeClaim = Callable[..., ClaimedJob]


@dataclass
class Picky:
    """Fails on whatever holds the word ``bad``, with *error*."""

    error: BaseException = field(default_factory=lambda: TextRejectedError("no"))
    name: str = "picky"
    revision: str = "p1"
    calls: int = 0

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        self.calls += 1
        if any("bad" in text for text in texts):
            raise self.error
        return [Sentiment.of(0.1, 0.2, 0.7, tokens=len(text)) for text in texts]


def fail(claim: ClaimedJob, error: BaseException) -> Failure:
    return verdict(claim, error, uniform=lambda _low, high: high)


def scored_by(model: Picky, claims: Sequence[ClaimedJob]) -> Outcome:
    return score(model, claims, fail=fail)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(is_bad=st.lists(st.booleans(), min_size=1, max_size=40))
def test_exactly_the_bad_texts_fail_and_all_others_are_scored(
    claim: MakeClaim, is_bad: list[bool]
) -> None:
    claims = [claim("bad" if bad else "x" * n) for n, bad in enumerate(is_bad, start=1)]
    outcome = scored_by(Picky(), claims)
    assert {one.claimed.job_id: one.sentiment.tokens for one in outcome.scored} == {
        one.job_id: len(one.text) for one in claims if one.text != "bad"
    }
    failed = sorted(failure.claimed.job_id for failure in outcome.failures)
    assert failed == [one.job_id for one in claims if one.text == "bad"]


def test_one_bad_text_among_many_is_found_in_few_calls(claim: MakeClaim) -> None:
    model = Picky()
    scored_by(model, [claim("bad" if n == 100 else "fine") for n in range(256)])
    assert model.calls <= 17


@pytest.mark.parametrize("error", [MemoryError(), ValueError("shape"), SystemExit(3)])
def test_whatever_a_model_raises_neighbours_are_scored_and_the_text_is_tried_again(
    claim: MakeClaim, error: BaseException
) -> None:
    outcome = scored_by(Picky(error), [claim("fine"), claim("bad"), claim("good")])
    assert [one.claimed.text for one in outcome.scored] == ["fine", "good"]
    (failure,) = outcome.failures
    assert failure.retry_in == timedelta(seconds=1)


def test_after_a_lost_model_the_rest_is_set_apart_and_nobody_is_blamed(claim: MakeClaim) -> None:
    model = Picky(ModelCrashError("died"))
    claims = [claim("fine"), claim("bad"), claim("good")]
    assert scored_by(model, claims) == Outcome([], [], claims)
    assert model.calls == 1


def test_what_was_scored_before_the_model_was_lost_is_kept(claim: MakeClaim) -> None:
    class Fickle(Picky):
        """Rejects a chunk, scores its first half, and dies over the second."""

        def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
            self.error = TextRejectedError("no") if len(texts) == 4 else ModelCrashError("died")
            return super().predict(texts)

    claims = [claim("a"), claim("b"), claim("bad"), claim("d")]
    outcome = scored_by(Fickle(), claims)
    assert [one.claimed for one in outcome.scored] == claims[:2]
    assert (outcome.failures, outcome.apart) == ([], claims[2:])


def test_a_lone_text_over_which_the_model_was_lost_is_charged_an_attempt(claim: MakeClaim) -> None:
    outcome = scored_by(Picky(ModelCrashError("died")), [claim("bad")])
    assert outcome.apart == []
    (failure,) = outcome.failures
    assert (failure.error_code, failure.retry_in) == ("model_crashed", timedelta(seconds=1))


def test_a_result_names_the_revision_that_made_it(claim: MakeClaim) -> None:
    (one,) = scored_by(Picky(), [claim("fine")]).scored
    assert one.model_revision == "p1"


@dataclass
class Fixed:
    """Answers with the same sentiments whatever is asked."""

    answer: Sequence[Sentiment]
    name: str = "fixed"
    revision: str = "f1"

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        return self.answer[: len(texts) + 1]


SOUND = Sentiment.of(0.2, 0.2, 0.6, tokens=1)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [SOUND, SOUND],
        [Sentiment.of(float("nan"), 0.5, 0.5, tokens=1)],
        [Sentiment.of(0.5, 0.5, 0.5, tokens=1)],
        [Sentiment.of(-0.5, 0.5, 1.0, tokens=1)],
        [SOUND._replace(score=1.5)],
        [SOUND._replace(score=float("nan"))],
    ],
)
def test_an_answer_that_cannot_be_true_is_the_models_error(answer: list[Sentiment]) -> None:
    with pytest.raises(ModelError, match="model fixed gave"):
        predict(Fixed(answer), ["a"])


def test_probabilities_may_be_rounded() -> None:
    rounded = Sentiment.of(0.333, 0.333, 0.3335, tokens=1)
    assert predict(Fixed([rounded]), ["a"]) == [rounded]


def test_a_text_that_the_model_never_came_to_is_set_apart_and_charged_nothing(
    claim: MakeClaim,
) -> None:
    lone = claim("bad")
    outcome = scored_by(Picky(ModelUnreachedError("gone, over other texts")), [lone])
    assert outcome == Outcome([], [], [lone])
