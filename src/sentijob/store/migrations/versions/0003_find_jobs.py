"""What makes any listing quick, however many jobs there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Index what people look for, and note the peaks of each block."""
    for status in ("failed", "cancelled"):
        op.drop_index(f"job_{status}", "job")
        _index(f"job_{status}", ["status"], f"status = '{status}'")
    op.create_index("job_model", "job", ["model", "id"])
    _index("job_finished", ["finished_at"], "finished_at IS NOT NULL")
    _index("job_error", ["error_code"], "error_code IS NOT NULL")
    op.create_table(
        "peak",
        sa.Column("block", BIG_ID, primary_key=True, autoincrement=False),
        sa.Column("measure", sa.Text, primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("height", sa.Float, nullable=False),
    )
    op.execute(
        "INSERT INTO peak (block, measure, slot, height) SELECT id / 1024, result_label, 0,"
        " MAX(result_score) FROM job WHERE result_label IS NOT NULL GROUP BY 1, 2"
    )
    op.execute(
        "INSERT INTO peak (block, measure, slot, height)"
        " SELECT id / 1024, 'priority', 0, MAX(priority) FROM job GROUP BY 1"
    )
    for measure, height in (("finished", "MAX(finished_at)"), ("earliest", "-MIN(finished_at)")):
        op.execute(
            "INSERT INTO peak (block, measure, slot, height)"
            f" SELECT id / 1024, '{measure}', 0, {height} FROM job"
            " WHERE finished_at IS NOT NULL GROUP BY 1"
        )


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, "job", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
