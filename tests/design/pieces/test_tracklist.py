from __future__ import annotations

import pytest

from duck_and_cover.album import Track
from duck_and_cover.design.pieces.tracklist import MOST_TRACKS, clock, read, sided
from duck_and_cover.errors import BadInput

Rows = list[tuple[str, list[tuple[str, int | None]]]]


def told(*lines: str | Track) -> Rows:
    return [(s.heading, [(t.title, t.seconds) for t in s.tracks]) for s in read(lines).sections]


@pytest.mark.parametrize(
    ("line", "title", "seconds"),
    [
        ("So What 9:22", "So What", 562),
        ("So What (9:22)", "So What", 562),
        ("So What [9:22]", "So What", 562),
        ("So What - 9:22", "So What", 562),
        ("So What – 9:22", "So What", 562),
        ("So What 9'22\"", "So What", 562),
        ("So What 9’22”", "So What", 562),
        ("Parsifal 1:02:10", "Parsifal", 3730),
        ("Long One (75:00)", "Long One", 4500),
        ("4:33", "4:33", None),
        ("Song (live, 1985)", "Song (live, 1985)", None),
        ("밤하늘의 노래 (3:21)", "밤하늘의 노래", 201),
        ("أغاني البحر 8:14", "أغاني البحر", 494),
        ("夜の歌 (3:05)", "夜の歌", 185),
    ],
)
def test_a_time_is_read_off_the_end_of_a_line(line: str, title: str, seconds: int | None) -> None:
    assert told(line) == [("", [(title, seconds)])]


@pytest.mark.parametrize("line", ["Song 3:75", "Song (3:5)", "Song - 3:123", "Song (0:00)", "Song 1:75:10"])
def test_a_time_that_is_none_is_refused_by_name(line: str) -> None:
    with pytest.raises(BadInput, match=r"'Song' plays '.*', which is no time; wanted minutes and seconds like 3:45"):
        read([line])


def test_verses_of_scripture_are_no_times_where_the_list_has_none() -> None:
    titles = ["John 3:16", "Opening", "Refuge", "Amen"]
    assert told(*titles) == [("", [(t, None) for t in titles])]


def test_a_track_is_never_read_into() -> None:
    assert told(Track("1. John 3:16", 200)) == [("", [("1. John 3:16", 200)])]


@pytest.mark.parametrize(
    ("lines", "titles"),
    [
        (["1. One", "2. Two"], ["One", "Two"]),
        (["01 One", "02 Two"], ["One", "Two"]),
        (["1) One", "2) Two"], ["One", "Two"]),
        (["99 Luftballons", "Two"], ["99 Luftballons", "Two"]),
        (["50 Ways", "99 Problems"], ["50 Ways", "99 Problems"]),
        (["1999"], ["1999"]),
        (["B52 Bomber", "A4 Paper"], ["B52 Bomber", "A4 Paper"]),
        (["1.5 Degrees", "2.0"], ["1.5 Degrees", "2.0"]),
    ],
)
def test_numbers_fall_away_only_where_they_count(lines: list[str], titles: list[str]) -> None:
    assert [t for t, _ in told(*lines)[0][1]] == titles


def test_numbers_in_no_order_are_refused() -> None:
    with pytest.raises(BadInput, match="tracks are numbered 1, 3; wanted 1, 2, 3"):
        read(["1. One", "3. Three"])


def test_sides_by_mark_and_by_heading_are_the_same() -> None:
    marked = read(["A1 One 1:00", "A2 Two 2:00", "B1 Three 3:00"])
    headed = read(["Side A", "One 1:00", "Two 2:00", "Side B", "Three 3:00"])
    for one in (marked, headed):
        assert [(s.side, s.heading, s.seconds) for s in one.sections] == [("A", "Side A", 180), ("B", "Side B", 180)]
    assert [[t.title for t in s.tracks] for s in marked.sections] == [["One", "Two"], ["Three"]]


@pytest.mark.parametrize("heading", ["Disc 2: At sea", "CD 2 – At sea", "LP 2: At sea", "диск 2: At sea"])
def test_discs_keep_their_heading_as_typed(heading: str) -> None:
    found = read(["Disc 1", "1. One", "2. Two", heading, "1. Three"])
    assert [(s.disc, s.heading, len(s.tracks)) for s in found.sections] == [(1, "Disc 1", 2), (2, heading, 1)]
    assert found.discs == (1, 2)


def test_marks_of_discs() -> None:
    assert [(s.disc, len(s.tracks)) for s in read(["1-01 A", "1-02 B", "2-01 C"]).sections] == [(1, 2), (2, 1)]


def test_a_heading_without_tracks_is_refused() -> None:
    for lines in (["Side A"], ["Side A", "Side B", "One"]):
        with pytest.raises(BadInput, match="no tracks stand below 'Side A'"):
            read(lines)


def test_a_time_of_a_side_wants_all_its_times() -> None:
    assert read(["One (1:00)", "Two"]).sections[0].seconds is None


def test_most_tracks() -> None:
    assert len(read(["x"] * MOST_TRACKS)) == 40
    with pytest.raises(BadInput, match="there are 41 tracks; wanted at most 40"):
        read(["x"] * 41)
    assert len(read([])) == 0


def test_untold_sides_turn_nearest_to_half_the_time() -> None:
    sides = sided(read(["One (10:00)", "Two (2:00)", "Three (3:00)", "Four (4:00)"]))
    assert [(s.side, len(s.tracks)) for s in sides] == [("A", 1), ("B", 3)]
    assert [len(s.tracks) for s in sided(read(["a", "b", "c", "d", "e"]))] == [3, 2]
    two_discs = sided(read(["CD 1", "a", "b", "CD 2", "c", "d"]))
    assert [(s.side, s.disc) for s in two_discs] == [("A", 1), ("B", 1), ("C", 2), ("D", 2)]
    told_ones = read(["A1 x", "A2 y", "A3 z", "B1 w"])
    assert sided(told_ones) == told_ones.sections


@pytest.mark.parametrize(("seconds", "shown"), [(5, "0:05"), (225, "3:45"), (3599, "59:59"), (3905, "1:05:05")])
def test_clock(seconds: int, shown: str) -> None:
    assert clock(seconds) == shown


def test_direction_goes_by_most_titles() -> None:
    assert read(["One", "أغاني", "Two"]).rightward
    assert not read(["ليل", "أغاني", "Two"]).rightward
