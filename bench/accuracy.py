"""What each model is worth: accuracy and calibration on labelled sets, size, speed and memory, beside published figures.

``--data FOLDER`` holds files of text, tab, label; each model judges them in a process of its own. A set's first
figure is two-class accuracy: neutral texts left out, the greater of negative and positive counts.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness import Goal, Table, publish
from models import CHUNK, loaded, loop

from sentijob.evaluation.calibration import Calibration
from sentijob.evaluation.metrics import Tally, polarity
from sentijob.jobs import Label, Sentiment
from sentijob.models.registry import bundled_cascade, bundled_mini
from sentijob.ports import SentimentModel

MODELS = ("mini", "cascade", "vader", "textblob")
SETS = {
    "sst2_dev": "SST-2 dev",
    "sst3_dev": "SST dev, three classes",
    "tweeteval_val": "TweetEval validation",
    "goemotions_test": "GoEmotions test",
    "vader_amazonReviewSnippets": "product reviews (VADER's)",
}
SPEED_SET = "tweeteval_val"
LEAST = {
    ("sst2_dev", "two-class"): 91.0,
    ("tweeteval_val", "macro-recall"): 76.0,
    ("goemotions_test", "two-class"): 92.6,
    ("vader_amazonReviewSnippets", "two-class"): 90.7,
}
MOST_ECE = 3.0
PUBLISHED = (
    ("DistilBERT", "66 M", "91.3", "", "Sanh et al., 2019"),
    ("MiniLM-L12", "33 M", "93.0", "", "Wang et al., 2020"),
    ("BERT-base", "110 M", "92.7", "", "Wang et al., 2020"),
    ("SVM; fastText", "", "", "62.9", "Barbieri et al., 2020"),
    ("RoBERTa-base", "125 M", "", "71.3", "Barbieri et al., 2020"),
    ("BERTweet", "135 M", "", "73.4", "Nguyen et al., 2020"),
)
"""Per cent, as their authors give them: SST-2 dev, accuracy; TweetEval's test, macro-recall, which isn't among the sets here."""
_ROUNDS = 3


class TextBlob:
    """TextBlob's polarity: above 0 positive, below 0 negative, 0 neutral; it has no probabilities."""

    name, revision = "textblob", "0"

    def predict(self, texts: Sequence[str]) -> list[Sentiment]:
        from textblob import TextBlob as Blob

        return [_of_polarity(Blob(text).sentiment.polarity) for text in texts]


