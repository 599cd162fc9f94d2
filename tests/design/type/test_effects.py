import time

import numpy as np
import pytest

from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.shapes.polygons import FINENESS
from duck_and_cover.design.type import effects
from duck_and_cover.design.type.effects import (
    FINEST,
    TooThin,
    extruded,
    grown,
    inlined,
    outlined,
    shaded,
    stem,
    united,
    without,
)
from duck_and_cover.design.type.faces import face
from duck_and_cover.design.type.typography import fit
from duck_and_cover.errors import BadInput

SQUARE = Outline.rectangle(0.3, 0.3, 0.5, 0.5)
RING = Outline.rectangle(0.2, 0.2, 0.6, 0.6) + Outline.rectangle(0.3, 0.3, 0.5, 0.5).reversed()


def lettering(text="ROB & Maja", id="anton", width=0.8, height=0.3):
    setting = fit(text, face(id), width, height, max_lines=1)
    return setting.outline.moved(0.1, 0.3)


def disc(radius):
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    return Outline.polygon(0.5 + radius * np.column_stack([np.cos(turn), np.sin(turn)]))


def counters(shape):
    """How many contours enclose paper."""
    vertices, contours = shape.flattened(1e-4)
    parts = np.split(vertices, np.flatnonzero(np.diff(contours)) + 1)
    return sum(Outline.polygon(part).area() < 0 for part in parts)


def outside(part, whole):
    """How much of one shape lies beyond another, as a share of the first."""
    return without(part, whole).area() / part.area()


# every effect, as it is used on lettering of this stem
EVERY = {
    "united": lambda o, s: united(o),
    "grown": lambda o, s: grown(o, 0.3 * s),
    "rounded": lambda o, s: grown(o, 0.3 * s, "round"),
    "shrunk": lambda o, s: grown(o, -0.2 * s),
    "outlined": lambda o, s: outlined(o, 0.2 * s),
    "inlined": lambda o, s: inlined(o, 0.33),
    "engraved": lambda o, s: inlined(o, 0.14, 0.26),
    "extruded": lambda o, s: extruded(o, 0.8 * s, 0.6 * s),
    "shaded": lambda o, s: shaded(o, 0.8 * s, 0.8 * s, 0.2 * s),
}


# -- booleans and offsets ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "id"), [("Beside & Rag", "inter"), ("نصف الليل", "lalezar"), ("真夜中の祭", "anton")])
def test_overlapping_strokes_are_joined_and_the_ink_is_the_same(text, id):
    letters = lettering(text, id)
    whole = united(letters)
    ink = letters.coverage(4000) > 0.5
    assert whole.area() == pytest.approx(ink.mean(), rel=1e-3)
    assert ((whole.coverage(4000) > 0.5) != ink).mean() < 2e-4
    assert united(whole).area() == pytest.approx(whole.area(), rel=1e-6)
    assert counters(united(whole)) == counters(whole)


def test_touching_shapes_become_one_contour():
    pair = united(SQUARE + SQUARE.moved(0.1, 0.1))
    assert pair.area() == pytest.approx(2 * 0.04 - 0.01)
    assert (pair.verbs == 0).sum() == 1


def test_counters_stay():
    assert counters(united(lettering("OB8", "archivo-black"))) == 5
    for name in ("outlined", "grown"):
        letters = lettering("OB8", "jost", 0.4)
        assert counters(EVERY[name](letters, stem(letters))) >= 5


@pytest.mark.parametrize("by", [0.02, -0.03])
def test_a_grown_square(by):
    assert grown(SQUARE, by).area() == pytest.approx((0.2 + 2 * by) ** 2)
    rounded = grown(SQUARE, by, "round").area()
    corners = (4 - np.pi) * by**2 if by > 0 else 0.0
    assert rounded == pytest.approx((0.2 + 2 * by) ** 2 - corners, abs=1e-5)


def test_a_grown_ring_loses_its_counter_and_a_shrunk_one_itself():
    assert grown(RING, 0.02).area() == pytest.approx(0.44**2 - 0.16**2)
    assert grown(RING, 0.11).area() == pytest.approx(0.62**2)
    assert not len(grown(RING, -0.051))


