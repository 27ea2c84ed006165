"""The files of ``cascade`` beside those of ``mini``, and what they say of when a text goes on to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from sentijob.errors import ModelUnavailableError
from sentijob.models.folder import ModelFolder
from sentijob.models.normalize import Normalizer, read_normalizer

HASHES, VALUES, CONFIG, ROUTING = "hashes.npy", "values.npy", "config.json", "routing.json"
FILES = (HASHES, VALUES, CONFIG, ROUTING)


@dataclass(frozen=True, slots=True)
class Routing:
    """When the n-grams' answer stands."""

    negative: float
    """How likely negative has to be, where it is the likeliest; more than 1 means that it never stands."""
    neutral: float
    positive: float
    least_known: float
    """The least share of a text's words that the n-grams have to know."""
    fewest_words: int
    most_words: int


@dataclass(frozen=True, slots=True)
class CascadeFolder:
    """The n-grams' own folder, and that of the model which answers the rest."""

    path: Path
    rest: ModelFolder

    def size(self) -> int:
        """Bytes of the files that it adds to the other model's."""
        return sum((self.path / name).stat().st_size for name in FILES)

    def revision(self) -> str:
        """Twelve hex digits that change with any byte of either model; reads all of them.

        Raises:
            ModelUnavailableError: a file can't be read.
        """
        digest = hashlib.sha256(self.rest.revision().encode())
        for name in FILES:
            digest.update(hashlib.sha256(self._read(name)).digest())
        return digest.hexdigest()[:12]

    def scale(self) -> float:
        """What one unit of the n-grams' weights stands for."""
        return float(json.loads(self._read(CONFIG))["scale"])

    def normalizer(self) -> Normalizer:
        """What texts pass before they are taken apart, with the other model's table of emoji."""
        return read_normalizer(json.loads(self._read(CONFIG))["normalize"], self.rest.path)

    def routing(self) -> Routing:
        return Routing(**json.loads(self._read(ROUTING)))

    def _read(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except OSError as exc:
            raise ModelUnavailableError(
                f"the model in {str(self.path)!r} can't be used: "
                f"{exc.filename} can't be read: {exc.strerror}"
            ) from exc
