from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from duck_and_cover.dataset.letters import covered, grown, letter_mask, load_letters, without_letters
from duck_and_cover.errors import BadInput


def gradient(side: int = 64) -> np.ndarray:
    """(S, S, 3): red rises to the right, green downwards."""
    ramp = np.linspace(20, 230, side)
    return np.stack(
        [np.tile(ramp, (side, 1)), np.tile(ramp[:, None], (1, side)), np.full((side, side), 90)], -1
    ).astype(np.uint8)


def test_boxes_grow_by_a_share_of_their_height_and_not_out_of_the_cover() -> None:
    grow = 0.22 * 0.1 + 0.006
    assert grown((0.2, 0.4, 0.6, 0.5)) == pytest.approx((0.2 - grow, 0.4 - grow, 0.6 + grow, 0.5 + grow), abs=1e-4)
    left, top, right, bottom = grown((0.0, 0.0, 1.0, 0.2))
    assert (left, top, right) == (0.0, 0.0, 1.0) and 0.2 < bottom < 0.3


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "letters.jsonl").write_text('{"id": "a", "boxes": [[0, 0, 1, 0.5]]}\n{"id": "b", "bo')
    found = load_letters(tmp_path / "letters.jsonl")
    assert found == {"a": [(0.0, 0.0, 1.0, 0.5)]}
    assert covered(found["a"]) == 0.5


@pytest.mark.parametrize("line", ["{", '{"id": "1"}', '{"id": "1", "boxes": [[1, 2, 3]]}', "[]"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "letters.jsonl"
    path.write_text('{"id": "0", "boxes": []}\n' + line + "\n")
    with pytest.raises(BadInput, match=r"letters\.jsonl:2: not a line of letter boxes"):
        load_letters(path)


def test_mask_covers_every_touched_pixel() -> None:
    mask = letter_mask([(0.26, 0.5, 0.74, 0.55)], 10)
    assert mask.shape == (10, 10)
    assert np.argwhere(mask).tolist() == [[5, x] for x in range(2, 8)]
    assert not letter_mask([], 10).any()
    assert letter_mask([(0.0, 0.0, 1.0, 1.0)], 10).all()


@pytest.mark.parametrize("side", [64, 36, 17])
def test_unmasked_pixels_are_left_alone(side: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    mask = letter_mask([(0.2, 0.3, 0.8, 0.5)], side)
    filled = without_letters(pixels, mask)
    assert np.array_equal(filled[~mask], pixels[~mask])
    assert (filled[mask] != pixels[mask]).any()


def test_lettering_on_a_flat_ground_vanishes() -> None:
    pixels = np.full((64, 64, 3), (200, 30, 90), np.uint8)
    mask = letter_mask([(0.1, 0.1, 0.9, 0.3), (0.4, 0.6, 0.6, 0.9)], 64)
    lettered = pixels.copy()
    lettered[mask] = 255
    assert np.abs(without_letters(lettered, mask).astype(int) - pixels).max() <= 1


def test_fill_is_smooth_and_invents_nothing() -> None:
    pixels = gradient()
    mask = letter_mask([(0.25, 0.3, 0.75, 0.6)], 64)
    lettered = pixels.copy()
    lettered[mask] = (255, 0, 255)
    filled = without_letters(lettered, mask).astype(int)
    assert np.abs(filled - pixels).mean(-1)[mask].max() < 45
    assert filled[mask].min() >= pixels[~mask].min() - 1 and filled[mask].max() <= pixels[~mask].max() + 1
    steps = max(np.abs(np.diff(filled, axis=0)).max(), np.abs(np.diff(filled, axis=1)).max())
    assert steps < 60, "no seams"


def test_nothing_or_everything_masked_changes_nothing() -> None:
    pixels = gradient()
    assert without_letters(pixels, np.zeros((64, 64), bool)) is pixels
    assert without_letters(pixels, np.ones((64, 64), bool)) is pixels