def test_round_shapes_vanish_instead_of_turning_inside_out():
    assert grown(disc(0.1), -0.06).area() == pytest.approx(np.pi * 0.04**2, rel=1e-3)
    assert not len(grown(disc(0.1), -0.14))
    hole = Outline.rectangle(0.2, 0.2, 0.8, 0.8) + disc(0.1).reversed()
    assert grown(hole, 0.14).area() == pytest.approx(0.88**2)


@pytest.mark.parametrize("by", [0.004, -0.004, 0.02])
def test_every_point_of_an_offset_is_that_far_from_the_letters(by):
    letters = united(lettering("Rag&", "caprasimo", 0.6))
    points, contours = letters.flattened(FINENESS)
    ends = np.concatenate([np.roll(p, -1, 0) for p in np.split(points, np.flatnonzero(np.diff(contours)) + 1)])
    edges = ends - points
    for spot in grown(letters, by, "round").points[::7]:
        part = np.clip(((spot - points) * edges).sum(1) / (edges**2).sum(1), 0, 1)
        away = np.hypot(*(spot - points - part[:, None] * edges).T).min()
        assert away == pytest.approx(abs(by), abs=2 * FINENESS)


def test_sharp_points_are_rounded_not_drawn_out():
    needle = Outline.polygon([(0.1, 0.5), (0.9, 0.49), (0.9, 0.51)])
    assert grown(needle, 0.01).bounds[0] == pytest.approx(0.09, abs=1e-4)


# -- the stem ------------------------------------------------------------------------------------------------


def test_the_stem_of_a_bar_and_of_letters():
    assert stem(Outline.rectangle(0.1, 0.1, 0.9, 0.15)) == pytest.approx(0.05, rel=0.03)
    letters = lettering("HIL", "anton")
    vertical = lettering("I", "anton", height=letters.bounds[3] - letters.bounds[1])
    assert stem(letters) == pytest.approx(vertical.bounds[2] - vertical.bounds[0], rel=0.2)
    assert stem(letters.scaled(0.5)) == pytest.approx(stem(letters) / 2, rel=0.02)


def test_hairlines_do_not_count():
    stems = [Outline.rectangle(x, 0.1, x + 0.1, 0.9) for x in (0.1, 0.4, 0.7)]
    serifs = [Outline.rectangle(0.05, y, 0.95, y + 0.008) for y in (0.1, 0.5, 0.89)]
    assert stem(Outline.joined(stems + serifs)) == pytest.approx(0.1, rel=0.15)


# -- lettering -----------------------------------------------------------------------------------------------


def test_an_outlined_square():
    assert outlined(SQUARE, 0.02).area() == pytest.approx(0.2**2 - 0.16**2)
    assert outlined(SQUARE, 0.02, "centre").area() == pytest.approx(0.22**2 - 0.18**2)
    assert outlined(SQUARE, 0.02, "outside").area() == pytest.approx(0.24**2 - 0.2**2)


def test_an_outline_stays_within_the_letters_or_without():
    letters = lettering()
    width = 0.2 * stem(letters)
    assert outside(outlined(letters, width), letters) < 1e-4
    around = outlined(letters, width, "outside")
    assert outside(around, letters) == pytest.approx(1, abs=1e-4)
    assert outside(around, grown(letters, width)) < 1e-4


def test_an_inline_runs_along_the_middle_of_a_stem():
    bar = Outline.rectangle(0.2, 0.2, 0.3, 0.8)
    thick = stem(bar)
    row = inlined(bar, 0.3).coverage(1000)[500]
    ink = np.flatnonzero(np.diff(np.r_[0, row > 0.5, 0]))
    assert ink / 1000 == pytest.approx([0.2, 0.2 + 0.3 * thick, 0.3 - 0.3 * thick, 0.3], abs=0.002)
    twice = inlined(bar, 0.1, 0.2).coverage(1000)[500]
    assert np.abs(np.diff((twice > 0.5).astype(int))).sum() == 6


@pytest.mark.parametrize("id", ["anton", "caprasimo", "playfair-display", "pirata-one", "limelight"])
@pytest.mark.parametrize("edges", [(0.33,), (0.14, 0.26)])
def test_engraving_takes_ink_away_and_leaves_no_dust(id, edges):
    letters = lettering(id=id)
    done, thick = inlined(letters, *edges), stem(letters)
    assert outside(done, letters) < 1e-4
    assert 0.3 < done.area() / united(letters).area() < 0.95
    vertices, contours = done.flattened(1e-4)
    smallest = min(abs(Outline.polygon(vertices[contours == c]).area()) for c in np.unique(contours))
    assert smallest > 0.05 * thick**2


