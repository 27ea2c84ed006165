"""Whatever the API's document allows, and much that it doesn't, is answered as the document says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from web_server import served

from sentijob import wiring
from sentijob.settings import load_settings

SUPPORT = Path(__file__).parents[1] / "support"
EXAMPLES = "20"
"""For each call of the API, besides the border cases and the sequences of calls."""


@pytest.mark.timeout(300)
def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    chosen = load_settings({"db": str(tmp_path / "jobs.db")}, environ={})
    with wiring.open_store(chosen) as store, served(store, chosen) as address:
        searched = subprocess.run(  # noqa: S603  # a tool of the tests, on a server of theirs
            [
                Path(sys.executable).with_name("schemathesis"),
                f"--config-file={SUPPORT / 'schemathesis.toml'}",
                "run",
                f"{address}/openapi.json",
                f"--max-examples={EXAMPLES}",
                "--generation-deterministic",
                "--request-timeout=30",
                "--warnings=off",
                "--no-color",
            ],
            cwd=tmp_path,
            env=os.environ
            | {"PYTHONPATH": str(SUPPORT), "SCHEMATHESIS_HOOKS": "schemathesis_hooks"},
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
    assert searched.returncode == 0, searched.stdout + searched.stderr
