"""Lettering: what stands on a cover is read, told apart, and kept whatever happens."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from duck_and_cover.catalog.guard import Guard
from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.lettering.finding import Job, find_letters, look, take_census
from duck_and_cover.dataset.lettering.lines import describe, letters_of, likeness
from duck_and_cover.dataset.lettering.ocr import Read, eye, is_lettering
from duck_and_cover.dataset.lettering.page import write_page
from duck_and_cover.dataset.letters import letter_mask, load_letters
from duck_and_cover.dataset.shards import write_shards
from duck_and_cover.errors import BadInput


def ground(side: int = 320) -> Pixels:
    ramp = np.linspace(20, 130, side)
    channels = [np.tile(ramp, (side, 1)), np.tile(ramp[:, None], (1, side)), np.full((side, side), 60)]
    return np.stack(channels, -1).astype(np.uint8)


def sleeve(*lines: tuple[str, int, int, str]) -> Pixels:
    """A made-up cover. lines: (text, top in px, size, colour)."""
    picture = Image.fromarray(ground())
    for text, top, size, colour in lines:
        ImageDraw.Draw(picture).text((24, top), text, colour, ImageFont.load_default(size))
    return np.asarray(picture)


def job(id: str, pixels: Pixels, artist: str | None = None, album: str | None = None) -> Job:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return Job(id, file.getvalue(), artist, album)


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        ((0.1, 0.1, 0.9, 0.2), True),
        ((0.1, 0.1, 0.5, 0.5), False),  # a smooth blob
        ((0.0, 0.1, 1.0, 0.5), True),  # one word across the cover
        ((0.1, 0.0, 0.3, 0.9), True),  # a word standing on end
    ],
)
def test_large_compact_boxes_are_no_lettering(box: tuple[float, float, float, float], kept: bool) -> None:
    assert is_lettering(box) == kept


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("The Beatles", "beatles"), ("Björk", "bjork"), ("Guns N’ Roses", "gunsnroses"),
        ("Simon & Garfunkel", "simonandgarfunkel"),
        ("Rumours (Super Deluxe)", "rumours"), ("Live Evil - 40th Anniversary Edition", "liveevil"),
        ("(What's the Story)", "whatsthestory"),
        ("!!!", ""), (None, ""),
    ],
)  # fmt: skip
def test_names_as_sleeves_show_them(name: str | None, letters: str) -> None:
    assert letters_of(name) == letters


def test_what_is_nearly_a_piece_of_a_name_is_like_it() -> None:
    assert likeness("blacksabbalh", "blacksabbath") > 0.9
    assert likeness("musgraves", "kaceymusgraves") == 1.0
    assert likeness("superdeluxe", "blacksabbath") < 0.5
    assert likeness("ab", "abba") == 0.0 and likeness("u2", "u2") == 1.0


def test_lines_know_their_role_case_and_colours() -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[10:20, 10:60] = (20, 20, 120)
    pixels[13:17, 14:56:2] = (240, 200, 40)
    reads = [Read((0.1, 0.5, 0.6, 0.6), "Same Trailer", 0.9), Read((0.1, 0.1, 0.6, 0.2), "KACEY MUSGRAVFS", 0.8),
             Read((0.1, 0.8, 0.2, 0.83), "stereo", 0.7), Read((0.5, 0.8, 0.9, 0.9))]  # fmt: skip
    found = describe("x", pixels, reads, "Kacey Musgraves", "Same Trailer Different Park")
    assert [(line.text, line.role, line.case) for line in found.lines] == [
        ("KACEY MUSGRAVFS", "artist", "upper"), ("Same Trailer", "album", "title"), ("stereo", "other", "lower"),
    ]  # fmt: skip
    assert len(found.boxes) == 4, "what cannot be read is filled in as well"
    assert (found.artist, found.album) == (True, False), "half of a name is not the name"
    letters, behind = (tuple(bytes.fromhex(each[1:])) for each in (found.lines[0].colour, found.lines[0].ground))
    assert letters[0] > 200 and behind[2] > 100 and behind[0] < 60
    assert describe("x", pixels, reads, None, None).artist is None


@pytest.mark.parametrize("text", ["1st 2nd", "123", "蔡琴", "ªº", "·A·b·", "ʻOkina", "1A1b"])
def test_any_text_has_a_case_or_none(text: str) -> None:
    found = describe("x", ground(), [Read((0.1, 0.1, 0.9, 0.2), text, 0.9)], None, None)
    assert found.lines[0].case in ("upper", "lower", "title", "mixed", "")


def test_one_line_may_hold_both_names() -> None:
    read = Read((0.1, 0.1, 0.9, 0.2), "FUTURE ISLANDS SINGLES", 0.9)
    found = describe("x", ground(), [read], "Future Islands", "Singles")
    assert (found.artist, found.album) == (True, True)


@pytest.fixture(scope="module")
def crew() -> Iterator[Guard]:
    pytest.importorskip("rapidocr")
    with Guard(2, longest_s=120.0, most_memory=0) as made:
        yield made


def test_words_are_seen_and_masked(crew: Guard) -> None:
    pixels = sleeve(("MIDNIGHT", 60, 52, "white"), ("a quiet album", 250, 24, "#ffdd66"))
    found = look(job("a", pixels, "Midnight", "A Quiet Album"))
    assert (found.artist, found.album) == (True, True)
    assert [line.case for line in found.lines] == ["upper", "lower"]
    mask = letter_mask(found.boxes, 320)
    written = np.abs(pixels.astype(int) - 255).sum(-1) < 30
    assert mask[written].mean() > 0.95 and mask.mean() < 0.4
    assert eye(threads=1)(cv2.GaussianBlur(ground(), (0, 0), 3)) == []


JOBS = {"a": ("RUST", "Rust"), "b": ("HARBOUR", "Harbour"), "c": ("MEADOW", "Meadow")}


def jobs() -> list[Job]:
    made = [job(id, sleeve((text, 100, 56, "white")), name) for id, (text, name) in JOBS.items()]
    return [*made, Job("d", b"no picture", "X", None), job("e", ground())]


def test_broken_off_it_goes_on(crew: Guard, tmp_path: Path) -> None:
    find_letters(jobs(), tmp_path / "whole.jsonl", crew)
    whole = (tmp_path / "whole.jsonl").read_bytes()
    assert [json.loads(line)["id"] for line in whole.splitlines()] == list("abcde")
    (tmp_path / "broken.jsonl").write_bytes(whole[: whole.index(b"\n") + 30])
    seen: list[str] = []

    class Watching:
        processes = 1

        async def each(self, function: Any, items: Any, blame: Any) -> Any:
            seen.extend(item.id for item in items)
            return await crew.each(function, items, blame)

    find_letters(jobs(), tmp_path / "broken.jsonl", Watching())
    assert (tmp_path / "broken.jsonl").read_bytes() == whole
    assert seen == list("bcde")
    told = take_census(tmp_path / "whole.jsonl")
    assert (told.covers, told.lettered, told.known, told.found) == (5, 3, 3, 3)
    assert set(load_letters(tmp_path / "whole.jsonl")) == set("abcde")


def test_another_file_is_left_alone(crew: Guard, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("dear diary\n")
    with pytest.raises(BadInput, match="not a file of lettering"):
        find_letters(jobs(), tmp_path / "notes.txt", crew)
    assert (tmp_path / "notes.txt").read_text() == "dear diary\n"


def test_a_page_shows_them(crew: Guard, tmp_path: Path) -> None:
    rows = [{"id": each.id, "image": {"bytes": each.content, "path": "x.png"}, "artist": "<b>X</b>", "album": None,
             "part": "train", "genres": []} for each in jobs() if each.id in JOBS]  # fmt: skip
    write_shards(tmp_path / "covers", rows, {})
    find_letters(jobs(), tmp_path / "letters.jsonl", crew)
    assert write_page(tmp_path / "covers", tmp_path / "letters.jsonl", tmp_path / "page.html") == 3
    text = (tmp_path / "page.html").read_text("utf-8")
    assert "&lt;b&gt;X&lt;/b&gt;" in text and "<b>X" not in text
    assert text.count("<img ") == 6 and "RUST" in text
    assert "http" not in text, "nothing from elsewhere"


def test_a_picture_that_changed_is_looked_at_anew_and_one_that_left_is_taken_out(crew: Guard, tmp_path: Path) -> None:
    find_letters(jobs(), tmp_path / "letters.jsonl", crew)
    changed = [job("b", sleeve(("VALLEY", 100, 56, "white")), "Valley"), *jobs()[2:]]
    find_letters(changed, tmp_path / "letters.jsonl", crew)
    rows = [json.loads(line) for line in (tmp_path / "letters.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == list("bcde")
    assert rows[0]["lines"][0]["text"] == "VALLEY" and rows[0]["artist"]


def test_lines_end_where_they_end(tmp_path: Path) -> None:
    row = {"id": "a\u2028b", "digest": "1", "boxes": [], "lines": []}
    (tmp_path / "letters.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
    assert list(load_letters(tmp_path / "letters.jsonl")) == ["a\u2028b"]
