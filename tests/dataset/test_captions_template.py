"""The template: true of the picture, telling, the same every time, and without names."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.colour import parse_hex, srgb_to_oklab
from duck_and_cover.cover import Found, Pixels
from duck_and_cover.dataset.captions.known import genre_words, known_part, time_words, without_names
from duck_and_cover.dataset.captions.template import Template
from duck_and_cover.dataset.captions.words import (
    COLOUR_NAMES,
    colour_name,
    colour_words,
    look_words,
)
from duck_and_cover.dataset.measures import measure
from duck_and_cover.dataset.reader import CoverDataset

SEEN = "mostly black, blood red; gold; high contrast, minimalist"
ALBUM = Album("Razormouth", "Cathedral of Rust", ("metal", "thrash metal"), 1988)


def sheet(*bands: tuple[str, int]) -> Pixels:
    """Columns of colours, each so many px of 64 wide."""
    columns = [np.full((64, width, 3), np.rint(np.array(parse_hex(hex)) * 255), np.uint8) for hex, width in bands]
    return np.concatenate(columns, axis=1)


def told(id: str, album: Album = ALBUM, names: bool = False, seen: str = SEEN) -> str:
    return Template().tell(seen, Found(album, "made", id), names)


@pytest.mark.parametrize(
    ("hex", "name"),
    [("#000000", "black"), ("#ffffff", "white"), ("#808080", "grey"), ("#ff1010", "bright red"), ("#101c40", "navy"),
     ("#ffe020", "yellow"), ("#6c4628", "brown"), ("#111111", "black"), ("#20c0c0", "turquoise"),
     ("#600808", "blood red")],
)  # fmt: skip
def test_colours_have_the_names_that_people_use(hex: str, name: str) -> None:
    assert colour_name(srgb_to_oklab(parse_hex(hex))) in (name, f"dark {name}")


def test_every_colour_is_nearest_to_itself() -> None:
    for name, texts in COLOUR_NAMES.items():
        for text in texts.split():
            assert colour_name(srgb_to_oklab(parse_hex(text))) == name


def test_colours_are_told_by_their_share() -> None:
    assert colour_words(measure(sheet(("#000000", 44), ("#6d0c12", 20)))) == (("mostly black", "blood red"), None)
    assert colour_words(measure(sheet(("#2350dd", 28), ("#f4d62c", 36)))) == (("mostly yellow", "bright blue"), None)
    assert colour_words(measure(sheet(("#000000", 60), ("#e01b24", 4))))[1] == "bright red"
    assert colour_words(measure(sheet(("#000000", 32), ("#ffffff", 32)))) == (("black and white",), None)
    assert colour_words(measure(sheet(("#c0d7e9", 22), ("#6bb5e8", 21), ("#2c5a9c", 21))))[0] == ("shades of blue",)


def test_looks_are_true_of_the_picture() -> None:
    def looks(picture: Pixels) -> tuple[str, ...]:
        return look_words(measure(picture))

    assert {"dark", "low contrast"} <= set(looks(sheet(("#080808", 64))))
    assert "bright" in looks(sheet(("#f8f8f8", 60), ("#e0e0e0", 4)))
    arch = sheet(("#000000", 16), ("#ffffff", 8), ("#802020", 16), ("#ffffff", 8), ("#000000", 16))
    assert measure(arch).symmetry > 0.99 and "symmetrical composition" in looks(arch)
    horizon = np.ascontiguousarray(arch.transpose(1, 0, 2))
    assert abs(measure(horizon).symmetry) < 0.05 and "symmetrical composition" not in looks(horizon)
    noise = np.random.default_rng(2).integers(0, 256, (64, 64, 3), np.uint8)
    assert set(looks(noise)) & {"densely textured", "busy composition"} and len(looks(noise)) <= 3


def test_a_cover_reads_the_same_every_time_and_others_read_otherwise() -> None:
    once = [told(str(i)) for i in range(60)]
    assert once == [told(str(i)) for i in range(60)]
    assert len(set(once)) > 12
    for text in once:
        assert all(word in text for word in ("thrash metal", "black", "blood red", "gold", "minimalist")), text
        assert "1988" in text or "late 1980s" in text
        assert " metal and" not in text and "  " not in text and ", ," not in text


@pytest.mark.parametrize("album", [Album(), Album(genres=("jazz",)), Album(year=1959), Album("A", "B")])
def test_what_is_not_known_leaves_no_gap(album: Album) -> None:
    for i in range(40):
        text = told(str(i), album, seen="white; ; ")
        assert "white" in text and not text.startswith((",", ":", " ")) and not text.endswith((",", ":", " ", "from"))
        assert "  " not in text and " ," not in text and ", :" not in text


def test_names_stay_out_unless_they_are_wanted() -> None:
    for i in range(40):
        assert not {"Razormouth", "Cathedral", "Rust"} & set(told(str(i)).replace('"', "").split())
        assert '"Cathedral of Rust" by Razormouth' in told(str(i), names=True)
    tagged = replace(ALBUM, genres=("thrash metal", "razormouth", "Cathedral of Rust"))
    assert genre_words(tagged) == ("thrash metal",)
    assert genre_words(Album("Nobody", "Jazz", ("jazz", "bop"))) == ("jazz", "bop")


def test_what_is_known_is_told_in_words() -> None:
    assert known_part(ALBUM) == "album cover, thrash metal, 1988"
    assert known_part(Album()) == "album cover"
    assert [time_words(year, False) for year in (1980, 1983, 1985, 2009)] == [
        "early 1980s", "1980s", "mid-1980s", "late 2000s",
    ]  # fmt: skip
    read = "A red sky. The sign says “Rust”. A band called RAZOR-MOUTH! Don't look."
    assert without_names(read, replace(ALBUM, artist="Razor Mouth")) == "A red sky. Don't look."


def test_real_covers_are_told_without_their_names(covers_dir: Path) -> None:
    """A caption is the same whatever the names are, so none can stand in it but by its genre or by chance."""
    template = Template()
    covers = [cover for cover in islice(CoverDataset(covers_dir), 0, 4000, 20) if isinstance(cover.origin, Found)]
    assert len(covers) == 200
    seen = template.see([cover.pixels for cover in covers])
    looks: Counter[str] = Counter()
    for cover, what in zip(covers, seen, strict=True):
        assert isinstance(cover.origin, Found)
        text, album = template.tell(what, cover.origin), cover.origin.album
        unnamed = replace(cover.origin, album=replace(album, artist=None, title=None))
        assert text == template.tell(what, unnamed)
        named = template.tell(what, cover.origin, names=True)
        assert all(name in named for name in (album.artist, album.title) if name)
        plain = f" {text.casefold()} "
        known = f" {template.tell('; ; '.join((what.partition(';')[0], '')), unnamed)} ".casefold() + what
        for name in (album.artist, album.title):
            assert not name or f" {name.casefold()} " not in plain or name.casefold() in known
        looks.update(what.rpartition("; ")[2].split(", "))
    del looks[""]
    assert max(looks.values()) < len(covers) / 3, looks.most_common(3)
    assert len(looks) > 12
    assert (
        len({template.tell(w, c.origin) for w, c in zip(seen, covers, strict=True) if isinstance(c.origin, Found)})
        > 190
    )
