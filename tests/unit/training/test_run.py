"""The stages are carried out once each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import run

ROOT = Path(__file__).parents[3]


@pytest.fixture
def options(tmp_path: Path) -> run.Options:
    return run.Options(
        *(tmp_path, tmp_path, tmp_path, tmp_path, None, tmp_path, tmp_path, 1, 1e-5, 1)
    )


def test_a_stage_whose_result_is_there_is_not_run_again(
    options: run.Options, tmp_path: Path
) -> None:
    called = []

    def stage(_: run.Options) -> dict[str, Any]:
        called.append(1)
        return {"found": 3}

    run.carry_out("prepare", stage, options)
    run.carry_out("prepare", stage, options)
    assert len(called) == 1
    assert json.loads((tmp_path / "prepare.json").read_text()) == {"found": 3}
    noted = [json.loads(line) for line in (tmp_path / "stages.jsonl").read_text().splitlines()]
    assert [each["stage"] for each in noted] == ["prepare"]


def test_a_stage_that_fails_leaves_no_result(options: run.Options, tmp_path: Path) -> None:
    def stage(_: run.Options) -> dict[str, Any]:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        run.carry_out("fit", stage, options)
    assert not list(tmp_path.iterdir())


def test_the_command_explains_itself() -> None:
    helped = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, ROOT / "training" / "run.py", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert helped.returncode == 0, helped.stderr
    assert "--ship" in helped.stdout


def test_nothing_of_training_is_imported_by_the_program() -> None:
    names = {path.stem for path in (ROOT / "training").glob("*.py")}
    for path in (ROOT / "src").rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            words = line.split()
            if words[:1] in (["import"], ["from"]):
                assert words[1] not in names, path
