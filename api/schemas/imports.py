"""What became of an imported file, over the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.problem import FieldProblem
from dispatch.errors import Problem
from dispatch.imports.tables import ImportedRow

MOST_FAILED: Final = 1_000
"""So many bad rows are told; the others are counted."""
TableName = Literal["orders", "communities", "technicians", "shifts"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many rows were stored; what was wrong with the others, by the number of the row."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    failed: Mapping[int, tuple[Problem, ...]] = field(default_factory=dict)


class RowProblems(BaseModel):
    """A row that was not stored, and why."""

    row: int = Field(description="As the spreadsheet counts it.")
    problems: list[FieldProblem] = Field(description="All faults found.")


class ImportReport(BaseModel):
    """What became of the rows of a file: none is lost, each is counted once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "table": "orders",
                    "is_dry_run": True,
                    "rows": 3,
                    "added": 1,
                    "replaced": 0,
                    "unchanged": 1,
                    "failed": [
                        {
                            "row": 3,
                            "problems": [
                                {
                                    "path": "row 3.order.kind",
                                    "message": "'dig' is not known here",
                                    "remedy": "write one of install, 装机, move, 移机, repair, 修障",
                                }
                            ],
                        }
                    ],
                    "left_out": 0,
                }
            ]
        }
    )

    table: TableName = Field(description="What the rows are.")
    is_dry_run: bool = Field(description="true: nothing was stored; this is what would have become of the file.")
    rows: int = Field(description="Rows below the heading that are not blank.")
    added: int = Field(description="Stored as new.")
    replaced: int = Field(description="Stored in place of what was there.")
    unchanged: int = Field(description="There before just like this.")
    failed: list[RowProblems] = Field(description="Not stored; the first thousand.")
    left_out: int = Field(description="How many more failed.")

    @classmethod
    def of(
        cls,
        table: TableName,
        rows: Sequence[ImportedRow],
        *,
        outcome: Outcome,
        failed: Mapping[int, Sequence[Problem]],
        is_dry_run: bool,
    ) -> ImportReport:
        """Return the report of a file."""
        bad = [row for row in rows if row.number in failed]
        return cls(
            table=table,
            is_dry_run=is_dry_run,
            rows=len(rows),
            added=outcome.added,
            replaced=outcome.replaced,
            unchanged=outcome.unchanged,
            failed=[
                RowProblems(row=row.number, problems=[_field_problem(row, fault) for fault in failed[row.number]])
                for row in bad[:MOST_FAILED]
            ],
            left_out=max(0, len(bad) - MOST_FAILED),
        )


def _field_problem(row: ImportedRow, fault: Problem) -> FieldProblem:
    place = f"row {row.number}"
    path = fault.path if fault.path.startswith(place) else f"{place}.{fault.path}"
    return FieldProblem(path=path, message=fault.message, remedy=fault.remedy)
