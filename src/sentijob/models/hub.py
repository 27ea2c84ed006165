"""Models on the Hugging Face Hub, of which single files are taken at one exact version."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sentijob.errors import ModelUnavailableError, NotFoundError, UsageError
from sentijob.files import NO_ROOM

if TYPE_CHECKING:
    from huggingface_hub import HfApi

PREFIX = "hf:"
_PLACE = re.compile(r"hf:(?P<repo>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?", re.ASCII)
_PATIENCE = 30.0


class HubPlace(NamedTuple):
    """A model on the hub: ``hf:owner/name``, and behind an ``@`` a branch, a tag or a commit."""

    repo: str
    revision: str | None

    @classmethod
    def parse(cls, written: str) -> HubPlace:
        """What *written* says.

        Raises:
            UsageError: it isn't written so.
        """
        found = _PLACE.fullmatch(written)
        if not found:
            raise UsageError(
                f"{written!r} names no model; write hf:owner/name or hf:owner/name@revision"
            )
        return cls(found["repo"], found["revision"])

    def __str__(self) -> str:
        return f"{PREFIX}{self.repo}" + (f"@{self.revision}" if self.revision else "")


class HubSource:
    """A model on the hub at the commit that its revision meant when this was made.

    Raises:
        ModelUnavailableError: the hub can't be reached, or won't give it.
        NotFoundError: there is no such model or revision.
    """

    def __init__(self, place: HubPlace, *, is_watched: bool) -> None:
        self._place = place
        self._hub = _hub(is_watched=is_watched)
        with self._failures_told():
            info = self._hub.model_info(place.repo, revision=place.revision, timeout=_PATIENCE)
        self.name = str(place)
        self.commit = info.sha
        self._names = {each.rfilename for each in info.siblings or ()}

    def names(self) -> Collection[str]:
        return self._names

    def take(self, name: str, target: Path) -> None:
        landing = target.parent / ".hub"
        with self._failures_told():
            file = self._hub.hf_hub_download(
                self._place.repo, name, revision=self.commit, local_dir=landing
            )
            Path(file).rename(target)
        shutil.rmtree(landing)

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        from huggingface_hub import errors

        try:
            yield
        except errors.GatedRepoError as exc:
            raise ModelUnavailableError(
                f"{self._place} is only given to those who have accepted its terms there; "
                "do so, and set HF_TOKEN"
            ) from exc
        except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as exc:
            raise NotFoundError(
                f"the hub has no {self._place}, or keeps it private (then set HF_TOKEN)"
            ) from exc
        except (errors.HFValidationError, errors.HfHubHTTPError) as exc:
            raise ModelUnavailableError(f"the hub gave no {self._place}: {_line(exc)}") from exc
        except (
            Exception
        ) as exc:  # its client's transport has errors of its own, which changed with its versions
            if isinstance(exc, OSError) and exc.errno in NO_ROOM:
                raise
            raise ModelUnavailableError(
                f"{self._place} can't be fetched: {_line(exc)}; where there is no network, "
                "fetch the model's folder elsewhere, and add that"
            ) from exc


def _hub(*, is_watched: bool) -> HfApi:
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.utils.logging import set_verbosity_error
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError as exc:
        raise ModelUnavailableError(
            "models of the hub need an extra: pip install 'sentijob[hub]'"
        ) from exc
    set_verbosity_error()  # type: ignore[no-untyped-call]  # what it retries is its own affair; what fails is told once, by us
    if not is_watched:
        disable_progress_bars()
    return HfApi(library_name="sentijob")


def _line(exc: Exception) -> str:
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0]
