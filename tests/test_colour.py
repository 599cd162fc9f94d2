"""Colour against published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from duck_and_cover import colour


def test_hex_goes_there_and_back() -> None:
    assert colour.format_hex(colour.parse_hex("#d8432a")) == "#d8432a"
    assert colour.parse_hex("0f8") == colour.parse_hex("#00ff88")


@pytest.mark.parametrize("text", ["", "#12345", "red", "#12345g", "#1234567"])
def test_what_is_no_colour_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is no colour"):
        colour.parse_hex(text)


def test_srgb_returns_from_linear_light_and_from_oklab() -> None:
    values = np.random.default_rng(1).random((200, 3)).astype(np.float32)
    assert colour.srgb_to_linear(values).dtype == np.float32
    np.testing.assert_allclose(colour.linear_to_srgb(colour.srgb_to_linear(values)), values, atol=2e-6)
    np.testing.assert_allclose(colour.oklab_to_srgb(colour.srgb_to_oklab(values)), values, atol=2e-5)


@pytest.mark.parametrize(
    ("srgb", "lab"),
    [
        ((1, 1, 1), (1.0, 0.0, 0.0)),
        ((1, 0, 0), (0.62796, 0.22486, 0.12585)),
        ((0, 1, 0), (0.86644, -0.23389, 0.17950)),
        ((0, 0, 1), (0.45201, -0.03246, -0.31153)),
    ],
)
def test_oklab_of_the_primaries(srgb: colour.Colour, lab: tuple[float, float, float]) -> None:
    np.testing.assert_allclose(colour.srgb_to_oklab(srgb), lab, atol=2e-4)


def test_contrast_of_wcag() -> None:
    assert float(colour.contrast_ratio((0, 0, 0), (1, 1, 1))) == pytest.approx(21)
    grey = colour.parse_hex("#767676")
    assert float(colour.contrast_ratio(grey, (1, 1, 1))) == pytest.approx(4.54, abs=0.01)
    assert float(colour.contrast_ratio((1, 1, 1), grey)) == pytest.approx(4.54, abs=0.01)
    assert float(colour.luminance((1, 0, 0))) == pytest.approx(0.2126, abs=1e-5)


def test_ramp_meets_its_colours_and_keeps_lightness_even() -> None:
    ends = (colour.parse_hex("#0b0326"), colour.parse_hex("#ff6a5e"))
    table = colour.ramp(ends, 65)
    np.testing.assert_allclose(table[[0, -1]], ends, atol=1e-5)
    steps = np.diff(colour.srgb_to_oklab(table)[:, 0])
    assert steps.max() - steps.min() < 0.002
    three = colour.ramp((*ends, (1, 1, 1)), 101, (0, 0.2, 1))
    np.testing.assert_allclose(three[20], ends[1], atol=1e-5)


def test_a_colour_outside_the_gamut_keeps_lightness_and_hue() -> None:
    inside = colour.srgb_to_oklab(colour.into_gamut([0.7, 0.3, 0.3]))
    assert inside[0] == pytest.approx(0.7, abs=0.01)
    assert np.arctan2(inside[2], inside[1]) == pytest.approx(np.pi / 4, abs=0.03)
    known = colour.parse_hex("#1f5a9c")
    np.testing.assert_allclose(colour.into_gamut(colour.srgb_to_oklab(known)), known, atol=1e-4)
