"""The kit's page: complete, safe with any words, and sufficient to itself; and the command line that it prints."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import click
import numpy as np
import pytest
from PIL import Image

from duck_and_cover import Album, create, create_variants
from duck_and_cover.album import Track
from duck_and_cover.cli.kit import kit as kit_command
from duck_and_cover.cli.record import Wanted
from duck_and_cover.design.checking import check
from duck_and_cover.design.compose import compose
from duck_and_cover.design.files.formats import encoded
from duck_and_cover.design.pieces import tracklist
from duck_and_cover.design.report import Entry, Nearest, Told, command, page
from duck_and_cover.design.report.card import facts, inline, section
from duck_and_cover.design.report.look import letters
from duck_and_cover.design.report.page import standing
from duck_and_cover.design.report.tables import size
from duck_and_cover.errors import BadInput
from duck_and_cover.sleeve import Sleeve

NASTY = Album('<script>alert("1")</script>', "Tide & 'Öl' </h1>", ("<b>dub</b>",), 2015)


class Reading(HTMLParser):
    """Text, tags and addresses of a page; `unclosed` is empty where every element ends."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags, self.sources, self.unclosed = "", [], [], []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [str(value) for name, value in attrs if name in ("src", "href") and tag != "a"]
        if tag not in ("meta", "img", "br"):
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data if "style" not in self.unclosed else ""


def told_of(sleeve: Sleeve, front: np.ndarray | None = None) -> Told:
    jpeg = encoded(sleeve.pixels if front is None else front, "JPEG")
    return Told(album=sleeve.album, report=sleeve.report, about=sleeve._about, command="duckcover kit --seed 3",
                card=sleeve.card, front=jpeg, checks={"cover.jpg": check(jpeg, sleeve.album)}, lines=None, nearest=None,
                files=(Entry("cover.jpg", "stores", "for <stores>", 2_500_000),))  # fmt: skip


def read(told: Told) -> Reading:
    reading = Reading()
    reading.feed(page(told))
    reading.close()
    assert reading.unclosed == []
    return reading


@pytest.fixture(scope="module")
def sleeve() -> Sleeve:
    return create(NASTY, seed=3, size_px=96)


def test_any_words_are_words_and_nothing_is_fetched(sleeve: Sleeve) -> None:
    reading = read(told_of(sleeve))
    assert "script" not in reading.tags and "b" not in reading.tags
    assert '<script>alert("1")</script>' in reading.text and "Tide & 'Öl' </h1>" in reading.text
    assert reading.sources and all(source.startswith("data:") for source in reading.sources)
    assert not re.search(r"url\((?!data:)|@import|https?://[^\"]*\.(?:css|js|woff)", page(told_of(sleeve)))


def test_everything_is_told(sleeve: Sleeve) -> None:
    text = read(told_of(sleeve)).text
    report = sleeve.report
    learned_from = dict(facts(sleeve.card))["data"].split(":")[0]
    wanted = [report["bundle"], report["engine"], str(report["seeds"]["finish"]), report["palette"]["name"],
              report["finish"], report["palette"]["paper"], "2.5 MB", "for <stores>", "duckcover kit --seed 3",
              learned_from, "Apache-2.0", "no index of the training covers", "gather"]  # fmt: skip
    assert [fact for fact in wanted if fact not in text] == []
    for each in report["texts"]:
        assert each["face"] in text and f"{each['contrast_p5']:.1f} of {each['contrast_needed']:g}" in text


def test_a_refusal_is_in_the_first_lines_with_what_to_do(sleeve: Sleeve) -> None:
    told = told_of(sleeve)
    ok, line, _ = standing(told)
    assert not ok and line.startswith("Refused by") and "SoundCloud" in line, "96 px are too small"
    text = read(told).text
    assert "make it at the size wanted, with --size" in text and "takes none" in text
    good = compose(sleeve.finished_from, Album("Vesna"), sleeve.style, sleeve.seeds, 3000)
    fits = replace(told, checks={"small": told.checks["cover.jpg"], "large": check(encoded(good.pixels, "JPEG"))})
    ok, line, also = standing(fits)
    assert ok and re.match(r"1[234] of 14 stores take it", line) and "Not every rule was looked at" in also
    served = read(fits).text
    assert served.count("takes none") == (0 if line.startswith("14") else 1)
    assert "Ditto Musiclarge" in served and "CD Babysmall" in served, "each store is sent the first that it takes"


def test_pictures_and_near_covers_are_shown(sleeve: Sleeve) -> None:
    small = encoded(np.zeros((8, 8, 3), np.uint8), "JPEG")
    piece = Entry("print/lp.pdf", "print", "12-inch jacket", 10, preview=small, notes=("312 % ink",))
    told = told_of(sleeve)
    near = replace(told, files=(*told.files, piece), nearest=(Nearest("Real <cover>", 21.3, 20.0, small),))
    reading = read(near)
    assert "312 % ink" in reading.text and "Real <cover>" in reading.text and "distance 21.3" in reading.text
    assert len(reading.sources) == len(read(told).sources) + 2 and "no index" not in reading.text


