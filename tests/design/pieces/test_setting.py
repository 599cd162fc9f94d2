"""Type in millimetres: figures below each other, columns that keep their box, nothing smaller than can be read."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from duck_and_cover.design.pieces.letters import LEAST_PT, PT_MM, Voice, lined, ringed, scaled_down, wrapped
from duck_and_cover.design.pieces.listing import Block, Manner, columns
from duck_and_cover.design.pieces.paragraphs import centred, run_in
from duck_and_cover.design.pieces.tracklist import read
from duck_and_cover.design.type.faces import face
from duck_and_cover.errors import BadInput, MissingGlyphs

SANS = Voice(face("inter"), 400)
BOOK = Voice(face("eb-garamond"), 400)
TITLES = ["Iron Sermon 4:12", "Choir of Saws 13:38", "Rust 6:51", "Nine Gates Burning, and the Tenth 5:02"]
LONG = [f"{i}. A movement whose name is long, number {i}, con moto ({i % 9 + 1}:{i:02})" for i in range(1, 41)]


def inside(block: Block, width: float, height: float) -> bool:
    boxes = np.array([text.bounds for text in block.texts])
    return bool(boxes[:, :2].min() > -0.06 and boxes[:, 2].max() < width + 0.06 and boxes[:, 3].max() < height + 0.06)


@pytest.mark.parametrize("voice", [SANS, Voice(face("josefin-sans"), 300), Voice(face("space-grotesk"), 400)])
def test_figures_have_one_width(voice: Voice) -> None:
    widths = {round(voice.figures(time).advance, 9) for time in ("1:11", "8:88", "4:00")}
    assert len(widths) == 1
    assert voice.run("1:11").advance != pytest.approx(voice.run("8:88").advance, abs=1e-6)


def test_times_end_on_one_edge_and_titles_begin_on_one() -> None:
    block = columns(read(TITLES), SANS, 120, 60, most_pt=9, manner=Manner(numbers=False))
    lefts = [text.bounds[0] for text in block.texts]
    rights = [text.bounds[2] for text in block.texts]
    assert max(lefts) - min(lefts) < 1e-6
    assert max(rights) - min(rights) < 0.2 * 9 * PT_MM  # figures differ by their side bearings


def test_numbers_hang_outside_the_titles() -> None:
    titles = read(["Anna and the others by the sea", "Hanna"])
    with_, without = (columns(titles, SANS, 80, 30, most_pt=9, manner=Manner(numbers=n)) for n in (True, False))
    assert with_.width > without.width + 9 * PT_MM * 0.5
    assert with_.texts[0].text == "1 Anna and the others by the sea"


def test_a_list_from_right_to_left_is_mirrored() -> None:
    lines = ["أغاني البحر 8:14", "ليل المدينة 5:32", "يا طير 4:05"]
    block = columns(read(lines), SANS, 80, 40, most_pt=10, manner=Manner(numbers=False))
    rights = [text.bounds[2] for text in block.texts]
    assert max(rights) - min(rights) < 1e-6
    latin = columns(read(TITLES), SANS, 80, 40, most_pt=10, manner=Manner(numbers=False))
    assert max(t.bounds[0] for t in latin.texts) - min(t.bounds[0] for t in latin.texts) < 1e-6


@pytest.mark.parametrize(("width", "height"), [(124, 100), (290, 220), (150, 120)])
def test_forty_long_titles_keep_their_box_and_do_not_touch(width: float, height: float) -> None:
    block = columns(read(["Disc 1", *LONG[:20], "Disc 2", *[f"{i}. {t.partition(' ')[2]}" for i, t in
                          enumerate(LONG[20:], 1)]]), SANS, width, height, most_pt=16)  # fmt: skip
    assert len(block.texts) == 42
    assert block.columns > 1
    assert block.size_pt >= LEAST_PT
    assert inside(block, width, height)
    for above, below in pairwise(block.texts):
        if below.bounds[1] > above.bounds[1]:  # in one column
            assert below.bounds[1] > above.bounds[3] - 1e-9


def test_type_is_as_large_as_room_and_limit_allow() -> None:
    sizes = [columns(read(TITLES), SANS, 200, height, most_pt=24).size_pt for height in (12, 20, 60, 200)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2] <= 24
    assert columns(read(TITLES), SANS, 200, 200, most_pt=9).size_pt == 9


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(BadInput, match=r"the 40 tracks do not fit 60 x 40 mm at 6.0 pt"):
        columns(read(LONG), SANS, 60, 40, most_pt=9)


def test_a_heading_stays_with_its_titles() -> None:
    lines = ["Side A", *"abcdefgh", "Side B", *"ijkl"]
    block = columns(read(lines), SANS, 60, 24, most_pt=8)
    assert block.columns > 1
    place = {text.text: text.bounds for text in block.texts}
    below = [box for box in place.values() if box[1] > place["Side B"][1] and abs(box[0] - place["Side B"][0]) < 8]
    assert below


def test_words_are_broken_only_where_nothing_else_helps() -> None:
    assert wrapped("Penance (Instrumental)", SANS, 8.0) == ("Penance", "(Instrumental)")
    assert wrapped("Donaudampfschifffahrtsgesellschaft", SANS, 9.0) is None
    hard = wrapped("Donaudampfschifffahrtsgesellschaft", SANS, 9.0, hard=True)
    assert hard is not None
    assert "".join(hard) == "Donaudampfschifffahrtsgesellschaft"


def test_lines_of_a_title_are_even() -> None:
    lines = wrapped("Overture to the Winter Play, after an old tale from the islands", SANS, 20.0)
    assert lines is not None
    assert len(lines) == 2
    assert min(len(line) for line in lines) > 20


def test_leaders_fill_the_line_between_title_and_time() -> None:
    rows = [columns(read(TITLES), BOOK, 120, 60, most_pt=9, manner=Manner(leaders=dots)).texts[2] for dots in (0, 1)]
    assert len(rows[1].outline) > len(rows[0].outline) + 20


@pytest.mark.parametrize("make", [centred, run_in])
def test_lines_of_a_label_keep_within_its_circle(make) -> None:
    def room(y: float) -> float:
        return 2 * float(np.sqrt(max(44.0**2 - (10 + max(y, 0)) ** 2, 0)))

    block = make(read(["One", "A title of some length (3:10)", "Three", "Four (2:00)"]).sections[0], SANS, room, 30.0,
                 most_pt=8.0)  # fmt: skip
    assert block is not None
    for text in block.texts:
        assert np.hypot(text.outline.points[:, 0], text.outline.points[:, 1] + 10).max() < 44.5
    assert make(read(LONG).sections[0], SANS, room, 20.0, most_pt=8.0) is None


def test_a_phonogram_sign_is_drawn_where_no_face_has_it() -> None:
    plain, signed = lined("1988 Razormouth", SANS, 6), lined("℗ 1988 Razormouth", SANS, 6)
    assert signed.bounds[2] > plain.bounds[2] + 0.8 * 6 * PT_MM
    with pytest.raises(MissingGlyphs):
        lined("\ue000", SANS, 6)


def test_a_ring_keeps_its_radius() -> None:
    text = ringed("© 1959 Otis Marlowe Quartet", SANS, 5.5, 47.0)
    assert text is not None
    far = np.hypot(*text.outline.points.T)
    assert 44 < far.min() < far.max() < 47.6
    assert ringed("© 1959 " + "Otis Marlowe Quartet " * 9, SANS, 5.5, 47.0) is None


def test_small_faces_are_set_larger() -> None:
    assert SANS.least_pt == LEAST_PT
    assert Voice(face("caveat"), 500).least_pt > LEAST_PT


def test_sizes_come_from_the_scale() -> None:
    assert scaled_down(10, 6) == [10, 9, 8.5, 8, 7.5, 7, 6.5, 6]
    assert scaled_down(5, 6) == [6]
