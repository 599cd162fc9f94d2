"""How lists are divided: sides on records, running numbers on discs, movements under their works."""

from __future__ import annotations

import pytest

from duck_and_cover.album import Album
from duck_and_cover.design.pieces.divisions import by_work, on_disc, on_sides, works_alone
from duck_and_cover.design.pieces.letters import Voice
from duck_and_cover.design.pieces.listing import Manner, columns
from duck_and_cover.design.pieces.matter import Matter
from duck_and_cover.design.pieces.paragraphs import run_in
from duck_and_cover.design.pieces.tracklist import Section, TrackList, read
from duck_and_cover.design.type.faces import face

QUIET = Voice(face("inter"), 400)
QUARTETS = [f"Quartet No. {w} in C, Op. {w}: {n} {tempo} (7:0{w})"
            for w in (1, 2) for n, tempo in (("I.", "Allegro"), ("II.", "Largo"), ("III.", "Presto"))]  # fmt: skip


def shown(tracks: TrackList) -> list[tuple[str, int, list[str]]]:
    return [(s.heading, s.first, [t.title for t in s.tracks]) for s in tracks.sections]


def test_a_compact_disc_counts_through_and_a_record_by_sides() -> None:
    told = read(["A1 One", "A2 Two", "B1 Three"])
    assert shown(on_disc(told)) == [("Side A", 1, ["One", "Two"]), ("Side B", 3, ["Three"])]
    assert shown(on_sides(told)) == [("Side A", 1, ["One", "Two"]), ("Side B", 1, ["Three"])]
    discs = on_disc(read(["CD 1", "Side A", "a", "b", "Side B", "c", "CD 2", "d"]))
    assert [(s.first, s.heading) for s in discs.sections] == [(1, "CD 1 · Side A"), (3, "Side B"), (1, "CD 2")]


def test_the_back_of_a_record_names_the_sides_of_its_labels() -> None:
    assert shown(on_sides(read(["a (3:00)", "b (3:00)", "c (3:00)", "d (3:00)"]))) == [
        ("Side A", 1, ["a", "b"]), ("Side B", 1, ["c", "d"])]  # fmt: skip
    assert [s.heading for s in on_sides(read(["ليل", "قمر"])).sections] == ["A", "B"], "no English on it"
    one = read(["Paper Boats (3:00)"])
    assert on_sides(one) == one
    headed = read(["Disc 1: At sea", "a", "Disc 2: Ashore", "b"])
    assert on_sides(headed) == headed, "headings stay as they were written"


def test_a_work_stands_once_above_its_movements() -> None:
    whole = by_work(on_disc(read(QUARTETS)))
    assert shown(whole) == [("Quartet No. 1 in C, Op. 1", 1, ["I. Allegro", "II. Largo", "III. Presto"]),
                            ("Quartet No. 2 in C, Op. 2", 4, ["I. Allegro", "II. Largo", "III. Presto"])]  # fmt: skip
    assert whole.sections[0].seconds == 3 * 421
    sided = by_work(on_disc(read(["Disc 1", *QUARTETS])))
    assert [s[0] for s in shown(sided)] == ["Disc 1", "Quartet No. 1 in C, Op. 1", "Quartet No. 2 in C, Op. 2"]
    assert sided.sections[0].seconds == 3 * 421 + 3 * 422 and len(sided) == 6
    alone = works_alone(read(["Disc 1", *QUARTETS]))
    assert alone is not None and shown(alone)[0][2] == ["Quartet No. 1 in C, Op. 1", "Quartet No. 2 in C, Op. 2"]
    assert alone.sections[0].tracks[1].seconds == 3 * 422


@pytest.mark.parametrize(
    "titles",
    [
        ["Skit: Phone Call", "Skit: Landlord"],
        ["Suite: I. Dawn", "Suite: III. Dusk"],
        ["Suite: I. Dawn", "Suite: II. Dusk", "Encore"],
        ["Part One: I. Dawn", "Part Two: I. Dusk"],
        ["Live: 1984", "Live: 1985"],
    ],
)
def test_what_only_looks_like_movements_is_left_alone(titles: list[str]) -> None:
    told = read(titles)
    assert by_work(told) == told and works_alone(told) is None


def test_numbers_on_the_sheet_are_those_of_the_disc() -> None:
    block = columns(on_disc(read(["A1 One", "A2 Two", "B1 Three"])), QUIET, 120, 60, most_pt=9, manner=Manner())
    assert [text.text for text in block.texts] == ["Side A", "1 One", "2 Two", "Side B", "3 Three"]


def test_a_paragraph_keeps_titles_whole_and_ends_no_line_with_a_sign() -> None:
    """Titles of four words in lines that hold five: broken ones would fill them, whole ones leave their ends white."""
    tracks = read([f"One two three four{i}" for i in range(6)]).sections[0]
    title = QUIET.run("One two three four1", size_pt=8).advance
    wide = 1.3 * title * 8 * 25.4 / 72
    block = run_in(Section(tracks.tracks), QUIET, lambda y: wide, 60.0, most_pt=8.0, align=0.0)
    assert block is not None and block.size_pt == 8
    lines = round((block.height / (8 * 25.4 / 72) - 1.3) / 1.3) + 1
    assert lines == 6, "a title a line"
    points = block.texts[0].outline.bounds
    assert points[2] - points[0] < 1.03 * title * 8 * 25.4 / 72, "and no sign behind it"
    tight = run_in(Section(tracks.tracks), QUIET, lambda y: wide, 0.9 * block.height, most_pt=8.0, align=0.0)
    assert tight is not None and 7 <= tight.size_pt <= 8 and tight.height <= 0.9 * block.height
    broken = run_in(Section(tracks.tracks), QUIET, lambda y: 0.8 * wide / 1.3, 60.0, most_pt=8.0, align=0.0)
    assert broken is not None and broken.size_pt == 8 and broken.width <= 0.8 * wide / 1.3, "no line holds a title"


def test_a_matter_of_forty_long_movements_is_read_by_works() -> None:
    lines = [f"Sonata No. {w} in E-flat major for violin and piano, Op. {w}: {n} Allegro maestoso e molto appassionato"
             for w in range(1, 9) for n in ("I.", "II.", "III.", "IV.", "V.")]  # fmt: skip
    matter = Matter.of(Album("Duo", "Sonatas", ("classical",), 1978, tuple(lines)))
    with pytest.raises(Exception, match="do not fit"):
        columns(matter.tracks, QUIET, 129, 90, most_pt=9)
    block = columns(by_work(on_disc(matter.tracks)), QUIET, 129, 90, most_pt=9)
    assert block.size_pt >= 6 and block.height <= 90
