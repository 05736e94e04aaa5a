"""Dispatch centres: each request, run and plan belongs to one; those that exist belong to `main`.

The rows of a request's communities, technicians, shifts and orders go: the document has them, and nobody asked for
them. Going back makes these tables again, empty.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IN_FORCE = sa.text("state = 'published'")


def upgrade() -> None:
    """Bring the tables to this revision."""
    for table in ("orders", "shifts", "technicians", "communities"):
        op.drop_table(table)
    for table in ("requests", "runs", "plans"):
        op.add_column(table, sa.Column("centre", sa.String(), nullable=False, server_default="main"))
    op.drop_index("uq_plans_published", "plans")
    with op.batch_alter_table("plans") as batch:
        batch.drop_constraint("uq_plans_dispatch_day_version", type_="unique")
        batch.create_unique_constraint("uq_plans_centre_dispatch_day_version", ["centre", "dispatch_day", "version"])
    _make_published(["centre", "dispatch_day"])
    op.create_table(
        "centres",
        sa.Column("centre", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_centres"),
    )


def downgrade() -> None:
    """Bring the tables back to the revision before; plans of other centres than `main` would clash and go."""
    op.drop_table("centres")
    others = "SELECT id FROM plans WHERE centre <> 'main'"
    for table in ("plan_stops", "plan_routes"):  # foreign keys are off while SQLite's tables change: nothing cascades
        op.execute(f"DELETE FROM {table} WHERE plan_id IN ({others})")
    op.execute("DELETE FROM plans WHERE centre <> 'main'")
    op.drop_index("uq_plans_published", "plans")
    with op.batch_alter_table("plans") as batch:
        batch.drop_constraint("uq_plans_centre_dispatch_day_version", type_="unique")
        batch.create_unique_constraint("uq_plans_dispatch_day_version", ["dispatch_day", "version"])
    _make_published(["dispatch_day"])
    for table in ("plans", "runs", "requests"):
        op.drop_column(table, "centre")
    _make_entities()


def _make_published(columns: list[str]) -> None:
    op.create_index(
        "uq_plans_published", "plans", columns, unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE
    )


def _make_entities() -> None:
    op.create_table(
        "communities",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("territory", sa.String(), nullable=True),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name="fk_communities_request_id_requests", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", "id", name="pk_communities"),
    )
    op.create_table(
        "technicians",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("territories", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name="fk_technicians_request_id_requests", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", "id", name="pk_technicians"),
    )
    op.create_table(
        "shifts",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("technician_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overtime_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id", "technician_id"],
            ["technicians.request_id", "technicians.id"],
            name="fk_shifts_request_id_technician_id_technicians",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", "technician_id", "id", name="pk_shifts"),
    )
    op.create_table(
        "orders",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("community_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id", "community_id"],
            ["communities.request_id", "communities.id"],
            name="fk_orders_request_id_community_id_communities",
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name="fk_orders_request_id_requests", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", "id", name="pk_orders"),
    )
    op.create_index("ix_orders_id", "orders", ["id"])
    op.create_index("ix_shifts_starts_at", "shifts", ["starts_at"])
