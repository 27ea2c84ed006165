"""A model folder that is made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_model import write_folder

MakeFolder = Callable[..., Path]


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Writes a working model folder; keywords change it, as :func:`tiny_model.write_folder` has them."""

    def make(**changes: Any) -> Path:
        return write_folder(tmp_path / "model", **changes)

    return make
