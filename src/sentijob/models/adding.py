"""Putting models on the shelf and taking them off, each in one step that a crash can't halve."""

from __future__ import annotations

import fcntl
import json
import os
import posixpath
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sentijob.errors import ConflictError, ModelError, ModelUnavailableError, NotFoundError
from sentijob.files import cannot_write, sync_folder
from sentijob.jobs import Label
from sentijob.models.choosing import choose
from sentijob.models.folder import CONFIG, LABELS, ModelFolder
from sentijob.models.shelf import Origin, is_added, place_of, shelf, write_origin
from sentijob.trust import planted

_PIECE = 2**20
"""Bytes that are copied at a time."""
_NEW, _GONE = ".new", ".gone"
"""Folders on the shelf that are on their way; no model's name begins with a dot."""


class Source(Protocol):
    """Where a model's files come from."""

    name: str
    """As it is recorded."""
    commit: str | None
    """Which version of it this is, where it has versions."""

    def names(self) -> Collection[str]:
        """What files it has, or may have for a model: paths in it, divided by slashes."""

    def take(self, name: str, target: Path) -> None:
        """Write one of its files to *target*, which doesn't exist."""


class LocalSource:
    """A folder on this machine."""

    commit: str | None = None

    def __init__(self, folder: Path, *, wanted: str | None = None) -> None:
        self.name = str(folder)
        self._folder = folder
        # Only where files may lie is looked: the folder may be somebody's home.
        self._places = {"", "onnx", posixpath.dirname(wanted or "").lstrip("/")}

    def names(self) -> Collection[str]:
        if not self._folder.is_dir():
            raise ModelUnavailableError(
                f"{self.name!r} is no folder; write a folder's path, or hf:owner/name"
            )
        found = (path for place in self._places for path in (self._folder / place).glob("*"))
        return {path.relative_to(self._folder).as_posix() for path in found if path.is_file()}

    def take(self, name: str, target: Path) -> None:
        with target.open("xb") as file:
            for piece in self._pieces(name):
                file.write(piece)

    def _pieces(self, name: str) -> Iterator[bytes]:
        try:
            with (self._folder / name).open("rb") as file:
                while piece := file.read(_PIECE):
                    yield piece
        except OSError as exc:
            raise ModelUnavailableError(
                f"the model in {self.name!r} can't be used: {name} can't be read: {exc.strerror}"
            ) from exc


def add(
    name: str,
    source: Source,
    *,
    weights: str | None,
    labels: Sequence[Label] | None,
    try_out: Callable[[Path], object],
) -> Origin:
    """Copy a model to the shelf; it is there once all of it is on the disk and *try_out* has passed.

    *weights* names the ONNX file, where it isn't a usual one; *labels* says what the
    classes are, where their names don't or are wrong. *try_out* loads what is in a folder.

    Raises:
        ConflictError: there is one of that name, or another is just being added.
        ModelUnavailableError: it isn't one that can be used.
    """
    with _shelf_to_ourselves(), _arriving(name) as folder:
        try:
            chosen = choose(source.names(), weights)
        except ValueError as exc:
            raise ModelUnavailableError(
                f"the model in {source.name!r} can't be used: {exc}"
            ) from exc
        for original, ours in chosen.taken.items():
            source.take(original, folder / ours)
        with _told_of(source.name, folder):
            if labels is not None:
                _write_labels(ModelFolder(folder), labels)
            try_out(folder)
            revision = ModelFolder(folder).revision()
        origin = Origin(source.name, source.commit, chosen.weights, revision)
        write_origin(folder, origin)
    return origin


def remove(name: str) -> None:
    """Take a model off the shelf; what has it loaded may go on.

    Raises:
        NotFoundError: there is none of that name.
    """
    with _shelf_to_ourselves():
        if not is_added(name):
            raise NotFoundError(
                f"no model {name!r} was added; 'sentijob models' lists what there is"
            )
        gone = shelf() / f"{_GONE}-{os.urandom(8).hex()}"
        place_of(name).rename(gone)
        sync_folder(shelf())
        shutil.rmtree(gone, ignore_errors=True)


@contextmanager
def _shelf_to_ourselves() -> Iterator[None]:
    """Nobody else adds or removes meanwhile; what one who crashed has left is cleared away."""
    place = shelf()
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.mkdir(mode=0o700, exist_ok=True)
        if found := planted(place):
            raise ConflictError(f"{place} is {found}; no model is added there")
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as exc:
        raise cannot_write(place, exc) from exc
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in [*place.glob(f"{_NEW}-*"), *place.glob(f"{_GONE}-*")]:
            shutil.rmtree(left, ignore_errors=True)
        yield
    except BlockingIOError as exc:
        raise ConflictError(
            "another model is being added or removed; try again when that is done"
        ) from exc
    finally:
        os.close(descriptor)


@contextmanager
def _arriving(name: str) -> Iterator[Path]:
    """A folder to fill, which takes its place under *name*, synced, when the block ends well."""
    if is_added(name):
        raise ConflictError(
            f"there is a model {name!r} already; 'sentijob models remove {name}' takes it away"
        )
    folder = shelf().resolve() / f"{_NEW}-{os.urandom(8).hex()}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
        for path in folder.iterdir():
            _sync(path)
        sync_folder(folder)
        folder.rename(place_of(name))
        sync_folder(shelf())
    except OSError as exc:
        raise cannot_write(place_of(name), exc) from exc
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def _told_of(source: str, folder: Path) -> Iterator[None]:
    """Let errors name the place that the user knows, not the folder that is about to vanish."""
    try:
        yield
    except ModelError as exc:
        raise ModelUnavailableError(str(exc).replace(str(folder), source)) from exc


def _write_labels(folder: ModelFolder, labels: Sequence[Label]) -> None:
    config = {**folder.written_config(), LABELS: [label.value for label in labels]}
    (folder.path / CONFIG).write_text(json.dumps(config, indent=1) + "\n")
