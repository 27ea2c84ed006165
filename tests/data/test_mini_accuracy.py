"""The accuracy that is claimed for ``mini``, taken on labelled texts that lie beside the checkout."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sentijob.models.registry import load


def test_mini_tells_praise_from_blame_in_sst2_as_its_card_says(labelled: Path) -> None:
    lines = (labelled / "dev" / "sst2_dev.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    mini = load("mini", threads=0, demo_delay=timedelta(0))
    sentiments = mini.predict([text for text, _ in rows])
    right = sum(
        (sentiment.positive > sentiment.negative) == (label == "positive")
        for sentiment, (_, label) in zip(sentiments, rows, strict=True)
    )
    assert len(rows) == 872
    assert right / len(rows) >= 0.875
