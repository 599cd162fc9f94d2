"""Screening: every kind of file people have, kept or left out with its reason."""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from duck_and_cover.dataset.building.screening import Screen, looks_like_a_disc, phash, screen
from duck_and_cover.errors import BadInput


def art(seed: int = 1, width: int = 96, height: int = 96) -> Image.Image:
    cells = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(cells).resize((width, height), Image.Resampling.BICUBIC)


def saved(picture: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def shown(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.mode == "RGB"
        return np.asarray(picture, np.int16)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_what_everybody_reads_stays_as_it_is(format: str) -> None:
    content = saved(art(), format)
    found = screen(content, Screen())
    assert (found.reason, found.content, found.width_px) == ("", content, 96)


def laid(mode: str) -> bytes:
    whole = np.asarray(art(), np.uint16)
    match mode:
        case "CMYK":
            return saved(art().convert("CMYK"))
        case "16 bit":
            return saved(Image.fromarray(np.asarray(art().convert("L"), np.uint16) * 257), "PNG")
        case "animated":
            return saved(art(), "GIF", save_all=True, append_images=[art(2)])
        case "alpha":
            clear = art().convert("RGBA")
            clear.putalpha(Image.fromarray((whole[..., 0] // 2 + 100).astype(np.uint8)))
            return saved(clear, "PNG")
        case _:
            return saved(art().convert(mode), "PNG")


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "1", "LA", "16 bit", "animated", "alpha"])
def test_other_modes_are_laid_flat(mode: str) -> None:
    found = screen(laid(mode), Screen())
    assert (found.reason, found.suffix) == ("", "jpg")
    picture = shown(found.content)
    assert picture.shape == (96, 96, 3)
    if mode in ("CMYK", "L", "16 bit", "LA"):
        wanted = np.asarray(art().convert("RGB" if mode == "CMYK" else "L").convert("RGB"), np.int16)
        assert np.abs(picture - wanted).mean() < 4


def test_a_picture_is_turned_upright_and_cut_square() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = screen(saved(art(), exif=exif.tobytes()), Screen())
    upright = np.asarray(art().transpose(Image.Transpose.ROTATE_270), np.int16)
    assert np.abs(shown(found.content) - upright).mean() < 4
    found = screen(saved(art(1, 104, 96)), Screen())
    assert shown(found.content).shape == (96, 96, 3) and (found.width_px, found.height_px) == (104, 96)


def test_large_ones_are_made_small() -> None:
    found = screen(saved(art(1, 800, 800)), Screen(largest_px=256))
    assert shown(found.content).shape == (256, 256, 3) and found.width_px == 800


def disc() -> Image.Image:
    sheet = np.full((300, 300, 3), 235, np.uint8)
    cv2.circle(sheet, (150, 150), 135, (25, 25, 25), -1, cv2.LINE_AA)
    cv2.circle(sheet, (150, 150), 55, (200, 60, 30), -1, cv2.LINE_AA)
    cv2.putText(sheet, "SIDE A", (115, 130), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (250, 250, 250), 1, cv2.LINE_AA)
    cv2.circle(sheet, (150, 150), 8, (235, 235, 235), -1, cv2.LINE_AA)
    return Image.fromarray(sheet)


BAD = {
    "no picture": b"",
    "not a picture": b"<html>404</html>" * 20,
    "a damaged picture": saved(art())[:-200],
    "smaller than 64 px": saved(art(1, 40, 40)),
    "not square": saved(art(1, 96, 150)),
    "blank": saved(Image.new("RGB", (96, 96), "white")),
    "more than 50 million pixels": saved(Image.new("1", (9000, 9000)), "PNG"),
    "a disc or its label, not a sleeve": saved(disc()),
}


@pytest.mark.parametrize("reason", BAD)
def test_what_is_left_out_says_why(reason: str) -> None:
    assert screen(BAD[reason], Screen()).reason == reason


@pytest.mark.parametrize("name", ["moon", "target", "frame"])
def test_round_art_is_no_disc(name: str) -> None:
    sheet = np.asarray(art(5, 300, 300)).copy()
    if name == "moon":
        sheet[:] = 15
        cv2.circle(sheet, (150, 150), 110, (220, 220, 200), -1, cv2.LINE_AA)
    elif name == "target":
        for radius in range(140, 0, -20):
            cv2.circle(sheet, (130, 160), radius, (240, 30, 30) if radius // 20 % 2 else (250, 250, 250), -1)
    else:
        cv2.rectangle(sheet, (10, 10), (290, 290), (240, 240, 240), 12)
    assert not looks_like_a_disc(sheet)


def test_hashes_hold_over_size_and_format_and_tell_pictures_apart() -> None:
    def bits(one: Image.Image, other: Image.Image) -> int:
        return (phash(np.asarray(one, np.uint8)) ^ phash(np.asarray(other, np.uint8))).bit_count()

    squeezed = Image.open(io.BytesIO(saved(art(3, 200, 200), quality=40)))
    assert bits(art(3), squeezed.convert("RGB")) <= 4
    far = [bits(art(3), art(seed)) for seed in range(10, 40)]
    assert min(far) > 10 and 26 < np.mean(far) < 38


def test_colours_of_another_profile_are_brought_over() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert screen(saved(art(), icc_profile=profile), Screen()).suffix == "jpg"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = saved(art(), icc_profile=srgb)
    assert screen(content, Screen()).content == content, "sRGB stays as it is"
    foreign = saved(art(), icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes())
    assert screen(foreign, Screen()).content != foreign


def test_files_that_start_programs_are_no_pictures() -> None:
    assert screen(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n" * 9, Screen()).reason == "not a picture"


def test_terms_that_nothing_can_meet_are_refused() -> None:
    with pytest.raises(BadInput, match="no larger than the second"):
        Screen(smallest_px=400, largest_px=64)
