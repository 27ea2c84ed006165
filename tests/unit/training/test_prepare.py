"""From files to token rows."""

from __future__ import annotations

from pathlib import Path

import labelled
import numpy as np
import prepare
import pytest

MINI = Path(__file__).parents[3] / "src" / "sentijob" / "models" / "mini"
SENTENCE = "It is a long sentence with many words that must stay out"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A few texts of each source; one of them is evaluated on."""
    for part in ("train", "dev"):
        (tmp_path / "data" / part).mkdir(parents=True)
    for source in labelled.SOURCES:
        lines = [f"{source.name} text {number} &amp; more\tpositive\n" for number in range(60)]
        (tmp_path / "data" / "train" / f"{source.name}.tsv").write_text("".join(lines))
    (tmp_path / "data" / "dev" / "some.tsv").write_text("Semeval text 7 and more!\tneutral\n")
    return tmp_path / "data"


def test_prepared_rows_hold_the_normalised_texts_but_none_that_is_evaluated_on(
    data: Path, tmp_path: Path
) -> None:
    dev = data / "dev" / "some.tsv"
    dev.write_text("@somebody semeval TEXT 7 & more!\tneutral\n")
    result = prepare.prepare(data, MINI, tmp_path, seed=1)
    assert result["train"]["semeval"] + result["held out"]["semeval"] == 59
    assert result["train"]["goemotions"] + result["held out"]["goemotions"] == 60
    held_out = (tmp_path / "heldout" / "goemotions.tsv").read_text()
    assert held_out.count("\n") == result["held out"]["goemotions"]
    assert "&amp;" not in held_out
    assert set(result["data"]) >= {"train/semeval.tsv", "dev/some.tsv"}


def test_arrays_say_where_each_text_ends(data: Path, tmp_path: Path) -> None:
    result = prepare.prepare(data, MINI, tmp_path, seed=1)
    with np.load(tmp_path / "train.npz") as arrays:
        assert len(arrays["ends"]) == sum(
            (*result["train"].values(), *result["unlabelled"].values())
        )
        assert arrays["ends"][-1] == len(arrays["ids"])
        assert arrays["targets"].sum(1) == pytest.approx(1, abs=1e-5)
        assert arrays["weights"].shape == arrays["sources"].shape


def test_preparing_again_gives_the_same_rows(data: Path, tmp_path: Path) -> None:
    written = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        prepare.prepare(data, MINI, tmp_path / name, seed=3)
        with np.load(tmp_path / name / "train.npz") as arrays:
            written.append(arrays["ids"].tobytes())
    assert written[0] == written[1]


def test_phrases_of_a_held_out_sentence_are_dropped() -> None:
    example = labelled.Example.of(SENTENCE, "neutral")
    phrases = [
        labelled.Example.of(text, "neutral") for text in ("many words that must", "other words")
    ]
    kept, _ = prepare.without_held_out_phrases(
        {"sst_sentences": ([], [example]), "sst_phrases": (phrases, [])}
    )
    assert [one.text for one in kept] == ["other words"]


def test_sentences_of_long_reviews_are_taken_once_and_none_that_is_held_out_or_evaluated_on() -> (
    None
):
    review = labelled.Example.of(
        "It begins as it ends. Too short. It begins as it ends! This one is held out, too. "
        f"And this is evaluated on. {'Much too long ' * 20}.",
        "negative",
    )
    held_out = labelled.Example.of("This one is held out, too", "neutral")
    parts = {"movie_reviews_long": ([review], []), "semeval": ([], [held_out])}
    found = prepare.sentences(parts, {labelled.key("And this is evaluated on")})
    assert [one.text for one in found] == ["It begins as it ends."]


def test_a_sentence_without_a_label_is_labelled_as_nothing(data: Path, tmp_path: Path) -> None:
    review = "A long review has sentences of some length. Each of them is taken by itself."
    path = data / "train" / "movie_reviews_long.tsv"
    path.write_text(
        "".join(f"{review} Number {number} is good too.\tpositive\n" for number in range(60))
    )
    result = prepare.prepare(data, MINI, tmp_path, seed=1)
    count = result["unlabelled"]["movie_sentences"]
    assert count == 2 + result["train"]["movie_reviews_long"]
    with np.load(tmp_path / "train.npz") as arrays:
        unlabelled = arrays["sources"] == prepare.MIX.index(prepare.UNLABELLED)
        assert unlabelled.sum() == count
        assert arrays["targets"][unlabelled] == pytest.approx(1 / 3)


def test_a_rare_label_weighs_more_within_a_source_that_asks_for_it() -> None:
    labels = np.array([0] + [2] * 9)
    for place, source in enumerate(labelled.SOURCES):
        weights = prepare.class_weights(np.full(10, place, dtype=np.uint8), labels)
        assert weights[0] == pytest.approx((3 if source.weighed else 1) * weights[1])
        assert weights.mean() == pytest.approx(1)
    assert any(source.weighed for source in labelled.SOURCES)
