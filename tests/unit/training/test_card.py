"""The card that is written from results."""

from __future__ import annotations

from typing import Any

import card
import pytest
from prepare import ALL_SOURCES, MIX, UNLABELLED

FIGURES = {"texts": 7, "two-class": 91.23, "three-class": 80.0, "macro-recall": 70.0, "ece": 2.46}
SETS = {
    "dev some_set": FIGURES,
    "probe sarcasm": FIGURES,
    "probe neutral": {**FIGURES, "two-class": float("nan")},
    "probe languages": {"texts": 3, "mean of the likeliest": 45.6, "share above 80 %": 1.5},
}


@pytest.fixture
def results() -> dict[str, Any]:
    return {
        "prepare": {
            "train": {source.name: 1_234 for source in ALL_SOURCES},
            "unlabelled": {UNLABELLED.name: 1_234},
        },
        "fit": {"passes": 3, "rate": 6e-5, "start": "weights.safetensors"},
        "teach": {"teacher": "big"},
        "export": {"share of what was learnt": 0.8, "blended with": "old.safetensors"},
        "evaluate": dict.fromkeys(("before", "float", "static", "dynamic", "vader"), SETS),
        "choose": {
            "form": "static",
            "temperature": 1.17,
            "lost against float": {"static": {"dev some_set": 0.31}},
            "figures": SETS,
        },
    }


def test_a_card_holds_the_results_and_no_gap(results: dict[str, Any]) -> None:
    written = card.card(results, {"version": "9.8"}, 22_700_000)
    assert written.startswith("# mini 9.8: three classes of sentiment in 22.7 MB\n")
    for said in ("91.2 / 80.0 / 70.0", "1.17", "0.3 points (dev some set)", "45.6 %", "1.5 %"):
        assert said in written
    assert "$" not in written
    assert "- / 80.0 / 70.0" in written


def test_a_card_tells_whom_the_model_learnt_from(results: dict[str, Any]) -> None:
    written = card.card(results, {"version": "1"}, 1)
    assert "probabilities of big" in written
    assert "blended 0.8 to 0.2 with the weights of `old.safetensors`" in written
    results["teach"] = {}
    assert "from the labels alone" in card.card(results, {"version": "1"}, 1)


def test_every_source_stands_in_the_card_with_its_licence(results: dict[str, Any]) -> None:
    written = card.card(results, {"version": "9.8"}, 1)
    assert written.count("| 1,234 |") == len(MIX)


def test_how_activations_are_scaled_is_told(results: dict[str, Any]) -> None:
    assert "may share a run" in card.card(results, {"version": "1"}, 1)
    results["choose"]["form"] = "dynamic"
    results["choose"]["lost against float"] = {"dynamic": {"dev some_set": -0.2}}
    written = card.card(results, {"version": "1"}, 1)
    assert "a run of its own" in written
    assert "at most 0.0 points" in written
