"""The flags that several commands share, and the selection that some of them spell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentijob.cli.flags import with_flags
from sentijob.durations import parse_duration
from sentijob.errors import InputError, UsageError
from sentijob.ingest.texts import refuse_unstorable
from sentijob.jobs import BatchReference, JobReference, Label, Selector, Status

if TYPE_CHECKING:
    from sentijob.ports import Reading

SELECTION = "Selection"
OUTPUT = "Output"

Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="PATH|URL",
        help="The store. Else SENTIJOB_DB, else the user's data folder.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.", rich_help_panel=OUTPUT)]
AsJsonLines = Annotated[
    bool, typer.Option("--jsonl", help="One JSON object a line.", rich_help_panel=OUTPUT)
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Ids alone, one a line.", rich_help_panel=OUTPUT)
]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write a .jsonl, .csv or .parquet file, whole or not at all.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would happen, do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="ID…",
        help="A job's number or UUID (or a unique beginning of it), a batch (b7 or its name), @last.",
        show_default=False,
    ),
]
OptionalIds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID]…",
        help="A job's number or UUID (or a unique beginning of it), a batch (b7 or its name), @last.",
        show_default=False,
    ),
]


class Output(Enum):
    """How a listing is written."""

    TABLE = auto()
    JSON = auto()
    JSONL = auto()
    IDS = auto()


def chosen_output(*, as_json: bool, as_jsonl: bool, quiet: bool) -> Output:
    """The one way of writing that the flags ask for.

    Raises:
        UsageError: they ask for more than one.
    """
    wanted = {Output.JSON: as_json, Output.JSONL: as_jsonl, Output.IDS: quiet}
    chosen = [output for output, is_wanted in wanted.items() if is_wanted]
    if len(chosen) > 1:
        raise UsageError("choose one of --json, --jsonl and --quiet")
    return chosen[0] if chosen else Output.TABLE


def _flag(*names: str, metavar: str | None = None, says: str) -> Any:  # noqa: ANN401  # what Typer reads
    return typer.Option(
        *names, metavar=metavar, help=says, show_default=False, rich_help_panel=SELECTION
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
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
        return all(getattr(self, field.name) in (None, []) for field in fields(self))


with_filters = with_flags("filters", Filters)
"""Gives a command the selecting flags, as one argument, ``filters``."""


def select(store: Reading, references: Sequence[str] | None, filters: Filters) -> Selector:
    """What ids and flags select together, every reference looked up.

    Raises:
        NotFoundError: an id or a batch doesn't exist.
        ConflictError: an id's beginning fits several jobs.
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


def _batch_id(store: Reading, reference: str) -> int:
    match store.resolve(reference):
        case BatchReference(batch_id):
            return batch_id
        case JobReference(job_id):
            raise UsageError(f"--batch {reference} names job {job_id}, not a batch")


def _instant(flag: str, written: str | None, store: Reading) -> datetime | None:
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