def test_what_is_too_thin_is_refused():
    small = lettering("Hairlines of the morning", "poiret-one")
    with pytest.raises(TooThin, match="too thin to be inlined") as refusal:
        inlined(small, 0.14, 0.2)
    assert refusal.value.stem < refusal.value.least
    with pytest.raises(TooThin, match="outlined"):
        outlined(small, 0.005)
    outlined(small, 0.005, "outside")
    with pytest.raises(BadInput, match="would not print"):
        outlined(SQUARE, FINEST / 2)


@pytest.mark.parametrize("edges", [(), (0.0,), (0.5,), (0.3, 0.2), (0.2, 0.2), (-0.1, 0.2)])
def test_edges_rise_from_nothing_to_half_a_stem(edges):
    with pytest.raises(BadInput, match="edges are"):
        inlined(SQUARE, *edges)


@pytest.mark.parametrize(("dx", "dy"), [(0.1, 0.0), (0.0, -0.07), (0.05, 0.08), (-0.03, 0.02), (0.0, 0.0)])
def test_a_swept_square(dx, dy):
    assert extruded(SQUARE, dx, dy).area() == pytest.approx(0.04 + 0.2 * (abs(dx) + abs(dy)))


def test_a_swept_counter_closes():
    assert extruded(RING, 0.05, 0.0).area() == pytest.approx(0.45 * 0.4 - 0.15 * 0.2)
    assert counters(extruded(RING, 0.2, 0.0)) == 0


@pytest.mark.parametrize(("text", "id"), [("Rag & Bo8", "caprasimo"), ("الليل", "lalezar"), ("収穫", "anton")])
@pytest.mark.parametrize(("dx", "dy"), [(0.03, 0.02), (-0.02, -0.04)])
def test_a_block_is_where_the_letters_pass(text, id, dx, dy):
    letters = united(lettering(text, id))
    block = extruded(letters, dx, dy)
    page = block.coverage(400)
    passed = np.max([letters.moved(dx * t, dy * t).coverage(400) for t in np.linspace(0, 1, 60)], axis=0)
    assert (passed - page).max() < 0.02
    assert (page - passed).sum() / page.sum() < 0.01


def test_a_shade_keeps_its_distance():
    letters = lettering()
    shade = shaded(letters, 0.01, 0.01, 0.003)
    assert outside(shade, grown(letters, 0.003)) == pytest.approx(1, abs=1e-3)
    assert outside(shade, extruded(letters, 0.01, 0.01)) < 1e-3
    with pytest.raises(BadInput, match="hides in its gap"):
        shaded(letters, 0.001, 0.001, 0.003)


# -- all of them ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_nothing_stays_nothing(name):
    assert not len(EVERY[name](Outline.empty(), 0.05))
    assert stem(Outline.empty()) == 0


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(("text", "id"), [("MAWK Rosé", "dm-serif-display"), ("الليل", "lalezar"), ("夜中", "anton")])
def test_results_are_sound_and_the_same_each_time(name, text, id):
    letters = lettering(text, id)
    first, second = (EVERY[name](letters, stem(letters)) for _ in range(2))
    assert np.array_equal(first.points, second.points) and np.array_equal(first.verbs, second.verbs)
    assert np.isfinite(first.points).all()
    assert len(first.points) < 60 * len(letters.points)
    # No overlaps: the winding number is 0 or 1, so the signed area is the area covered.
    assert first.area() == pytest.approx(first.coverage(2500).sum(dtype=float) / 2500**2, rel=2e-3)


def test_effects_are_quick():
    letters = fit("Midnight Harvest of the Golden", face("caprasimo"), 0.84, 0.5).outline
    thick = stem(letters)
    for name, effect in EVERY.items():
        took = []
        for _ in range(3):
            start = time.process_time()
            effect(letters, thick)
            took.append(time.process_time() - start)
        assert min(took) < 0.3, name


def test_the_module_does_what_its_head_says():
    title = fit("Midnight Harvest", face("anton"), 0.84, 0.4).outline
    assert outside(inlined(title, 0.36), extruded(title, 0.02, 0.02)) < 1e-6
    assert effects.FINEST == 0.0012
