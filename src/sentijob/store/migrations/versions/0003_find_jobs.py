"""What makes any listing quick, however many jobs there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Index what people look for, and note each block's best scores."""
    op.create_index("job_model", "job", ["model", "id"])
    op.create_index("job_priority", "job", ["priority", "id"])
    _index("job_label", ["result_label", "id"], "result_label IS NOT NULL")
    _index("job_finished", ["finished_at", "id"], "finished_at IS NOT NULL")
    _index("job_error", ["error_code"], "error_code IS NOT NULL")
    op.create_table(
        "peak",
        sa.Column("block", BIG_ID, primary_key=True, autoincrement=False),
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("score", sa.Float, nullable=False),
    )
    op.execute(
        "INSERT INTO peak (block, label, slot, score) SELECT id / 1024, result_label, 0,"
        " MAX(result_score) FROM job WHERE result_label IS NOT NULL GROUP BY 1, 2"
    )


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, "job", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