def _of_polarity(value: float) -> Sentiment:
    positive, negative = max(value, 0.0), max(-value, 0.0)
    label = Label.POSITIVE if value > 0 else Label.NEGATIVE if value < 0 else Label.NEUTRAL
    return Sentiment(label, 1.0, negative, 1 - positive - negative, positive, tokens=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds the sets, NAME.tsv")
    parser.add_argument("--judge", metavar="MODEL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.judge:
        print(json.dumps(judge(options.judge, options.data)))
        return
    judged = {name: in_process(name, options.data) for name in MODELS}
    tables = [accuracy_table(judged), cost_table(judged), published_table()]
    publish(
        "accuracy", judged, tables, goals(judged["mini"]), packages=("vaderSentiment", "textblob")
    )


def in_process(name: str, data: Path) -> dict[str, Any]:
    """What :func:`judge` gives, from a process that has loaded no other model."""
    command = [sys.executable, __file__, "--data", str(data), "--judge", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    judged: dict[str, Any] = json.loads(done.stdout)
    return judged


def judge(name: str, data: Path) -> dict[str, Any]:
    """A model's figures on each set, its size in bytes, texts a second and peak memory."""
    model = TextBlob() if name == "textblob" else loaded(name)
    sets = {stem: list(read(data / f"{stem}.tsv")) for stem in SETS}
    tweets = [text for text, _ in sets[SPEED_SET]]
    fastest = min(loop(model, tweets, CHUNK) for _ in range(_ROUNDS))
    return {
        "sets": {stem: figures(model, examples) for stem, examples in sets.items()},
        "bytes": size(name),
        "texts a second": len(tweets) / fastest,
        "memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000,
    }


def read(path: Path) -> Iterator[tuple[str, Label]]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            text, _, label = line.rstrip("\n").rpartition("\t")
            yield text, Label(label)


def figures(model: SentimentModel, examples: Sequence[tuple[str, Label]]) -> dict[str, float]:
    """In per cent: two-class accuracy, accuracy and macro-recall of three, and the calibration error."""
    tally, calibration, polar = Tally(), Calibration(), []
    has_neutral = any(gold is Label.NEUTRAL for _, gold in examples)
    for first in range(0, len(examples), CHUNK):
        part = examples[first : first + CHUNK]
        for (_, gold), said in zip(part, model.predict([text for text, _ in part]), strict=True):
            tally.add(gold, said)
            if has_neutral:
                calibration.add(said.score, is_right=said.label is gold)
            elif said.positive != said.negative:
                calibration.add(sureness(said), is_right=polarity(said) is gold)
            if gold is not Label.NEUTRAL:
                polar.append(polarity(said) is gold)
    return {
        "texts": len(examples),
        "two-class": 100 * sum(polar) / len(polar),
        "three-class": 100 * (tally.accuracy or 0),
        "macro-recall": 100 * (tally.macro_recall or 0),
        "ece": 100 * (calibration.error or 0),
    }


def sureness(said: Sentiment) -> float:
    """The greater of negative and positive, as if there were no third: for sets that neutral texts were kept out of."""
    return max(said.positive, said.negative) / (said.positive + said.negative)


def size(name: str) -> int | None:
    """Bytes of the files that a shipped model has."""
    if name not in {"mini", "cascade"}:
        return None
    folders = [bundled_mini().path, *([bundled_cascade().path] if name == "cascade" else [])]
    return sum(file.stat().st_size for folder in folders for file in folder.iterdir())


def accuracy_table(judged: Mapping[str, Any]) -> Table:
    """For each set a column of two-class / three-class / macro-recall / calibration error."""
    rows = []
    for stem, title in SETS.items():
        cells = [_cell(name, one["sets"][stem]) for name, one in judged.items()]
        texts = next(iter(judged.values()))["sets"][stem]["texts"]
        rows.append((title, f"{texts:,}", *cells))
    return Table(("two-class / three-class / macro-recall / ECE", "texts", *judged), rows)


def _cell(name: str, one: Mapping[str, float]) -> str:
    ece = "-" if name == "textblob" else f"{one['ece']:.1f}"
    return " / ".join(
        [f"{one[of]:.1f}" for of in ("two-class", "three-class", "macro-recall")] + [ece]
    )


def cost_table(judged: Mapping[str, Any]) -> Table:
    rows = [
        (
            name,
            f"{one['bytes'] / 1e6:.1f}" if one["bytes"] else "",
            f"{one['texts a second']:,.0f}",
            f"{one['memory, MB']:,.0f}",
        )
        for name, one in judged.items()
    ]
    return Table(("", "size, MB", "tweets a second", "memory of its process, MB"), rows)


def published_table() -> Table:
    headings = (
        "published, for bearings",
        "parameters",
        "SST-2 dev",
        "TweetEval test, macro-recall",
    )
    return Table((*headings, "source"), PUBLISHED)


def goals(mini: Mapping[str, Any]) -> list[Goal]:
    found = [
        Goal(f"{SETS[stem]}, {of}", mini["sets"][stem][of], least=least)
        for (stem, of), least in LEAST.items()
    ]
    worst = max(one["ece"] for one in mini["sets"].values())
    return [*found, Goal("calibration error of the worst set", worst, most=MOST_ECE)]


if __name__ == "__main__":
    main()
