"""A load generator: plain HTTP/1.1 over kept connections, so light that the service is what is measured."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from math import ceil
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request to be sent again and again."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a load came to.

    Attributes
    ----------
    seconds
        Time of each answered call, sorted.
    statuses
        Answers by status; 0 = no answer.
    took_s
        From the first call to the last answer.
    """

    seconds: tuple[float, ...]
    statuses: Counter[int]
    took_s: float

    @property
    def per_s(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.took_s

    def percentile_ms(self, percent: float) -> float:
        """Return the time that so many percent of the calls did not exceed (nearest rank), in milliseconds."""
        if not self.seconds:
            return float("nan")
        return 1000 * self.seconds[max(0, ceil(percent / 100 * len(self.seconds)) - 1)]

    def line(self) -> str:
        """Return the figures in one line."""
        shown = ", ".join(f"p{percent:g} {self.percentile_ms(percent):.1f} ms" for percent in (50, 90, 99, 99.9))
        statuses = ", ".join(f"{count} x {status or 'no answer'}" for status, count in sorted(self.statuses.items()))
        return f"{self.per_s:.0f} requests/s, {shown}, worst {self.percentile_ms(100):.1f} ms ({statuses})"


async def steady(
    base_url: str, calls: Sequence[Call], *, rate_per_s: float, duration_s: float, connections: int = 32
) -> Measured:
    """Send calls at a fixed rate, whatever the answers do.

    The time of a call counts from when it was due, so that a service that stands still for a moment is charged for
    every call that it kept waiting (G. Tene's "coordinated omission").
    """
    due: asyncio.Queue[tuple[float, Call] | None] = asyncio.Queue()
    samples: list[float] = []
    statuses: Counter[int] = Counter()
    begun = time.perf_counter()

    async def work() -> None:
        connection = _Connection(base_url)
        while (next_call := await due.get()) is not None:
            due_at, call = next_call
            status = await connection.send(call)
            statuses[status] += 1
            samples.append(time.perf_counter() - due_at)
        await connection.close()

    workers = [asyncio.create_task(work()) for _ in range(connections)]
    for number, call in zip(range(ceil(rate_per_s * duration_s)), cycle(calls), strict=False):
        due_at = begun + number / rate_per_s
        await asyncio.sleep(max(0.0, due_at - time.perf_counter()))
        due.put_nowait((due_at, call))
    for _ in workers:
        due.put_nowait(None)
    await asyncio.gather(*workers)
    return Measured(seconds=tuple(sorted(samples)), statuses=statuses, took_s=time.perf_counter() - begun)


async def flood(base_url: str, calls: Sequence[Call], *, connections: int, duration_s: float | None = None) -> Measured:
    """Send calls as fast as they are answered.

    Parameters
    ----------
    duration_s
        For so long, over and over; None = each call once.
    """
    samples: list[float] = []
    statuses: Counter[int] = Counter()
    begun = time.perf_counter()
    source = iter(calls) if duration_s is None else cycle(calls)

    async def work() -> None:
        connection = _Connection(base_url)
        for call in source:
            sent = time.perf_counter()
            if duration_s is not None and sent - begun > duration_s:
                break
            statuses[await connection.send(call)] += 1
            samples.append(time.perf_counter() - sent)
        await connection.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    return Measured(seconds=tuple(sorted(samples)), statuses=statuses, took_s=time.perf_counter() - begun)


class _Connection:
    """One kept connection; opened anew when it breaks."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, call: Call) -> int:
        """Send a call and read its answer whole; return the status, 0 if there was none."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._host, self._port, limit=2**20)
            reader, writer = self._streams
            lines = [f"{call.method} {call.path} HTTP/1.1", f"Host: {self._host}", f"Content-Length: {len(call.body)}"]
            lines += [f"{name}: {value}" for name, value in call.headers]
            writer.write("\r\n".join([*lines, "", ""]).encode() + call.body)
            return await _read_answer(reader)
        except (OSError, EOFError, ValueError):
            await self.close()
            return 0

    async def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _read_answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if b"transfer-encoding: chunked" in head:
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    elif b"content-length:" in head:
        await reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
    return status
