"""The two contracts that everything hangs on: where jobs rest, and what scores them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable
from uuid import UUID

from sentijob.errors import ConflictError
from sentijob.jobs import (
    Batch,
    ClaimedJob,
    Counts,
    Failure,
    Item,
    Job,
    Known,
    OpenedBatch,
    Reference,
    Scored,
    Selector,
    Sentiment,
    Sort,
    StoredJob,
    Submission,
    Submitted,
    Terms,
    WorkerInfo,
)
from sentijob.tokens import NewToken, Scope, Token

DRIFT = "the counters of "
"""How a complaint of :meth:`Care.check` begins that a repair mends."""


@runtime_checkable
class SentimentModel(Protocol):
    """Scores texts. Third parties add theirs by the entry-point group ``sentijob.models``."""

    name: str
    revision: str
    """Changes whenever the same text might be scored otherwise: a content hash or a version."""

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        """One sentiment for each of the *texts*, in their order.

        A text is never cut silently: what is longer than the model's reach
        is scored in windows, and the sentiment says how many.

        Raises:
            TextRejectedError: a text among them can't be scored; try them apart.
            ModelError: anything else that may pass.
        """
        ...


class Submissions(Protocol):
    """How texts come in. What returns is on disk, synced, and survives a power cut."""

    def submit(self, item: Item, terms: Terms, *, once: str | None = None) -> Submitted:
        """Queue one text as a job.

        With *once*, a second call with the same key gives the first one's
        receipt and queues nothing.

        Raises:
            ConflictError: *once* already names a batch.
        """
        ...

    def submit_each(self, submissions: Sequence[Submission]) -> Sequence[Submitted | ConflictError]:
        """Queue many texts that have nothing to do with each other, in one transaction: they share its sync.

        Each gets what :meth:`submit` would give it or raise, in order. What
        is raised here goes for all of them: then none is queued.
        """
        ...

    def open_batch(
        self,
        terms: Terms,
        *,
        source: str,
        name: str | None = None,
        fingerprint: str | None = None,
        once: str | None = None,
    ) -> OpenedBatch:
        """Start a batch, or go on with an unsealed one of the same *fingerprint*.

        *fingerprint* stands for the source's content and how it is read.
        With *once*, the batch that already has that key is returned, whatever it holds.

        Raises:
            ConflictError: the *name* is taken, or *once* already names a single job.
        """
        ...

    def append(self, batch_id: int, items: Sequence[Item], *, first_position: int) -> int:
        """Add texts to an unsealed batch in one transaction; how many were new.

        A position that the batch already holds is passed over, so that the
        same rows may be handed in twice.

        Raises:
            ConflictError: the batch is sealed.
        """
        ...

    def seal(self, batch_id: int) -> Batch:
        """Say that all of a batch is in."""
        ...


class Work(Protocol):
    """How a worker takes jobs and gives them back.

    A settle or an extend holds only for claims whose ``(job_id, worker,
    fence)`` is still true; the others are left as they are, and their ids
    are returned. No method here waits for a disk to sync: what is lost in
    a power cut can be scored again.
    """

    def register_worker(self, *, host: str, pid: int, models: str = "*") -> WorkerInfo:
        """Make a worker known; its id is never used twice."""
        ...

    def report_worker(self, worker_id: int, *, rate: float) -> None:
        """Note that a worker is alive, and how many texts a second it scores."""
        ...

    def retire_worker(self, worker_id: int) -> None:
        """Forget a worker that has stopped; jobs that it still holds are rescued."""
        ...

    def workers(self) -> Sequence[WorkerInfo]:
        """All registered workers, the living and the dead that nobody has retired, oldest first."""
        ...

    def claim(
        self,
        worker_id: int,
        *,
        limit: int,
        lease: timedelta,
        models: Collection[str] | None = None,
        exclude_models: Collection[str] = (),
        min_priority: int | None = None,
    ) -> Sequence[ClaimedJob]:
        """Lease up to *limit* due jobs, most urgent first.

        *models* and *exclude_models* narrow by model name, *min_priority* by urgency.

        Two workers never hold the same attempt. Empty means that nothing is
        due now (or all is paused), not that the store is empty.
        """
        ...

    def extend(
        self, worker_id: int, claims: Sequence[ClaimedJob], *, lease: timedelta
    ) -> Collection[int]:
        """Hold *claims* for another *lease* from now; the ids that are no longer held."""
        ...

    def complete(
        self, worker_id: int, scored: Sequence[Scored], *, remembered: Sequence[Scored] = ()
    ) -> Collection[int]:
        """Store results; the ids that were no longer held.

        Those of them that are *remembered* are found by :meth:`recall`.

        The texts that aren't to be stored go in the same transaction.
        """
        ...

    def recall(self, model: str, revision: str, texts: Collection[str]) -> Mapping[str, Known]:
        """What a revision of a model has made of *texts*, by text, as far as it was remembered.

        It is what a completed job holds now: of the same model, revision
        and text. Nothing is found by a text that was dropped.
        """
        ...

    def present(self, job_ids: Collection[int]) -> Collection[int]:
        """Those of the jobs that weren't pruned."""
        ...

    def fail(self, worker_id: int, failures: Sequence[Failure]) -> Collection[int]:
        """Fail jobs, or put them back until their retry is due; the ids that were no longer held."""
        ...

    def release(self, worker_id: int, claims: Sequence[ClaimedJob]) -> Collection[int]:
        """Give unfinished jobs back untried: the attempt doesn't count."""
        ...

    def release_unheld(self, worker_id: int, claims: Sequence[ClaimedJob]) -> int:
        """Give back, untried, what is leased to a worker beyond *claims*, which are all it knows of; how many.

        After an outage: a claim may have been stored though its answer was lost.
        """
        ...

    def rescue(self, *, dead_workers: Collection[int] = ()) -> int:
        """Put back the jobs whose lease has lapsed, and those of *dead_workers*; how many.

        They keep their place in the queue. A job that was rescued too often
        fails, with the code ``rescued_too_often``. Dead workers are retired.
        """
        ...

    def next_due_at(self) -> datetime | None:
        """When the next pending job is due, or None where none waits."""
        ...

    def set_paused(self, *, paused: bool) -> None:
        """Stop or resume all claiming on this store, for every worker, until told otherwise."""
        ...

    def is_paused(self) -> bool: ...


