"""Messages to customers and technicians, how they wish to be written to, notes on orders."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "messages",
        *_record_columns(),
        sa.Column("order", sa.String(), nullable=True),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_messages"),
    )
    op.create_index("ix_messages_next_at", "messages", ["next_at"])
    op.create_index("ix_messages_receipt", "messages", ["receipt"])
    op.create_index("ix_messages_centre_order", "messages", ["centre", "order"])
    op.create_table(
        "message_wishes", *_record_columns(), sa.PrimaryKeyConstraint("centre", "id", name="pk_message_wishes")
    )
    op.create_table(
        "notes",
        *_record_columns(),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("is_unread", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_notes"),
    )
    op.create_index("ix_notes_centre_order_created_at", "notes", ["centre", "order", "created_at"])
    op.create_index("ix_notes_centre_is_unread_author", "notes", ["centre", "is_unread", "author"])


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    op.drop_table("notes")
    op.drop_table("message_wishes")
    op.drop_table("messages")


def _record_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("centre", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    ]
