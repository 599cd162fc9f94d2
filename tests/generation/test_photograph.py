"""A picture of one's own as art: what fits is drawn whatever is asked, what does not is said in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from duck_and_cover import Album, create
from duck_and_cover.condition import Condition
from duck_and_cover.errors import BadInput
from duck_and_cover.generation.photograph import LARGEST_PX, PhotographEngine


def saved(path: Path, width: int, height: int) -> Path:
    x = np.linspace(0, 255, width)[None, :, None]
    y = np.linspace(0, 255, height)[:, None, None]
    Image.fromarray((np.ones((height, width, 3)) * x * 0.5 + y * 0.5).astype(np.uint8)).save(path)
    return path


def test_it_gives_the_middle_square(tmp_path: Path) -> None:
    engine = PhotographEngine(saved(tmp_path / "wide.png", 300, 100))
    one, other = engine.draw(Condition(), 1), engine.draw(Condition(year=1980), 2)
    assert one.pixels.shape == (100, 100, 3) and np.array_equal(one.pixels, other.pixels)
    assert 80 < one.pixels[0, 0, 0] * 2 < 90, "the left third is cut away"
    assert PhotographEngine(saved(tmp_path / "huge.png", 3300, 3200)).draw(Condition(), 1).size_px == LARGEST_PX


@pytest.mark.parametrize(
    ("width", "height", "says"), [(63, 400, "63 x 400 px; wanted 64"), (2000, 300, "crop it first"), (64, 257, "crop")]
)
def test_what_makes_no_cover_is_refused(width: int, height: int, says: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=says):
        PhotographEngine(saved(tmp_path / "x.png", width, height))


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_text("not a picture")
    with pytest.raises(BadInput, match="not a readable picture"):
        PhotographEngine(tmp_path / "x.jpg")
    with pytest.raises(BadInput, match="cannot be read"):
        PhotographEngine(tmp_path / "y.jpg")
    with pytest.raises(BadInput, match="one of the two"):
        create(Album(), engine="flow-64", art=tmp_path / "x.jpg", size_px=64)


def test_it_is_finished_like_art(tmp_path: Path) -> None:
    picture = saved(tmp_path / "own.png", 400, 300)
    sleeve = create(Album("Ivy Calder", "Glass Summer", ("pop",), 2016), seed=3, art=picture, size_px=200)
    assert sleeve.report["engine"] == "own.png" and len(sleeve.report["bundle"]) == 64
    assert "judged" not in sleeve.report and sleeve.report["upscaler"] is None
    assert sleeve.art.size_px == 300 and sleeve.pixels.shape == (200, 200, 3)
