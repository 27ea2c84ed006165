"""The newest results of one revision of a model, by text, in bounded room."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b

from sentijob.jobs import ClaimedJob, Sentiment

MOST_TEXTS = 1 << 15
"""Of one generation; there are two. Both full of tweets take some 30 MB."""
MOST_CHARACTERS = 1 << 23

Key = str | bytes
"""A text; or, where it isn't to stay anywhere, what only this process can make of it."""

Entry = tuple[int, Sentiment]
"""What is known of a text, and the job that holds it."""


class Memory:
    """Two generations: once the young one is full, it becomes the old one, and that is forgotten.

    So nothing is done for a text that is never met again but to put it
    there. What is found in the old generation moves to the young one.
    """

    def __init__(
        self, revision: str, *, texts: int = MOST_TEXTS, characters: int = MOST_CHARACTERS
    ) -> None:
        self.revision = revision
        self._most = (texts, characters)
        self._secret = os.urandom(16)
        self._lock = threading.Lock()
        self._young: dict[Key, Entry] = {}
        self._old: dict[Key, Entry] = {}
        self._characters = 0

    def keys(self, claims: Sequence[ClaimedJob]) -> Sequence[Key]:
        """What *claims* are found by."""
        return [claim.text if claim.store_text else self._sealed(claim.text) for claim in claims]

    def find(self, keys: Sequence[Key]) -> Mapping[Key, Entry]:
        """What is known of *keys*."""
        young, old = self._young, self._old
        if young.keys().isdisjoint(keys) and old.keys().isdisjoint(keys):
            return {}
        found = {key: young[key] for key in keys if key in young}
        aged = {key: old[key] for key in keys if key in old and key not in found}
        if aged:
            self.add(aged.keys(), aged.values())
        return found | aged

    def add(self, keys: Collection[Key], entries: Iterable[Entry]) -> None:
        """Note what is known of *keys*."""
        with self._lock:
            self._young.update(zip(keys, entries, strict=True))
            self._characters += sum(map(len, keys))
            if len(self._young) > self._most[0] or self._characters > self._most[1]:
                self._young, self._old, self._characters = {}, self._young, 0

    def drop(self, keys: Collection[Key]) -> None:
        """Forget *keys*."""
        with self._lock:
            for key in keys:
                self._young.pop(key, None)
                self._old.pop(key, None)

    def _sealed(self, text: str) -> bytes:
        return blake2b(text.encode(), key=self._secret, digest_size=16).digest()
