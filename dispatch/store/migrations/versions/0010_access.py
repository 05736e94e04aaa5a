"""Who may use the service: API keys, users, sessions, links."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
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
        "api_keys",
        *_record_columns(),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_api_keys"),
    )
    op.create_index("ix_api_keys_id", "api_keys", ["id"])
    op.create_table(
        "users",
        *_record_columns(),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("technician", sa.String(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_users"),
    )
    op.create_index("uq_users_id", "users", ["id"], unique=True)
    op.create_table(
        "sessions",
        *_record_columns(),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_id", "sessions", ["id"])
    op.create_index("ix_sessions_centre_user", "sessions", ["centre", "user"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_table(
        "links",
        *_record_columns(),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_links"),
    )
    op.create_index("ix_links_id", "links", ["id"])
    op.create_index("ix_links_centre_subject", "links", ["centre", "subject"])
    op.create_index("ix_links_centre_customer", "links", ["centre", "customer"])
    op.create_index("ix_links_expires_at", "links", ["expires_at"])


def downgrade() -> None:
    """Bring the tables back to the revision before; nobody can log in there."""
    for table in ("links", "sessions", "users", "api_keys"):
        op.drop_table(table)
