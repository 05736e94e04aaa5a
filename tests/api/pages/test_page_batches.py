"""Making what is asked for at once together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from threading import Event

import pytest

from api.pages.page_batches import Batches

BEGUN_LIMIT_S = 10


class Kitchen:
    """Makes a text of each number but 4; begins its first batch and then waits until it may go on."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, ...]] = []
        self.is_begun, self.may_go_on = Event(), Event()

    def make(self, numbers: Sequence[int]) -> dict[int, str]:
        self.batches.append(tuple(numbers))
        self.is_begun.set()
        self.may_go_on.wait(BEGUN_LIMIT_S)
        if 0 in numbers:
            raise ValueError("no zero")
        return {number: f"made {number}" for number in numbers if number != 4}


async def asked_in_turn(kitchen: Kitchen, first: int, *others: int) -> list[str | BaseException | None]:
    """Ask for one number, and for others while it is being made."""
    batches: Batches[int, str] = Batches(kitchen.make, most=3)
    asked = [asyncio.create_task(batches.get(first))]
    await asyncio.to_thread(kitchen.is_begun.wait, BEGUN_LIMIT_S)
    asked += [asyncio.create_task(batches.get(number)) for number in others]
    await asyncio.sleep(0)
    kitchen.may_go_on.set()
    return await asyncio.gather(*asked, return_exceptions=True)


def test_what_is_asked_for_while_others_are_made_is_made_together() -> None:
    kitchen = Kitchen()
    answers = asyncio.run(asked_in_turn(kitchen, 1, 2, 3, 3, 1, 5))
    assert answers == ["made 1", "made 2", "made 3", "made 3", "made 1", "made 5"]
    assert kitchen.batches == [(1,), (2, 3, 1), (5,)], "1 is made anew: its second reader came after it was begun"


def test_who_asks_for_what_there_is_not_gets_nothing() -> None:
    assert asyncio.run(asked_in_turn(Kitchen(), 1, 4, 2)) == ["made 1", None, "made 2"]


def test_what_cannot_be_made_fails_only_those_who_asked_for_it() -> None:
    first, failed, other = asyncio.run(asked_in_turn(Kitchen(), 1, 0, 2))
    assert (first, other) == ("made 1", "made 2")
    with pytest.raises(ValueError, match="no zero"):
        raise failed if isinstance(failed, BaseException) else AssertionError(failed)
