"""The labelled texts that lie beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def labelled() -> Path:
    folder = Path(os.environ.get("SENTIJOB_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (folder / "dev").is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no labelled texts in {folder}")
        pytest.skip(f"no labelled texts in {folder}; SENTIJOB_DATA names another folder")
    return folder
