"""Commands that this package contributes to `dispatch`: `city`, `demo`, `replay`.

Everything heavy is imported inside the commands: `dispatch --help` reads this file.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from benchmarks.cities.spec import REFERENCE_LOAD, TravelKind
from benchmarks.replay.command import replay

if TYPE_CHECKING:
    from benchmarks.cities.province import ProvinceSpec
    from dispatch.domain.request import Request

STDOUT: Final = Path("-")
DEMO_FOLDER: Final = Path("out")
DEMO_SEED: Final = 7
DEMO_LIMIT_S: Final = 20.0


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("city")(city)
    app.command("demo")(demo)
    app.command("replay")(replay)


def demo_city(now: datetime) -> Request:
    """Return a village with two days of shifts from today on; what `dispatch serve --demo` is filled with."""
    from datetime import time, timedelta

    from benchmarks.cities.generate import generate_city
    from benchmarks.cities.spec import CitySpec

    spec = CitySpec(size="village", seed=DEMO_SEED, days=2)
    evening = datetime.combine(now.astimezone(spec.zone).date() - timedelta(days=1), time(20))
    return generate_city(replace(spec, evening=evening))


def city(
    *,
    size: Annotated[
        Literal["village", "district", "city", "province"],
        typer.Option(
            help="village: 60 orders, 10 technicians; district: 300, 45; city: 2,000, 300; province: 50,000, 5,000."
        ),
    ] = "district",
    seed: Annotated[int, typer.Option(help="Another seed, another city.")] = 7,
    load: Annotated[
        float,
        typer.Option(
            help="Work over technician time of one day, 0.1 to 3: more load, more orders for the same people."
        ),
    ] = REFERENCE_LOAD,
    days: Annotated[int, typer.Option(help="Days with shifts, 1 to 7; the open orders stay as many.")] = 1,
    travel: Annotated[
        TravelKind,
        typer.Option(
            help="matrix: travel times written out (not for a city); road_graph: on made-up roads, written beside the "
            "request as NAME.roads.npz."
        ),
    ] = "straight_line",
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="OpenStreetMap extract (.osm.pbf) on whose streets the city lies; travel follows them.",
        ),
    ] = None,
    time_zone: Annotated[str, typer.Option(help="The city's, as Europe/Helsinki.")] = "Asia/Shanghai",
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="File to write, replaced if it exists; - = stdout."),
    ] = STDOUT,
) -> None:
    """Write a synthetic city as a planning request: the same options, the same bytes."""
    from benchmarks.cities.generate import generate_city
    from benchmarks.cities.on_roads import write_city_on_roads
    from benchmarks.cities.province import ProvinceSpec
    from benchmarks.cities.spec import CitySpec
    from dispatch.commands.plan import check_writable
    from dispatch.domain.files import to_json, write_request
    from dispatch.errors import OutputError

    if size == "province":
        _province(output, ProvinceSpec(seed=seed, load=load, days=days, travel=travel), map_file=map_file)
        return
    spec = CitySpec(size=size, seed=seed, load=load, days=days, travel=travel, time_zone=time_zone)
    if output != STDOUT:
        check_writable(output)
    is_stream = output == STDOUT or _is_stream(output)
    if is_stream and travel == "road_graph" and map_file is None:
        raise OutputError(f"{output}: the roads need a file beside the request. Maybe name one: -o city.json.")

    def generate() -> Request:
        if map_file is None:
            return generate_city(spec)
        from benchmarks.cities.on_map import generate_city_on_map

        return generate_city_on_map(spec, map_file, folder=None if is_stream else output.parent)

    if output == STDOUT:
        sys.stdout.write(to_json(generate()))
        return
    if travel == "road_graph" and map_file is None:
        request = write_city_on_roads(output, spec)
    else:
        request = generate()
        write_request(output, request)
    print(f"{output}: {_contents(request)}")


def _is_stream(path: Path) -> bool:
    """Tell whether a path is a pipe, a device or an open file of this process, which has no place beside it."""
    folder = path.parent.resolve()
    is_open_file = folder == Path("/dev") or folder.is_relative_to("/proc")
    return is_open_file or (path.exists() and not path.is_file() and not path.is_dir())


def _province(output: Path, spec: ProvinceSpec, *, map_file: Path | None) -> None:
    from benchmarks.cities.province import write_province
    from dispatch.commands.plan import check_writable
    from dispatch.errors import BadInputError, OutputError, Problem

    if map_file is not None:
        remedy = "leave out --map, or choose a smaller size"
        raise BadInputError([Problem(path="map", message="a province lies on no map", remedy=remedy)])
    if output == STDOUT:
        raise OutputError("-: a province is written to a file. Maybe name one: -o province.json.")
    check_writable(output)
    written = write_province(output, spec)
    print(f"{output}: {written.orders} orders, {written.technicians} technicians, {written.shifts} shifts")


def demo(
    *,
    folder: Annotated[Path, typer.Option(help="Where request, plan and report go; made if missing.")] = DEMO_FOLDER,
) -> None:
    """Generate a district on its streets, plan it for 20 seconds, check the plan, write its report, print a summary."""
    import time

    from benchmarks.cities.on_roads import write_city_on_roads
    from benchmarks.cities.spec import CitySpec
    from dispatch.check import check
    from dispatch.commands.plan import plan_interruptibly
    from dispatch.commands.summary import print_summary
    from dispatch.domain.files import read_plan, read_request, write_plan, write_text
    from dispatch.errors import CheckFailedError
    from dispatch.planner.plan import PlanOptions
    from dispatch.planner.timings import PlanningTimings
    from dispatch.policy.settings import load_policy
    from dispatch.report.build import build_report
    from dispatch.travel_sources import TravelSources

    _make_folder(folder)
    request_path, plan_path, report_path = folder / "district.json", folder / "plan.json", folder / "report.html"
    policy, sources = load_policy(), TravelSources(folder=folder)
    request = write_city_on_roads(request_path, CitySpec(size="district", seed=DEMO_SEED, travel="road_graph"))
    print(f"{request_path}: {_contents(request)}")
    plan = plan_interruptibly(
        request,
        policy=policy,
        options=PlanOptions(limit_s=DEMO_LIMIT_S),
        progress="auto",
        timings=PlanningTimings(time.monotonic),
        sources=sources,
    )
    write_plan(plan_path, plan)
    read_again = read_request(request_path), read_plan(plan_path)
    verdict = check(*read_again, policy=policy, sources=sources)
    if not verdict.ok:
        raise CheckFailedError(verdict.violations)
    print(f"{plan_path}: checked, every rule holds")
    write_text(report_path, build_report(*read_again, verdict=verdict, policy=policy, sources=sources))
    print(f"{report_path}: the plan as a page, open it in a browser\n")
    print_summary(plan, request)
    print(f"\nAsk for one order:  {_program()} explain {request_path} {plan_path} --order {request.orders[0].id}")


def _program() -> str:
    """Return what calls this program from the shell it was called from: its path, unless the name will do."""
    import shlex
    import shutil

    script = Path(sys.executable).with_name("dispatch")
    found = shutil.which("dispatch")
    if not script.exists() or (found is not None and script.samefile(found)):
        return "dispatch"
    is_below = script.is_relative_to(Path.cwd())
    return shlex.quote(str(script.relative_to(Path.cwd()) if is_below else script))


def _contents(request: Request) -> str:
    shifts = sum(len(technician.shifts) for technician in request.technicians)
    return f"{len(request.orders)} orders, {len(request.technicians)} technicians, {shifts} shifts"


def _make_folder(folder: Path) -> None:
    from dispatch.errors import OutputError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror or error}") from error
