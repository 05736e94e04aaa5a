"""The life cycle: work orders, their audit, timers, escalations, contact attempts, events of the running day."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
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
        "work_orders",
        *_record_columns(),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("technician", sa.String(), nullable=True),
        sa.Column("plan", sa.String(), nullable=True),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("remedy_of", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_work_orders"),
    )
    op.create_index("ix_work_orders_centre_state", "work_orders", ["centre", "state"])
    op.create_index("ix_work_orders_centre_received_at", "work_orders", ["centre", "received_at"])
    op.create_index("ix_work_orders_centre_due", "work_orders", ["centre", "due"])
    op.create_index("ix_work_orders_centre_technician", "work_orders", ["centre", "technician"])
    op.create_index("ix_work_orders_centre_customer", "work_orders", ["centre", "customer"])
    op.create_index("ix_work_orders_centre_parent", "work_orders", ["centre", "parent"])
    op.create_table(
        "audit_events",
        *_record_columns(),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("order_version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("action_id", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_audit_events"),
    )
    op.create_index("ix_audit_events_centre_order", "audit_events", ["centre", "order", "order_version"])
    op.create_index("ix_audit_events_centre_created_at", "audit_events", ["centre", "created_at"])
    op.create_table(
        "timers",
        *_record_columns(),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("technician", sa.String(), nullable=True),
        sa.Column("is_running", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_timers"),
    )
    op.create_index("ix_timers_centre_order", "timers", ["centre", "order"])
    op.create_index("ix_timers_next_at", "timers", ["next_at"])
    op.create_table(
        "escalations",
        *_record_columns(),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("technician", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_escalations"),
    )
    op.create_index("ix_escalations_centre_order", "escalations", ["centre", "order"])
    op.create_index("ix_escalations_centre_created_at", "escalations", ["centre", "created_at"])
    op.create_table(
        "contact_attempts",
        *_record_columns(),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("technician", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_contact_attempts"),
    )
    op.create_index("ix_contact_attempts_centre_order", "contact_attempts", ["centre", "order"])
    op.create_table(
        "field_events",
        *_record_columns(),
        sa.Column("dispatch_day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("order", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint(
            "centre", "dispatch_day", "sequence", name="uq_field_events_centre_dispatch_day_sequence"
        ),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_field_events"),
    )
    op.create_table(
        "field_days",
        *_record_columns(),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_field_days"),
    )


def downgrade() -> None:
    """Bring the tables back to the revision before; all work orders go."""
    for table in (
        "field_days",
        "field_events",
        "contact_attempts",
        "escalations",
        "timers",
        "audit_events",
        "work_orders",
    ):
        op.drop_table(table)
