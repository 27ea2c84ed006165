"""Made-up texts for what the corpora lack: negation, contrast, emoji, neutral news, finance, short remarks."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

from labelled import Example

PHRASES = Path(__file__).parent / "phrases"
_UNSURE = (1 / 3, 1 / 3, 1 / 3)
_LEANING = 0.8
THINGS = (
    "the movie,the film,the food,the service,the room,the battery,the screen,the app,the update,the flight,the crew,"
    "the staff,the plot,the acting,the ending,the book,the concert,the hotel,the price,the camera,the game,the sound,"
    "the delivery,the packaging,the support team,the website,the interface,the coffee,the course,the driver"
).split(",")
GOOD = (
    "good,great,excellent,amazing,wonderful,impressive,fantastic,enjoyable,reliable,helpful,pleasant,brilliant,"
    "outstanding,delightful,superb,worth the money,comfortable,easy to use,well made,fun"
).split(",")
BAD = (
    "bad,terrible,awful,horrible,disappointing,boring,rude,slow,useless,broken,dirty,annoying,dreadful,overpriced,"
    "unreliable,a mess,painful,uncomfortable,poorly made,a waste of time"
).split(",")
FLAWED = (
    "nearly ruined it,let it down badly,made me want my money back,drove me mad,was unbearable,never worked,"
    "spoiled everything,was a huge letdown"
).split(",")
SAVED = (
    "made up for it,was worth every penny,won me over,was absolutely superb,saved the day,was simply wonderful,"
    "exceeded my hopes,made me smile"
).split(",")
LIKE = "like,love,enjoy,recommend,trust".split(",")
DISLIKE = "hate,regret,dislike,resent,despise".split(",")
HAPPY = "😀😃😄😁😊😍🥰😘🤗🎉👍👏❤💕💖🙌😎🥳😻✨🌟💯"
SAD = "😞😢😭😡😠🤬👎💔😤😩😫🙄😒🤮🤢😖😣😕☹😾"
REMARKS = (
    "just got home,watching it now,here we go,back at work,new episode tonight,just finished it,saw this today,"
    "on the train,first day back,the results are in,it arrived,talked to my boss,monday again,game day"
).split(",")
FIRMS = (
    "Nordale,Kestrel Bank,Ostra Group,Halden Oil,Pinewood Foods,Marrow Steel,Tamsin Air,Vantor,Lumeo,Brightwell,"
    "the company,the retailer,the lender,the Finnish group,the airline"
).split(",")
MEASURES = (
    "net profit,operating profit,revenue,net sales,earnings per share,turnover,operating margin,order intake"
).split(",")
ROSE = "rose,increased,climbed,grew,jumped,improved".split(",")
FELL = "fell,decreased,dropped,declined,slid,tumbled".split(",")
PLACES = "Helsinki,Chicago,Lagos,Osaka,Leeds,Lima,Toronto,Riga,Mumbai,Perth,Warsaw,Denver".split(
    ","
)
DAYS = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday".split(",")
NEUTRAL = (
    "The meeting in {place} has been moved to {day}.",
    "Does anyone know what time the {place} office opens on {day}?",
    "Flight {number} to {place} leaves from gate {small} at {small}:30.",
    "What is the fastest way to get from {place} to the airport?",
    "The council of {place} will vote on the budget on {day}.",
    "{firm} will publish its quarterly report on {day}.",
    "{firm} has {number} employees and is based in {place}.",
    "{firm} said it would hold its annual meeting in {place} on {day}.",
    "{firm} appointed a new chief financial officer, who starts in {small} weeks.",
    "The contract with {firm} covers the delivery of {number} units to {place}.",
    "The value of the deal was not disclosed.",
    "The shares of {firm} are listed on the exchange in {place}.",
    "Train {number} calls at {place} and three other stations.",
    "The package weighs {small} kg and is {number} mm wide.",
    "The manual has {number} pages and comes in {small} languages.",
    "It runs on two AA batteries, which are included.",
    "My order number is {number}{number}.",
    "I have a flight from {place} on {day} and need to change my seat.",
    "Can I bring {small} bags on flight {number}?",
    "how do i change the name on my ticket to {place}",
    "are you flying from {place} this {day}",
    "The temperature in {place} was {small} degrees on {day}.",
    "Police in {place} closed the road for {small} hours on {day}.",
    "The new museum in {place} opens on {day}, officials said.",
    "Scientists in {place} published data on {number} samples.",
    "The film runs {number} minutes and was shot in {place}.",
    "Season {small} starts on {day} at 9 pm.",
    "I read chapter {small} on the train to {place}.",
    "ok, see you on {day}",
    "i'm at the station in {place}, where are you?",
    "She moved to {place} {small} years ago and works for {firm}.",
    "You can find the settings under the menu at the top.",
    "Restart the device and open page {small} of the guide.",
    "He asked whether the shop in {place} sells {small} mm screws.",
    "{place} {small}, {place} {small}: full time.",
    "Version {small}.{small} was released on {day}.",
    "The cat is on the mat and the door is open.",
    "It is what it is.",
    "I guess so, let me check and get back to you on {day}.",
    "Is this the line for {place}?",
)
"""Frames of plain statements and questions."""
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
    thing = chance.choice(THINGS)
    is_good = chance.random() < 0.5
    quality = chance.choice(GOOD if is_good else BAD)
    verb = chance.choice(LIKE if is_good else DISLIKE)
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
    thing = chance.choice(THINGS)
    if chance.random() < 0.5:
        frame = (
            f"i {{}} {thing}, it never {chance.choice(('fails', 'disappoints', 'lets me down'))}"
        )
        return Example.of(_written(frame.format(chance.choice(LIKE)), chance), "positive")
    frames = (
        f"not only was {thing} {chance.choice(BAD)}, it was {chance.choice(BAD)} too",
        f"i have never seen anything so {chance.choice(BAD)}",
        f"{thing} couldn't be more {chance.choice(BAD)}",
        f"no {chance.choice(('thanks', 'way'))}, {thing} was {chance.choice(BAD)}",
    )
    return Example.of(_written(chance.choice(frames), chance), "negative")


def contrast(chance: random.Random) -> Example:
    first, second = chance.sample(THINGS, 2)
    but = chance.choice((", but", " but", "; however,", ", yet"))
    if chance.random() < 0.5:
        text = f"{first} was {chance.choice(GOOD)}{but} {second} {chance.choice(FLAWED)}"
        if chance.random() < 0.3:
            text = f"although {first} was {chance.choice(GOOD)}, {second} was {chance.choice(BAD)}"
        return Example(_written(text, chance), (_LEANING, 0.1, 0.1))
    text = f"{first} was {chance.choice(BAD)}{but} {second} {chance.choice(SAVED)}"
    if chance.random() < 0.3:
        text = f"although {first} was {chance.choice(BAD)}, {second} was {chance.choice(GOOD)}"
    return Example(_written(text, chance), (0.1, 0.1, _LEANING))


def emoji(chance: random.Random) -> Example:
    is_happy = chance.random() < 0.5
    signs = chance.choice(HAPPY if is_happy else SAD) * chance.choice((1, 1, 2, 3))
    remark = _written(chance.choice(REMARKS), chance).rstrip(".!")
    text = chance.choice((f"{remark} {signs}", f"{signs} {remark}", signs))
    return Example.of(text, "positive" if is_happy else "negative")


def neutral(chance: random.Random) -> Example:
    text = chance.choice(NEUTRAL)
    while "{" in text:
        start, end = text.index("{"), text.index("}")
        text = text[:start] + _slot(text[start + 1 : end], chance) + text[end + 1 :]
    return Example.of(text[0].upper() + text[1:] if chance.random() < 0.6 else text, "neutral")


def finance(chance: random.Random) -> Example:
    firm, measure = chance.choice(FIRMS), chance.choice(MEASURES)
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
    verb = chance.choice(ROSE if direction == "rose" else FELL)
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
    quality = chance.choice(GOOD if is_good else BAD)
    thing = chance.choice(THINGS)
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
        "place": lambda: chance.choice(PLACES),
        "day": lambda: chance.choice(DAYS),
        "firm": lambda: chance.choice(FIRMS),
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
