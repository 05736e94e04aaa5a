"""R32, R33: what is urgent leads to a new plan of a running day, an order to a proposal; driven over HTTP."""

import pytest

from benchmarks.service.urgent import measure_urgent


@pytest.mark.slow
def test_r32_r33_each_urgent_event_is_answered_by_a_plan_of_its_own() -> None:
    lines = list(
        measure_urgent(size="village", events=3, proposals=1, search_s=0.5, seed=7, database_url=None, workers=0)
    )
    assert [line.partition(":")[0] for line in lines[4:9]] == [
        "repair",
        "technician off",
        "overrun",
        "any event to new plan",
        "order to proposal",
    ]
    assert lines[8].endswith("; 0 without one")
