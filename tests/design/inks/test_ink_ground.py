"""What is held back beneath an ink: on the side that the ground is on, wherever the ink can be read there."""

from __future__ import annotations

import pytest

from duck_and_cover.colour import contrast_ratio, luminance, parse_hex
from duck_and_cover.design.inks import ink
from duck_and_cover.design.inks.palette import Palette, named

PALETTE = Palette("made", parse_hex("#0a0b10"), (parse_hex("#3f6fe0"), parse_hex("#e8ecf8")), parse_hex("#ff5a26"))


@pytest.mark.parametrize(("middle", "dark"), [(0.01, True), (0.9, False)])
def test_a_middling_ink_keeps_to_its_ground(middle: float, dark: bool) -> None:
    blue = parse_hex("#3f6fe0")
    end = ink._toward(PALETTE, blue, middle, ink.LARGE)
    assert (float(luminance(end)) < 0.1) == dark
    assert float(contrast_ratio(blue, end)) >= ink.LARGE


def test_whatever_the_ground_an_ink_can_be_read_on_what_lies_beneath() -> None:
    for palette in named().values():
        for colour, _ in ink.candidates(palette, True):
            for middle in (0.01, 0.18, 0.6, 0.95):
                end = ink._toward(palette, colour, middle, ink.SMALL)
                far = ink._farthest(palette, colour)
                assert float(contrast_ratio(colour, end)) >= min(ink.SMALL, float(contrast_ratio(colour, far)))
