from __future__ import annotations

import numpy as np
import pytest
from thresholds import LOSS, WHOLE, Asked, choose, compare, loss

from sentijob.models.cascade_folder import Routing
from sentijob.models.ngrams import Judged

SURE_OF_ANY = Routing(0.6, 0.6, 0.6, least_known=0.0, fewest_words=0, most_words=99)
MINI = np.array([[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.05, 0.05, 0.9]])


def asked(quick: np.ndarray, labels: list[int]) -> Asked:
    """A set on which mini is always right, with what the n-grams say of it."""
    known, words = np.ones(len(labels)), np.full(len(labels), 5, dtype=np.intp)
    return Asked(np.array(labels), Judged(quick, words, known, known == 0), MINI[labels])


def test_the_loss_is_what_wrong_answers_that_stand_cost() -> None:
    wrong = np.array([[0.1, 0.7, 0.2], [0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.5, 0.4, 0.1]])
    a_set = asked(wrong, [0, 1, 2, 2])
    assert loss(a_set, SURE_OF_ANY) == pytest.approx(100 / 3, abs=0.01)
    said = compare(a_set, SURE_OF_ANY)
    assert (said["answered"], said["mini"]) == (75.0, (100.0, 100.0))
    assert said["cascade"] == (75.0, pytest.approx(66.67))


def test_a_set_without_neutrals_is_judged_between_the_other_two() -> None:
    leaning = np.array([[0.3, 0.69, 0.01], [0.01, 0.69, 0.3]])
    assert loss(asked(leaning, [0, 2]), SURE_OF_ANY) == 0


def test_what_answers_most_is_chosen_of_what_loses_little() -> None:
    right = np.tile([0.02, 0.02, 0.96], (50, 1))
    doubtful = np.tile([0.84, 0.08, 0.08], (50, 1))
    neutral = np.tile([0.1, 0.62, 0.28], (50, 1))
    a_set = asked(np.vstack([right, doubtful, neutral]), [2] * 100 + [1] * 50)
    routing = choose({f"held-out {name}": a_set for name in WHOLE})
    assert loss(a_set, routing) <= LOSS
    assert compare(a_set, routing)["answered"] == pytest.approx(66.67)
    assert routing.negative > 0.84
    assert routing.positive <= 0.95
    assert routing.neutral == 0.6
