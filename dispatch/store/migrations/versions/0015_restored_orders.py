"""Orders are found by the moment their service was restored: figures of visits ask for some days only."""

from collections.abc import Sequence

from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_index("ix_work_orders_centre_restored_at", "work_orders", ["centre", "restored_at"])


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    op.drop_index("ix_work_orders_centre_restored_at", "work_orders")
