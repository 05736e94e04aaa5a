"""Dispatch centres: made, changed, and what they override of the operator's policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.domain.records.centre import Centre
from dispatch.errors import BadPolicyError, Problem
from dispatch.policy.settings import OPERATORS_OWN_SECTIONS, Policy
from dispatch.ports import Clock, Store
from dispatch.usecases.centre_policies import centre_policy
from dispatch.usecases.master_data import made_record


@dataclass(frozen=True, kw_only=True)
class PolicyInForce:
    """A dispatch centre and its policy."""

    centre: Centre
    policy: Policy


def add_centre(centre_id: str, fields: dict[str, Any], *, store: Store, clock: Clock) -> Centre:
    """Make a dispatch centre; its record belongs to itself.

    Raises
    ------
    AlreadyThereError
        If there is one of that id.
    """
    centre = made_record(Centre, centre_id, fields, clock=clock)
    with store.write() as transaction:
        transaction.of(centre_id).records(Centre).add(centre)
    return centre


def change_centre(centre_id: str, fields: Mapping[str, Any], *, store: Store, clock: Clock) -> Centre:
    """Change a dispatch centre; when it plans next is reckoned anew. Raises `NotFoundError` if there is none."""
    with store.write() as transaction:
        centres = transaction.records(Centre)
        centre = centres.get(centre_id)
        return centres.save(centre.changed(clock.now(), **{**fields, "next_nightly_at": None}))


def override_policy(
    centre_id: str, overrides: Mapping[str, Any], *, store: Store, clock: Clock, policy: Policy
) -> PolicyInForce:
    """Replace what a dispatch centre overrides of the operator's policy.

    Raises
    ------
    BadPolicyError
        If the policy cannot be used with it, or a section is the operator's alone.
    NotFoundError
        If there is no such centre.
    """
    problems = [
        Problem(
            path=f"policy.{section}",
            message="cannot be set by a dispatch centre",
            remedy="leave it out; the operator's policy file alone may set it",
        )
        for section in OPERATORS_OWN_SECTIONS
        if overrides.get(section) is not None
    ]
    if problems:
        raise BadPolicyError(problems)
    with store.write() as transaction:
        centres = transaction.records(Centre)
        centre = centres.get(centre_id)
        changed = centre.changed(clock.now(), policy=dict(overrides), next_nightly_at=None)
        in_force = centre_policy(changed, policy)
        return PolicyInForce(centre=centres.save(changed), policy=in_force)
