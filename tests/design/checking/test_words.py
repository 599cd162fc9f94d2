"""Stores' rules about words: of the names themselves, of others, misread and in scripts that readers do not know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.design.checking import by_store, check
from duck_and_cover.design.checking.stores import stores_named
from duck_and_cover.design.checking.words import letters, unread_script
from duck_and_cover.design.files.formats import encoded

ALBUM = Album("Razormouth", "Cathedral of Rust")
PICTURE = encoded(np.random.default_rng(0).integers(0, 255, (200, 200, 3)).astype(np.uint8), "JPEG")


@dataclass(frozen=True)
class Said:
    """A line, as a reader hands it over."""

    text: str
    score: float = 0.99
    box: tuple[float, float, float, float] = (0.1, 0.1, 0.9, 0.2)


NAMES = [Said("RAZORMOUTH"), Said("Cathedral"), Said("of Rust")]


def failed(said: list[Said], album: Album = ALBUM) -> set[str]:
    """The rules that the picture breaks when those lines are read on it."""
    found = check(PICTURE, album, lambda pixels: said)
    return {each.rule for each in found.findings if each.state == "failed"}


@pytest.mark.parametrize(
    ("album", "said"),
    [
        (Album("Vinyl Youth", "1999"), ["VINYL YOUTH", "1999"]),
        (Album("CD Projekt", "Spotify Blues"), ["CD PROJEKT", "SPOTIFY", "BLUES"]),
        (Album("Señor Ñandú", "Out Now"), ["SENOR NANDU", "OUT NOW"]),
        (Album("Exclusive", "Lossless"), ["exclusive", "lossless"]),
    ],
)
def test_a_word_of_the_names_is_no_offence(album: Album, said: list[str]) -> None:
    lines = [Said(text) for text in said]
    assert failed(lines, album) == failed([])
    assert failed(lines) > failed([])


@pytest.mark.parametrize("text", ["Bohemian Ductwork", "Feat. Somebody Else"])
def test_words_of_others_break_names(text: str) -> None:
    assert "names" in failed([*NAMES, Said(text)])
    assert "names" not in failed([*NAMES, Said(text, score=0.6)])  # a guess is no ground


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("RAZORMOTH", True),
        ("Cathedrals of Rust", True),
        ("Nazormouth", False),
        ("RAZORM0UTH", False),
        ("RAZORMOUTH CATHEDRAL OF RUST", False),
    ],
)
def test_spelling(text: str, wrong: bool) -> None:
    broken = failed([Said(text)])
    assert ("spelling" in broken) is wrong
    assert "names" not in broken


def test_letters() -> None:
    assert letters("Señor Ñandú, No. 2") == letters("SENOR NANDU NO 2") != letters("Senor Nandu No. 3")


def test_a_misread_letter_is_a_doubt_and_no_refusal() -> None:
    lines = [Said("RAZORRMOUTH")]
    report = check(PICTURE, ALBUM, lambda pixels: lines)
    (verdict,) = by_store(report, stores_named(["Ditto Music"]))
    assert [each.rule for each in verdict.doubts] == ["spelling"]
    assert "spelling" not in [each.rule for each in verdict.refused]


@pytest.mark.parametrize(("title", "script"), [
    ("Ночь", "Cyrillic"), ("Νύχτα", "Greek"), ("ليل", "Arabic"), ("밤", "Hangul"),
    ("夜の街 Ünder", None), ("Łódź №", None),
])  # fmt: skip
def test_a_script_that_readers_do_not_know_is_not_held_against_a_cover(title: str, script: str | None) -> None:
    assert unread_script(Album("Vesna", title)) == script
    report = check(PICTURE, Album("Vesna", title), lambda pixels: [Said("BUY THIS")])
    (found,) = (each for each in report.findings if each.rule == "names")
    assert found.state == ("failed" if script is None else "not looked at")
    assert script is None or script in found.found


@pytest.mark.parametrize(("line", "held"), [("om Nimth", True), ("on Ninht", False), ("ox Nikth", False)])
def test_letters_that_ornate_type_makes_alike_are_no_misspelling(line: str, held: bool) -> None:
    report = check(PICTURE, Album("Odell Marsh Quintet", "Blue Hour on Ninth"), lambda pixels: [Said(line)])
    (found,) = (each for each in report.findings if each.rule == "spelling")
    assert (found.state == "passed") is held, found
