"""The tables, declared once. Migrations must arrive at exactly these (a test compares).

Instants are whole milliseconds since 1970 in UTC, except ``lease_expires_at``,
which is in the store's steady time (see ``clock.py``). Rows are written and read by SQL
on the driver (see ``docs/decisions``); these classes never leave this package.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the type is exactly INTEGER."""


def _key() -> Column[int]:
    return Column(BigId, primary_key=True)


def _instant(*, nullable: bool = False) -> Column[int]:
    return Column(BigInteger, nullable=nullable)


def _yes() -> Column[int]:
    """0 or 1, and 1 for the rows that were there before the column."""
    return Column(Integer, nullable=False, server_default=text("1"))


class JobRow(SQLModel, table=True):
    """All of a job that changes, and what is looked up by."""

    __tablename__ = "job"
    __table_args__ = (
        Index("job_job_uuid", "job_uuid", unique=True),
        Index(
            "job_batch_position",
            "batch_id",
            "position",
            unique=True,
            sqlite_where=text("batch_id IS NOT NULL"),
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
        # One lane for each priority, model and hold; see lanes.py.
        Index(
            "job_pending",
            "priority",
            "model",
            "hold",
            "available_at",
            "id",
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
        Index(
            "job_processing",
            "worker_id",
            "lease_expires_at",
            sqlite_where=text("status = 'processing'"),
            postgresql_where=text("status = 'processing'"),
        ),
        Index(
            "job_failed",
            "status",
            sqlite_where=text("status = 'failed'"),
            postgresql_where=text("status = 'failed'"),
        ),
        Index(
            "job_cancelled",
            "status",
            sqlite_where=text("status = 'cancelled'"),
            postgresql_where=text("status = 'cancelled'"),
        ),
        # What follows serves people who look for jobs; see listing.py. Each grows at its end, so
        # that its cost doesn't rise with the store.
        Index("job_model", "model", "id"),
        Index(
            "job_finished",
            "finished_at",
            sqlite_where=text("finished_at IS NOT NULL"),
            postgresql_where=text("finished_at IS NOT NULL"),
        ),
        # Beside the failed ones those that wait for another attempt.
        Index(
            "job_error",
            "error_code",
            sqlite_where=text("error_code IS NOT NULL"),
            postgresql_where=text("error_code IS NOT NULL"),
        ),
        Index(
            "job_key",
            "key",
            sqlite_where=text("key IS NOT NULL"),
            postgresql_where=text("key IS NOT NULL"),
        ),
        # Numbers are never used twice, not even a pruned job's.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, sa_column=_key())
    job_uuid: bytes = Field(sa_column=Column(LargeBinary(16), nullable=False))
    batch_id: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    position: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    key: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    model: str = Field(sa_column=Column(Text, nullable=False))
    status: str = Field(sa_column=Column(Text, nullable=False))
    priority: int = Field(sa_column=Column(Integer, nullable=False))
    hold: int = Field(
        default=0, sa_column=Column(Integer, nullable=False, server_default=text("0"))
    )
    """What it waits for while it is pending; see holds.py."""
    available_at: int = Field(sa_column=_instant())
    attempt: int = Field(sa_column=Column(Integer, nullable=False))
    max_attempts: int = Field(sa_column=Column(Integer, nullable=False))
    rescues: int = Field(sa_column=Column(Integer, nullable=False))
    fence: int = Field(sa_column=Column(Integer, nullable=False))
    worker_id: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    lease_expires_at: int | None = Field(default=None, sa_column=_instant(nullable=True))
    created_at: int = Field(sa_column=_instant())
    started_at: int | None = Field(default=None, sa_column=_instant(nullable=True))
    finished_at: int | None = Field(default=None, sa_column=_instant(nullable=True))
    result_label: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    result_score: float | None = None
    negative: float | None = None
    neutral: float | None = None
    positive: float | None = None
    model_revision: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    tokens: int | None = None
    windows: int | None = None
    error_code: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    error_message: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    store_text: int = Field(default=1, sa_column=_yes())
    """0: its text is dropped with the change that completes it."""


class JobTextRow(SQLModel, table=True):
    """All of a job that may be long and hardly ever changes, so that no change of status rewrites it."""

    __tablename__ = "job_text"

    job_id: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    """Empty once it was dropped: no text that is taken is empty."""
    meta: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    """JSON of the row's other columns."""


class BatchRow(SQLModel, table=True):
    """Jobs that were submitted together, and the terms they share."""

    __tablename__ = "batch"
    __table_args__ = (
        Index("batch_batch_uuid", "batch_uuid", unique=True),
        Index("batch_name", "name", unique=True),
        # Interrupted submits are looked for by what they were reading.
        Index(
            "batch_unsealed",
            "fingerprint",
            sqlite_where=text("sealed_at IS NULL"),
            postgresql_where=text("sealed_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, sa_column=_key())
    name: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    source: str = Field(sa_column=Column(Text, nullable=False))
    fingerprint: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    model: str = Field(sa_column=Column(Text, nullable=False))
    priority: int = Field(sa_column=Column(Integer, nullable=False))
    max_attempts: int = Field(sa_column=Column(Integer, nullable=False))
    available_at: int = Field(sa_column=_instant())
    created_at: int = Field(sa_column=_instant())
    sealed_at: int | None = Field(default=None, sa_column=_instant(nullable=True))
    store_text: int = Field(default=1, sa_column=_yes())
    batch_uuid: bytes = Field(sa_column=Column(LargeBinary(16), nullable=False))


class TallyRow(SQLModel, table=True):
    """Jobs counted by status and label: for one batch, or under 0 for the whole store.

    Kept by the transactions that move jobs, so that counting never scans. A
    count is the sum over its slots; a database with many writers at once
    spreads them over several.
    """

    __tablename__ = "tally"

    batch_id: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    slot: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    pending: int = Field(sa_column=Column(BigInteger, nullable=False))
    processing: int = Field(sa_column=Column(BigInteger, nullable=False))
    completed: int = Field(sa_column=Column(BigInteger, nullable=False))
    failed: int = Field(sa_column=Column(BigInteger, nullable=False))
    cancelled: int = Field(sa_column=Column(BigInteger, nullable=False))
    negative: int = Field(sa_column=Column(BigInteger, nullable=False))
    neutral: int = Field(sa_column=Column(BigInteger, nullable=False))
    positive: int = Field(sa_column=Column(BigInteger, nullable=False))


class PaceRow(SQLModel, table=True):
    """How many jobs became final in each minute since 1970."""

    __tablename__ = "pace"

    minute: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    slot: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    finished: int = Field(sa_column=Column(BigInteger, nullable=False))


class PeakRow(SQLModel, table=True):
    """No job of a block has more of something than its peak; see peaks.py."""

    __tablename__ = "peak"

    block: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    measure: str = Field(sa_column=Column(Text, primary_key=True))
    slot: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    height: float


class WorkerRow(SQLModel, table=True):
    """Workers that have registered and not retired."""

    __tablename__ = "worker"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, sa_column=_key())
    host: str = Field(sa_column=Column(Text, nullable=False))
    pid: int = Field(sa_column=Column(Integer, nullable=False))
    models: str = Field(sa_column=Column(Text, nullable=False))
    started_at: int = Field(sa_column=_instant())
    last_seen_at: int = Field(sa_column=_instant())
    completed: int = Field(sa_column=Column(BigInteger, nullable=False))
    rate: float


class OnceRow(SQLModel, table=True):
    """Keys of submits that must not happen twice, and what the first one made."""

    __tablename__ = "once"
    __table_args__ = (
        Index("once_job", "job_id"),
        Index("once_batch", "batch_id"),
    )

    key: str = Field(sa_column=Column(Text, primary_key=True))
    job_id: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    batch_id: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class KnownRow(SQLModel, table=True):
    """Which job holds what a text was scored as; see known.py."""

    __tablename__ = "known"

    slot: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    job_id: int = Field(sa_column=Column(BigInteger, nullable=False))


class TokenRow(SQLModel, table=True):
    """Who may use the HTTP API; see tokens.py."""

    __tablename__ = "token"
    __table_args__ = (Index("token_name", "name", unique=True),)

    id: int | None = Field(default=None, sa_column=_key())
    name: str = Field(sa_column=Column(Text, nullable=False))
    digest: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    """SHA-256 of the secret, which nobody keeps but its owner."""
    scopes: str = Field(sa_column=Column(Text, nullable=False))
    """What it is good for, with spaces between."""
    created_at: int = Field(sa_column=_instant())
    expires_at: int | None = Field(default=None, sa_column=_instant(nullable=True))
    last_used_at: int | None = Field(default=None, sa_column=_instant(nullable=True))
    revoked_at: int | None = Field(default=None, sa_column=_instant(nullable=True))


class FlagRow(SQLModel, table=True):
    """Switches of the whole store; a row means on."""

    __tablename__ = "flag"

    name: str = Field(sa_column=Column(Text, primary_key=True))
