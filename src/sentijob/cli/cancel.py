"""``sentijob cancel``."""

from __future__ import annotations

from sentijob.cli.changing import Everything, Request, Verb, change
from sentijob.cli.lazy import command_app
from sentijob.cli.options import AsJson, Db, DryRun, OptionalIds, Yes
from sentijob.cli.selecting import Filters, with_filters
from sentijob.jobs import CANCELLABLE_STATUSES

app = command_app()
_VERB = Verb(
    "cancel",
    "cancelled",
    CANCELLABLE_STATUSES,
    lambda store, selector: store.cancel(selector),
)


@app.command()
@with_filters
def cancel(
    ids: OptionalIds = None,
    *,
    filters: Filters,
    everything: Everything = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Cancel jobs that aren't final yet.

    A job that a worker holds is let go: its late result is dropped. Flags and --all ask
    first; where nobody can be asked they need --yes. Where every job named by id is final
    already, that is a conflict: exit status 5.
    """
    request = Request(everything=everything, dry_run=dry_run, yes=yes, as_json=as_json, db=db)
    change(_VERB, ids, filters, request)
