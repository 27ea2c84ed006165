"""Which job holds what a text was scored as."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Begin with nothing known: texts that were scored before are scored again."""
    op.create_table(
        "known",
        sa.Column("slot", BIG_ID, primary_key=True, autoincrement=False),
        sa.Column("job_id", sa.BigInteger, nullable=False),
    )
