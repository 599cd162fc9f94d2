from functools import partial

import numpy as np
import pytest

from duck_and_cover.design.shapes.outline import MOVE, POINTS, Outline
from duck_and_cover.design.type.bends import along, arced, arched, bulged, circle, flared, length, wave, waved
from duck_and_cover.design.type.faces import face
from duck_and_cover.design.type.shaping import set_line
from duck_and_cover.design.type.typography import fit
from duck_and_cover.errors import BadInput

BOX = (0.1, 0.4, 0.9, 0.5)
BAR = Outline.rectangle(*BOX)

BENDS = {
    "dome": partial(arched, amount=2.0),
    "valley": partial(arched, amount=-2.0),
    "hung": partial(arched, amount=-0.8, base=0.4),
    "lens": partial(bulged, amount=2.0),
    "pinch": partial(bulged, amount=-2.0),
    "wave": partial(waved, amount=1.2, waves=1),
    "ripples": partial(waved, amount=-0.3, waves=4),
    "flared": partial(flared, lean=1.2),
    "keystone": partial(flared, lean=-1.2),
    "rainbow": partial(arced, degrees=300),
    "smile": partial(arced, degrees=-300),
}


def tiles():
    """The bar as small squares, each a contour."""
    xs, ys = np.linspace(0.1, 0.9, 65), np.linspace(0.4, 0.5, 9)
    return [Outline.rectangle(a, c, b, d) for a, b in zip(xs, xs[1:]) for c, d in zip(ys, ys[1:])]  # noqa: B905, RUF007


def parts(outline):
    """The points of each contour."""
    first = np.cumsum(POINTS[outline.verbs]) - POINTS[outline.verbs]
    return np.split(outline.points, first[outline.verbs == MOVE][1:])


@pytest.mark.parametrize("name", BENDS)
def test_nothing_folds_over(name):
    areas = [Outline.polygon(part).area() for part in parts(BENDS[name](Outline.joined(tiles())))]
    assert len(areas) == 64 * 8
    assert min(areas) > 0.02 * max(areas)
    assert sum(areas) == pytest.approx(BENDS[name](BAR).area(), rel=1e-3)


@pytest.mark.parametrize("name", BENDS)
def test_width_left_edge_and_top_are_kept(name):
    bent = BENDS[name](BAR)
    assert bent.bounds[:3] == pytest.approx(BOX[:3], abs=1e-9)
    assert bent.bounds[3] > 0.44
    assert not len(BENDS[name](Outline.empty()))


@pytest.mark.parametrize("name", BENDS)
def test_letters_keep_their_counters_and_bends_repeat(name):
    letters = fit("BO & g8", face("anton"), 0.8, 0.1).outline.moved(0.1, 0.4)
    try:
        bent = BENDS[name](letters)
    except BadInput:  # short words cannot bend as far as a bar
        return
    assert np.array_equal(bent.points, BENDS[name](letters).points)
    before = [Outline.polygon(p).area() > 0 for p in parts(letters)]
    assert [Outline.polygon(p).area() > 0 for p in parts(bent)] == before


@pytest.mark.parametrize(
    ("bend", "value"),
    [(arched, 2.1), (arched, -3), (bulged, 2.5), (waved, 1.3), (flared, 1.5), (flared, -1.5), (arced, 310),
     (arced, float("nan"))],
)  # fmt: skip
def test_what_would_smear_is_refused(bend, value):
    with pytest.raises(BadInput, match="wanted"):
        bend(BAR, value)


def test_tall_letters_are_not_bent_round_a_small_circle():
    tall = Outline.rectangle(0.1, 0.1, 0.5, 0.5)
    with pytest.raises(BadInput, match="degrees is 90"):
        arced(tall, 90)
    arced(tall, 30)
    with pytest.raises(BadInput, match="lean"):
        flared(tall, 0.5)


def test_an_arch_stands_straight_on_its_line():
    lines = [Outline.rectangle(0.1, 0.40, 0.9, 0.48), Outline.rectangle(0.3, 0.48, 0.32, 0.5)]
    bow = arched(Outline.joined(lines), 0.5, base=0.48)
    head, tail = parts(bow)
    feet = head[np.argsort(head[:, 1])][-100:, 1]
    assert np.ptp(feet) < 1e-9
    assert feet[0] - bow.bounds[1] == pytest.approx(0.08 * 1.5, rel=1e-3)
    ends = head[np.abs(head[:, 0] - 0.1) < 1e-9, 1]
    assert np.ptp(ends) == pytest.approx(0.08)
    assert tail[:, 1].max() > feet[0]


def test_perspective_keeps_straight_lines_and_height():
    lean = flared(BAR, 0.5)
    assert lean.bounds == pytest.approx(BOX)
    left = lean.points[lean.points[:, 0] < 0.16]
    sides = left[(left[:, 1] > 0.4 + 1e-6) & (left[:, 1] < 0.5 - 1e-6)]
    assert sides[:, 0] == pytest.approx(0.1 + 0.5 * (0.5 - sides[:, 1]), abs=1e-9)


