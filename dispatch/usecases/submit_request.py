"""Take in a planning request."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dispatch.domain.files import parse_request, request_digest
from dispatch.domain.plan_version import StoredRequest
from dispatch.domain.request import Request
from dispatch.errors import BadInputError, InputWarning
from dispatch.policy.privacy import planning_request_to_keep
from dispatch.policy.settings import Policy, effective_policy
from dispatch.policy.travel_access import access_problems
from dispatch.policy.warnings import request_warnings
from dispatch.ports import Clock, NewId, Store


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What is known of a request that was just stored, and what looked odd about it."""

    stored: StoredRequest
    warnings: tuple[InputWarning, ...]


def submit_request(
    document: bytes,
    *,
    name: str,
    store: Store,
    policy: Policy,
    clock: Clock,
    new_id: NewId,
    map_dir: Path | None = None,
) -> Receipt:
    """Read a request document, check it and store it without personal data: digest and plan are those of what is kept.

    Parameters
    ----------
    document
        The JSON text of a planning request.
    name
        What to call the document in error messages.
    policy
        The service's policy, which the request may override.
    map_dir
        Where the maps lie that a request may name; None = it may name none.

    Raises
    ------
    BadInputError
        If the document is not a valid planning request, or names a file or a server that the service may not use;
        nothing is stored.
    BadPolicyError
        If its policy overrides are not valid.
    """
    sent = parse_request(document, name)
    request = planning_request_to_keep(sent, is_geocoded=policy.geocoding.enabled)
    problems = list(access_problems(request.travel, servers=policy.routing.servers, folder=map_dir))
    if problems:
        raise BadInputError(problems, source=name)
    warnings = request_warnings(request, effective_policy(request, policy))
    if request != sent:
        message = "addresses and own data (address, extra) are not kept: a planning request holds nothing personal"
        warnings = (*warnings, InputWarning(path="", message=message))
    stored = StoredRequest(id=new_id(), digest=request_digest(request), created_at=clock.now())
    with store.write() as transaction:
        transaction.requests.add(stored, request)
    return Receipt(stored=stored, warnings=warnings)


@dataclass(frozen=True, kw_only=True)
class RequestView:
    """A stored request with its document."""

    stored: StoredRequest
    request: Request


def get_request(request_id: str, *, store: Store) -> RequestView:
    """Return a stored request; raises `NotFoundError` if there is none."""
    with store.read() as transaction:
        return RequestView(
            stored=transaction.requests.get(request_id), request=transaction.requests.document(request_id)
        )
