"""Webhooks and what they are told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _record_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("centre", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    )


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "webhooks",
        *_record_columns(),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_webhooks"),
    )
    op.create_table(
        "webhook_deliveries",
        *_record_columns(),
        sa.Column("webhook", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_webhook_deliveries"),
    )
    op.create_index("ix_webhook_deliveries_next_at", "webhook_deliveries", ["next_at"])
    op.create_index("ix_webhook_deliveries_webhook", "webhook_deliveries", ["centre", "webhook", "created_at"])


def downgrade() -> None:
    """Bring the tables back to the revision before; the webhooks go."""
    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
