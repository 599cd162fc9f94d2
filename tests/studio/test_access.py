"""The studio for everyone: axe finds nothing on any page, with anything open, in both themes, on a desk and on a phone.

Reference: axe-core (Deque Systems), its rules for WCAG 2 A and AA and best practices.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

import pytest
from chrome import Browser, found

from conftest import RECORD, Served
from duck_and_cover.studio.exports import Exports
from duck_and_cover.studio.recipe import Recipe


def checker() -> Path | None:
    """axe-core's script in a package that carries it, the newer one first."""
    for package in ("axe_playwright_python", "axe_core_python"):
        if (spec := find_spec(package)) and spec.submodule_search_locations:
            return Path(spec.submodule_search_locations[0]) / "axe.min.js"
    return None


pytestmark = [
    pytest.mark.skipif(found() is None, reason="no headless Chromium on this machine"),
    pytest.mark.skipif(checker() is None, reason="no package with axe-core is installed"),
]

CALM = (
    "!document.body.classList.contains('working') && document.querySelector('[data-hero]')?.complete "
    "&& document.fonts.status === 'loaded'"
)
FINDINGS = """axe.run(document, {resultTypes: ['violations']}).then(told => told.violations.map(one =>
  `${one.impact} ${one.id}: ${one.nodes.map(node => node.target.join(' ')).slice(0, 5).join(', ')}`))"""
KIT = {
    "album": {"artist": "Otis Marlowe Quartet", "title": "The Quiet Hour"},
    "files": [{"name": "cover.jpg", "purpose": "the front for stores", "bytes": 2_400_000}],
    "missing": {"loop.mp4": "no ffmpeg is installed"},
    "stores": [{"store": "Bandcamp", "send": True}, {"store": "Deezer", "send": False}],
}
"""What the report of a finished kit says, as much as the page shows of it."""
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def page(studio: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("axe")) as browser:
        yield browser


def findings(page: Browser, state: str) -> list[str]:
    """What axe finds on the page as it is, in both themes and at both sizes."""
    script = checker()
    assert script is not None
    page.run(script.read_text("utf-8") + "; 0")
    told = []
    for size, (width, height) in SIZES.items():
        page.resize(width, height)
        for theme in ("light", "dark"):
            page.theme(theme)
            told += [f"{state}, {theme}, {size}: {one}" for one in page.run(FINDINGS)]
    page.resize(*SIZES["desktop"])
    return told


def test_a_planted_fault_is_found_in_both_themes_at_both_sizes(page: Browser, studio: Served) -> None:
    page.open(f"{studio.address}/library?q=zzzz")
    page.run("document.querySelector('[data-theme-switch]').removeAttribute('aria-label')")
    page.run("document.querySelector('h1').style.color = 'var(--line)'")
    told = findings(page, "spoilt")
    assert len(told) == 8 and sum("critical button-name" in one for one in told) == 4
    assert sum("serious color-contrast: h1" in one for one in told) == 4


def test_nothing_is_found_before_there_is_a_cover_nor_beside_faults(page: Browser, studio: Served) -> None:
    page.open(f"{studio.address}/")
    page.run("document.querySelectorAll('details').forEach(each => { each.open = true })")  # the model card as well
    page.click("#genre")
    page.type("thra")
    page.until("!document.querySelector('#genre-list').hidden")
    told = findings(page, "empty")
    page.open(f"{studio.address}/?" + urlencode({"year": "next", "seed": 1, "finish": "gold"}))
    assert told + findings(page, "faults") == []


def test_nothing_is_found_with_eight_drafts_and_everything_open_nor_in_the_library(
    page: Browser, studio: Served, tmp_path: Path
) -> None:
    page.open(f"{studio.address}/?{urlencode(RECORD)}")
    page.until("document.documentElement.dataset.ready === ''")
    page.click("[data-draw]")
    page.until(f"document.querySelectorAll('[data-strip] img').length === 8 && {CALM}")
    page.run(
        "document.querySelectorAll('[data-desk] details').forEach("
        "each => { each.removeAttribute('name'); each.open = true })"
    )
    for comes in (".names", ".faces", ".swatches", ".stores", ".proof img"):
        page.until(f"document.querySelector('[data-desk] {comes}')", 60)
    kit = studio.folder / "exports" / Exports(tmp_path).id(Recipe.of(page.run("location.search.slice(1)")), ())
    kit.mkdir()
    (kit / "report.json").write_text(json.dumps(KIT))
    page.click("[data-kit]")
    page.until("document.querySelector('.listed')", 60)
    told = findings(page, "everything open")
    page.open(f"{studio.address}/library?drafts=1")
    assert page.run("document.querySelectorAll('.shelf li').length") >= 8
    assert told + findings(page, "library") == []
