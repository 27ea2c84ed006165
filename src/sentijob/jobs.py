"""The values that everything speaks in: jobs, batches, sentiments, and what each status allows.

All of them are immutable. Instants are aware UTC datetimes, durations
timedeltas, probabilities floats from 0 to 1.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

DEFAULT_MODEL = "mini"
DEFAULT_MAX_ATTEMPTS = 3
BATCH_PRIORITY = 0
"""What a file's texts get unless told otherwise."""
INTERACTIVE_PRIORITY = 10
"""What a text given on the command line gets: a person is waiting for it."""
RUN_PRIORITY = 1000
"""``run`` gives its texts more than this, and each run more than the last, so that its worker finds its own first."""
PRIORITY_RANGE = range(-1000, 1001)


class Status(StrEnum):
    """Where a job stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing but a person's ``retry`` moves the job on."""
        return self in FINAL_STATUSES


FINAL_STATUSES = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})
CANCELLABLE_STATUSES = frozenset({Status.PENDING, Status.PROCESSING})
RETRYABLE_STATUSES = frozenset({Status.FAILED, Status.CANCELLED})


class Label(StrEnum):
    """The three classes of sentiment."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Sentiment(NamedTuple):
    """What a model says of one text.

    The three probabilities sum to 1; *score* is the label's own. *tokens*
    counts what the model read of the text, all windows together; *windows*
    is 1 unless the text was longer than the model's reach.
    """

    label: Label
    score: float
    negative: float
    neutral: float
    positive: float
    tokens: int
    windows: int = 1

    @classmethod
    def of(
        cls, negative: float, neutral: float, positive: float, *, tokens: int, windows: int = 1
    ) -> "Sentiment":
        """Name the likeliest of three probabilities; a tie goes to neutral, then to negative."""
        chances = {Label.NEUTRAL: neutral, Label.NEGATIVE: negative, Label.POSITIVE: positive}
        label = max(chances, key=chances.__getitem__)
        return cls(label, chances[label], negative, neutral, positive, tokens, windows)


class Item(NamedTuple):
    """A checked text on its way into the store, before it is a job."""

    text: str
    key: str | None = None
    meta: Mapping[str, object] | None = None


class Terms(NamedTuple):
    """What is asked for texts that are submitted together."""

    model: str = DEFAULT_MODEL
    priority: int = BATCH_PRIORITY
    delay: timedelta = timedelta(0)
    max_attempts: int = DEFAULT_MAX_ATTEMPTS
    store_text: bool = True
    """Whether a text stays in the store once it is scored."""


class Submission(NamedTuple):
    """A text to queue by itself; where *once* is given, only if no earlier submit had that key."""

    item: Item
    terms: Terms
    once: str | None = None


class ClaimedJob(NamedTuple):
    """The part of a job that its worker holds.

    ``(job_id, worker, fence)`` is the right to settle it: *fence* rises at
    every claim, so that a worker that comes late settles nothing.
    """

    job_id: int
    fence: int
    text: str
    model: str
    priority: int
    attempt: int
    max_attempts: int
    batch_id: int | None
    rescues: int
    store_text: bool = True
    """Whether the text stays once it is scored."""


class Scored(NamedTuple):
    """A claimed job and its sentiment, ready to complete."""

    claimed: ClaimedJob
    sentiment: Sentiment
    model_revision: str


class Known(NamedTuple):
    """What a text was scored as, and by which job."""

    job_id: int
    sentiment: Sentiment


class Failure(NamedTuple):
    """A claimed job that failed: for good, or until *retry_in* has passed."""

    claimed: ClaimedJob
    error_code: str
    error_message: str
    retry_in: timedelta | None = None


class JobError(NamedTuple):
    """Why a job failed, or why its last attempt did."""

    code: str
    message: str


class Job(NamedTuple):
    """One text to score, and all that is known of it."""

    id: int
    """The number people type; never used twice."""
    job_uuid: UUID
    """UUIDv7: what programs hold."""
    batch_id: int | None
    position: int | None
    """Place in its batch, from 0."""
    key: str | None
    """The caller's own id; need not be unique."""
    text: str | None
    """None where it was dropped with its scoring, as the submit had asked."""
    model: str
    status: Status
    priority: int
    """Higher goes first."""
    attempt: int
    """Which try this is, counted at the claim from 1; 0 before the first."""
    max_attempts: int
    rescues: int
    """How often it was taken back from a worker that died or stalled."""
    fence: int
    worker_id: int | None
    """Who holds it while it is processing."""
    available_at: datetime
    """Not claimed before: a delay, or the backoff after a failed attempt."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    sentiment: Sentiment | None
    model_revision: str | None
    """Content hash of the model that scored it."""
    error: JobError | None
    meta: Mapping[str, object]
    """The other columns of the row it came from."""


StoredJob = tuple[
    int,  # id
    bytes,  # job_uuid
    int | None,  # position
    str | None,  # key
    str | None,  # text: empty once it was dropped
    float | None,  # result_score
    float | None,  # negative
    float | None,  # neutral
    float | None,  # positive
    int | None,  # tokens
    str | None,  # meta
    # What follows is the same for many jobs on end.
    int | None,  # batch_id
    str,  # model
    str,  # status
    str | None,  # result_label
    str | None,  # model_revision
    int | None,  # windows
    int,  # attempt
    int,  # max_attempts
    int,  # priority
    int,  # created_at
    int,  # available_at
    int | None,  # started_at
    int | None,  # finished_at
    str | None,  # error_code
    str | None,  # error_message
]
"""What is shown of a job, as it is stored, for those who write jobs out by the million.

