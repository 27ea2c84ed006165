from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentijob.jobs import ClaimedJob
from sentijob.worker.chunks import Bounds, Chunk, alone, cut

MakeClaim = Callable[..., ClaimedJob]


def texts(chunks: list[Chunk]) -> list[list[str]]:
    return [[claim.text for claim in chunk.claims] for chunk in chunks]


def wide(_model: str) -> Bounds:
    return Bounds(256, 100_000)


def test_the_most_urgent_chunk_is_first(claim: MakeClaim) -> None:
    chunks = cut([claim("low"), claim("high", priority=9), claim("middle", priority=3)], wide)
    assert texts(chunks) == [["high"], ["middle"], ["low"]]
    assert [chunk.priority for chunk in chunks] == [9, 3, 0]


def test_texts_of_like_length_go_together(claim: MakeClaim) -> None:
    claims = [claim(text) for text in ("ssss", "l" * 50, "s", "l" * 40)]
    assert texts(cut(claims, lambda _: Bounds(2, 1000))) == [["s", "ssss"], ["l" * 40, "l" * 50]]


def test_models_never_share_a_chunk(claim: MakeClaim) -> None:
    claims = [claim("a", model="mini"), claim("b", model="vader"), claim("c", model="mini")]
    assert texts(cut(claims, wide)) == [["a", "c"], ["b"]]


def test_each_model_has_its_own_bounds(claim: MakeClaim) -> None:
    claims = [claim(model="slow"), claim(model="slow"), claim(model="fast"), claim(model="fast")]
    chunks = cut(claims, lambda model: Bounds(1 if model == "slow" else 2, 1000))
    assert [(chunk.model, len(chunk.claims)) for chunk in chunks] == [
        ("fast", 2),
        ("slow", 1),
        ("slow", 1),
    ]


def test_a_text_longer_than_the_bounds_goes_alone(claim: MakeClaim) -> None:
    claims = [claim("short"), claim("l" * 500), claim("brief")]
    assert texts(cut(claims, lambda _: Bounds(10, 100))) == [["short", "brief"], ["l" * 500]]


def test_a_suspect_goes_alone_behind_its_equals_and_ahead_of_the_less_urgent(
    claim: MakeClaim,
) -> None:
    claims = [
        claim("later", priority=-1),
        claim("suspect", rescues=1),
        claim("failed before", attempt=2),
        claim("sound one"),
        claim("sound"),
    ]
    assert texts(cut(claims, wide)) == [
        ["sound", "sound one"],
        ["suspect"],
        ["failed before"],
        ["later"],
    ]


def test_claims_set_apart_keep_their_model_and_priority(claim: MakeClaim) -> None:
    one, done, other = claim("a"), claim("done"), claim("b")
    assert alone(Chunk("fake", 7, [one, done, other]), [one, other]) == [
        Chunk("fake", 7, (one,)),
        Chunk("fake", 7, (other,)),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    lengths=st.lists(st.integers(1, 60), max_size=60),
    most=st.integers(1, 10),
    weight=st.integers(1, 300),
)
def test_every_claim_is_in_one_chunk_and_none_passes_its_bounds(
    claim: MakeClaim, lengths: list[int], most: int, weight: int
) -> None:
    claims = [claim("x" * length) for length in lengths]
    chunks = cut(claims, lambda _: Bounds(most, weight))
    placed = [one.job_id for chunk in chunks for one in chunk.claims]
    assert sorted(placed) == [one.job_id for one in claims]
    assert all(len(chunk.claims) <= most for chunk in chunks)
    assert all(len(chunk.claims) == 1 or chunk.weight <= weight for chunk in chunks)
