"""What cancel, retry and prune have in common: who is meant, is it really meant, what came of it.

Ids name their jobs themselves, so cancelling and retrying them asks nothing
more. Flags and ``--all`` may reach further than one thinks: they ask on a
terminal, and need ``--yes`` where nobody can be asked. Pruning can't be
undone and always asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sentijob.cli.console import can_ask, note, put
from sentijob.cli.selecting import Filters, select
from sentijob.cli.session import opened_store, session_settings
from sentijob.cli.words import amount
from sentijob.errors import ConflictError, UsageError
from sentijob.export.documents import dumps
from sentijob.jobs import Selector, Status

if TYPE_CHECKING:
    from sentijob.ports import Store

Everything = Annotated[
    bool,
    typer.Option("--all", help="All that can be, of the whole store.", rich_help_panel="Selection"),
]


class Verb(NamedTuple):
    """One way to change many jobs."""

    word: str
    done: str
    """Its past participle, which is also the name of the count in JSON."""
    eligible: Collection[Status]
    """The statuses that it can change."""
    act: Callable[[Store, Selector], int]
    always_asks: bool = False


class Request(NamedTuple):
    """What the user said, apart from whom it concerns."""

    everything: bool
    dry_run: bool
    yes: bool
    as_json: bool
    db: str | None


def change(verb: Verb, ids: Sequence[str] | None, filters: Filters, request: Request) -> None:
    """Do *verb* to what is selected, or say what it would do.

    Raises:
        UsageError: nothing is selected, or nobody can confirm.
        NotFoundError: an id doesn't exist.
        ConflictError: jobs were named by id, and none of them is in a status that *verb* changes.
    """
    _insist_on_a_selection(verb, ids, filters, everything=request.everything)
    settings = session_settings(db=request.db)
    with opened_store(settings) as store:
        selector = _narrowed(select(store, ids, filters), verb)
        count = store.count(selector)
        if not count and selector.job_ids:
            raise ConflictError(_why_none(store, selector.job_ids, verb))
        asks = verb.always_asks or request.everything or not filters.is_empty
        if count and not request.dry_run:
            if asks and not request.yes:
                _confirm(verb, count)
            count = verb.act(store, selector)
        _report(verb, count, request)


def _insist_on_a_selection(
    verb: Verb, ids: Sequence[str] | None, filters: Filters, *, everything: bool
) -> None:
    is_selected = bool(ids) or not filters.is_empty
    if everything and is_selected:
        raise UsageError(
            "--all means all: leave it out, or leave out the ids and flags that narrow it"
        )
    if not (everything or is_selected):
        raise UsageError(
            f"say which jobs to {verb.word}: ids, a batch (b7), a flag like --status or --batch, or --all"
        )


def _narrowed(selector: Selector, verb: Verb) -> Selector:
    """*selector* without the statuses that *verb* leaves alone."""
    wanted = selector.statuses or tuple(verb.eligible)
    statuses = tuple(status for status in wanted if status in verb.eligible)
    if not statuses:
        raise UsageError(
            f"{' and '.join(wanted)} jobs can't be {verb.done}; {_those_that_can(verb)}"
        )
    return selector._replace(statuses=statuses)


def _why_none(store: Store, job_ids: Sequence[int], verb: Verb) -> str:
    standing = ", ".join(f"{job_id} is {store.job(job_id).status}" for job_id in job_ids[:5])
    return f"job {standing}{'…' if len(job_ids) > 5 else ''}; {_those_that_can(verb)}"


def _those_that_can(verb: Verb) -> str:
    able = sorted(verb.eligible, key=list(Status).index)
    return f"only {', '.join(able[:-1])} or {able[-1]} jobs can be"


def _confirm(verb: Verb, count: int) -> None:
    question = f"{verb.word} {amount(count, 'job')}?"
    if not can_ask():
        raise UsageError(
            f"{question} Nobody is here to ask: add --yes, or look first with --dry-run"
        )
    typer.confirm(question.capitalize(), abort=True, err=True)


def _report(verb: Verb, count: int, request: Request) -> None:
    if request.as_json:
        put(dumps({verb.done: count, "dry_run": request.dry_run}))
        return
    would = "would be " if request.dry_run else ""
    note(f"{amount(count, 'job')} {would}{verb.done}")
