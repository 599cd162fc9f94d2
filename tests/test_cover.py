from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from duck_and_cover.album import Album
from duck_and_cover.cover import Cover, Found, from_network, read_pixels, resized, to_network
from duck_and_cover.errors import BadInput

ORIGIN = Found(Album("A", "B"), "test", "1")


def encoded(picture: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def test_network_and_back_is_exact_for_every_value() -> None:
    every = np.arange(256, dtype=np.uint8)
    pixels = np.broadcast_to(every[:, None, None], (256, 4, 3)).reshape(1, 32, 32, 3).copy()
    values = to_network(pixels)
    assert values.dtype == np.float32
    assert values.shape == (1, 3, 32, 32)
    assert values.min() == -1.0 and values.max() == 1.0
    assert np.array_equal(from_network(values), pixels)


def test_channels_keep_their_order() -> None:
    red = np.zeros((1, 2, 2, 3), np.uint8)
    red[..., 0] = 255
    assert np.array_equal(to_network(red)[0, :, 0, 0], [1, -1, -1])


def test_values_beyond_the_range_are_clipped() -> None:
    values = np.array([-9.0, 9.0], np.float32).reshape(2, 1, 1, 1).repeat(3, 1)
    assert from_network(values).tolist() == [[[[0, 0, 0]]], [[[255, 255, 255]]]]


@pytest.mark.parametrize("pixels", [noise(4, 5, 3), noise(4, 4), noise(4, 4, 4), noise(4, 4, 3).astype(np.float32)])
def test_only_square_rgb_bytes_are_a_cover(pixels: np.ndarray) -> None:
    with pytest.raises(BadInput, match=r"uint8 of shape \(H, H, 3\)"):
        Cover(pixels, ORIGIN)


def test_a_cover_knows_its_size() -> None:
    assert Cover(noise(12, 12, 3), ORIGIN).size_px == 12


def test_reads_lossless_files_exactly(tmp_path: Path) -> None:
    pixels = noise(9, 9, 3)
    path = tmp_path / "cover.png"
    path.write_bytes(encoded(Image.fromarray(pixels)))
    assert np.array_equal(read_pixels(path), pixels)
    assert np.array_equal(read_pixels(path.read_bytes()), pixels)


@pytest.mark.parametrize("size", [(12, 8), (8, 12)])
def test_takes_the_centre_square(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, "red")
    left, top = (size[0] - 8) // 2, (size[1] - 8) // 2
    picture.paste("blue", (left, top, left + 8, top + 8))
    pixels = read_pixels(encoded(picture))
    assert pixels.shape == (8, 8, 3)
    assert (pixels == (0, 0, 255)).all()


def test_alpha_lies_on_white() -> None:
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert (read_pixels(encoded(clear)) == 255).all()
    assert (read_pixels(encoded(clear.convert("LA"))) == 255).all()
    half = read_pixels(encoded(Image.new("RGBA", (4, 4), (0, 0, 0, 128))))
    assert (np.abs(half.astype(int) - 127) <= 1).all()


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK"])
def test_other_colour_modes_become_rgb(mode: str) -> None:
    picture = Image.new("RGB", (6, 6), "white").convert(mode)
    assert (read_pixels(encoded(picture, "TIFF")) == 255).all()


def test_resizes_when_asked() -> None:
    flat = encoded(Image.new("RGB", (40, 40), (10, 200, 30)))
    for size_px in (8, 40, 100):
        pixels = read_pixels(flat, size_px)
        assert pixels.shape == (size_px, size_px, 3)
        assert (pixels == (10, 200, 30)).all()


def test_resized_keeps_the_mean() -> None:
    pixels = noise(64, 64, 3)
    small = resized(pixels, 16)
    assert small.shape == (16, 16, 3)
    assert abs(float(small.mean()) - float(pixels.mean())) < 2
    assert small.std() < pixels.std() / 2, "antialiasing averages noise away"


@pytest.mark.parametrize("content", [b"", b"not a picture", encoded(Image.new("RGB", (30, 30)))[:60]])
def test_broken_files_are_bad_input(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not a readable picture"):
        read_pixels(content)
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"broken\.png: not a readable picture"):
        read_pixels(path)


def test_a_missing_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"gone\.png: not a readable picture"):
        read_pixels(tmp_path / "gone.png")
