"""Odds of visits and routes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("plan_routes", sa.Column("overtime_odds", sa.Float(), nullable=True))
    op.add_column("plan_stops", sa.Column("odds", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    op.drop_column("plan_stops", "odds")
    op.drop_column("plan_routes", "overtime_odds")