class Changes(Protocol):
    """What people do to many jobs at once. Each call is chunked, so that nobody waits long."""

    def cancel(self, selector: Selector, *, once: str | None = None) -> int:
        """Cancel what is pending or processing; how many. A running worker's late result is dropped.

        With *once*, which goes with one job or one batch, a second call with the same key does nothing.

        Raises:
            ConflictError: *once* is the key of something else.
        """
        ...

    def retry(self, selector: Selector, *, once: str | None = None) -> int:
        """Put failed and cancelled jobs back to pending with fresh attempts; how many.

        *once* is as for :meth:`cancel`: what has failed anew since stays failed.
        """
        ...

    def prune(self, selector: Selector) -> int:
        """Delete final jobs, and sealed batches that this empties; how many jobs."""
        ...


class Reading(Protocol):
    """How everyone looks. Nothing here writes, and no read stays open between two calls."""

    def resolve(self, reference: str) -> Reference:
        """What ``42``, a UUID or a unique beginning of it, ``b7``, a batch's name or ``@last`` names.

        Raises:
            NotFoundError: nothing.
            ConflictError: it is the beginning of several UUIDs.
        """
        ...

    def job(self, job_id: int) -> Job:
        """Raises NotFoundError."""
        ...

    def batch(self, batch_id: int) -> Batch:
        """Raises NotFoundError."""
        ...

    def batches(self, *, limit: int = 20, after: UUID | None = None) -> Sequence[Batch]:
        """The newest batches first; with *after*, those that come after the batch of that UUID."""
        ...

    def jobs(
        self,
        selector: Selector,
        *,
        sort: Sort = Sort.NEWEST,
        limit: int = 20,
        skip: int = 0,
        after: UUID | None = None,
    ) -> Sequence[Job]:
        """The first selected jobs of an order.

        *after* is the UUID of the last job that was seen, which may be gone by now: what
        comes after it is found without counting through what came before.

        Raises:
            UsageError: *after* goes with another order than by age.
        """
        ...

    def page_after(self, selector: Selector, *, after: int, limit: int) -> Sequence[StoredJob]:
        """The first selected jobs whose numbers are greater than *after*, by number."""
        ...

    def pages(self, selector: Selector) -> Iterator[Sequence[StoredJob]]:
        """What :meth:`each_job` gives, at a quarter of its cost, many at a time."""
        ...

    def each_job(self, selector: Selector) -> Iterator[Job]:
        """Every selected job in input order (its id's; within one batch its position's), in bounded memory."""
        ...

    def count(self, selector: Selector) -> int:
        """How many jobs a selector names, counted now."""
        ...

    def counts(self, batch_id: int | None = None) -> Counts:
        """Jobs by status and label, of a batch or of the whole store, without scanning."""
        ...

    def oldest_pending_at(self) -> datetime | None:
        """When the oldest job that is due and waits was created."""
        ...

    def finished_since(self, instant: datetime) -> int:
        """How many jobs became final since *instant*."""
        ...

    def change_token(self) -> int:
        """A number that differs whenever anyone has committed since the last call."""
        ...

    def now(self) -> datetime:
        """The store's own time."""
        ...


