"""The studio as a person uses it, in a real browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from chrome import Browser, found

from conftest import Served

pytestmark = pytest.mark.skipif(found() is None, reason="no headless Chromium on this machine")

CALM = "!document.body.classList.contains('working') && document.querySelector('[data-hero]')?.complete"


@pytest.fixture(scope="module")
def page(studio: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser
        assert browser.problems == []  # no error, nothing that the page's policy had to stop


def fresh(page: Browser, studio: Served, query: str = "") -> None:
    page.open(f"{studio.address}/{query}")
    page.until("document.documentElement.dataset.ready === ''")


def now(page: Browser) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(page.run("location.search.slice(1)")).items()}


def changed(page: Browser, before: str) -> None:
    page.until(f"location.search !== {before!r} && {CALM}")


def test_type_pick_keep_redraw_undo_and_reload(page: Browser, studio: Served) -> None:
    fresh(page, studio)
    for field, text in (("#artist", "Otis Marlowe Quartet"), ("#title", "The <b>Quiet</b> Hour")):
        page.click(field)
        page.type(text)
    page.click("#genre")
    page.type("thras")
    page.until("[...document.querySelectorAll('#genre-list li')].some(e => e.textContent === 'thrash metal')")
    page.key("ArrowDown")
    page.key("Enter")
    assert page.run("document.querySelector('[data-chips] input').value") == "thrash metal"
    page.type("crossover, ")
    assert page.run("[...document.querySelectorAll('[data-chips] input')].map(e => e.value).join()") == (
        "thrash metal,crossover"
    )
    assert page.run("document.querySelector('#genre-list').hidden") is True  # nothing lies over the year
    page.click("#year")
    page.type("1988")
    page.key("Enter")
    page.until("document.querySelectorAll('[data-strip] img').length === 8")
    page.until(CALM)
    first = page.run("location.search")
    assert now(page)["title"] == "The <b>Quiet</b> Hour" and page.run("document.querySelector('.stage b')") is None
    page.click("[data-strip] li:nth-child(5) a")
    changed(page, first)
    picked = now(page)
    assert picked["seed"] != parse_qs(first[1:])["seed"][0]

    page.click("[data-hold=finish]")
    page.until("document.querySelector('[data-hold=finish]').getAttribute('aria-pressed') === 'true'")
    before = page.run("location.search")
    page.click("[data-reroll=palette]")
    changed(page, before)
    after = now(page)
    differs = {name for name in after if after[name] != picked.get(name)}
    assert differs <= {"palette", "palette-seed", "hold"} and after["palette"] != picked["palette"]

    page.click("[data-again]")
    page.until("document.querySelectorAll('[data-strip] .waiting').length === 8")
    page.until("document.querySelectorAll('[data-strip] img').length >= 3")
    drafts = page.run("[...document.querySelectorAll('[data-pick]')].map(e => e.dataset.pick)")
    assert {parse_qs(each)["finish"][0] for each in drafts} == {after["finish"]}

    page.click("[data-undo]")
    page.until(f"location.search === {before!r} && {CALM}")
    page.key("z", 2 | 8)
    page.until(f"location.search !== {before!r} && {CALM}")
    assert now(page) == after

    source = page.run("document.querySelector('[data-hero]').src")
    fresh(page, studio, page.run("location.search"))
    assert page.run("document.querySelector('[data-hero]').src") == source
    assert page.run("document.querySelector('#title').value") == "The <b>Quiet</b> Hour"


def test_words_are_dragged_and_moved_by_keys_and_colours_are_one_s_own(page: Browser, studio: Served) -> None:
    fresh(
        page,
        studio,
        "?artist=Ada&title=Low+Tide&genre=ambient&year=2004&seed=5&layout=poster&finish=halftone&palette=blue+hour",
    )
    page.until(CALM)
    hand = "document.querySelector('[data-move=lead]')"
    x, y, before = page.run(f"(r => [r.x + r.width / 2, r.y + r.height / 2, r.top])({hand}.getBoundingClientRect())")
    search = page.run("location.search")
    page.mouse("mousePressed", x, y)
    page.mouse("mouseMoved", x + 5, y + 60)
    page.mouse("mouseMoved", x + 5, y + 120)
    page.mouse("mouseReleased", x + 5, y + 120)
    changed(page, search)
    moved = page.run(f"{hand}.getBoundingClientRect().top")
    assert moved - before == pytest.approx(120, abs=12)  # where it was dropped, there it is printed
    page.run(f"{hand}.focus()")
    search = page.run("location.search")
    for _ in range(3):
        page.key("ArrowUp")
    changed(page, search)
    assert page.run(f"{hand}.getBoundingClientRect().top") < moved - 5
    assert page.run("document.activeElement.dataset.move") == "lead"  # keys go on working

    page.click("details[data-axis=palette] summary")
    search = page.run("location.search")
    page.run(
        "(e => { e.value = '#ff2200'; e.dispatchEvent(new Event('change', {bubbles: true})) })"
        "([...document.querySelectorAll('[data-ink]')].at(-1))"
    )
    changed(page, search)
    assert now(page)["palette"].startswith("own ") and now(page)["palette"].endswith(" ff2200")
    page.until("document.querySelector('.swatches')")
    assert page.run("document.querySelectorAll('.contrasts tr').length") == 3


def test_a_wrong_year_is_told_beside_it_and_what_was_typed_stays(page: Browser, studio: Served) -> None:
    fresh(page, studio)
    page.click("#year")
    page.type("next")
    page.key("Enter")
    page.until("document.querySelector('#year-fault').textContent.includes('year')")
    assert page.run("document.querySelector('#year').value") == "next"
    assert page.run("document.querySelector('#year').getAttribute('aria-invalid')") == "true"
    page.run("document.querySelector('#year').value = ''")
    page.key("Enter")  # an empty form makes sleeves too
    page.until("document.querySelector('[data-strip] img')")
    assert page.run("document.querySelector('#year-fault').textContent") == ""


def test_keys_alone_are_enough(page: Browser, studio: Served) -> None:
    fresh(page, studio, "?title=Low+Tide&seed=5")
    page.until(CALM)
    search, seen = page.run("location.search"), []
    for _ in range(40):
        page.key("Tab")
        seen.append(page.run("(e => e.dataset.reroll ?? e.id ?? e.tagName)(document.activeElement)"))
        if seen[-1] == "type":
            break
    assert "artist" in seen and seen[-1] == "type"
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"  # one sees where one is
    page.key("Enter")
    changed(page, search)
    assert page.run("document.activeElement.dataset.reroll") == "type"


def test_a_picture_of_one_s_own_is_dropped_and_nothing_else_is_taken_for_one(page: Browser, studio: Served) -> None:
    fresh(page, studio, "?title=Low+Tide&seed=5")
    page.until(CALM)
    search = page.run("location.search")
    drop = """(async (make, name, type) => { const data = new DataTransfer(); const blob = await make();
      data.items.add(new File([blob], name, {type}));
      dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})) })"""
    page.run(f"{drop}(async () => new Blob(['not a picture']), 'a.png', 'image/png')")
    page.until("document.querySelector('[data-dropped]').textContent.includes('no picture')")
    assert page.run("location.search") == search
    page.run(f"""{drop}(() => {{ const c = new OffscreenCanvas(200, 240); const x = c.getContext('2d');
      x.fillStyle = '#07c'; x.fillRect(0, 0, 200, 240); x.fillStyle = '#fd0'; x.fillRect(40, 40, 90, 90);
      return c.convertToBlob() }}, 'b.png', 'image/png')""")
    changed(page, search)
    assert len(now(page)["art"]) == 64


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_nothing_is_cut_off_at_any_width(page: Browser, studio: Served, width: int, height: int) -> None:
    page.resize(width, height)
    try:
        fresh(
            page,
            studio,
            "?artist=" + "Otis+Marlowe+" * 6 + "&title=Low+Tide&genre=a+genre+of+many+many+many+words&seed=5",
        )
        page.until(CALM)
        assert page.run("document.documentElement.scrollWidth") <= width
        for theme in ("light", "dark"):
            page.theme(theme)
            time.sleep(0.05)
            ink, paper = page.run("(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))")
            assert _contrast(ink, paper) > 10
            for element, part in ((".field > label", ""), ("#genre", "::placeholder")):
                soft = page.run(f"getComputedStyle(document.querySelector('{element}'), '{part}').color")
                assert _contrast(soft, paper) > 4.5
    finally:
        page.resize(1440, 900)


def test_on_a_phone_the_record_is_folded_away_beneath_its_cover(page: Browser, studio: Served) -> None:
    page.resize(390, 844)
    try:
        fresh(page, studio)
        assert page.run("document.querySelector('[data-draw]').getBoundingClientRect().bottom") < 844
        fresh(page, studio, "?album=Low+Tide&seed=5")
        page.until(CALM)
        title = "document.querySelector('#title').checkVisibility()"
        order = "['.drafts', '.head', '.axes'].map(e => document.querySelector(e).getBoundingClientRect().top)"
        assert page.run(title) is False and page.run(order) == sorted(page.run(order))
        page.click("[data-fold]")
        assert page.run(title) is True and page.run("document.querySelector('#title').value") == "Low Tide"
        page.run("document.querySelector('#catalogue').closest('details').open = true")
        before = page.run("location.search")
        page.click("#catalogue")
        page.type("QH 001")
        page.run("document.querySelectorAll('[data-part]').forEach(each => { each.checked = false })")
        page.click("[data-kit]")  # what was typed a moment ago is printed as well
        page.until("document.querySelector('[data-kit-told] progress')")
        assert page.run("location.search") != before
        assert now(page)["catalogue"] == "QH 001" and now(page)["title"] == "Low Tide"
        page.click("[data-kit-told] button")
    finally:
        page.resize(1440, 900)


def _contrast(first: str, second: str) -> float:
    from duck_and_cover.colour import contrast_ratio

    one, other = ([int(part) / 255 for part in each[4:-1].split(",")] for each in (first, second))
    return float(contrast_ratio(one, other))


def test_the_page_is_light(page: Browser, studio: Served) -> None:
    fresh(page, studio)
    total = page.run("""performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
      .reduce((sum, one) => sum + one.encodedBodySize, 0)""")
    foreign = page.run(
        """performance.getEntriesByType('resource').filter(one => !one.name.startsWith(location.origin)).length"""
    )
    assert 20_000 < total < 150_000 and foreign == 0
