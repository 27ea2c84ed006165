"""How claimed jobs are cut into the texts of one model call each; pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sentijob.jobs import ClaimedJob

TEXT_WEIGHT = 20
"""What a text costs beside its length, in characters: the models that were measured lie about here."""


class Bounds(NamedTuple):
    """How much one model call may carry; a text that weighs more than *weight* goes alone."""

    texts: int
    weight: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """The claims of one model call: one model, one priority.

    What the call says of a text holds for its *repeats* too.
    """

    model: str
    priority: int
    claims: Sequence[ClaimedJob]
    repeats: Sequence[ClaimedJob] = ()

    @property
    def weight(self) -> int:
        """How much work it is for a model: its characters, and something for each text."""
        return sum(map(_weight, self.claims))

    @property
    def is_suspect(self) -> bool:
        """Whether it might take its model with it, or its worker: see :func:`cut`."""
        return any(map(_is_suspect, self.claims))


def cut(
    claims: Iterable[ClaimedJob],
    bounds_of: Callable[[str], Bounds],
    *,
    shares: Callable[[str], bool] = lambda _: False,
) -> list[Chunk]:
    """Chunks in the order they should run: most urgent first, texts of like length together.

    A suspect, which was rescued before and may have killed its worker, or
    has failed before and may have killed its model, stands alone and behind
    the others of its priority, so that it takes nobody with it.
    Where a model *shares*, the others' texts are in one chunk once.
    """
    kinds: defaultdict[tuple[int, bool, str], list[ClaimedJob]] = defaultdict(list)
    for claim in claims:
        kinds[-claim.priority, _is_suspect(claim), claim.model].append(claim)
    chunks: list[Chunk] = []
    for (negated, suspect, model), group in sorted(kinds.items()):
        bounds = Bounds(1, 1) if suspect else bounds_of(model)
        firsts, repeats = apart(group) if not suspect and shares(model) else (group, [])
        pieces = _pieces(sorted(firsts, key=_weight), bounds)
        chunks.extend(_chunks(model, -negated, pieces, repeats))
    return chunks


def apart(claims: Sequence[ClaimedJob]) -> tuple[Sequence[ClaimedJob], Sequence[ClaimedJob]]:
    """The first claim of each text, and the others."""
    if len({claim.text for claim in claims}) == len(claims):
        return claims, ()
    firsts: dict[str, ClaimedJob] = {}
    repeats = [claim for claim in claims if firsts.setdefault(claim.text, claim) is not claim]
    return list(firsts.values()), repeats


def alone(chunk: Chunk, claims: Iterable[ClaimedJob]) -> list[Chunk]:
    """Of *chunk* these *claims*, each in a chunk of its own."""
    return [Chunk(chunk.model, chunk.priority, (claim,)) for claim in claims]


def _chunks(
    model: str,
    priority: int,
    pieces: Iterable[Sequence[ClaimedJob]],
    repeats: Iterable[ClaimedJob],
) -> Iterable[Chunk]:
    """A chunk of each piece, with the repeats of its texts."""
    of_text: defaultdict[str, list[ClaimedJob]] = defaultdict(list)
    for claim in repeats:
        of_text[claim.text].append(claim)
    for piece in pieces:
        own = [one for claim in piece for one in of_text[claim.text]] if of_text else ()
        yield Chunk(model, priority, piece, own)


def _weight(claim: ClaimedJob) -> int:
    return len(claim.text) + TEXT_WEIGHT


def _is_suspect(claim: ClaimedJob) -> bool:
    return claim.rescues > 0 or claim.attempt > 1


def _pieces(claims: Iterable[ClaimedJob], bounds: Bounds) -> Iterable[list[ClaimedJob]]:
    piece: list[ClaimedJob] = []
    weight = 0
    for claim in claims:
        added = _weight(claim)
        is_full = len(piece) >= bounds.texts or weight + added > bounds.weight
        if piece and is_full:
            yield piece
            piece, weight = [], 0
        piece.append(claim)
        weight += added
    if piece:
        yield piece
