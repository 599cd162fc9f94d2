from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.design.layouts.archetypes import LAYOUTS, REFUGES, layout_named
from duck_and_cover.design.layouts.arranging import arranged
from duck_and_cover.design.layouts.layout import LEAST_MARGIN, Block, Item, Layout, Plan, Voices
from duck_and_cover.design.layouts.seeing import View
from duck_and_cover.design.type.faces import FACES
from duck_and_cover.design.type.typography import DoesNotFit
from duck_and_cover.errors import UnknownChoice

VOICES = Voices((FACES["anton"], 400), (FACES["inter"], 400), "upper")
CALM = View(np.zeros((60, 60), np.float32), np.full((60, 60), 1 / 3600, np.float32), ())
SHORT = Album("Nine", "Low Tide")


def plan(layout: Layout, album: Album = SHORT, patience: int = 0, voices: Voices = VOICES) -> Plan:
    return arranged(layout, album, voices, CALM, 3, patience=patience)


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_there_are_many_layouts_with_words() -> None:
    assert sum(bool(row.blocks) for row in LAYOUTS.values()) >= 18


@pytest.mark.parametrize("name", [n for n, row in LAYOUTS.items() if row.blocks])
def test_words_keep_their_margins_and_their_distance(name: str) -> None:
    for album in (SHORT, Album("The Understudies", "Conversations After the Last Train")):
        try:
            made = plan(LAYOUTS[name], album, patience=1)
        except DoesNotFit:
            continue
        boxes = [t.outline.bounds for t in made.texts]
        assert len(boxes) == 2
        assert not overlap(*boxes)
        for left, top, right, bottom in boxes:
            assert min(left, top, 1 - right, 1 - bottom) >= LEAST_MARGIN - 1e-6


@pytest.mark.parametrize("name", [n for n, row in LAYOUTS.items() if row.blocks])
def test_one_name_leads_clearly(name: str) -> None:
    made = plan(LAYOUTS[name], patience=1)
    lead = next(t for t in made.texts if t.lead)
    second = next(t for t in made.texts if not t.lead)
    assert second.setting.cap_height <= 0.66 * lead.setting.cap_height
    assert lead.name == LAYOUTS[name].lead


@pytest.mark.parametrize("album", [Album(None, "Field Recordings"), Album("Monolith", None)])
@pytest.mark.parametrize("name", ["logo", "recital", "spine", "caption", "stacked", "label grid"])
def test_a_lone_name_leads(name: str, album: Album) -> None:
    made = plan(LAYOUTS[name], album, patience=1)
    assert [t.lead for t in made.texts] == [True]


def test_words_do_not_lie_on_a_picture_that_makes_room_for_them() -> None:
    for name in ("label grid", "label foot", "recital", "framed picture", "field", "strip", "poster", "disc"):
        for title in ("X", "Low Tide", "Conversations After the Last Train"):
            made = plan(LAYOUTS[name], Album("The Understudies", title), patience=1)
            for box, _ in made.pictures:
                assert not any(overlap(t.outline.bounds, box) for t in made.texts), (name, title)


def test_the_picture_follows_the_words() -> None:
    grid = LAYOUTS["label grid"]
    one, three = (
        plan(grid, Album("A", t)).pictures[0][0][1]
        for t in ("Low Tide", "Everything That Happened After the Long Winter of the Harbour")
    )
    assert one != three


def test_right_to_left_words_stand_at_the_right() -> None:
    grid = LAYOUTS["stacked"]
    hebrew = plan(grid, Album("להקת הירח", "שירים"))
    latin = plan(grid, Album("Moon Band", "Songs"))
    assert max(t.outline.bounds[2] for t in hebrew.texts) == pytest.approx(0.94, abs=0.003)
    assert min(t.outline.bounds[0] for t in latin.texts) == pytest.approx(0.06, abs=0.003)


def test_floating_words_choose_the_calm_end_of_the_picture() -> None:
    stacked = LAYOUTS["stacked"]
    busy_foot = CALM.detail.copy()
    busy_foot[33:] = 1.0
    above = arranged(stacked, SHORT, VOICES, replace(CALM, detail=busy_foot), 1)
    below = arranged(stacked, SHORT, VOICES, CALM, 1)
    assert max(t.outline.bounds[3] for t in above.texts) < 0.5 < min(t.outline.bounds[1] for t in below.texts)


def test_a_text_too_long_for_a_layout_is_refused_and_a_refuge_takes_it() -> None:
    long = Album("The Committee", " ".join(["When the pawn hits the conflicts he thinks like a king"] * 4))
    with pytest.raises(DoesNotFit):
        plan(LAYOUTS["caption"], long)
    made = plan(LAYOUTS[REFUGES[0]], long, patience=2)
    assert len(made.texts) == 2


def test_upright_words_run_along_the_edge() -> None:
    lead = next(t for t in plan(LAYOUTS["spine"], Album("A", "Parallel Systems")).texts if t.lead)
    left, top, right, bottom = lead.outline.bounds
    assert bottom - top > 3 * (right - left)
    assert right < 0.2


def test_torn_edges_and_discs_follow_their_seed() -> None:
    band = LAYOUTS["band"]
    one, again, other = (arranged(band, SHORT, VOICES, CALM, s).marks[0][0].points for s in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert plan(LAYOUTS["disc"]).pictures[0][1] is not None


def test_a_text_box_without_margin_is_no_layout() -> None:
    with pytest.raises(ValueError, match="margin"):
        Layout("bad", "", (Block((0.01, 0.1, 0.9, 0.4), (Item("lead"),)),))


def test_unknown_layouts_are_named() -> None:
    with pytest.raises(UnknownChoice, match="label grid"):
        layout_named("label gird")
