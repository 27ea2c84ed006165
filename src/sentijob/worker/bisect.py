"""Scores a chunk; where that fails, finds the text at fault: by halving, or by setting all apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import NamedTuple

from sentijob.errors import ModelError, ModelLostError, ModelUnreachedError
from sentijob.jobs import ClaimedJob, Failure, Scored, Sentiment
from sentijob.ports import SentimentModel

TOLERANCE = 1e-3
"""How far from 1 the three probabilities may sum: a model may compute in half precision."""


class Outcome(NamedTuple):
    """What became of a chunk's claims."""

    scored: list[Scored]
    failures: list[Failure]
    apart: Sequence[ClaimedJob] = ()
    """Still to be tried, each alone: the model was lost before it came to them, or over one of them."""
    reused: Sequence[Scored] = ()
    """What had its sentiment already, or got that of another claim of the same text."""


def score(
    model: SentimentModel,
    claims: Sequence[ClaimedJob],
    *,
    fail: Callable[[ClaimedJob, BaseException], Failure],
) -> Outcome:
    """Every claim scored, or failed by *fail* after an error of its own alone, or set apart.

    No error of a chunk is charged to a text that can be scored without its
    neighbours. A chunk over which the model was lost isn't halved: each
    half that held the text at fault would cost the loading of a model.
    """
    outcome = Outcome([], [])
    waiting = [claims]
    while waiting:
        part = waiting.pop()
        try:
            sentiments = predict(model, texts_of(part))
        except ModelLostError as exc:
            is_at_fault = len(part) == 1 and not isinstance(exc, ModelUnreachedError)
            if is_at_fault:
                outcome.failures.append(fail(part[0], exc))
            rest = waiting if is_at_fault else [*waiting, part]
            return outcome._replace(apart=[claim for piece in rest for claim in piece])
        except (Exception, SystemExit) as exc:  # noqa: BLE001  # a model is foreign code
            if len(part) == 1:
                outcome.failures.append(fail(part[0], exc))
            else:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
            continue
        outcome.scored.extend(map(Scored._make, zip(part, sentiments, repeat(model.revision))))
    return outcome


def texts_of(claims: Iterable[ClaimedJob]) -> list[str]:
    """What a model is given of *claims*."""
    return [claim.text for claim in claims]


def predict(model: SentimentModel, texts: Sequence[str]) -> Sequence[Sentiment]:
    """The model's sentiments, one a text, checked.

    Raises:
        ModelError: the model gave another number of them, or probabilities that are none.
    """
    sentiments = model.predict(texts)
    if len(sentiments) != len(texts):
        raise ModelError(
            f"model {model.name} gave {len(sentiments)} sentiments for {len(texts)} texts"
        )
    if sentiments and not _are_sound(sentiments):
        raise ModelError(f"model {model.name} gave probabilities that don't sum to 1")
    return sentiments


def _are_sound(sentiments: Sequence[Sentiment]) -> bool:
    # By the column, and written so that a NaN, which no comparison holds for, is unsound.
    _, scores, *chances, _, _ = zip(*sentiments, strict=True)
    return (
        all(abs(sum(of_text) - 1) <= TOLERANCE for of_text in zip(*chances, strict=True))
        and min(map(min, chances)) >= 0
        and all(0 <= score <= 1 for score in scores)
    )
