"""The page: whole, alone, and readable for everyone."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from duck_and_cover.colour import contrast_ratio, oklab_to_srgb, parse_hex, srgb_to_oklab
from duck_and_cover.dataset.made.synthetic import synthetic_covers, write_parquet
from duck_and_cover.dataset.stats.mixtures import Mixture
from duck_and_cover.dataset.stats.page import page, write_page
from duck_and_cover.dataset.stats.statistics import EVERY, Pairs, Statistics, statistics
from duck_and_cover.errors import CannotWrite

FEW, MANY = Mixture(19, ("#000000", "#d02020"), (0.25, 0.75)), Mixture(20, ("#101010", "#20d020"), (0.25, 0.75))


class Page(HTMLParser):
    """All tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, Any]]:
        return [attributes for name, attributes in self.tags if name == tag]


def made(**fields: Any) -> Statistics:
    one: dict[str, Any] = {
        "name": "Made up", "content": "0123", "covers": 50, "labels": {"metal": 30, "jazz": 20},
        "families": {"metal": 30, "jazz": 20}, "decades": {"1990s": 39, "2000s": 11}, "parts": {"train": 50},
        "sources": {"made": 50}, "rights": {"own": 50}, "sizes": {"below 128 px": 50}, "missing": {"year": 5},
        "years": (1990, 2001), "pairs": Pairs(("metal", "jazz"), np.array([[30, 3], [3, 20]])),
        "mixtures": {("metal", EVERY): MANY, ("metal", "1990s"): MANY, ("metal", "2000s"): FEW},
        "sheets": {EVERY: np.zeros((64, 96, 3), np.uint8), "metal": np.zeros((40, 80, 3), np.uint8)},
    }  # fmt: skip
    return Statistics(**{**one, **fields})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Statistics:
    folder = tmp_path_factory.mktemp("covers")
    write_parquet(synthetic_covers(120, seed=1, size_px=32), folder)
    return statistics(folder)


def test_it_needs_nothing_beside_it(whole: Statistics) -> None:
    text = page(whole)
    read = Page(text)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in read.tags}
    addresses = [value for _, attributes in read.tags for name, value in attributes.items() if name in ("src", "href")]
    assert addresses and all(value.startswith("data:image/webp;base64,") for value in addresses)
    assert "url(" not in text and "@import" not in text and "http" not in text
    for value in addresses:
        Image.open(io.BytesIO(base64.b64decode(value.partition(",")[2]))).close()


def test_everyone_can_read_it(whole: Statistics) -> None:
    read = Page(page(whole))
    headings = [int(tag[1]) for tag, _ in read.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(headings))
    assert all(attributes["alt"] and attributes["width"] and attributes["height"] for attributes in read.all("img"))
    assert all(attributes.get("scope") in ("col", "row") for attributes in read.all("th"))
    assert all(attributes.get("aria-label") for _, attributes in read.tags if attributes.get("role") == "img")
    assert read.all("html") == [{"lang": "en"}] and "viewport" in {each.get("name") for each in read.all("meta")}


def test_the_same_statistics_give_the_same_page(whole: Statistics) -> None:
    assert page(whole) == page(whole)


def test_numbers_stand_on_it() -> None:
    read = Page(page(made()))
    for told in ("Made up", "1990–2001", "metal", "below 128 px", "60 %"):
        assert told in read.text
    shares = [each["style"] for each in read.all("td") if "--v:" in each.get("style", "")]
    assert shares == ["--v:10", "--v:15"], "3 of 30 and 3 of 20"


def test_cells_of_few_covers_are_hatched() -> None:
    table = re.findall("<table class=palettes>.*?</table>", page(made()))[0]
    (row,) = re.findall("<tr><th scope=row class=stick>metal(.*?)(?=<tr>|$)", table)
    every, nineties, noughties = row.split("<td>")[1:]
    assert "#20d020" in every and "#20d020 25.0% 100.0%" in nineties and "<small>20</small>" in nineties
    assert "#d02020" not in page(made())
    assert 'class="bar few"' in noughties and "<small>19</small>" in noughties


def test_what_sources_call_things_is_no_markup() -> None:
    evil = '<script>alert("x")</script>&\'"'
    text = page(made(name=evil, labels={evil: 50}, families={evil: 50}, sources={evil: 50}, rights={evil: 50},
                     pairs=Pairs((evil, "jazz"), np.array([[30, 3], [3, 20]])),
                     mixtures={(evil, EVERY): MANY, ("label", evil): MANY},
                     sheets={evil: np.zeros((40, 80, 3), np.uint8)}))  # fmt: skip
    read = Page(text)
    assert "script" not in {tag for tag, _ in read.tags}
    assert read.text.count(evil) >= 6
    assert f"Covers of the family {evil}" in {each["alt"] for each in read.all("img")}


def test_a_dataset_of_little_gives_a_page() -> None:
    read = Page(page(made(covers=1, labels={}, families={"no family": 1}, decades={}, sizes={}, missing={}, years=None,
                          pairs=Pairs((), np.zeros((0, 0), np.int64)), mixtures={}, sheets={})))  # fmt: skip
    titles = [tag for tag, _ in read.tags if tag == "h2"]
    assert len(titles) == 2 and "nan" not in read.text and "inf" not in read.text


@pytest.mark.parametrize("theme", [0, 1])
def test_contrast(theme: int) -> None:
    """WCAG 2.2 AA, 4.5 : 1, in both themes and on every shade of the table of pairs."""
    style = (resources.files("duck_and_cover") / "dataset" / "stats" / "page.css").read_text("utf-8")
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[theme]
    colour = {name: np.array(parse_hex(value)) for name, value in re.findall(r"--(\w+): (#\w+)", block)}
    for name in ("ink", "soft"):
        assert contrast_ratio(colour[name], colour["paper"]) >= 4.5
    n = 101
    labels = tuple(f"l{i}" for i in range(n))
    together = np.tile(np.arange(n), (n, 1))
    np.fill_diagonal(together, 100)
    cells = Page(page(made(pairs=Pairs(labels, together)))).all("td")
    shades = {int(cell["style"].split(":")[1]): "over" in cell.get("class", "") for cell in cells if "--v" in str(cell)}
    assert len(shades) == n
    none, heat = (srgb_to_oklab(colour[name]) for name in ("none", "heat"))
    for share, over in shades.items():
        shade = oklab_to_srgb(none + (heat - none) * share / 100)
        assert contrast_ratio(shade, colour["over" if over else "under"]) >= 4.5, share


def test_a_full_disk_leaves_the_old_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_page(tmp_path / "page.html", made())
    before = (tmp_path / "page.html").read_text("utf-8")

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(CannotWrite, match="No space left on device"):
        write_page(tmp_path / "page.html", replace(made(), name="new"))
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {"page.html": before}
