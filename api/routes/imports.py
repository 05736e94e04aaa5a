"""Spreadsheets in: CSV and XLSX files of communities, technicians, shifts, orders; empty ones to fill in."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Query, Response
from fastapi import Request as HttpRequest
from fastapi.concurrency import run_in_threadpool

from api.body import read_bytes
from api.deps import CentreStoreDep, ServiceDep, allowed
from api.errors import UnsupportedMediaTypeError
from api.idempotency import RepeatableRoute
from api.imported import IMPORTS, ImportMeans
from api.means import PolicyDep, ZoneDep
from api.openapi import errors
from api.schemas.imports import ImportReport, TableName
from dispatch.domain.records.access import Principal
from dispatch.exports.xlsx_tables import XLSX_MEDIA_TYPE
from dispatch.imports.kinds import TABLES
from dispatch.imports.limits import ImportLimits
from dispatch.imports.tables import read_table
from dispatch.imports.templates import csv_template, xlsx_template
from dispatch.settings import Settings
from dispatch.usecases.trial_store import TrialStore

CSV_MEDIA_TYPE: Final = "text/csv"
FILE_TYPES: Final = (CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE, "application/octet-stream")
_FILE: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}

router = APIRouter(prefix="/v1/imports", tags=["imports"], route_class=RepeatableRoute)
Importer = Annotated[Principal, allowed("integration", "dispatcher", "supervisor")]


@router.post(
    "/{table}",
    operation_id="import_table",
    response_model=ImportReport,
    response_model_exclude_none=True,
    summary="Import a spreadsheet",
    responses=errors("bad_input", "body_too_large", "unsupported_media_type"),
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(FILE_TYPES, _FILE)}},
)
async def post_import(
    principal: Importer,
    table: TableName,
    http: HttpRequest,
    service: ServiceDep,
    store: CentreStoreDep,
    policy: PolicyDep,
    zone: ZoneDep,
    *,
    dry_run: Annotated[bool, Query(description="Store nothing; say what would become of the file.")] = False,
    replace: Annotated[
        bool, Query(description="Replace what is there already; else that is a fault, unless it is the same.")
    ] = False,
    file_name: Annotated[str | None, Header(max_length=400, description="For messages; percent-encoded.")] = None,
) -> ImportReport:
    """Read a CSV or XLSX file, row by row: those without faults are stored, the others are listed with row and field.

    The file is the body. CSV may be UTF-8, UTF-16 or GB 18030 with commas, semicolons or tabs; headings are English or
    Chinese; times are local times of the dispatch centre. Nothing in it is ever calculated.
    """
    _require_file_type(http)
    data = await read_bytes(http)
    means = ImportMeans(
        service=service,
        store=TrialStore(store) if dry_run else store,
        policy=policy,
        actor=principal.actor,
        replaces=replace,
    )
    return await run_in_threadpool(
        _imported, data, table, means=means, zone=zone, is_dry_run=dry_run, source=unquote(file_name or table)
    )


@router.get(
    "/{table}/template",
    operation_id="get_template",
    response_class=Response,
    summary="Get an empty table",
    responses={
        200: {
            "description": "A file with all headings and one row that shows how.",
            "content": dict.fromkeys(FILE_TYPES[:2], _FILE),
        },
        **errors("bad_input"),
    },
)
def read_template(
    _: Importer,
    table: TableName,
    file: Annotated[Literal["csv", "xlsx"], Query(description="Kind of file.")] = "xlsx",
    language: Annotated[Literal["zh", "en"], Query(description="Language of the headings.")] = "zh",
) -> Response:
    """Return a table to fill in, as Excel opens it."""
    named = {"Content-Disposition": f'attachment; filename="{table}.{file}"'}
    if file == "csv":
        return Response(csv_template(TABLES[table], language=language), media_type=CSV_MEDIA_TYPE, headers=named)
    return Response(xlsx_template(TABLES[table], language=language), media_type=XLSX_MEDIA_TYPE, headers=named)


def _imported(
    data: bytes, table: TableName, *, means: ImportMeans, zone: ZoneInfo, is_dry_run: bool, source: str
) -> ImportReport:
    chosen = IMPORTS[table]
    limits = limits_of(means.service.settings)
    rows = read_table(data, TABLES[table], model=chosen.body, zone=zone, limits=limits, source=source)
    outcome = chosen.keep([row for row in rows if not row.problems], means)
    failed = {row.number: row.problems for row in rows if row.problems} | dict(outcome.failed)
    return ImportReport.of(table, rows, outcome=outcome, failed=failed, is_dry_run=is_dry_run)


def limits_of(settings: Settings) -> ImportLimits:
    """Return what a file may hold at most."""
    return ImportLimits(
        file_bytes=settings.import_bytes,
        unpacked_bytes=settings.import_unpacked_bytes,
        rows=settings.import_rows,
        cells=settings.import_cells,
    )


def _require_file_type(http: HttpRequest) -> None:
    media_type = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in FILE_TYPES:
        raise UnsupportedMediaTypeError(media_type, wanted=" or ".join(FILE_TYPES))
