"""Personal data in its own tables: customers, and who saw their data."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
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
        "customers",
        *_record_columns(),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("review_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pseudonymised_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_customers"),
    )
    op.create_index("ix_customers_centre_reference", "customers", ["centre", "reference"])
    op.create_index("ix_customers_review_at", "customers", ["review_at"])
    op.create_table(
        "reveals",
        *_record_columns(),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name="pk_reveals"),
    )
    op.create_index("ix_reveals_centre_customer", "reveals", ["centre", "customer"])


def downgrade() -> None:
    """Bring the tables back to the revision before; the customers' data goes."""
    op.drop_table("reveals")
    op.drop_table("customers")
