"""Names that say more than a table holds: words moved by hand, colours of one's own."""

from __future__ import annotations

import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.colour import format_hex
from duck_and_cover.design import axes
from duck_and_cover.design.inks.schemes import palette_named
from duck_and_cover.design.layouts.archetypes import LAYOUTS, layout_named
from duck_and_cover.design.layouts.arranging import arranged
from duck_and_cover.design.layouts.layout import LEAST_MARGIN, Plan, Voices
from duck_and_cover.design.layouts.seeing import View
from duck_and_cover.design.style import Look, Seeds, choose_style
from duck_and_cover.design.type.faces import FACES
from duck_and_cover.errors import BadInput, UnknownChoice

ALBUM = Album("Nine", "Low Tide", ("ambient",), 2004)
ART = np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.uint8)
OWN = "own f3ead6 17130f e2571e 1f6f8c"


def plan(name: str) -> Plan:
    calm = View(np.zeros((60, 60), np.float32), np.full((60, 60), 1 / 3600, np.float32), ())
    return arranged(layout_named(name), ALBUM, Voices((FACES["anton"], 400), (FACES["inter"], 400)), calm, 3)


def boxes(name: str) -> dict[str, np.ndarray]:
    return {text.item.part: np.array(text.bounds) for text in plan(name).texts}


def test_words_are_moved_as_far_as_is_said_and_no_further_than_the_margin() -> None:
    plain, moved = boxes("logo"), boxes("logo@second+.05-.1")
    assert moved["second"] - plain["second"] == pytest.approx([0.05, -0.1, 0.05, -0.1])
    assert np.array_equal(moved["lead"], plain["lead"])
    left, top, *_ = boxes("logo@lead-.9-.9")["lead"]
    assert (left, top) == pytest.approx((LEAST_MARGIN, LEAST_MARGIN), abs=1e-6)
    assert plan("logo@lead+.05-.1").layout.name == "logo@lead+.05-.1"


def test_texts_of_one_block_move_together_by_both_their_moves() -> None:
    plain, moved = boxes("poster"), boxes("poster@lead+.0+.1@second+.0+.05")
    for part in ("lead", "second"):
        assert moved[part][1] - plain[part][1] == pytest.approx(0.15)


@pytest.mark.parametrize(
    "name", ["poster@lead", "poster@title+.1+.1", "poster@lead+.1+.1x", "poster@", "poster@lead+1+1"]
)
def test_a_move_that_is_written_wrongly_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        axes.check(layout=name)


def test_one_s_own_colours_are_a_palette_by_name() -> None:
    axes.check(palette=OWN, layout="poster@lead+.05-.1")
    palette = palette_named(OWN)
    assert [format_hex(palette.paper), format_hex(palette.accent)] == ["#f3ead6", "#1f6f8c"]
    style = choose_style(ALBUM, ART, Seeds.of(1), palette=OWN, layout="poster@lead+.05-.1")
    assert style.palette == palette and style.look.palette == OWN and style.look.layout == "poster@lead+.05-.1"
    for wrong in ("own", "own fff", "own f3ead6 f3ead6 f2ead6 f1ead6", "own zz zz zz zz", "own " + "17130f " * 9):
        with pytest.raises((BadInput, UnknownChoice)):
            axes.check(palette=wrong)


def test_a_look_is_avoided_like_the_style_it_is_of() -> None:
    style = choose_style(ALBUM, ART, Seeds.of(1))
    assert style.look == Look(
        style.finish.name, style.palette.name, style.lead_face.id, style.lettering, style.layout.name
    )
    for seed in range(6):
        by_style, by_look = (choose_style(ALBUM, ART, Seeds.of(seed), avoid=(one,)) for one in (style, style.look))
        assert by_style == by_look
    assert set(LAYOUTS) >= {"poster", "logo"}
