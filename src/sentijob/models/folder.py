"""A model's folder: its files, what its ``config.json`` says, and the hash that names its content."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path

from sentijob.errors import ModelUnavailableError
from sentijob.jobs import Label
from sentijob.models.labels import read_labels, read_told_labels
from sentijob.models.normalize import Normalizer, read_normalizer
from sentijob.models.windows import WindowPlan

WEIGHTS, TOKENIZER, CONFIG, EMOJI = "model.onnx", "tokenizer.json", "config.json", "emoji.tsv"
LABELS = "sentijob_labels"
"""The key in ``config.json`` under which it may be said what its classes are in our words."""
_REQUIRED = (WEIGHTS, TOKENIZER, CONFIG)
_USUAL_POSITIONS = 512
_SMALLEST_WINDOW = 16
_LARGEST_CONFIG = 4 * 2**20
_NO_NAMES = (
    "it has no id2label, the names of the classes; "
    "'sentijob models add' takes --labels to say what they are"
)
_KEPT_APART = re.compile(r"\.onnx[._]data")
"""How exporters name the files beside a model that hold weights too many for one file."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """What an ONNX model has to be told by its ``config.json``."""

    classes: tuple[str, ...]
    """What the model calls them, one for each logit."""
    labels: tuple[Label, ...]
    """The same in our words."""
    max_length: int
    """Tokens a run may have in one row, the special ones included."""
    window: int
    """The same for one window of a text that is longer."""
    temperature: float
    """Logits are divided by it."""
    pad_id: int
    normalize: Normalizer

    def window_plan(self, special_tokens: int) -> WindowPlan:
        """How to cut long texts, where each row also holds so many *special_tokens*."""
        return WindowPlan(
            reach=self.max_length - special_tokens,
            size=self.window - special_tokens,
            overlap=self.window // 8,
        )


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder with ``model.onnx``, ``tokenizer.json`` and ``config.json``."""

    path: Path

    @property
    def is_complete(self) -> bool:
        return not self.missing()

    @property
    def weights(self) -> Path:
        return self.path / WEIGHTS

    @property
    def tokenizer(self) -> Path:
        return self.path / TOKENIZER

    def missing(self) -> list[str]:
        """The names of the files that it lacks."""
        return [name for name in _REQUIRED if not (self.path / name).is_file()]

    def size(self) -> int:
        """Bytes of the files that make the model."""
        return sum(path.stat().st_size for path in self._content())

    def revision(self) -> str:
        """Twelve hex digits that change with any byte of the model; reads all of it.

        Raises:
            ModelUnavailableError: a file can't be read.
        """
        digest = hashlib.sha256()
        try:
            for path in self._content():
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as exc:
            raise self.unusable(f"{exc.filename} can't be read: {exc.strerror}") from exc
        return digest.hexdigest()[:12]

    def config(self) -> ModelConfig:
        """What ``config.json`` says.

        Raises:
            ModelUnavailableError: it can't be read, or says what can't be used.
        """
        with self._faults_told():
            return _read_config(self.written_config(), self.path)

    def written_config(self) -> dict[str, object]:
        """``config.json`` as it is written.

        Raises:
            ModelUnavailableError: it can't be read, or is no JSON object.
        """
        with self._faults_told():
            with (self.path / CONFIG).open("rb") as file:
                raw = file.read(_LARGEST_CONFIG + 1)
            if len(raw) > _LARGEST_CONFIG:
                raise ValueError(f"it is larger than {_LARGEST_CONFIG // 2**20} MB")
            config = json.loads(raw)
            if not isinstance(config, dict):
                raise ValueError("it must be a JSON object")  # noqa: TRY004 - the file is wrong, not the caller
            return config

    def unusable(self, reason: str) -> ModelUnavailableError:
        """The error to raise for what is wrong with this folder."""
        return ModelUnavailableError(
            f"the model in {os.fspath(self.path)!r} can't be used: {reason}"
        )

    @contextmanager
    def _faults_told(self) -> Iterator[None]:
        """Raise what is wrong with ``config.json``, and what it names, as this folder's fault."""
        try:
            yield
        except OSError as exc:
            raise self.unusable(f"{exc.filename} can't be read: {exc.strerror}") from exc
        except (ValueError, RecursionError) as exc:
            raise self.unusable(f"{CONFIG}: {exc}") from exc

    def _content(self) -> list[Path]:
        optional = [self.path / EMOJI] if (self.path / EMOJI).is_file() else []
        return [*(self.path / name for name in _REQUIRED), *optional, *self._kept_apart()]

    def _kept_apart(self) -> list[Path]:
        beside = (path for path in self.path.glob("*.onnx*") if path.is_file())
        return sorted(path for path in beside if is_kept_apart(path.name))


def is_kept_apart(name: str) -> bool:
    """Whether a file's name says that it holds weights of a model beside it."""
    return _KEPT_APART.search(name) is not None


def _read_config(config: Mapping[str, object], folder: Path) -> ModelConfig:
    pad_id = _whole(config, "pad_token_id", 0, low=0)
    max_length = _whole(config, "max_length", _positions(config, pad_id), low=_SMALLEST_WINDOW)
    window = _whole(config, "window", max_length, low=_SMALLEST_WINDOW)
    classes, labels = _classes(config)
    return ModelConfig(
        classes=classes,
        labels=labels,
        max_length=max_length,
        window=min(window, max_length),
        temperature=_temperature(config),
        pad_id=pad_id,
        normalize=read_normalizer(str(config.get("normalize", "")), folder),
    )


def _classes(config: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[Label, ...]]:
    """What the classes are called, and what they are in our words: as we are told, else by their names."""
    id2label = config.get("id2label")
    names = id2label if isinstance(id2label, dict) else {}
    if (told := config.get(LABELS)) is not None:
        labels = read_told_labels(told, LABELS)
    elif id2label is names:
        labels = read_labels(names)
    else:
        raise ValueError(_NO_NAMES)
    return tuple(str(names.get(str(number), number)) for number in range(len(labels))), labels


def _positions(config: Mapping[str, object], pad_id: int) -> int:
    """The longest row of an export that doesn't state a ``max_length``."""
    positions = _whole(config, "max_position_embeddings", _USUAL_POSITIONS, low=1)
    # RoBERTa and its kin count positions from behind the padding's id.
    return positions - pad_id - 1 if "roberta" in str(config.get("model_type")) else positions


def _whole(config: Mapping[str, object], key: str, default: int, *, low: int) -> int:
    value = default if config.get(key) is None else config[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < low:
        raise ValueError(f"{key} is {value!r}, but must be a whole number from {low}")
    return value


def _temperature(config: Mapping[str, object]) -> float:
    value = config.get("temperature", 1.0)
    if not isinstance(value, int | float) or not 0 < value < inf:
        raise ValueError(f"temperature is {value!r}, but must be a number above 0")
    return float(value)
