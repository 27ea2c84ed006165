"""Why a pending job waits, so that none waits for a clock that was set back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    """Note it with every job; those that wait now were delayed, or have failed before."""
    op.add_column("job", sa.Column("hold", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.execute(
        "UPDATE job SET hold = CASE WHEN attempt > 0 THEN 1 ELSE 2 END"
        " WHERE status = 'pending' AND available_at > created_at"
    )
    op.drop_index("job_pending", "job")
    op.create_index(
        "job_pending",
        "job",
        ["priority", "model", "hold", "available_at", "id"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