class Care(Protocol):
    """Looking after the database itself."""

    def check(self, *, repair: bool = False) -> Sequence[str]:
        """What is wrong, a line each: broken pages, counters that drifted. Empty means sound.

        With *repair*, counters are counted anew; nothing else is touched.
        """
        ...

    def worries(self) -> Sequence[str]:
        """What about the database's own settings breaks promises, a line each; usually nothing."""
        ...

    def backup(self, target: Path) -> None:
        """Copy the store, consistent and online, to a new file.

        Raises:
            ConflictError: *target* exists.
        """
        ...

    def vacuum(self) -> None:
        """Give unused room back to the disk.

        Raises:
            StoreDamagedError: a check finds something broken, which rewriting could make worse.
        """
        ...


class Tokens(Protocol):
    """Who may use the HTTP API. Secrets aren't kept, so that nobody finds them in a store or its backup."""

    def create_token(
        self, name: str, scopes: Collection[Scope], *, expires_in: timedelta | None = None
    ) -> NewToken:
        """Let whoever has its secret in, until it expires or is revoked.

        Raises:
            UsageError: that can't be a name.
            ConflictError: the name is taken, if only by a token that was revoked.
        """
        ...

    def authenticate(self, secret: str) -> Collection[Scope] | None:
        """What the token of this secret is good for; None where none that is valid has it.

        How long it takes says nothing of any secret. That the token was used is noted once a minute.
        """
        ...

    def has_tokens(self) -> bool:
        """Whether any is valid now."""
        ...

    def revoke_token(self, name: str) -> Token:
        """Let nobody in by it any more; once revoked, it stays as it is.

        Raises:
            NotFoundError: there is none of that name.
        """
        ...

    def tokens(self) -> Sequence[Token]:
        """All, those that expired or were revoked too, the oldest first."""
        ...


class Store(
    Submissions,
    Work,
    Changes,
    Reading,
    Care,
    Tokens,
    AbstractContextManager["Store"],
    Protocol,
):
    """Where jobs rest. One store serves many threads and many processes."""

    location: str
    """Its path or URL, with no password in it."""
    engine: str
    """The database and its version, as ``SQLite 3.51.3``."""

    def close(self) -> None:
        """Let go of the database; calling it twice is harmless."""
        ...
