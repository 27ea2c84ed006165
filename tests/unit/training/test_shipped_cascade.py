"""The n-grams that ship are those that their manifest tells of, with thresholds for the shipped mini."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from sentijob.models.cascade_folder import HASHES, VALUES
from sentijob.models.registry import bundled_cascade, bundled_mini

ROOT = Path(__file__).parents[3]
CASCADE = ROOT / "src" / "sentijob" / "models" / "cascade"
MANIFEST = json.loads((ROOT / "training" / "shipped_cascade.json").read_text(encoding="utf-8"))


def test_each_shipped_file_has_the_hash_of_the_manifest() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in CASCADE.iterdir()}
    assert found == MANIFEST["files"]


def test_the_thresholds_were_chosen_for_the_mini_that_ships() -> None:
    assert MANIFEST["thresholds"]["mini"] == bundled_mini().revision()


def test_on_no_large_held_out_set_is_more_lost_than_the_bound() -> None:
    thresholds = MANIFEST["thresholds"]
    sets = thresholds["sets"]
    judged = [name for name in sets if name.startswith("held-out ") and sets[name]["texts"] >= 1000]
    assert len(judged) == 4
    assert max(sets[name]["loss"] for name in judged) <= thresholds["bound"]


def test_the_hashes_rise_so_that_they_can_be_searched() -> None:
    hashes = np.load(CASCADE / HASHES, allow_pickle=False)
    values = np.load(CASCADE / VALUES, allow_pickle=False)
    assert (np.diff(hashes.astype(np.int64)) > 0).all()
    assert (hashes.dtype, values.dtype) == (np.uint32, np.int8)
    assert values.shape == (len(hashes), 2)
    assert len(hashes) == MANIFEST["ngrams"]["n-grams"]


def test_they_add_little_to_a_wheel() -> None:
    assert bundled_cascade().size() <= 2_100_000
