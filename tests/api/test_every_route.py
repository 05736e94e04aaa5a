"""Every route of the service, tried by everybody: without a key, with each role, with the key of another centre."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI

from api.deps import allowed
from api.form_tokens import form_token
from api.main import create_app
from api.sessions import COOKIE
from dispatch.background import BackgroundTasks
from dispatch.bootstrap import Service
from dispatch.domain.records.access import ROLES, Role
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.store.record_tables import ROW_OF
from dispatch.usecases.access.sessions import OpenSession, log_in
from dispatch.usecases.access.users import create_user
from dispatch.usecases.runs import list_runs
from tests.api.access import as_key, make_centre, make_key
from tests.api.known_routes import PARAMETER, KnownRoute, every_route, example_of, filled
from tests.api.planner import HeldPlanner
from tests.api.server import served
from tests.fakes import REQUEST_JSON

PUBLIC: Final[Mapping[str, str]] = {
    "GET /healthz": "whoever watches the service has no key",
    "GET /readyz": "whoever hands out the requests has no key; tells no more than which part is not fit",
    "GET /openapi.json": "says what the service can do, nothing about anybody",
    "GET /login": "whoever comes here has no session yet",
    "POST /login": "name and password are in the form",
    "POST /logout": "ends the session in the cookie, if there is one",
    "GET /pages/pages-*.css": "the style of the pages",
    "GET /c/{token}": "the token is the proof: a signed link to one order",
    "GET /c/{token}/status.json": "the token is the proof",
    "POST /c/{token}/notes": "the token is the proof",
    "GET /c/{token}/fault": "the token is the proof",
    "POST /c/{token}/fault": "the token is the proof",
    "GET /c/{token}/rating": "the token is the proof",
    "POST /c/{token}/rating": "the token is the proof",
    "GET /c/{token}/times": "the token is the proof",
    "POST /c/{token}/times": "the token is the proof",
    "GET /calendars/{token}.ics": "the token is the proof: a secret address, revocable",
    "POST /v1/messages/receipts/{channel}": "message gateways show a secret of their own",
}
"""Routes that ask for no role, and why. Whoever adds a route either gives it `allowed(...)` or writes it down here."""

HEADERS: Final = {"if-match": "*"}
EAST: Final = "e4st"
"""A word that stands in no text of a page by itself, as "east" does in "at least"."""
PASSWORD: Final = "the river runs slowly"
REFUSED: Final = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428)


def named(route: KnownRoute) -> str:
    """Return the name of a route in the list; the style sheet's holds a digest."""
    is_style = route.path.startswith("/pages/pages-") and route.path.endswith(".css")
    return "GET /pages/pages-*.css" if is_style else str(route)


def without_role(app: FastAPI) -> set[str]:
    return {named(route) for route in every_route(app) if route.roles is None}


