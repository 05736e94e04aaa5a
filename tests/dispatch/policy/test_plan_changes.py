"""A diff judges moves by the policy's limits, not by limits of its own."""

from __future__ import annotations

import json

import pytest

from dispatch.domain.files import parse_plan
from dispatch.policy.plan_changes import changes_between
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import at, order_document, plan_document, request_of, visit_document


@pytest.mark.parametrize(
    ("tolerance_s", "buffer_s", "disturbed"), [(900, 1_800, 0), (900, 1_199, 1), (1_200, 0, 0), (1_199, 0, 1)]
)
def test_a_start_moved_by_20_minutes(tolerance_s: int, buffer_s: int, disturbed: int) -> None:
    request = request_of(order_document(agreed_start=at(10, "09:00")))
    before, after = (
        parse_plan(json.dumps(plan_document(visit_document(start=at(10, start))))) for start in ("09:00", "09:20")
    )
    limits = {"disruption": {"tolerance_s": tolerance_s}, "appointment": {"buffer_s": buffer_s}}
    found = changes_between(request, before, request, after, policy=load_policy().overridden(limits))
    assert len(found.disturbed) == disturbed
