"""Whether a text stays in the store once it is scored."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Note it with every job and batch; what is there stays.

    A constant default lets every database add the columns without touching a row.
    """
    for table in ("job", "batch"):
        op.add_column(
            table, sa.Column("store_text", sa.Integer, nullable=False, server_default=sa.text("1"))
        )
