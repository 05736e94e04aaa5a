"""Find the timers that run, the next to run out first, among all that are over."""

from collections.abc import Sequence

from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_index("ix_timers_centre_is_running", "timers", ["centre", "is_running", "due_at"])


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    op.drop_index("ix_timers_centre_is_running", "timers")
