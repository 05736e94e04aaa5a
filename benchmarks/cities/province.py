"""A province: thirteen cities in one request, written city by city so that only one is in memory.

Its cities lie about where the thirteen prefecture-level cities of Jiangsu do (to 0.05 degrees), in sizes roughly like
theirs. Streets, people and orders are as made up as elsewhere.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from pydantic import BaseModel

from benchmarks.cities.generate import generate_city
from benchmarks.cities.geography import draw_geography
from benchmarks.cities.plane import Origin
from benchmarks.cities.spec import REFERENCE_LOAD, CitySpec, Extent
from benchmarks.cities.streams import Streams
from dispatch.domain.request import Horizon, Request
from dispatch.errors import BadInputError, OutputError, Problem

ARRAYS: Final = ("depots", "communities", "technicians", "orders")
CITY_SEEDS: Final = 100
"""The city k of the province of seed s has the seed s x CITY_SEEDS + k."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One city of a province.

    Attributes
    ----------
    prefix
        Stands before its ids.
    """

    prefix: str
    origin: Origin
    extent: Extent


def _place(prefix: str, lat: float, lon: float, share: int, radius_km: int) -> Place:
    """Make a city with `share` hundredths of a province of 50,000 orders and 5,000 technicians."""
    extent = Extent(
        orders=500 * share,
        technicians=50 * share,
        communities=80 * share,
        offices=16 if share > 4 else 10,
        depots=max(3, 3 * share // 2),
        radius_m=1_000 * radius_km,
    )
    return Place(prefix=f"{prefix}-", origin=Origin(lat=lat, lon=lon), extent=extent)


PLACES: Final = (
    _place("xuzhou", 34.25, 117.20, 10, 21),
    _place("lianyungang", 34.60, 119.20, 6, 18),
    _place("suqian", 33.95, 118.30, 5, 17),
    _place("huaian", 33.60, 119.00, 6, 18),
    _place("yancheng", 33.35, 120.15, 8, 20),
    _place("yangzhou", 32.40, 119.40, 6, 12),
    _place("zhenjiang", 32.20, 119.45, 3, 10),
    _place("taizhou", 32.45, 119.90, 6, 18),
    _place("nantong", 32.00, 120.85, 9, 20),
    _place("nanjing", 32.05, 118.80, 12, 23),
    _place("changzhou", 31.80, 119.95, 7, 17),
    _place("wuxi", 31.55, 120.30, 9, 19),
    _place("suzhou", 31.30, 120.60, 13, 22),
)


@dataclass(frozen=True, kw_only=True)
class ProvinceSpec:
    """The parameters of a province; those of `CitySpec`, for every city alike.

    Raises
    ------
    BadInputError
        If a parameter is out of its limits, or travel is not by straight lines.
    """

    seed: int = 7
    load: float = REFERENCE_LOAD
    days: int = 1
    travel: str = "straight_line"

    def __post_init__(self) -> None:
        if self.travel != "straight_line":
            remedy = "use straight_line for a province, or a smaller size"
            raise BadInputError([Problem(path="travel", message=f"{self.travel!r} is not possible", remedy=remedy)])
        CitySpec(size="city", seed=self.seed, load=self.load, days=self.days)


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What was written."""

    orders: int
    technicians: int
    shifts: int


def write_province(output: Path, spec: ProvinceSpec, *, places: Sequence[Place] = PLACES) -> Contents:
    """Write the request of a province, whole or not at all; the cities are generated one after the other.

    Raises
    ------
    OutputError
        If it cannot be written; a file that was there before is untouched then.
    """
    orders = technicians = shifts = 0
    target = output.resolve()
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with ExitStack() as stack:
            spools = {name: stack.enter_context(tempfile.TemporaryFile(dir=target.parent)) for name in ARRAYS}
            for number, place in enumerate(places):
                request = _city(spec, number, place)
                for name, spool in spools.items():
                    _spool(spool, getattr(request, name))
                orders, technicians = orders + len(request.orders), technicians + len(request.technicians)
                shifts += sum(len(technician.shifts) for technician in request.technicians)
                head = _head(request, spec)
            with partial.open("xb") as stream:
                _assemble(stream, head, spools)
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(target)
    except OSError as error:
        raise OutputError(f"{output}: cannot be written: {error.strerror or error}; nothing was changed") from error
    finally:  # an interrupt, too
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
    return Contents(orders=orders, technicians=technicians, shifts=shifts)


def _city(spec: ProvinceSpec, number: int, place: Place) -> Request:
    city = CitySpec(
        size="city",
        seed=spec.seed * CITY_SEEDS + number,
        load=spec.load,
        days=spec.days,
        prefix=place.prefix,
        own_extent=place.extent,
    )
    return generate_city(city, geography=draw_geography(city, Streams(city.seed), origin=place.origin))


def _head(request: Request, spec: ProvinceSpec) -> dict[str, object]:
    """Return what the request says besides its arrays; the same for each city."""
    said = {"size": "province", "seed": spec.seed, "load": spec.load, "days": spec.days, "travel": spec.travel}
    whole = Request(
        now=request.now,
        horizon=Horizon(start=request.horizon.start, end=request.horizon.end),
        time_zone=request.time_zone,
        travel=request.travel,
        extra={"city": said},
    )
    document = whole.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {name: value for name, value in document.items() if name not in ARRAYS}


def _spool(spool: IO[bytes], entries: Sequence[BaseModel]) -> None:
    """Append entries, one a line."""
    for entry in entries:
        text = json.dumps(entry.model_dump(mode="json", by_alias=True, exclude_none=True), ensure_ascii=False)
        spool.write(b",\n    " if spool.tell() else b"    ")
        spool.write(text.encode())


def _assemble(stream: IO[bytes], head: dict[str, object], spools: Mapping[str, IO[bytes]]) -> None:
    stream.write(b"{\n")
    for name, value in head.items():
        stream.write(f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n".encode())
    separator = b""
    for name, spool in spools.items():
        stream.write(separator + f'  "{name}": [\n'.encode())
        spool.seek(0)
        shutil.copyfileobj(spool, stream)
        stream.write(b"\n  ]")
        separator = b",\n"
    stream.write(b"\n}\n")
