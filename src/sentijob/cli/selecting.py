"""The flags that select jobs, and what they and ids select together."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sentijob.cli.flags import with_flags
from sentijob.durations import parse_duration
from sentijob.errors import InputError, UsageError
from sentijob.ingest.texts import refuse_unstorable
from sentijob.jobs import BatchReference, JobReference, Label, Selector, Status

if TYPE_CHECKING:
    from sentijob.ports import Reading

SELECTION = "Selection"


def _flag(*names: str, metavar: str | None = None, says: str) -> Any:  # noqa: ANN401  # what Typer reads
    return typer.Option(
        *names, metavar=metavar, help=says, show_default=False, rich_help_panel=SELECTION
    )


class Filters(NamedTuple):
    """The selecting flags as they were given; a job must meet all of them."""

    batch: Annotated[
        list[str] | None, _flag("--batch", "-b", metavar="BATCH", says="Of this batch.")
    ] = None
    status: Annotated[list[Status] | None, _flag("--status", "-s", says="Standing here.")] = None
    label: Annotated[list[Label] | None, _flag("--label", "-l", says="Scored so.")] = None
    model: Annotated[
        list[str] | None, _flag("--model", "-m", metavar="NAME", says="Of this model.")
    ] = None
    key: Annotated[
        list[str] | None, _flag("--key", "-k", metavar="KEY", says="With this key of yours.")
    ] = None
    error: Annotated[
        list[str] | None, _flag("--error", metavar="CODE", says="Failed with this code.")
    ] = None
    since: Annotated[
        str | None,
        _flag("--since", metavar="2h|DATE", says="Created in the last 2h, or since an ISO date."),
    ] = None
    older_than: Annotated[
        str | None,
        _flag(
            "--older-than",
            metavar="30d|DATE",
            says="Final for longer than 30d, or since before a date.",
        ),
    ] = None
    search: Annotated[
        str | None,
        _flag(
            "--search",
            metavar="WORDS",
            says="With this in the text; reads the jobs one by one, newest first.",
        ),
    ] = None

    @property
    def is_empty(self) -> bool:
        """Whether no flag was given."""
        return all(given in (None, []) for given in self)


with_filters = with_flags("filters", Filters)
"""Gives a command the selecting flags, as one argument, ``filters``."""


def select(store: "Reading", references: Sequence[str] | None, filters: Filters) -> Selector:
    """What ids and flags select together, every reference looked up.

    Raises:
        NotFoundError: an id or a batch doesn't exist.
        ConflictError: an id is the beginning of several UUIDs.
        UsageError: ``--batch`` names a job, or a date or duration can't be read.
    """
    job_ids: list[int] = []
    batch_ids: list[int] = []
    for reference in references or ():
        match store.resolve(reference):
            case JobReference(job_id):
                job_ids.append(job_id)
            case BatchReference(batch_id):
                batch_ids.append(batch_id)
    batch_ids += [_batch_id(store, reference) for reference in filters.batch or ()]
    for field in _WORDS:
        for word in _given(filters, field):
            _insist_on_unicode(field, word)
    return Selector(
        job_ids=tuple(job_ids),
        batch_ids=tuple(batch_ids),
        statuses=tuple(filters.status or ()),
        labels=tuple(filters.label or ()),
        models=tuple(filters.model or ()),
        keys=tuple(filters.key or ()),
        error_codes=tuple(filters.error or ()),
        since=_instant("--since", filters.since, store),
        finished_before=_instant("--older-than", filters.older_than, store),
        search=filters.search,
    )


_WORDS = ("model", "key", "error", "search")
"""The filters whose values are looked for as they are."""


def _given(filters: Filters, field: str) -> Sequence[str]:
    values: str | Sequence[str] | None = getattr(filters, field)
    return (values,) if isinstance(values, str) else values or ()


def _insist_on_unicode(flag: str, word: str) -> None:
    """Raises UsageError where no stored text could equal *word*."""
    try:
        refuse_unstorable(word, f"--{flag}")
    except InputError as exc:
        raise UsageError(exc.reason) from exc


def _batch_id(store: "Reading", reference: str) -> int:
    match store.resolve(reference):
        case BatchReference(batch_id):
            return batch_id
        case JobReference(job_id):
            raise UsageError(f"--batch {reference} names job {job_id}, not a batch")


def _instant(flag: str, written: str | None, store: "Reading") -> datetime | None:
    """``2h`` as two hours ago by the store's time; a date without a zone is the user's local one."""
    if written is None:
        return None
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except ValueError:
        pass
    try:
        return store.now() - parse_duration(written)
    except (UsageError, OverflowError) as exc:
        raise UsageError(
            f"{flag} {written!r} is neither a duration (2h, 30d) nor a date (2026-01-31T12:00)"
        ) from exc