@pytest.fixture
def app(service: Service, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The application without what it does by itself: whatever changes was changed by a request."""
    monkeypatch.setattr("api.main.build_background_tasks", lambda *_, **__: BackgroundTasks([]))
    return create_app(service.settings, service=service)


@pytest.fixture
def anonymous(app: FastAPI) -> Iterator[httpx.Client]:
    with served(app) as client:
        yield client


def guarded(app: FastAPI) -> tuple[KnownRoute, ...]:
    """Return the routes of the API that ask for a role."""
    routes = tuple(route for route in every_route(app) if route.is_of_api and route.roles is not None)
    assert len(routes) > 30
    return routes


def send(
    client: httpx.Client, route: KnownRoute, description: Mapping[str, Any], ids: Mapping[str, str] | None = None
) -> httpx.Response:
    """Send the example of a route, with ids in its path; streams are read no further than their head."""
    body = example_of(description, route)
    request = client.build_request(route.method, filled(route.path, ids or {}), headers=HEADERS, json=body)
    if body is None and route.method in ("POST", "PUT", "PATCH"):
        request = client.build_request(route.method, filled(route.path, ids or {}), headers=HEADERS, json={})
    answer = client.send(request, stream=True)
    try:
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            answer.read()
        return answer
    finally:
        answer.close()


def test_every_route_asks_for_a_role_or_is_public_on_purpose(app: FastAPI) -> None:
    assert without_role(app) == set(PUBLIC)


def test_a_route_that_somebody_adds_without_a_role_is_found(app: FastAPI) -> None:
    @app.get("/v1/forgotten")
    def read_forgotten() -> None:
        pass

    @app.get("/v1/guarded", dependencies=[allowed("dispatcher")])
    def read_guarded() -> None:
        pass

    assert without_role(app) - set(PUBLIC) == {"GET /v1/forgotten"}


def test_no_route_is_open_to_roles_that_do_not_exist(app: FastAPI) -> None:
    for route in guarded(app):
        assert set(route.roles or ()) <= set(ROLES), route


def test_nobody_without_a_key_gets_past_any_route(app: FastAPI, anonymous: httpx.Client) -> None:
    for route in guarded(app):
        answer = send(anonymous, route, app.openapi())
        assert answer.status_code == 401, (str(route), answer.status_code)
        assert answer.headers["www-authenticate"].startswith("Bearer"), route


def test_nobody_without_a_session_gets_past_any_page(app: FastAPI, anonymous: httpx.Client) -> None:
    for route in every_route(app):
        if route.is_of_api or route.roles is None:
            continue
        answer = send(anonymous, route, app.openapi())
        assert answer.status_code in (303, 401, 403, 404), (str(route), answer.status_code)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/login"), route


@pytest.mark.parametrize(
    "role",
    [
        "technician",
        *(pytest.param(role, marks=pytest.mark.slow) for role in ("integration", "dispatcher", "supervisor")),
    ],
)
def test_a_role_gets_past_its_own_routes_only(
    app: FastAPI, anonymous: httpx.Client, service: Service, role: Role
) -> None:
    description = app.openapi()
    with as_key(anonymous, make_key(service, role)) as client:
        for route in guarded(app):
            if role in (route.roles or ()):
                continue
            answer = send(client, route, description)
            assert answer.status_code == 403, (str(route), answer.status_code)
            assert answer.json()["code"] == "forbidden", route


def rows_of(service: Service, centre: str) -> dict[str, Any]:
    """Return everything that is kept of a dispatch centre, but when keys were used last and answers given before."""
    with service.store.of(centre).read() as transaction:
        kinds = [kind for kind in ROW_OF if kind.__name__ not in ("ApiKey", "RememberedAnswer")]
        found: dict[str, Any] = {kind.__name__: transaction.records(kind).all() for kind in kinds}
    return found | {"runs": [(run.id, run.is_cancel_requested) for run in runs_of(service, centre)]}


def runs_of(service: Service, centre: str) -> tuple[Any, ...]:
    return list_runs(store=service.store.of(centre), limit=100, state=None)


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text inside a JSON document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)


def renamed(body: Any) -> Any:
    """Return a body in which every id such as `o-1` is one of centre east: `east-o-1`."""
    text = json.dumps(body)
    for letter in "abcdefghijklmnopqrstuvwxyz":
        text = text.replace(f'"{letter}-', f'"{EAST}-{letter}-')
    return json.loads(text)


def fill(client: httpx.Client, app: FastAPI) -> dict[str, str]:
    """Send every example that makes something, again and again until nothing more comes of it; return the ids made."""
    description, ids = app.openapi(), dict[str, str]()
    makers = [route for route in guarded(app) if route.method == "POST"]
    while True:
        before = len(ids)
        for route in makers:
            body = example_of(description, route)
            if body is None or route.path in ids or ("{" in route.path and route.collection not in ids):
                continue
            # The planner of these tests knows one request only.
            body = json.loads(REQUEST_JSON) if route.path == "/v1/requests" else renamed(body)
            if isinstance(body, dict) and "request_id" in body:
                body |= {"request_id": ids.get("/v1/requests", "nothing"), "limit_s": 1}
            path = filled(route.path, ids)
            answer = client.post(path, json=body, headers=HEADERS)
            document = answer.json() if answer.is_success and answer.content else {}
            made = document.get("id") if isinstance(document, dict) else None
            if made is not None:
                ids[route.path] = made
        if len(ids) == before:
            return ids


@pytest.fixture
def east(service: Service, app: FastAPI, anonymous: httpx.Client, planner: HeldPlanner) -> dict[str, str]:
    """A second dispatch centre with something of everything that can be made by an example; returns the ids."""
    planner.let_go.set()
    make_centre(service, EAST)
    with as_key(anonymous, make_key(service, "admin", centre=EAST)) as client:
        ids = fill(client, app)
        with client.stream("GET", f"/v1/runs/{ids['/v1/runs']}/progress") as progress:
            for _ in progress.iter_lines():
                pass
        ids["/v1/plans"] = client.get(f"/v1/runs/{ids['/v1/runs']}").json()["plan_id"]
        assert client.post(f"/v1/plans/{ids['/v1/plans']}/publish", json={"replaces": None}).status_code == 200
    missing = {"/v1/communities", "/v1/technicians", "/v1/shifts", "/v1/customers", "/v1/keys"} - set(ids)
    assert missing == set()
    return ids


@pytest.mark.parametrize(
    "role", [role if role == "dispatcher" else pytest.param(role, marks=pytest.mark.slow) for role in ROLES]
)
def test_nobody_crosses_over_to_another_centre_on_any_route(
    service: Service, app: FastAPI, anonymous: httpx.Client, east: dict[str, str], role: Role
) -> None:
    """Whatever is asked with the ids of centre east, a key of centre main gets nothing of it and changes nothing."""
    description = app.openapi()
    before = rows_of(service, EAST)
    secrets = set(east.values())
    own_changes = ("POST", "PUT", "PATCH", "DELETE")
    with as_key(anonymous, make_key(service, role, centre=MAIN_CENTRE)) as client:
        # Reading first, while centre main has nothing of its own.
        for route in sorted(guarded(app), key=lambda route: route.method in own_changes):
            answer = send(client, route, description, east)
            where = (str(route), answer.status_code, answer.text if answer.is_stream_consumed else "")
            if "{" in route.path and any(known in filled(route.path, east) for known in secrets):
                is_own_new = route.method == "PUT" and answer.status_code in (200, 201)
                assert answer.status_code in REFUSED or is_own_new, where
            elif answer.is_success and route.method == "GET" and answer.is_stream_consumed:
                is_json = answer.headers.get("content-type", "").startswith("application/json")
                leaked = secrets & set(texts_in(answer.json())) if is_json else set()
                assert leaked == set(), where
                assert EAST not in answer.text, where
    assert rows_of(service, EAST) == before


def logged_in(service: Service, role: Role) -> OpenSession:
    """Return the session of a user of centre main."""
    store, clock, passwords = service.store, service.clock, service.passwords
    create_user(
        role,
        PASSWORD,
        name=role,
        role=role,
        technician="t-1" if role == "technician" else None,
        store=store.of(MAIN_CENTRE),
        everywhere=store,
        clock=clock,
        passwords=passwords,
    )
    return log_in(role, PASSWORD, settings=service.settings, store=store, clock=clock, passwords=passwords)


@pytest.mark.parametrize("role", [pytest.param("technician", marks=pytest.mark.slow), "supervisor"])
def test_nobody_crosses_over_to_another_centre_on_any_page(
    service: Service, app: FastAPI, anonymous: httpx.Client, east: dict[str, str], role: Role
) -> None:
    """Whoever has logged in at centre main sees and changes nothing of centre east, with a form token that is right."""
    opened, before = logged_in(service, role), rows_of(service, EAST)
    form = {"csrf": form_token(opened.session.id, signer=service.signer), "action_id": "a-1", "text": "hello"}
    pages = [route for route in every_route(app) if route.roles and not route.is_of_api and route.path != "/metrics"]
    assert len(pages) > 5
    headers = {"cookie": f"{COOKIE}={opened.token}", "sec-fetch-site": "same-origin"}
    with httpx.Client(base_url=anonymous.base_url, headers=headers, timeout=30) as browser:
        known = {"order_id": east["/v1/orders"], "action": "accept"}
        for route in pages:
            path = PARAMETER.sub(lambda found: known.get(found[1], "nothing"), route.path)
            answer = browser.request(route.method, path, data=form if route.method == "POST" else None)
            where = (str(route), answer.status_code)
            assert answer.status_code < 500, where
            if east["/v1/orders"] in path:
                assert answer.status_code in REFUSED, where
            else:
                assert EAST not in answer.text, where
    assert rows_of(service, EAST) == before


def test_what_was_made_for_the_test_covers_most_routes_with_ids(app: FastAPI, east: dict[str, str]) -> None:
    with_ids = {route.path for route in guarded(app) if "{" in route.path}
    reached = {path for path in with_ids if "nothing" not in filled(path, east)}
    assert len(reached) >= len(with_ids) / 2, sorted(with_ids - reached)