Instants are whole milliseconds since 1970 in UTC, meta is JSON. Nothing of it was looked at yet, so
that whoever uses a value may find it damaged.
"""
StandingPart = tuple[
    int | None,
    str,
    str,
    str | None,
    str | None,
    int | None,
    int,
    int,
    int,
    int,
    int,
    int | None,
    int | None,
    str | None,
    str | None,
]
"""The part of a :data:`StoredJob` that is the same for many: from its batch on."""


class Counts(NamedTuple):
    """How many jobs stand where, and how the completed ones fell out."""

    pending: int = 0
    processing: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    negative: int = 0
    neutral: int = 0
    positive: int = 0

    @property
    def total(self) -> int:
        return self.pending + self.processing + self.finished

    @property
    def finished(self) -> int:
        """How many are final."""
        return self.completed + self.failed + self.cancelled

    @property
    def is_final(self) -> bool:
        return self.pending == self.processing == 0


class Batch(NamedTuple):
    """Jobs that were submitted together."""

    id: int
    name: str | None
    source: str
    """Where the texts came from: a path, ``-`` or ``arguments``."""
    model: str
    priority: int
    created_at: datetime
    sealed_at: datetime | None
    """When its last text was in; None while it is still being submitted, or was interrupted."""
    counts: Counts
    batch_uuid: UUID
    """UUIDv7: what programs hold."""

    @property
    def reference(self) -> str:
        """What people type for it: ``b7``."""
        return f"b{self.id}"

    @property
    def is_final(self) -> bool:
        """Whether all of it was submitted and none of it still waits."""
        return self.sealed_at is not None and self.counts.is_final


class Submitted(NamedTuple):
    """The receipt of one submitted text; *is_new* is False where ``once`` found an earlier one."""

    job_id: int
    job_uuid: UUID
    is_new: bool


class OpenedBatch(NamedTuple):
    """A batch to append to, and how many of its texts are already in."""

    batch: Batch
    present: int
    is_new: bool
    fingerprint: str | None
    """Of what it was begun with."""


class WorkerInfo(NamedTuple):
    """A worker that has registered with the store."""

    id: int
    host: str
    """Names the machine since its last boot, so that a reboot counts as a death."""
    pid: int
    models: str
    """The models it serves, or ``*``."""
    started_at: datetime
    last_seen_at: datetime
    holding: int
    """How many jobs it holds now."""
    completed: int
    """How many it has completed."""
    rate: float
    """Texts a second, as it last measured."""


class Selector(NamedTuple):
    """Which jobs: every part that is given must hold, and nothing given means all."""

    job_ids: tuple[int, ...] = ()
    batch_ids: tuple[int, ...] = ()
    statuses: tuple[Status, ...] = ()
    labels: tuple[Label, ...] = ()
    models: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    error_codes: tuple[str, ...] = ()
    since: datetime | None = None
    """Created at or after."""
    finished_before: datetime | None = None
    search: str | None = None
    """A piece of the text, in any case of ASCII letters."""

    @property
    def is_empty(self) -> bool:
        return self == Selector()


class Sort(StrEnum):
    """Orders of a listing."""

    NEWEST = "newest"
    OLDEST = "oldest"
    PRIORITY = "priority"
    SCORE = "score"
    FINISHED = "finished"


BY_AGE = frozenset({Sort.NEWEST, Sort.OLDEST})
"""Orders that go on after one of their jobs."""


class JobReference(NamedTuple):
    """A reference that names one job."""

    job_id: int


class BatchReference(NamedTuple):
    """A reference that names one batch."""

    batch_id: int


Reference = JobReference | BatchReference
