from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sentijob.models.packing import pack

lengths_of_rows = st.lists(st.integers(1, 300), max_size=200)


@given(lengths_of_rows, st.integers(0, 2_000))
def test_every_row_is_in_one_run(lengths: list[int], run_tokens: int) -> None:
    runs = list(pack(lengths, run_tokens=run_tokens))
    assert sorted(place for run in runs for place in run) == list(range(len(lengths)))


@given(lengths_of_rows, st.integers(0, 2_000))
def test_a_padded_run_keeps_to_its_tokens_unless_it_is_one_row(
    lengths: list[int], run_tokens: int
) -> None:
    for run in pack(lengths, run_tokens=run_tokens):
        assert len(run) == 1 or len(run) * max(lengths[place] for place in run) <= run_tokens


@given(lengths_of_rows)
def test_no_budget_means_a_run_for_each_row(lengths: list[int]) -> None:
    assert [len(run) for run in pack(lengths, run_tokens=0)] == [1] * len(lengths)


def test_rows_of_like_length_go_together_the_longest_first() -> None:
    assert list(pack([5, 60, 5, 60], run_tokens=128)) == [[1, 3], [0, 2]]
