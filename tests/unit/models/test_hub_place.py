from __future__ import annotations

import pytest

from sentijob.errors import UsageError
from sentijob.models.hub import HubPlace


@pytest.mark.parametrize(
    ("written", "repo", "revision"),
    [
        ("hf:acme/tiny", "acme/tiny", None),
        ("hf:a.c-me/ti_ny@main", "a.c-me/ti_ny", "main"),
        ("hf:acme/tiny@refs/pr/1", "acme/tiny", "refs/pr/1"),
    ],
)
def test_a_place_on_the_hub_is_read_and_written_alike(
    written: str, repo: str, revision: str | None
) -> None:
    place = HubPlace.parse(written)
    assert place == HubPlace(repo, revision)
    assert str(place) == written


@pytest.mark.parametrize(
    "written", ["hf:", "hf:tiny", "hf:a/b/c", "hf:a/b@", "hf:a/b@x y", "hf:a/b?x", "hf:ä/b"]
)
def test_anything_else_is_refused_with_how_to_write_it(written: str) -> None:
    with pytest.raises(UsageError, match="write hf:owner/name"):
        HubPlace.parse(written)
