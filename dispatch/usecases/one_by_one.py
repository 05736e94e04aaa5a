"""Do something with many, one after the other, so that one that cannot be helped keeps no other one back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from dispatch.errors import DispatchError, StoreError

T = TypeVar("T")


def one_by_one(many: Iterable[T], do: Callable[[T], bool]) -> bool:
    """Give each its turn; return whether any of them said yes.

    Raises
    ------
    StoreError
        At once: without a store nobody can be helped.
    DispatchError
        The first one, after all have had their turn.
    """
    is_any = False
    faults: list[DispatchError] = []
    for one in many:
        try:
            is_any |= do(one)
        except StoreError:
            raise
        except DispatchError as error:
            faults.append(error)
    if faults:
        raise faults[0]
    return is_any
