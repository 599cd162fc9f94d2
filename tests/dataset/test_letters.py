from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Cover, Drawn
from duck_and_cover.dataset import letters
from duck_and_cover.dataset.letters import (
    find_letters,
    letter_boxes,
    letter_mask,
    load_letters,
    save_letters,
    without_letters,
)
from duck_and_cover.dataset.synthetic import synthetic_covers
from duck_and_cover.errors import BadInput


def gradient(side: int = 64) -> np.ndarray:
    """(S, S, 3): red rises to the right, green downwards."""
    ramp = np.linspace(20, 230, side)
    return np.stack(
        [np.tile(ramp, (side, 1)), np.tile(ramp[:, None], (1, side)), np.full((side, side), 90)], -1
    ).astype(np.uint8)


def test_boxes_grow_by_a_share_of_their_height() -> None:
    corners = np.array([[0.2, 0.4], [0.6, 0.4], [0.6, 0.5], [0.2, 0.5]])
    left, top, right, bottom = letters._grown(corners)
    grow = 0.22 * 0.1 + 0.006
    assert (left, top, right, bottom) == pytest.approx((0.2 - grow, 0.4 - grow, 0.6 + grow, 0.5 + grow), abs=1e-4)


def test_boxes_do_not_grow_out_of_the_cover() -> None:
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.2], [0.0, 0.2]])
    left, top, right, bottom = letters._grown(corners)
    assert (left, top, right) == (0.0, 0.0, 1.0)
    assert 0.2 < bottom < 0.3


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        ((0.1, 0.1, 0.9, 0.2), True),
        ((0.1, 0.1, 0.5, 0.5), False),  # a smooth blob
        ((0.0, 0.1, 1.0, 0.5), True),  # one word across the cover
        ((0.1, 0.0, 0.3, 0.9), True),  # a word standing on end
    ],
)
def test_large_compact_boxes_are_left_out(box: tuple[float, float, float, float], kept: bool) -> None:
    assert letter_boxes(gradient(), lambda _: [box]) == ([box] if kept else [])


def test_find_letters_keeps_ids_and_order() -> None:
    covers = list(synthetic_covers(3, 0, 16))
    found = list(find_letters(covers, lambda pixels: [(0.0, 0.0, 0.5, 0.1)]))
    assert [id for id, _ in found] == [c.origin.id for c in covers]
    assert all(boxes == [(0.0, 0.0, 0.5, 0.1)] for _, boxes in found)


def test_drawn_covers_have_no_letters_to_find() -> None:
    drawn = Cover(gradient(), Drawn("0", Condition(), 1))
    with pytest.raises(BadInput, match="real covers only"):
        list(find_letters([drawn], lambda _: []))


def test_boxes_survive_a_file(tmp_path: Path) -> None:
    found = [("ä1", [(0.1, 0.2, 0.3, 0.4), (0.0, 0.0, 1.0, 0.125)]), ("2", [])]
    save_letters(found, tmp_path / "letters.jsonl")
    assert load_letters(tmp_path / "letters.jsonl") == dict(found)
    assert [p.name for p in tmp_path.iterdir()] == ["letters.jsonl"]


def test_a_broken_search_leaves_no_file(tmp_path: Path) -> None:
    def breaking():
        yield "1", []
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        save_letters(breaking(), tmp_path / "letters.jsonl")
    assert not (tmp_path / "letters.jsonl").exists()


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


def test_the_detector_finds_a_word() -> None:
    pytest.importorskip("rapidocr")
    picture = Image.fromarray(cv2.GaussianBlur(gradient(320), (0, 0), 3))
    ImageDraw.Draw(picture).text((40, 140), "MIDNIGHT", "white", ImageFont.load_default(48))
    detect = letters.detector()
    boxes = letter_boxes(np.asarray(picture), detect)
    assert boxes
    mask = letter_mask(boxes, 320)
    written = np.abs(np.asarray(picture).astype(int) - 255).sum(-1) < 30
    assert mask[written].mean() > 0.95
    assert mask.mean() < 0.35
    assert letter_boxes(np.full((320, 320, 3), 90, np.uint8), detect) == []
