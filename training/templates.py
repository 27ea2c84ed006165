"""Made-up texts for what the corpora lack: negation, contrast, emoji, neutral news, finance, short remarks."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

from labelled import Example

PHRASES = Path(__file__).parent / "phrases"
WORDS = {
    name: written.split("|")
    for name, written in (
        line.split("\t") for line in (PHRASES / "words.tsv").read_text("utf-8").splitlines()
    )
}
STATEMENTS = (PHRASES / "neutral.txt").read_text("utf-8").splitlines()
"""Frames of plain statements and questions."""
_UNSURE = (1 / 3, 1 / 3, 1 / 3)
_LEANING = 0.8
HAPPY = "😀😃😄😁😊😍🥰😘🤗🎉👍👏❤💕💖🙌😎🥳😻✨🌟💯"
SAD = "😞😢😭😡😠🤬👎💔😤😩😫🙄😒🤮🤢😖😣😕☹😾"
COUNT = 900
"""Texts of each kind, before duplicates are dropped."""


def generate(seed: int) -> Iterator[Example]:
    """Texts of each kind, in a fixed order for a *seed*."""
    chance = random.Random(seed)
    for kind in KINDS:
        for _ in range(COUNT):
            yield kind(chance)


def languages() -> Iterator[Example]:
    """Sentences of other languages, labelled as unknown, so that the model isn't sure of them."""
    for line in (PHRASES / "languages.tsv").read_text(encoding="utf-8").splitlines():
        name, subjects, predicates = line.split("\t")
        joint = "" if name in {"zh", "ja"} else " "
        for subject, predicate in product(subjects.split("|"), predicates.split("|")):
            yield Example(f"{subject}{joint}{predicate}.", _UNSURE)


def negation(chance: random.Random) -> Example:
    thing = chance.choice(WORDS["things"])
    is_good = chance.random() < 0.5
    quality = chance.choice(WORDS["good"] if is_good else WORDS["bad"])
    verb = chance.choice(WORDS["like"] if is_good else WORDS["dislike"])
    frames = (
        f"{thing} was not {quality}",
        f"{thing} isn't {quality}",
        f"{thing} wasn't {quality} at all",
        f"i don't think {thing} is {quality}",
        f"there is nothing {quality} about {thing}",
        f"{thing} is far from {quality}",
        f"i can't say that {thing} was {quality}",
        f"nobody would call {thing} {quality}",
        f"i don't {verb} {thing}",
        f"i never {verb} {thing}" if is_good else f"i will never {verb} {thing}",
        f"{thing} is anything but {quality}",
        f"{thing} was never {quality}",
    )
    # "Not bad" is fainter praise than "not good" is blame.
    chances = (0.9, 0.1, 0.0) if is_good else (0.0, 0.35, 0.65)
    return Example(_written(chance.choice(frames), chance), chances)


def doubled(chance: random.Random) -> Example:
    """Negation that leaves a judgement as it is."""
    thing = chance.choice(WORDS["things"])
    if chance.random() < 0.5:
        frame = (
            f"i {{}} {thing}, it never {chance.choice(('fails', 'disappoints', 'lets me down'))}"
        )
        return Example.of(_written(frame.format(chance.choice(WORDS["like"])), chance), "positive")
    frames = (
        f"not only was {thing} {chance.choice(WORDS['bad'])}, it was {chance.choice(WORDS['bad'])} too",
        f"i have never seen anything so {chance.choice(WORDS['bad'])}",
        f"{thing} couldn't be more {chance.choice(WORDS['bad'])}",
        f"no {chance.choice(('thanks', 'way'))}, {thing} was {chance.choice(WORDS['bad'])}",
    )
    return Example.of(_written(chance.choice(frames), chance), "negative")


