"""Colour schemes of real sleeves as palettes that print."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.design.axes import names
from duck_and_cover.design.choosing.prior import Prior, typical_palettes
from duck_and_cover.design.inks.palette import LEAST_SPREAD, lightness
from duck_and_cover.design.inks.schemes import PREFIX, drawer, schemes
from duck_and_cover.design.style import Seeds, choose_style

ART = np.full((64, 64, 3), 120, np.uint8)


def test_every_typical_palette_prints() -> None:
    assert len(schemes()) == len(typical_palettes()) >= 40
    for palette in schemes().values():
        assert lightness(palette.lightest) - lightness(palette.darkest) >= LEAST_SPREAD - 0.01
        assert palette.name in drawer() and palette.name.startswith(PREFIX)
        assert "on #" in names("palette")[palette.name]


def test_shares_are_shares_and_families_differ() -> None:
    for colours in typical_palettes().values():
        assert colours.shape == (5, 4) and colours[:, 3].sum() == pytest.approx(1, abs=0.01)
        assert (np.diff(colours[:, 0]) >= 0).all()
    metal, pop = Prior({"metal": 1.0}, 1988).schemes, Prior({"pop": 1.0}, 2015).schemes
    assert sum(metal.values()) == pytest.approx(1, abs=1e-3)
    light = {label: float((c[:, 0] * c[:, 3]).sum()) for label, c in typical_palettes().items()}
    assert sum(metal[k] * light[k] for k in light) < sum(pop[k] * light[k] for k in light) - 0.03


def test_a_part_of_all_sleeves_wears_them() -> None:
    worn = Counter(
        choose_style(Album("Nine", "Low Tide", (genre,), 1990), ART, Seeds.of(s), layout="field").palette.name
        for genre in ("rock", "pop", "hip hop")
        for s in range(40)
    )
    share = sum(n for name, n in worn.items() if name.startswith(PREFIX)) / worn.total()
    assert 0.05 < share < 0.5
