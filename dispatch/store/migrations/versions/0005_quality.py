"""Speed tests, checklists, convenience items, skills, questions, surveys and follow-ups."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEXES = (
    ("speed_tests", ("centre", "order")),
    ("speed_tests", ("centre", "tested_at")),
    ("conveniences", ("centre", "order")),
    ("technician_skills", ("centre", "technician")),
    ("technician_skills", ("centre", "expires_on")),
    ("questions", ("state", "due")),
    ("questions", ("centre", "owner", "state")),
    ("questions", ("centre", "customer")),
    ("questions", ("centre", "order")),
    ("surveys", ("state", "open_until")),
    ("surveys", ("centre", "answered_at")),
    ("surveys", ("centre", "customer")),
    ("follow_ups", ("state", "due")),
    ("follow_ups", ("centre", "customer")),
    ("follow_ups", ("centre", "order")),
)


def upgrade() -> None:
    """Bring the tables to this revision."""
    _make("speed_tests", _text("order"), _moment("tested_at"), sa.Column("passed", sa.Boolean(), nullable=True))
    _make("checklists")
    _make("conveniences", _text("order"), _text("item"), _text("result"))
    _make(
        "technician_skills",
        _text("technician"),
        _text("skill"),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
    )
    _make(
        "questions",
        _text("kind"),
        _text("category"),
        _text("channel"),
        _text("customer", nullable=True),
        _text("order", nullable=True),
        _text("owner"),
        _text("state"),
        _moment("due"),
        _moment("answered_at", nullable=True),
        _moment("warned_at", nullable=True),
        _moment("escalated_at", nullable=True),
    )
    _make(
        "surveys",
        _text("order"),
        _text("kind"),
        _text("customer", nullable=True),
        _text("technician", nullable=True),
        _text("state"),
        _text("channel", nullable=True),
        _text("source", nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        _moment("open_until"),
        _moment("answered_at", nullable=True),
    )
    _make(
        "follow_ups",
        _text("customer"),
        _text("community"),
        sa.Column("cycle", sa.Integer(), nullable=False),
        _text("state"),
        _moment("due"),
        _text("order", nullable=True),
    )
    for table, columns in INDEXES:
        op.create_index(_name(table, columns), table, columns)


def downgrade() -> None:
    """Bring the tables back to the revision before; what is in them goes."""
    for table, columns in INDEXES:
        op.drop_index(_name(table, columns), table)
    tables = ("follow_ups", "surveys", "questions", "technician_skills", "conveniences", "checklists", "speed_tests")
    for table in tables:
        op.drop_table(table)


def _make(table: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        _text("centre"),
        _text("id"),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("created_at"),
        _moment("changed_at"),
        sa.Column("document", sa.Text(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("centre", "id", name=f"pk_{table}"),
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _name(table: str, columns: Sequence[str]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"
