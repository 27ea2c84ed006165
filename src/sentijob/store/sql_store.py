"""The store on a SQL database: the parts of the contract, put together."""

from __future__ import annotations

from sentijob.store.care import SqlCare
from sentijob.store.changes import SqlChanges
from sentijob.store.claiming import SqlClaiming
from sentijob.store.known import SqlKnown
from sentijob.store.reading import SqlReading
from sentijob.store.rescuing import SqlRescuing
from sentijob.store.settling import SqlSettling
from sentijob.store.submissions import SqlSubmissions
from sentijob.store.tokens import SqlTokens
from sentijob.store.workers import SqlWorkers


class SqlStore(
    SqlSubmissions,
    SqlWorkers,
    SqlClaiming,
    SqlSettling,
    SqlKnown,
    SqlRescuing,
    SqlChanges,
    SqlReading,
    SqlCare,
    SqlTokens,
):
    """:class:`~sentijob.ports.Store` on SQL; safe to share between threads."""