def test_a_wave_leaves_letters_upright():
    stem = Outline.rectangle(0.3, 0.4, 0.32, 0.5)
    ridden = parts(waved(BAR + stem, 0.5))[1]
    assert np.abs(ridden[:, 0] - 0.31).max() == pytest.approx(0.01)


def test_an_arc_is_round():
    (ring,) = parts(arced(BAR, 180))
    top = ring[np.argmin(ring[:, 1])]
    centre = np.array([0.5, ring[:, 1].max()])
    radii = np.hypot(*(ring - centre).T)
    assert radii.max() == pytest.approx(0.4, abs=1e-4)
    assert top == pytest.approx((0.5, 0.4), abs=1e-6)
    chords = (ring + np.roll(ring, -1, 0)) / 2
    assert np.hypot(*(chords - centre).T).max() > 0.4 - 5e-5
    assert (radii > 0.4 - 1e-6).sum() > 200


# -- letters -------------------------------------------------------------------------------------------------


def test_a_line_comes_apart_into_letters_and_connected_words():
    assert len(set_line("Rose & Bo", face("anton")).letters) == 7
    assert len(set_line("Zoë", face("jost")).letters) == 3
    assert len(set_line("نصف الليل", face("lalezar")).letters) == 2
    assert len(set_line("真夜中", face("anton")).letters) == 3
    assert len(set_line("Night Sky", face("pacifico")).letters) == 2
    assert len(set_line("שָׁלוֹם", face("noto-sans")).letters) == 4
    line = set_line("Rosé & الليل", face("noto-sans"))
    assert np.array_equal(Outline.joined(line.letters).points, line.outline.points)


def letters(text="Midnight Harvest", id="anton", size=0.08):
    return [letter.scaled(size) for letter in set_line(text, face(id)).letters]


def test_letters_on_a_circle_keep_their_shape_and_stand_on_it():
    flat = letters("HARVEST MOON")
    ring = parts(along(flat, circle(0.5, 0.5, 0.3)))
    before = parts(Outline.joined(flat))
    assert len(ring) == len(before)
    for a, b in zip(ring, before, strict=True):
        assert np.hypot(*(a - a[0]).T) == pytest.approx(np.hypot(*(b - b[0]).T), abs=1e-9)
    radii = np.hypot(*(np.concatenate(ring) - 0.5).T)
    assert radii.min() == pytest.approx(0.3, abs=0.004)
    assert radii.max() == pytest.approx(0.3 + max(-letter.bounds[1] for letter in flat), abs=0.004)


def test_a_line_is_centred_on_the_head_or_the_foot_of_a_circle():
    flat = letters("HOH")
    for foot, inside in ((False, 1), (True, -1)):
        placed = along(flat, circle(0.5, 0.5, 0.3, foot=foot))
        left, top, right, bottom = placed.bounds
        assert (left + right) / 2 == pytest.approx(0.5, abs=1e-4)
        assert ((top + bottom) / 2 < 0.5) is not foot
        radii = np.hypot(*(placed.points - 0.5).T)
        assert (radii.mean() - 0.3) * inside > 0
        first = np.array(parts(placed)[0])
        assert first[:, 0].mean() < 0.5


def test_letters_run_from_where_they_are_told():
    path = np.array([(0.1, 0.5), (0.5, 0.5), (0.9, 0.5)])
    flat = letters("HH")
    assert along(flat, path, start=0.0).bounds[0] == pytest.approx(0.1, abs=1e-6)
    assert along(flat, path).bounds[3] == pytest.approx(0.5, abs=1e-3)
    assert not len(along([], path))
    with pytest.raises(BadInput, match="does not fit a path"):
        along(flat, path, start=0.75)
    with pytest.raises(BadInput, match="does not fit a path"):
        along(letters(size=0.5), path)


def test_a_crooked_path_is_refused():
    sharp = wave(0.1, 0.9, 0.5, 0.1, 4)
    with pytest.raises(BadInput, match="turns too sharply"):
        along(letters(), sharp)
    with pytest.raises(BadInput, match="turns too sharply"):
        along(letters("HOH", size=0.3), circle(0.5, 0.5, 0.25, foot=True))


@pytest.mark.parametrize(("text", "id"), [("والحصاد", "lalezar"), ("Harvest", "pacifico")])
def test_connected_words_bend_with_the_path(text, id):
    flat = letters(text, id, 0.12)
    ring = along(flat, circle(0.5, 0.5, 0.2))
    assert (ring.verbs == MOVE).sum() == sum((o.verbs == MOVE).sum() for o in flat)
    radii = np.hypot(*(ring.points - 0.5).T)
    low, high = max(o.bounds[3] for o in flat), -min(o.bounds[1] for o in flat)
    assert radii.min() == pytest.approx(0.2 - low, abs=1e-3)
    assert radii.max() == pytest.approx(0.2 + high, abs=1e-3)


def test_paths_have_their_length():
    assert length(circle(0.5, 0.5, 0.3)) == pytest.approx(2 * np.pi * 0.3, rel=1e-5)
    assert length(wave(0.1, 0.9, 0.5, 0.0)) == pytest.approx(0.8)
    assert wave(0.1, 0.9, 0.5, 0.1)[360] == pytest.approx((0.3, 0.4))
