"""Planning by itself: communities, technicians and shifts of a centre, running days, the order book, calendar feeds.

Centres that exist get their name as a column. Going back drops all of it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = {"sqlite": "json_extract(document, '$.name')", "postgresql": "document::jsonb ->> 'name'"}


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("centres", sa.Column("name", sa.String(), nullable=False, server_default=""))
    op.add_column("centres", sa.Column("next_nightly_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"UPDATE centres SET name = {NAME[op.get_bind().dialect.name]}")
    with op.batch_alter_table("centres") as batch:
        batch.alter_column("name", server_default=None)
    _table(
        "communities",
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("territory", sa.String(), nullable=True),
        sa.Column("tier", sa.String(), nullable=False),
    )
    _table(
        "technicians",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("badge", sa.String(), nullable=True),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    _table(
        "shifts",
        sa.Column("technician", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_shifts_starts_at", "shifts", ["centre", "starts_at"])
    _table(
        "running_days",
        sa.Column("dispatch_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("replan_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatch_next_at", sa.DateTime(timezone=True), nullable=True),
    )
    _table(
        "plan_changes",
        sa.Column("dispatch_day", sa.Date(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("disturbed", sa.Integer(), nullable=False),
    )
    _table(
        "automatic_plans",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("dispatch_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=True),
    )
    op.create_index("ix_automatic_plans_state", "automatic_plans", ["state"])
    _table("order_books")
    _table(
        "book_entries",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.UniqueConstraint("centre", "number", name="uq_book_entries_centre_number"),
    )
    op.create_index("ix_book_entries_order", "book_entries", ["centre", "order"])
    _table(
        "calendar_feeds",
        sa.Column("technician", sa.String(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("token_sha256", name="uq_calendar_feeds_token_sha256"),
    )


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    for table in (
        "calendar_feeds", "book_entries", "order_books", "automatic_plans", "plan_changes", "running_days", "shifts",
        "technicians", "communities",
    ):  # fmt: skip
        op.drop_table(table)
    for column in ("next_nightly_at", "name"):
        op.drop_column("centres", column)


def _table(name: str, *own: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("centre", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        *own,
        sa.PrimaryKeyConstraint("centre", "id", name=f"pk_{name}"),
    )
