import numpy as np
import pytest

from duck_and_cover.design.shapes.outline import CLOSE, CUBIC, LINE, MOVE, QUAD, Outline

KITE = [(0.11, 0.1), (0.83, 0.22), (0.6, 0.91), (0.05, 0.35)]


def shoelace(corners):
    x, y = np.array(corners).T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def disc(radius=0.4, k=0.5522847498):
    r, c = radius, radius * k
    points = [
        (r, 0),
        (r, c),
        (c, r),
        (0, r),
        (-c, r),
        (-r, c),
        (-r, 0),
        (-r, -c),
        (-c, -r),
        (0, -r),
        (c, -r),
        (r, -c),
        (r, 0),
    ]
    return Outline(np.array([MOVE, CUBIC, CUBIC, CUBIC, CUBIC, CLOSE]), np.array(points)).moved(0.5, 0.5)


@pytest.mark.parametrize("size_px", [7, 64, 501])
def test_coverage_is_the_exact_area(size_px):
    page = Outline.polygon(KITE).coverage(size_px)
    assert page.dtype == np.float32 and page.shape == (size_px, size_px)
    assert page.sum(dtype=float) / size_px**2 == pytest.approx(shoelace(KITE), abs=1e-6)
    assert page.min() >= 0 and page.max() <= 1


def test_half_covered_pixels_are_half_grey_in_the_right_place():
    page = Outline.rectangle(0.25, 0.25, 0.5, 0.625).coverage(8)
    expected = np.zeros((8, 8), np.float32)
    expected[2:5, 2:4] = 1
    assert np.array_equal(page, expected)
    assert np.allclose(Outline.rectangle(0, 0, 1 / 16, 1 / 32).coverage(8)[0, 0], 0.125)


def test_curves_cover_their_area():
    assert disc().coverage(400).sum(dtype=float) / 400**2 == pytest.approx(np.pi * 0.16, rel=1e-3)


@pytest.mark.parametrize("turn", [1, -1])
def test_overlaps_join_and_counters_stay_open(turn):
    ring = Outline.rectangle(0.1, 0.1, 0.9, 0.9) + Outline.rectangle(0.3, 0.3, 0.7, 0.7).reversed()
    both = (ring + Outline.rectangle(0.5, 0.05, 0.95, 0.5)).transformed([[turn, 0, (1 - turn) / 2], [0, 1, 0]])
    page = both.coverage(200)
    union = 0.8**2 - 0.4**2 + 0.2 * 0.2 + (0.45**2 - 0.4**2)
    assert page.sum(dtype=float) / 200**2 == pytest.approx(union, abs=1e-6)


def test_what_lies_outside_is_cut_off_not_smeared():
    wide = Outline.polygon([(-0.5, 0.5), (0.5, 0), (1.5, 0.5), (0.5, 1)])
    assert wide.coverage(50).sum(dtype=float) / 50**2 == pytest.approx(0.75, abs=1e-6)
    assert wide.moved(5, 0).coverage(50).sum() == 0
    assert wide.moved(-5, 0).coverage(50).sum() == 0
    quarter = wide.coverage(50, box=(0.5, 0, 1, 0.5))
    assert quarter.shape == (25, 25)
    assert np.allclose(quarter, wide.coverage(50)[:25, 25:], atol=1e-6)


def test_embolden_moves_every_edge_and_closes_small_counters():
    bar = Outline.rectangle(0.2, 0.2, 0.4, 0.5)
    for spread in (0.013, -0.013):
        area = bar.coverage(200, embolden=spread).sum(dtype=float) / 200**2
        assert area == pytest.approx((0.2 + 2 * spread) * (0.3 + 2 * spread), abs=1e-4)
    ring = bar + Outline.rectangle(0.25, 0.25, 0.35, 0.4).reversed()
    closed = ring.coverage(200, embolden=0.06)
    assert closed[70:80, 50:70].min() == 1
    assert closed.sum(dtype=float) / 200**2 == pytest.approx(0.32 * 0.42, abs=1e-4)


def test_bounds_are_those_of_the_ink():
    bow = Outline(np.array([MOVE, QUAD, CLOSE]), np.array([(0.0, 0.0), (0.5, 1.0), (1.0, 0.0)]))
    assert bow.bounds == pytest.approx((0, 0, 1, 0.5))
    assert disc(0.3).bounds == pytest.approx((0.2, 0.2, 0.8, 0.8))
    assert Outline.empty().bounds == (0, 0, 0, 0)


def test_moving_and_joining():
    kite = Outline.polygon(KITE)
    assert kite.moved(0.1, -0.2).bounds == pytest.approx(np.add(kite.bounds, (0.1, -0.2, 0.1, -0.2)))
    assert kite.scaled(2).area() == pytest.approx(4 * kite.area())
    assert kite.reversed().area() == pytest.approx(-kite.area())
    assert disc().reversed().reversed().svg_path() == disc().svg_path()
    assert (kite + kite.moved(1, 0)).bounds[2] == pytest.approx(kite.bounds[2] + 1)
    turned = kite.transformed([[0, -1, 0], [1, 0, 0]])
    assert turned.bounds == pytest.approx((-0.91, 0.05, -0.1, 0.83))


def test_warp_bends_long_straight_edges():
    bar = Outline.rectangle(0, 0.4, 1, 0.5)
    bent = bar.warped(lambda p: p + np.column_stack([0 * p[:, 0], 0.2 * np.sin(np.pi * p[:, 0])]))
    assert bent.bounds == pytest.approx((0, 0.4, 1, 0.7), abs=1e-3)
    assert abs(bent.area()) == pytest.approx(0.1, rel=1e-3)


def test_outlines_do_not_change():
    kite = Outline.polygon(KITE)
    with pytest.raises(ValueError):
        kite.points[0, 0] = 1
    with pytest.raises(ValueError, match="points for verbs"):
        Outline(np.array([MOVE, LINE]), np.zeros((1, 2)))


def test_svg_path():
    assert Outline.rectangle(0, 0.5, 0.25, 1).svg_path() == "M0 500L250 500L250 1000L0 1000Z"
    assert disc().svg_path(10, 2).count("C") == 4
