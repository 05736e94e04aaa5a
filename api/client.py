"""A Python client of the service: typed, patient with faults of the network, page after page.

Every POST carries an `Idempotency-Key` of its own and keeps it while it is tried again: nothing is done twice.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from api.schemas.imports import ImportReport, TableName
from api.schemas.order_links import OrderLink, RevokedLinks
from api.schemas.orders import BulkReport
from api.schemas.plans import PlanDocument, PlanSummary, ScheduleDocument
from api.schemas.problem import ProblemDocument
from api.schemas.runs import RunDocument
from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.record import Record
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Community, Order, Shift, Technician

RETRIED: Final = frozenset({429, 502, 503, 504})
"""What passes by itself."""
AT_A_TIME: Final = 10_000
FINAL_RUN_STATES: Final = frozenset({"done", "failed", "cancelled"})

Json = Mapping[str, Any]
_Model = TypeVar("_Model", bound=BaseModel)
_Record = TypeVar("_Record", bound=Record)


class ApiError(Exception):
    """The service refused a request; holds the problem it answered with."""

    def __init__(self, problem: ProblemDocument) -> None:
        super().__init__(f"{problem.status} {problem.code}: {problem.detail}")
        self.problem = problem
        self.code = problem.code


class Client:
    """Talks to a service; a context manager.

    Parameters
    ----------
    base_url
        As `http://127.0.0.1:8000`.
    key
        An API key.
    centre
        Dispatch centre to act for; administrators only.
    tries
        How often a request is sent at most while the network or the service fail.
    transport
        Of httpx, for tests; None = the network.
    wait
        Waits for so many seconds, for tests.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: str,
        centre: str | None = None,
        tries: int = 5,
        timeout_s: float = 60.0,
        transport: httpx.BaseTransport | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} | ({} if centre is None else {"Dispatch-Centre": centre})
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout_s, transport=transport)
        self._tries = tries
        self._wait = wait

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # ---- any route

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a request, again if the network or the service fail in passing, and return the answer.

        Raises
        ------
        ApiError
            If the service refuses it.
        httpx.TransportError
            If it cannot be reached.
        """
        own = dict(headers or {})
        if method == "POST":
            own.setdefault("Idempotency-Key", uuid4().hex)
        request = self._http.build_request(
            method, path, json=json, content=content, params=_without_none(params), headers=own
        )
        tried = 1
        while True:
            try:
                answer = self._http.send(request)
            except httpx.TransportError:
                if tried == self._tries:
                    raise
                self._pause(tried, None)
            else:
                if answer.is_success:
                    return answer
                problem = _problem(answer)
                is_passing = answer.status_code in RETRIED or problem.code == "idempotency_in_progress"
                if tried == self._tries or not is_passing:
                    raise ApiError(problem)
                self._pause(tried, answer.headers.get("retry-after"))
            tried += 1

    def pages(self, path: str, **filters: Any) -> Iterator[dict[str, Any]]:
        """Yield every entry of a list, page after page."""
        cursor: str | None = None
        while True:
            page = self.send("GET", path, params={**filters, "cursor": cursor}).json()
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    # ---- what a dispatch centre has

    def add_community(self, community: Community | Json, **more: Any) -> CommunityRecord:
        """Store a community."""
        return self._add(CommunityRecord, "/v1/communities", {"community": _plain(community), **more})

    def add_technician(self, technician: Technician | Json, *, name: str, **more: Any) -> TechnicianRecord:
        """Store a technician."""
        body = {"technician": _plain(technician), "name": name, **more}
        return self._add(TechnicianRecord, "/v1/technicians", body)

    def add_shift(self, technician: str, shift: Shift | Json) -> ShiftRecord:
        """Store a shift of a technician."""
        return self._add(ShiftRecord, "/v1/shifts", {"technician": technician, "shift": _plain(shift)})

    def communities(self, **filters: Any) -> Iterator[CommunityRecord]:
        """Yield communities."""
        return map(CommunityRecord.model_validate, self.pages("/v1/communities", **filters))

    def technicians(self, **filters: Any) -> Iterator[TechnicianRecord]:
        """Yield technicians."""
        return map(TechnicianRecord.model_validate, self.pages("/v1/technicians", **filters))

    def import_table(
        self, table: TableName, data: bytes, *, is_dry_run: bool = False, replaces: bool = False
    ) -> ImportReport:
        """Import a CSV or XLSX file, or say what would become of it."""
        answer = self.send(
            "POST",
            f"/v1/imports/{table}",
            content=data,
            params={"dry_run": is_dry_run, "replace": replaces},
            headers={"Content-Type": "application/octet-stream"},
        )
        return ImportReport.model_validate(answer.json())

    # ---- orders

    def receive(self, order: Order | Json, **more: Any) -> WorkOrder:
        """Take in an order."""
        return WorkOrder.model_validate(self._take_in("/v1/orders", {"order": _plain(order), **more}).json())

    def receive_many(self, orders: Iterable[Order | Json], *, at_a_time: int = AT_A_TIME) -> Iterator[BulkReport]:
        """Take in any number of orders; yield what became of each part of the list."""
        left = iter(orders)
        while part := [{"order": _plain(order)} for order in islice(left, at_a_time)]:
            answer = self._take_in("/v1/orders/bulk", {"orders": part})
            yield BulkReport.model_validate(answer.json())

    def order(self, order_id: str) -> WorkOrder:
        """Return an order."""
        return self._get(WorkOrder, f"/v1/orders/{order_id}")

    def orders(self, **filters: Any) -> Iterator[WorkOrder]:
        """Yield orders: `client.orders(state="qualified", sort="due")`."""
        return map(WorkOrder.model_validate, self.pages("/v1/orders", **filters))

    def audit(self, order_id: str) -> Iterator[AuditEvent]:
        """Yield what happened to an order, the oldest first."""
        return map(AuditEvent.model_validate, self.pages(f"/v1/orders/{order_id}/audit"))

    def act(self, order: WorkOrder | str, action: str, **details: Any) -> WorkOrder:
        """Do something to an order: `client.act(order, "book", windows=[...])`.

        An order given whole is changed only if it is still as it was then; one given by its id as it is now.
        """
        order_id = order if isinstance(order, str) else order.id
        seen = "*" if isinstance(order, str) else f'"{order.version}"'
        path = f"/v1/orders/{order_id}/{action.replace('_', '-')}"
        answer = self.send("POST", path, json=details, headers={"If-Match": seen})
        return WorkOrder.model_validate(answer.json())

    def order_link(self, order_id: str) -> OrderLink:
        """Return the link to an order's page that its customer has, or a new one."""
        return OrderLink.model_validate(self.send("POST", f"/v1/orders/{order_id}/links").json())

    def revoke_order_links(self, order_id: str) -> int:
        """Make all links to an order's page worthless; return how many there were."""
        answer = self.send("POST", f"/v1/orders/{order_id}/links/revoke")
        return RevokedLinks.model_validate(answer.json()).revoked

    # ---- runs and plans

    def start_run(self, request_id: str, **parameters: Any) -> RunDocument:
        """Queue a planning run of a stored request."""
        answer = self.send("POST", "/v1/runs", json={"request_id": request_id, **parameters})
        return RunDocument.model_validate(answer.json())

    def wait_for_run(self, run_id: str, *, every_s: float = 0.5) -> RunDocument:
        """Return a run once it has ended."""
        while True:
            run = self._get(RunDocument, f"/v1/runs/{run_id}")
            if run.state in FINAL_RUN_STATES:
                return run
            self._wait(every_s)

    def plan(self, plan_id: str) -> PlanDocument:
        """Return a plan."""
        return self._get(PlanDocument, f"/v1/plans/{plan_id}")

    def publish(self, plan_id: str, *, replaces: int | None) -> PlanSummary:
        """Put a plan in force, in place of the version that is."""
        answer = self.send("POST", f"/v1/plans/{plan_id}/publish", json={"replaces": replaces})
        return PlanSummary.model_validate(answer.json())

    def schedule(self, day: str) -> ScheduleDocument:
        """Return who goes where on a local day."""
        return ScheduleDocument.model_validate(self.send("GET", "/v1/schedule", params={"day": day}).json())

    # ---- inside

    def _get(self, model: type[_Model], path: str) -> _Model:
        return model.model_validate(self.send("GET", path).json())

    def _take_in(self, path: str, body: Json) -> httpx.Response:
        """Send orders; once more under a new key if the answer got lost with the service: none is taken in twice."""
        try:
            return self.send("POST", path, json=body)
        except ApiError as error:
            if error.code != "idempotency_in_progress":
                raise
            return self.send("POST", path, json=body)

    def _add(self, kind: type[_Record], path: str, body: Json) -> _Record:
        return kind.model_validate(self.send("POST", path, json=body).json())

    def _pause(self, tried: int, retry_after: str | None) -> None:
        """Wait twice as long after each try, and at least as long as the service asks for."""
        asked_s = float(retry_after) if retry_after and retry_after.isdecimal() else 0.0
        self._wait(max(asked_s, 0.1 * 2**tried * random.uniform(0.5, 1.0)))  # noqa: S311 - spreads clients


def _plain(document: BaseModel | Json) -> Any:
    if isinstance(document, BaseModel):
        return document.model_dump(mode="json", by_alias=True, exclude_none=True)
    return document


def _problem(answer: httpx.Response) -> ProblemDocument:
    try:
        return ProblemDocument.model_validate_json(answer.content)
    except ValidationError:
        return ProblemDocument(
            title="No problem detail", status=answer.status_code, code="internal", detail=answer.text[:500]
        )


def _without_none(params: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (params or {}).items() if value is not None}
