"""The model that ships is the one that the manifest tells of."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).parents[3]
MINI = ROOT / "src" / "sentijob" / "models" / "mini"
MANIFEST = json.loads((ROOT / "training" / "shipped.json").read_text(encoding="utf-8"))


def test_each_shipped_file_has_the_hash_of_the_manifest() -> None:
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in MINI.iterdir()
        if path.is_file()
    }
    assert found == MANIFEST["files"]


def test_the_manifest_tells_of_the_shipped_version() -> None:
    config = json.loads((MINI / "config.json").read_text(encoding="utf-8"))
    assert config["version"] == MANIFEST["version"]
    assert config["temperature"] == MANIFEST["temperature"]


def test_a_model_is_small_enough_for_a_wheel() -> None:
    assert (MINI / "model.onnx").stat().st_size <= 25_000_000


def test_the_log_holds_the_stages_lines_and_no_place_of_the_machine_that_they_ran_on() -> None:
    log = (ROOT / "training" / "shipped.log").read_text(encoding="utf-8")
    assert "fit begins" in log
    assert " /" not in log
