"""What many ask for at once is made together: one look into the store, not one for each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Generic, TypeVar

from fastapi.concurrency import run_in_threadpool

K = TypeVar("K")
V = TypeVar("V")


class Batches(Generic[K, V]):
    """Makes values in a thread, one batch after the other; used on the event loop only.

    Whoever asks while nothing is being made is served at once and alone. What is asked for meanwhile is made next, all
    of it in one go, so that a crowd costs little more than one. Nobody is handed what was begun before they asked.

    Parameters
    ----------
    make
        Makes the values of some keys, in a thread; those that there are none of are left out.
    most
        So many are made in one go.
    """

    def __init__(self, make: Callable[[Sequence[K]], Mapping[K, V]], *, most: int) -> None:
        self._make = make
        self._most = most
        self._asked: dict[K, asyncio.Future[V | None]] = {}
        self._task: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V | None:
        """Return the value of a key; None if there is none. Raises what making it alone raises."""
        made = self._asked.get(key)
        if made is None:
            made = self._asked[key] = asyncio.get_running_loop().create_future()
        if self._task is None:
            self._task = asyncio.create_task(self._make_all())
        return await asyncio.shield(made)  # the caller may go; others may wait for the same

    async def _make_all(self) -> None:
        try:
            while self._asked:
                batch = dict(islice(self._asked.items(), self._most))
                for key in batch:
                    del self._asked[key]
                await self._make_batch(batch)
        finally:
            self._task = None

    async def _make_batch(self, batch: Mapping[K, asyncio.Future[V | None]]) -> None:
        try:
            made = await run_in_threadpool(self._make, tuple(batch))
        except Exception as error:  # noqa: BLE001 - raised again where the value is waited for
            if len(batch) == 1:
                for waiting in batch.values():
                    waiting.set_exception(error)
                return
            for key, waiting in batch.items():  # so that it fails only those whose fault it is
                await self._make_batch({key: waiting})
            return
        for key, waiting in batch.items():
            waiting.set_result(made.get(key))
