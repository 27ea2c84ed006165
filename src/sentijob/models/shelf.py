"""The models that were added: each a folder of its own in the user's data folder, under its name.

They belong to a user on a machine, not to a store: whatever worker of that
user's, on whatever store, finds them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

from sentijob.errors import ModelUnavailableError
from sentijob.models.folder import ModelFolder
from sentijob.settings import data_folder
from sentijob.trust import planted

RECORD = "added.json"
"""Beside a model's own files: where it came from, and what it was then."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Origin(NamedTuple):
    """What is recorded when a model is added."""

    source: str
    """The folder, or ``hf:owner/name``."""
    commit: str | None
    """Which of the hub's versions, by its full hash."""
    weights: str
    """The source's ONNX file."""
    revision: str
    """Of the files as they were added."""


def shelf() -> Path:
    """Where added models lie; it needn't exist."""
    return data_folder() / "models"


def is_name(name: str) -> bool:
    """Whether a model may be added by that name; such a name is a file's, and no path."""
    return _NAME.fullmatch(name) is not None


def place_of(name: str) -> Path:
    """Where a model of that name lies, or would."""
    return shelf() / name


def is_added(name: str) -> bool:
    """Whether a model of that name was added."""
    return is_name(name) and place_of(name).is_dir()


def added_names() -> list[str]:
    """The names of all added models, in order."""
    try:
        found = [path.name for path in shelf().iterdir()]
    except OSError:
        return []
    return sorted(name for name in found if is_added(name))


def added_folder(name: str) -> ModelFolder:
    """The files of an added model, unless another user has put them there.

    Raises:
        ModelUnavailableError: somebody has.
    """
    place = place_of(name)
    if found := planted(shelf()):
        raise ModelUnavailableError(f"{shelf()} is {found}; models in it aren't used")
    return ModelFolder(place)


def origin_of(name: str) -> Origin:
    """What was recorded when the model was added.

    Raises:
        ModelUnavailableError: that is gone, or can't be understood.
    """
    path = place_of(name) / RECORD
    try:
        return Origin(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, RecursionError) as exc:
        raise ModelUnavailableError(
            f"the model {name!r} is damaged: {path} can't be read; "
            f"remove it with 'sentijob models remove {name}', and add it again"
        ) from exc


def write_origin(folder: Path, origin: Origin) -> None:
    """Record *origin* in a model's folder."""
    (folder / RECORD).write_text(json.dumps(origin._asdict(), indent=1) + "\n")
