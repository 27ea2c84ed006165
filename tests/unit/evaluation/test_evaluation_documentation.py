"""The evaluation and the comparison in docs/json.md against what is written."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from sentijob.evaluation.comparing import Comparison
from sentijob.evaluation.documents import comparison_document, evaluation_document
from sentijob.evaluation.evaluating import Evaluation
from sentijob.evaluation.labelled import LabelledText
from sentijob.export.documents import dumps
from sentijob.jobs import Label, Sentiment
from sentijob.ports import SentimentModel

PAGE = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
NEG, NEU, POS = Label
PRAISE = Sentiment.of(0.04, 0.06, 0.9, tokens=5)
BLAME = Sentiment.of(0.8, 0.15, 0.05, tokens=5)
TEXT = LabelledText("Absolutely useless in fog.", NEG)


class Named(NamedTuple):
    """A model that is only spoken of."""

    name: str
    revision: str

    def predict(self, texts: object) -> list[Sentiment]:
        raise NotImplementedError


MINI: SentimentModel = Named("mini", "3f9a1c")  # type: ignore[assignment]  # its fields are read alone
VADER: SentimentModel = Named("vader", "3.3.2+1")  # type: ignore[assignment]


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def example(title: str) -> str:
    shown = re.search(r"^```json\n(.*?)\n```$", section(title), re.MULTILINE | re.DOTALL)
    assert shown
    return shown[1]


def evaluation() -> Evaluation:
    evaluation = Evaluation(mistakes=8)
    evaluation.add("gold.csv", LabelledText("Great value.", POS), PRAISE)
    evaluation.add("gold.csv", LabelledText("It broke.", NEG), BLAME)
    evaluation.add("gold.csv", TEXT, PRAISE)
    evaluation.add("gold.csv", LabelledText("…", NEG), None)
    evaluation.took = timedelta(seconds=0.008)
    return evaluation


def comparison() -> Comparison:
    comparison = Comparison(flips=8)
    comparison.add(LabelledText("Great value.", POS), PRAISE, PRAISE)
    comparison.add(TEXT, BLAME, PRAISE)
    comparison.spend(0, 0.004)
    comparison.spend(1, 0.0002)
    return comparison


DOCUMENTS = {
    "An evaluation": evaluation_document(MINI, evaluation()),
    "A comparison": comparison_document((MINI, VADER), comparison()),
}


@pytest.mark.parametrize("title", DOCUMENTS)
def test_the_example_is_what_is_written(title: str) -> None:
    shown = DOCUMENTS[title] | (
        {"calibration": _used(title)} if "calibration" in DOCUMENTS[title] else {}
    )
    assert dumps(shown, is_pretty=True) == example(title)


def _used(title: str) -> list[dict[str, object]]:
    """The bin of the surest texts alone: an example of fifteen helps nobody."""
    bins = DOCUMENTS[title]["calibration"]
    assert isinstance(bins, list)
    assert len(bins) == 15
    return bins[13:14]


@pytest.mark.parametrize("title", DOCUMENTS)
def test_every_field_is_explained_in_its_order(title: str) -> None:
    explained = re.findall(r"^\| `(\w+)` \|", section(title), re.MULTILINE)
    assert explained == list(json.loads(example(title)))
