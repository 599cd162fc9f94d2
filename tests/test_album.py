from __future__ import annotations

import dataclasses

import pytest

from duck_and_cover.album import Album, Track
from duck_and_cover.errors import BadInput


def test_every_field_may_be_missing() -> None:
    assert Album() == Album(None, None, (), None, ())


def test_is_frozen_and_hashable() -> None:
    album = Album("A", "B", ("jazz",), 1959)
    with pytest.raises(dataclasses.FrozenInstanceError):
        album.year = 1960  # type: ignore[misc]
    assert {album: 1}[Album("A", "B", ("jazz",), 1959)] == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Blue \t\n Train ", "Blue Train"),
        ("Cafe\u0301", "Café"),
        ("bell\x07 and null\x00", "bell and null"),
        ("\u00a0\u2003", None),
        ("", None),
        ("初音ミク", "初音ミク"),
        ("صوت", "صوت"),
        ("private \ue000 use", "private \ue000 use"),
        ("newer than this Python \U0001fae9", "newer than this Python \U0001fae9"),
    ],
)
def test_names_are_made_printable(given: str, kept: str | None) -> None:
    assert Album(artist=given).artist == kept
    assert Album(title=given).title == kept


def test_empty_genres_and_tracks_fall_away() -> None:
    album = Album(genres=(" jazz ", "", "\t"), tracks=("One", " ", "Two"))
    assert album.genres == ("jazz",)
    assert album.tracks == ("One", "Two")


@pytest.mark.parametrize("year", [1899, 2101, 0, -5, 1990.0, "1990", True])
def test_impossible_years_are_refused(year: object) -> None:
    with pytest.raises(BadInput, match=r"wanted .*1900 to 2100"):
        Album(year=year)  # type: ignore[arg-type]


@pytest.mark.parametrize("year", [1900, 2100])
def test_the_outermost_years_are_kept(year: int) -> None:
    assert Album(year=year).year == year


def test_one_text_as_genres_is_refused_with_advice() -> None:
    with pytest.raises(BadInput, match=r"wanted a tuple of texts, like \('jazz',\)"):
        Album(genres="jazz")  # type: ignore[arg-type]


def test_broken_bytes_name_their_field() -> None:
    with pytest.raises(BadInput, match=r"title holds bytes that are not text \(U\+DC80\)"):
        Album(title="caf\udc80")


def test_length_limit() -> None:
    assert Album(artist="x" * 400).artist == "x" * 400
    with pytest.raises(BadInput, match="artist has 401 characters; wanted at most 400"):
        Album(artist="x" * 401)


def test_not_text_is_refused() -> None:
    with pytest.raises(BadInput, match="artist is 7; wanted text"):
        Album(artist=7)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="genre is 7; wanted text"):
        Album(genres=(7,))  # type: ignore[arg-type]


def test_a_track_tells_its_parts() -> None:
    track = Track("  Blue  in Green ", 337, side="A", disc=2)
    assert (track.title, track.seconds, track.side, track.disc) == ("Blue in Green", 337, "A", 2)
    assert Album(tracks=("So What", track)).tracks == ("So What", track)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title": " "}, "a track has no title"),
        ({"title": 7}, "track is 7; wanted text"),
        ({"seconds": 0}, "seconds of 'x' is 0; wanted a whole number from 1 to 86400"),
        ({"seconds": 3.5}, r"seconds of 'x' is 3\.5; wanted a whole number"),
        ({"seconds": True}, "seconds of 'x' is True"),
        ({"disc": 41}, "disc of 'x' is 41; wanted a whole number from 1 to 40"),
        ({"side": "AB"}, "side of 'x' is 'AB'; wanted one letter from A to Z"),
        ({"side": "a"}, "side of 'x' is 'a'"),
    ],
)
def test_impossible_tracks_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Track(**{"title": "x", **wrong})  # type: ignore[arg-type]
