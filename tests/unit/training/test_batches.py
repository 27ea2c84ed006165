"""Which texts a step trains on."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from batches import BEGIN, END, LONGEST, STEP_TOKENS, Rows
from numpy.typing import NDArray

COUNT = 3_000


@pytest.fixture
def rows() -> Rows:
    """Texts whose every token is the text's number, half of them of a source that is taken 1.5 times."""
    chance = np.random.default_rng(0)
    lengths = chance.integers(1, 90, COUNT)
    arrays: dict[str, NDArray[Any]] = {
        "ids": np.repeat(np.arange(COUNT), lengths).astype(np.uint16),
        "ends": np.cumsum(lengths),
        "targets": np.zeros((COUNT, 3), dtype=np.float32),
        "weights": np.ones(COUNT, dtype=np.float32),
        "sources": np.repeat([0, 1], COUNT // 2).astype(np.uint8),
    }
    return Rows(arrays, [1.5, 1.0])


def test_a_pass_takes_each_text_as_often_as_its_share_says(rows: Rows) -> None:
    times = Counter(int(text) for step in rows.batches(0, 1, processes=1) for text in step[0].texts)
    assert {times[text] for text in range(COUNT // 2, COUNT)} == {1}
    assert {times[text] for text in range(COUNT // 2)} == {1, 2}
    assert sum(times[text] for text in range(COUNT // 2)) == pytest.approx(0.75 * COUNT, rel=0.05)


def test_each_step_has_a_batch_of_like_size_for_each_process(rows: Rows) -> None:
    for step in rows.batches(0, 1, processes=2):
        padded = [len(each.texts) * (int(each.lengths.max()) + 2) for each in step]
        assert len(padded) == 2
        assert max(padded) <= STEP_TOKENS


def test_a_pass_is_the_same_when_it_is_made_again_and_no_two_passes_are(rows: Rows) -> None:
    def texts(number: int) -> list[int]:
        return [int(one) for step in rows.batches(number, 1, processes=2) for one in step[1].texts]

    assert texts(0) == texts(0)
    assert texts(0) != texts(1)


def test_a_long_text_is_read_by_a_window_between_the_special_tokens(rows: Rows) -> None:
    step = max(rows.batches(0, 1, processes=1), key=lambda each: int(each[0].lengths.max()))[0]
    ids, mask = rows.padded(step)
    assert int(step.lengths.max()) == LONGEST
    for row, visible, text, length in zip(ids, mask, step.texts, step.lengths, strict=True):
        assert list(row[visible]) == [BEGIN, *[text] * length, END]
        assert not row[~visible].any()


def test_targets_are_blended_with_what_the_teacher_said_where_it_said_anything(rows: Rows) -> None:
    chances = np.full((COUNT, 3), np.nan, dtype=np.float32)
    chances[0] = (0.2, 0.0, 0.8)
    rows.targets[:] = (0.0, 0.0, 1.0)
    rows.weights[:] = 2
    mixed = rows.taught(chances, [0.75, 0.75])
    assert mixed.targets[0] == pytest.approx([0.15, 0.0, 0.85])
    assert mixed.targets[1] == pytest.approx([0.0, 0.0, 1.0])
    assert set(mixed.weights) == {1.0}
    assert set(rows.weights) == {2.0}


def test_a_text_that_only_the_teacher_knows_is_taken_as_it_says_or_not_at_all(rows: Rows) -> None:
    chances = np.full((COUNT, 3), np.nan, dtype=np.float32)
    chances[-1] = (0.2, 0.0, 0.8)
    rows.targets[:] = (1.0, 0.0, 0.0)
    mixed = rows.taught(chances, [0.75, 1.0])
    assert mixed.targets[-1] == pytest.approx([0.2, 0.0, 0.8])
    assert mixed.shares[-1] == 1
    assert not mixed.shares[COUNT // 2 : -1].any()
    assert set(mixed.shares[: COUNT // 2]) == {1.5}