def contrast(chance: random.Random) -> Example:
    first, second = chance.sample(WORDS["things"], 2)
    but = chance.choice((", but", " but", "; however,", ", yet"))
    if chance.random() < 0.5:
        text = f"{first} was {chance.choice(WORDS['good'])}{but} {second} {chance.choice(WORDS['flawed'])}"
        if chance.random() < 0.3:
            text = f"although {first} was {chance.choice(WORDS['good'])}, {second} was {chance.choice(WORDS['bad'])}"
        return Example(_written(text, chance), (_LEANING, 0.1, 0.1))
    text = (
        f"{first} was {chance.choice(WORDS['bad'])}{but} {second} {chance.choice(WORDS['saved'])}"
    )
    if chance.random() < 0.3:
        text = f"although {first} was {chance.choice(WORDS['bad'])}, {second} was {chance.choice(WORDS['good'])}"
    return Example(_written(text, chance), (0.1, 0.1, _LEANING))


def emoji(chance: random.Random) -> Example:
    is_happy = chance.random() < 0.5
    signs = chance.choice(HAPPY if is_happy else SAD) * chance.choice((1, 1, 2, 3))
    remark = _written(chance.choice(WORDS["remarks"]), chance).rstrip(".!")
    text = chance.choice((f"{remark} {signs}", f"{signs} {remark}", signs))
    return Example.of(text, "positive" if is_happy else "negative")


def neutral(chance: random.Random) -> Example:
    text = chance.choice(STATEMENTS)
    while "{" in text:
        start, end = text.index("{"), text.index("}")
        text = text[:start] + _slot(text[start + 1 : end], chance) + text[end + 1 :]
    return Example.of(text[0].upper() + text[1:] if chance.random() < 0.6 else text, "neutral")


def finance(chance: random.Random) -> Example:
    firm, measure = chance.choice(WORDS["firms"]), chance.choice(WORDS["measures"])
    low, high = sorted((chance.randrange(10, 500), chance.randrange(500, 990)))
    unit = chance.choice(("EUR {} million", "${} million", "{} mn euros", "{} million dollars"))
    direction = chance.choice(("rose", "fell", "flat"))
    if direction == "flat":
        frames = (
            f"{firm}'s {measure} for the quarter was {unit.format(low)}.",
            f"{firm} reported {measure} of {unit.format(high)} for the period.",
            f"{firm} expects its {measure} to remain at last year's level.",
        )
        return Example(_capital(chance.choice(frames)), (0.05, 0.9, 0.05))
    verb = chance.choice(WORDS["rose"] if direction == "rose" else WORDS["fell"])
    before, after = (low, high) if direction == "rose" else (high, low)
    frames = (
        f"{firm}'s {measure} {verb} to {unit.format(after)} from {unit.format(before)}.",
        f"{measure} of {firm} {verb} by {chance.randrange(2, 60)} % from a year earlier.",
        f"{firm} said that its {measure} {verb} in the quarter, to {unit.format(after)}.",
    )
    chances = (0.05, 0.15, 0.8) if direction == "rose" else (0.8, 0.15, 0.05)
    return Example(_capital(chance.choice(frames)), chances)


def remark(chance: random.Random) -> Example:
    """A judgement of few words."""
    is_good = chance.random() < 0.5
    quality = chance.choice(WORDS["good"] if is_good else WORDS["bad"])
    thing = chance.choice(WORDS["things"])
    frames = (
        quality,
        f"so {quality}",
        f"{thing}: {quality}",
        f"{quality}. {quality}!",
        f"{thing} is {quality}",
    )
    text = _written(chance.choice(frames), chance)
    return Example.of(text, "positive" if is_good else "negative")


Kind = Callable[[random.Random], Example]
KINDS: tuple[Kind, ...] = (negation, doubled, contrast, emoji, neutral, finance, remark)


def _slot(name: str, chance: random.Random) -> str:
    slots = {
        "place": lambda: chance.choice(WORDS["places"]),
        "day": lambda: chance.choice(WORDS["days"]),
        "firm": lambda: chance.choice(WORDS["firms"]),
        "number": lambda: str(chance.randrange(100, 3000)),
        "small": lambda: str(chance.randrange(2, 13)),
    }
    return slots[name]()


def _written(text: str, chance: random.Random) -> str:
    """*text* as somebody careful or careless would write it."""
    if chance.random() < 0.6:
        text = _capital(text).replace("i don't", "I don't").replace(" i ", " I ")
    return text + chance.choice(("", "", ".", ".", "!"))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
