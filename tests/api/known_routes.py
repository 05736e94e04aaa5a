"""Every route of an application, with the roles that may use it and a request that its description calls an example."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.deps import ROLES_OF
from dispatch.domain.records.access import Role

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True, kw_only=True)
class KnownRoute:
    """One method of one path.

    Attributes
    ----------
    roles
        Who may; None = nothing checks who asks.
    """

    method: str
    path: str
    roles: tuple[Role, ...] | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_of_api(self) -> bool:
        return self.path.startswith("/v1/")

    @property
    def collection(self) -> str:
        """The path up to its last parameter: what makes the things that this parameter names."""
        return self.path[: self.path.rindex("/{")] if PARAMETER.search(self.path) else self.path


def every_route(app: FastAPI) -> tuple[KnownRoute, ...]:
    """Return all routes of an application."""
    return tuple(_routes(app))


def _routes(app: FastAPI) -> Iterator[KnownRoute]:
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        checks = [] if dependant is None else [ROLES_OF[call] for call in _calls(dependant) if call in ROLES_OF]
        roles = tuple(role for role in checks[0] if all(role in others for others in checks)) if checks else None
        for method in sorted(set(context.methods or ()) - {"HEAD"}):
            yield KnownRoute(method=method, path=context.path, roles=roles)


def _calls(dependant: Any) -> Iterator[Callable[..., Any]]:
    for part in dependant.dependencies:
        if part.call is not None:
            yield part.call
        yield from _calls(part)


def example_of(description: Mapping[str, Any], route: KnownRoute) -> Any:
    """Return the body that a description gives as an example; None = it gives none."""
    path = PARAMETER.sub(r"{\1}", route.path)
    operation = description["paths"].get(path, {}).get(route.method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in content:
        return content["example"]
    return next((example["value"] for example in content.get("examples", {}).values()), None)


def filled(path: str, ids: Mapping[str, str]) -> str:
    """Return a path with an id of the collection before it in place of each parameter; else an invented one."""
    while found := PARAMETER.search(path):
        path = path[: found.start()] + ids.get(path[: found.start()].rstrip("/"), "nothing") + path[found.end() :]
    return path
