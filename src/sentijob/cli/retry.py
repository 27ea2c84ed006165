"""``sentijob retry``."""

from __future__ import annotations

from sentijob.cli.changing import Everything, Request, Verb, change
from sentijob.cli.lazy import command_app
from sentijob.cli.options import AsJson, Db, DryRun, OptionalIds, Yes
from sentijob.cli.selecting import Filters, with_filters
from sentijob.jobs import RETRYABLE_STATUSES

app = command_app()
_VERB = Verb(
    "retry",
    "retried",
    RETRYABLE_STATUSES,
    lambda store, selector: store.retry(selector),
)


@app.command()
@with_filters
def retry(
    ids: OptionalIds = None,
    *,
    filters: Filters,
    everything: Everything = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Put failed and cancelled jobs back in the queue.

    They get fresh attempts, and keep their ids. Flags and --all ask first; where nobody
    can be asked they need --yes.
    """
    request = Request(everything=everything, dry_run=dry_run, yes=yes, as_json=as_json, db=db)
    change(_VERB, ids, filters, request)
