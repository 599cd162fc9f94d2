"""From one seed's picture to another's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from duck_and_cover.bundle import Bundle
from duck_and_cover.condition import Condition
from duck_and_cover.errors import BadInput
from duck_and_cover.generation.between import Between
from duck_and_cover.generation.onnx import engine_on

JAZZ = Condition({"jazz": 1.0}, 1959)


def test_the_way_begins_and_ends_at_its_seeds_and_nears_the_other(
    tmp_path: Path, write_bundle: Callable[..., Bundle]
) -> None:
    engine = engine_on(write_bundle(tmp_path / "colours"))
    here, there = (engine.draw(JAZZ, seed).pixels.astype(float) for seed in (3, 4))
    way = [Between(engine, 4, share).draw(JAZZ, 3).pixels.astype(float) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert np.array_equal(way[0], here) and np.array_equal(way[-1], there)
    left = [np.abs(each - there).mean() for each in way]
    assert left == sorted(left, reverse=True) and left[2] < 0.8 * left[0]
    spread = [each.std() for each in way]
    assert min(spread) > 0.9 * min(spread[0], spread[-1])  # a straight line would be greyer in its middle
    with pytest.raises(BadInput, match="0 to 1"):
        Between(engine, 4, 1.5)
