"""``sentijob prune``."""

from __future__ import annotations

from sentijob.cli.changing import Everything, Request, Verb, change
from sentijob.cli.lazy import command_app
from sentijob.cli.options import AsJson, Db, DryRun, OptionalIds, Yes
from sentijob.cli.selecting import Filters, with_filters
from sentijob.jobs import FINAL_STATUSES

app = command_app()
_VERB = Verb(
    "prune",
    "pruned",
    FINAL_STATUSES,
    lambda store, selector: store.prune(selector),
    always_asks=True,
)


@app.command()
@with_filters
def prune(
    ids: OptionalIds = None,
    *,
    filters: Filters,
    everything: Everything = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Delete final jobs for good.

    Their texts and results go too, and batches that this empties. It always asks; where
    nobody can be asked it needs --yes. 'prune --older-than 30d' is the usual way.
    """
    request = Request(everything=everything, dry_run=dry_run, yes=yes, as_json=as_json, db=db)
    change(_VERB, ids, filters, request)
