"""What the HTTP API goes by: a UUID for each batch, and tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sentijob.store.uuid7 import new_uuids

revision = "0006"
down_revision = "0005"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
LAST_NUMBER = "SELECT seq FROM sqlite_sequence WHERE name = 'batch'"
CARRY_ON = "UPDATE sqlite_sequence SET seq = :seq WHERE name = 'batch'"


def upgrade() -> None:
    """Give each batch a UUID of when it was made, and begin with no tokens."""
    op.add_column("batch", sa.Column("batch_uuid", sa.LargeBinary(16)))
    _fill()
    _insist()
    op.create_index("batch_batch_uuid", "batch", ["batch_uuid"], unique=True)
    op.create_table(
        "token",
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("last_used_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_index("token_name", "token", ["name"], unique=True)


def _fill() -> None:
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT id, created_at FROM batch ORDER BY id")).fetchall()
    if found:
        connection.execute(
            sa.text("UPDATE batch SET batch_uuid = :uuid WHERE id = :id"),
            [
                {"id": batch_id, "uuid": new_uuids(1, now_ms=created_at)[0]}
                for batch_id, created_at in found
            ],
        )


def _insist() -> None:
    """Let no batch be without one. SQLite copies the table for it, and would forget the numbers it gave to pruned batches."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    last = connection.scalar(sa.text(LAST_NUMBER)) if is_sqlite else None
    with op.batch_alter_table("batch", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("batch_uuid", nullable=False)
    if last is not None:
        connection.execute(sa.text(CARRY_ON), {"seq": last})
