from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from sentijob.store.updates import in_pieces, in_powers_of_two


@given(st.integers(0, 3000), st.sampled_from([1, 2, 256]))
def test_pieces_of_powers_of_two_hold_every_row_once_in_order(count: int, most: int) -> None:
    pieces = [list(piece) for piece in in_powers_of_two(range(count), most)]
    assert list(chain.from_iterable(pieces)) == list(range(count))
    assert {len(piece) for piece in pieces} <= {1 << power for power in range(most.bit_length())}
    assert len(pieces) <= count // most + most.bit_length()


@given(st.integers(0, 3000), st.integers(1, 1500))
def test_pieces_are_as_few_as_may_be(count: int, most: int) -> None:
    pieces = [list(piece) for piece in in_pieces(range(count), most)]
    assert list(chain.from_iterable(pieces)) == list(range(count))
    assert len(pieces) == -(-count // most)