def test_the_title_stands_in_its_own_face() -> None:
    tide = create(Album("Vesna", "Low Tide", ("metal",), 1988), seed=4, size_px=64, type="unifrakturcook")
    assert any(each["face"] == "unifrakturcook" for each in tide.report["texts"])
    texts = [{**each, "text": each["text"].replace(" ", "\n").upper()} for each in tide.report["texts"]]
    broken = replace(told_of(tide), report={**tide.report, "texts": texts})
    assert page(broken).count('font-family:"Lead"') == 1, "the one file of the face that holds these letters"
    assert 'font-family:"Lead"' not in page(replace(broken, report={**tide.report, "texts": []}))


def test_a_front_without_words_says_so() -> None:
    text = read(told_of(create(Album(), seed=3, size_px=64))).text
    assert "The front has no words" in text and "Untitled" in text


def again(line: str) -> Sleeve:
    """What the command makes that a line names, at 64 px."""
    words = shlex.split(line)
    assert words[:2] == ["duckcover", "kit"]
    with click.Context(kit_command) as context:
        kit_command.parse_args(context, words[2:])
        wanted = Wanted.of({key: value for key, value in context.params.items() if key != "output"})
    return create(wanted.album, size_px=64, **wanted.how)


def test_the_command_line_makes_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tricky = Album("O'Neil $HOME", '-x "a" `b`', ("post punk", "dub"), 1981, ("One, two", "It's"))
    first, second = create_variants(tricky, 2, seed=11, size_px=64, seeds={"type": 5}, palette="acid")
    for sleeve in (first, second):
        line = command(tricky, sleeve.report)
        made = again(line)
        assert np.array_equal(made.pixels, sleeve.pixels), line
        assert made.album == tricky
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (80, 80, 3)).astype(np.uint8)).save(tmp_path / "a b.png")
    monkeypatch.chdir(tmp_path)
    own = create(Album("A"), seed=2, size_px=64, art="a b.png", finish="film")
    line = command(Album("A"), own.report)
    assert "--art 'a b.png' --finish film" in line and np.array_equal(again(line).pixels, own.pixels)
    between = create(Album("A"), seed=2, size_px=64, toward=(0, 0.25))
    line = command(Album("A"), between.report)
    assert "--toward 0@0.25" in line and np.array_equal(again(line).pixels, between.pixels)
    with pytest.raises(BadInput, match="no way"):
        create(Album("A"), size_px=64, art="a b.png", toward=(0, 0.25))


def test_told_tracks_become_lines_that_are_read_alike() -> None:
    tracks = (Track("So What", 562, "A", 1), Track("99 Luftballons", 61, "A", 1), Track("Flamenco", 3600, "B", 1),
              Track("It's", None, "A", 2))  # fmt: skip
    words = shlex.split(command(Album("A", tracks=tracks), {}))
    lines = tuple(words[at + 1] for at, word in enumerate(words) if word == "--track")
    parts = tracklist.read(lines).sections
    assert [(part.disc, part.side) for part in parts] == [(1, "A"), (1, "B"), (2, "A")]
    assert [(each.title, each.seconds) for part in parts for each in part.tracks] == [
        (each.title, each.seconds) for each in tracks
    ]


def test_proofs_stand_together_below_the_print_files(sleeve: Sleeve) -> None:
    entries = [Entry(f"print/{name}", group, name, 10) for each in ("tray", "label") for name, group in
               ((f"{each}.pdf", "print"), (f"proofs/{each}.jpg", "proofs"))]  # fmt: skip
    text = page(replace(told_of(sleeve), files=tuple(entries)))
    places = [text.index(f"<code>print/{name}</code>") for name in
              ("tray.pdf", "label.pdf", "proofs/tray.jpg", "proofs/label.jpg")]  # fmt: skip
    assert places == sorted(places) and places[1] < text.index("How print will look") < places[2]


def test_a_card_is_read_as_it_is_written() -> None:
    card = ("# x\n\nText | with a bar\n\n| | |\n|---|---|\n| data | 9 **covers** |\n| w | `a<b` |\n\n| c | d |\n\n"
            "## Rights\n\nMine.\n\n## B\nno\n")  # fmt: skip
    assert facts(card) == [("data", "9 **covers**"), ("w", "`a<b`")]
    assert section(card, "Rights") == "Mine." and section(card, "Nothing") == "" and facts("") == []
    assert inline("`a<b` **x** & *y*") == "<code>a&lt;b</code> <strong>x</strong> &amp; *y*"
    assert (size(4_160_000), size(900), size(123_456)) == ("4.2 MB", "0.9 kB", "0.1 MB")


def test_a_name_in_any_script_brings_its_letters() -> None:
    latin = letters("Low Tide", ("anton", 400), [("Nine", ("inter", 400))])
    korean = letters("Low Tide", ("anton", 400), [("별하늘", ("noto-sans-kr", 700))])
    assert latin.count("@font-face") == 3 and korean.count("@font-face") >= 4
    same = ("noto-sans-kr", 700)
    once = letters("봄날의 전화", same, [("별하늘", same), ("봄날의 전화", same)])
    files = re.findall(r"base64,([^)]+)", once)
    assert len(files) >= 3 and len(files) == len(set(files)), "no file twice"
