"""Texts through models: in order, told of ahead, in turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import pytest

from sentijob.errors import ModelCrashError, ModelError, TextRejectedError
from sentijob.evaluation.comparing import Comparison, compared
from sentijob.evaluation.evaluating import Evaluation
from sentijob.evaluation.labelled import LabelledText
from sentijob.evaluation.scoring import CHUNK, answers
from sentijob.jobs import Label, Sentiment

NEG, NEU, POS = Label


class Scripted:
    """Scores a text by its first letter, and refuses what begins with an x; notes what it is told."""

    revision = "1"

    def __init__(self, name: str = "scripted", log: list[str] | None = None) -> None:
        self.name = name
        self.log: list[str] = [] if log is None else log

    def announce(self, texts: Sequence[str]) -> None:
        self.log.append(f"told {texts[0]}")

    def predict(self, texts: Sequence[str]) -> list[Sentiment]:
        self.log.append(f"{self.name} {texts[0]}")
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> Sentiment:
        if text.startswith("x"):
            raise TextRejectedError("no")
        if text.startswith("!"):
            raise ModelCrashError("gone")
        sure = 0.5 + int(text[1:] or 0) / 1000
        rest = (1 - sure) / 2
        chances = {"n": (sure, rest, rest), "u": (rest, sure, rest), "p": (rest, rest, sure)}
        return Sentiment.of(*chances[text[0]], tokens=1)


def texts(*given: str, gold: Label | None = None) -> list[LabelledText]:
    return [LabelledText(text, gold) for text in given]


def test_answers_come_in_order_and_the_model_is_told_of_the_next_chunk_meanwhile() -> None:
    model = Scripted()
    given = texts(*(f"p{number}" for number in range(2 * CHUNK + 1)))
    said = [entry for chunk in answers(model, given) for entry in chunk]
    assert [text for text, _ in said] == given
    assert [sentiment and round(sentiment.score, 3) for _, sentiment in said] == [
        round(0.5 + number / 1000, 3) for number in range(2 * CHUNK + 1)
    ]
    first, second, third = "p0", f"p{CHUNK}", f"p{2 * CHUNK}"
    assert model.log == [
        *(f"told {first}", f"told {second}", f"scripted {first}"),
        *(f"told {second}", f"told {third}", f"scripted {second}"),
        f"scripted {third}",
    ]


def test_no_more_is_read_than_the_next_chunk() -> None:
    read = count()
    given = (LabelledText(f"p{next(read)}") for _ in range(10 * CHUNK))
    next(iter(answers(Scripted(), given)))
    assert next(read) == 2 * CHUNK


def test_a_text_that_cannot_be_scored_costs_no_other_its_score() -> None:
    ((one, refused, other),) = answers(Scripted(), texts("p", "x", "n"))
    assert refused == (LabelledText("x"), None)
    assert one[1] is not None
    assert other[1] is not None


def test_a_model_that_is_lost_or_answers_nonsense_ends_it() -> None:
    with pytest.raises(ModelCrashError):
        list(answers(Scripted(), texts("p", "!")))

    class Short(Scripted):
        def predict(self, texts: Sequence[str]) -> list[Sentiment]:
            return super().predict(texts[1:])

    with pytest.raises(ModelError, match="gave 1 sentiments for 2 texts"):
        list(answers(Short(), texts("p", "p")))


def test_an_evaluation_keeps_its_surest_mistakes_and_each_files_figures() -> None:
    evaluation = Evaluation(mistakes=2)
    for file, gold, text in (
        ("a", POS, "p400"),
        ("a", POS, "n100"),
        ("b", NEG, "p300"),
        ("b", NEU, "p200"),
        ("b", NEG, "n0"),
    ):
        ((answer,),) = answers(Scripted(), texts(text, gold=gold))
        evaluation.add(file, *answer)
    evaluation.add("b", LabelledText("x", POS), None)
    assert [(one.file, one.text, one.gold) for one in evaluation.mistakes] == [
        ("b", "p300", NEG),
        ("b", "p200", NEU),
    ]
    assert (evaluation.texts, evaluation.unscored, evaluation.tally.total) == (6, 1, 5)
    assert [(file, one.accuracy) for file, one in evaluation.by_file.items()] == [
        ("a", 1 / 2),
        ("b", 1 / 3),
    ]


def ticking() -> Callable[[], float]:
    """A clock that is a second on whenever somebody looks."""
    seconds = count()
    return lambda: float(next(seconds))


def test_two_models_take_turns_and_neither_is_always_first() -> None:
    log: list[str] = []
    models = Scripted("a", log), Scripted("b", log)
    given = texts(*(f"p{number}" for number in range(2 * CHUNK)))
    comparison = Comparison(flips=1)
    assert list(compared(models, given, comparison, clock=ticking())) == [CHUNK, 2 * CHUNK]
    warming, turns = log[:2], log[2:]
    assert warming == ["a p0", "b p0"]
    assert turns == ["a p0", "b p0", f"b p{CHUNK}", f"a p{CHUNK}"]
    assert [side.rate for side in comparison.sides] == [CHUNK, CHUNK]


class Turned(Scripted):
    """Says positive where Scripted says negative, and the other way round."""

    def predict(self, texts: Sequence[str]) -> list[Sentiment]:
        turned = str.maketrans("np", "pn")
        return super().predict([text.translate(turned) for text in texts])


def test_flips_are_counted_judged_and_the_widest_kept() -> None:
    given = [
        LabelledText("p100", POS),
        LabelledText("n400", POS),
        LabelledText("u0", NEU),
        LabelledText("p300", POS),
        LabelledText("x", POS),
    ]
    comparison = Comparison(flips=2)
    list(compared((Scripted(), Turned()), given, comparison))
    assert [one.text.text for one in comparison.flips] == ["n400", "p300"]
    assert (comparison.texts, comparison.unscored, comparison.agreement.flips) == (5, 1, 3)
    assert comparison.difference == (False, 2, 1)
    assert comparison.difference.chance == 1
    assert [side.tally.accuracy for side in comparison.sides] == [0.75, 0.5]


def test_where_no_label_is_neutral_who_is_right_goes_by_negative_and_positive() -> None:
    class Shy(Scripted):
        def predict(self, texts: Sequence[str]) -> list[Sentiment]:
            return [Sentiment.of(0.1, 0.6, 0.3, tokens=1)] * len(texts)

    comparison = Comparison(flips=0)
    list(compared((Scripted(), Shy()), texts("p", "n", "n", gold=POS), comparison))
    assert comparison.difference == (True, 0, 2)
    assert [side.tally.accuracy for side in comparison.sides] == [1 / 3, 0]


def test_without_labels_nobody_is_judged() -> None:
    comparison = Comparison(flips=1)
    list(compared((Scripted(), Scripted()), texts("p", "n"), comparison))
    assert comparison.difference is None
