"""Two readings of when an order may start, written apart: they have to agree."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.checker.findings import second_of
from dispatch.checker.windows import starts_of
from dispatch.domain.request import Order, Request
from dispatch.policy.settings import load_policy
from dispatch.policy.windows import start_windows
from tests.seeds import seeds

HOUR = timedelta(hours=1)
FIRST = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize("seed", seeds(50, in_all=200))
def test_checker_and_policy_read_the_same_windows(seed: int) -> None:
    generator = random.Random(seed)
    policy = load_policy().overridden({"appointment": {"agreed_window": generator.choice(["hard", "priced"])}})
    request = Request(now=moment(generator), horizon={"start": FIRST, "end": FIRST + 24 * HOUR}, time_zone="UTC")
    order = random_order(generator)

    of_policy = {
        second
        for window in start_windows(order, request, policy)
        for second in range(second_of(window.start), second_of(window.end) + 1, 1800)
    }
    starts = starts_of(order, request, policy, locked_s=None)
    of_checker = {
        second for second in range(second_of(FIRST), second_of(FIRST + 30 * HOUR), 1800) if starts.is_allowed(second)
    }

    assert of_checker == of_policy


def moment(generator: random.Random) -> Any:
    """Return a full or half hour of the first 30."""
    return FIRST + HOUR / 2 * generator.randrange(60)


def random_order(generator: random.Random) -> Order:
    fields: dict[str, Any] = {}
    for name, chance in (("earliest_start", 0.3), ("agreed_start", 0.4)):
        if generator.random() < chance:
            fields[name] = moment(generator)
    if generator.random() < 0.3:
        fields["hold_until"] = FIRST + HOUR * generator.randrange(24)
    windows = [sorted((moment(generator), moment(generator))) for _ in range(generator.randrange(4))]
    return Order(
        id="a",
        kind="repair",
        community="c",
        accepted_at=FIRST,
        duration="PT30M",
        windows=[{"start": start, "end": end} for start, end in windows],
        **fields,
    )
