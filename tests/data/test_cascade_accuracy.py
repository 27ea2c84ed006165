"""What ``cascade`` may lose against ``mini``, taken on labelled texts that lie beside the checkout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from sentijob.jobs import Label, Sentiment
from sentijob.models.registry import load

LOSS = 0.005


@pytest.mark.parametrize("name", ["sst2_dev", "tweeteval_val"])
def test_cascade_loses_less_than_half_a_point_and_answers_some_by_itself(
    labelled: Path, name: str
) -> None:
    lines = (labelled / "dev" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    texts, labels = zip(*(line.rsplit("\t", 1) for line in lines), strict=True)
    mini, cascade = (
        load(each, threads=0, demo_delay=timedelta(0)).predict(texts)
        for each in ("mini", "cascade")
    )
    assert right(cascade, labels) >= right(mini, labels) - LOSS
    alike = sum(one == other for one, other in zip(mini, cascade, strict=True))
    assert 0.5 * len(texts) < alike < 0.95 * len(texts)


def right(sentiments: Sequence[Sentiment], labels: Sequence[str]) -> float:
    """The share that is right; in a set without neutrals, between the two others."""
    two = Label.NEUTRAL not in labels
    hits = [
        label == (("negative", "positive")[one.positive > one.negative] if two else one.label)
        for one, label in zip(sentiments, labels, strict=True)
    ]
    return sum(hits) / len(hits)
