"""Jobs, their texts, batches, counters and workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables of the first release."""
    _create_job()
    op.create_table(
        "job_text",
        sa.Column("job_id", BIG_ID, primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("meta", sa.Text),
    )
    _create_batch()
    op.create_table(
        "tally",
        sa.Column("batch_id", BIG_ID, primary_key=True, autoincrement=False),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in (
                "pending",
                "processing",
                "completed",
                "failed",
                "cancelled",
                "negative",
                "neutral",
                "positive",
            )
        ),
    )
    op.create_table(
        "pace",
        sa.Column("minute", BIG_ID, primary_key=True, autoincrement=False),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("finished", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "worker",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("last_seen_at", sa.BigInteger, nullable=False),
        sa.Column("completed", sa.BigInteger, nullable=False),
        sa.Column("rate", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "once",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("job_id", sa.BigInteger),
        sa.Column("batch_id", sa.BigInteger),
    )
    op.create_index("once_job", "once", ["job_id"])
    op.create_index("once_batch", "once", ["batch_id"])
    op.create_table("flag", sa.Column("name", sa.Text, primary_key=True))


def _create_job() -> None:
    op.create_table(
        "job",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("job_uuid", sa.LargeBinary(16), nullable=False),
        sa.Column("batch_id", sa.BigInteger),
        sa.Column("position", sa.BigInteger),
        sa.Column("key", sa.Text),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("hold", sa.Integer, nullable=False),
        sa.Column("available_at", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("rescues", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("worker_id", sa.BigInteger),
        sa.Column("lease_expires_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("result_label", sa.Text),
        sa.Column("result_score", sa.Float),
        sa.Column("negative", sa.Float),
        sa.Column("neutral", sa.Float),
        sa.Column("positive", sa.Float),
        sa.Column("model_revision", sa.Text),
        sa.Column("tokens", sa.Integer),
        sa.Column("windows", sa.Integer),
        sa.Column("error_code", sa.Text),
        sa.Column("error_message", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("job_job_uuid", "job", ["job_uuid"], unique=True)
    _index("job_batch_position", ["batch_id", "position"], "batch_id IS NOT NULL", unique=True)
    _index("job_pending", ["priority", "model", "hold", "available_at", "id"], "status = 'pending'")
    _index("job_processing", ["worker_id", "lease_expires_at"], "status = 'processing'")
    _index("job_failed", ["error_code"], "status = 'failed'")
    _index("job_cancelled", ["finished_at"], "status = 'cancelled'")
    _index("job_key", ["key"], "key IS NOT NULL")


def _create_batch() -> None:
    op.create_table(
        "batch",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("name", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("available_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("sealed_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("batch_name", "batch", ["name"], unique=True)
    _index("batch_unsealed", ["fingerprint"], "sealed_at IS NULL", table="batch")


def _index(
    name: str, columns: list[str], where: str, *, table: str = "job", unique: bool = False
) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
