"""What a visitor looks at, as the page's address tells it: a link or a reload shows the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from sentijob.jobs import Label, Status

FARTHEST_PAGE = 10_000
_LONGEST_SEARCH = 200
_LONGEST_MODEL = 500

Value = TypeVar("Value", bound=StrEnum | UUID | int)


class View(NamedTuple):
    """Which jobs, which page of them, and the one that is shown in full."""

    status: Status | None = None
    label: Label | None = None
    model: str | None = None
    batch: UUID | None = None
    search: str | None = None
    page: int = 1
    job: UUID | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> View:
        """The view of an address; what can't be meant is left out."""
        return cls(
            status=_read(Status, query.get("status")),
            label=_read(Label, query.get("label")),
            model=_text(query.get("model"), _LONGEST_MODEL),
            batch=_read(UUID, query.get("batch")),
            search=_text(query.get("search"), _LONGEST_SEARCH),
            page=min(max(_read(int, query.get("page")) or 1, 1), FARTHEST_PAGE),
            job=_read(UUID, query.get("job")),
        )

    @property
    def address(self) -> str:
        """The path and query that show it."""
        given = {
            name: str(value)
            for name, value in self._asdict().items()
            if value is not None and (name, value) != ("page", 1)
        }
        return f"/?{urlencode(given)}" if given else "/"

    def opening(self, written: object) -> View:
        """The same with the job of that UUID in full; the same where it is none."""
        return self._replace(job=_read(UUID, str(written)) or self.job)

    @property
    def is_filtered(self) -> bool:
        """Whether it leaves any jobs out."""
        return self._replace(page=1, job=None) != View()


def _read(kind: Callable[[str], Value], written: str | None) -> Value | None:
    try:
        return kind(written) if written else None
    except ValueError:
        return None


def _text(written: str | None, longest: int) -> str | None:
    return (written or "").strip()[:longest].replace("\0", "") or None
