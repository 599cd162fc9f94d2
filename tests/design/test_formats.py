from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from duck_and_cover.design.formats import contact_sheet, save
from duck_and_cover.errors import BadInput, CannotWrite

PIXELS = np.random.default_rng(0).integers(0, 256, (48, 48, 3)).astype(np.uint8)


@pytest.mark.parametrize("name", ["a.png", "b.jpg", "c.JPEG", "D.PNG"])
def test_files_carry_profile_and_density(tmp_path: Path, name: str) -> None:
    path = save(PIXELS, tmp_path / name, {"Title": "Ørnsköld", "Software": "duck_and_cover"})
    with Image.open(path) as picture:
        picture.load()
        assert picture.mode == "RGB" and picture.size == (48, 48)
        profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
        assert "srgb" in ImageCms.getProfileDescription(profile).lower()
        assert tuple(round(float(d)) for d in picture.info["dpi"]) == (300, 300)
        if path.suffix.lower() == ".png":
            assert picture.info["Title"] == "Ørnsköld"
            assert np.array_equal(np.asarray(picture), PIXELS)
        else:
            assert np.abs(np.asarray(picture).astype(int) - PIXELS).mean() < 12
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_jpeg_keeps_full_colour_resolution(tmp_path: Path) -> None:
    path = save(PIXELS, tmp_path / "a.jpg")
    with Image.open(path) as picture:
        assert {layer[1:3] for layer in picture.layer} == {(1, 1)}


@pytest.mark.parametrize("name", ["a.gif", "a", "a.tiff"])
def test_other_endings_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"\.png, \.jpg, \.jpeg"):
        save(PIXELS, tmp_path / name)


def test_a_missing_folder_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="does not exist"):
        save(PIXELS, tmp_path / "no" / "a.png")
    assert not (tmp_path / "no").exists()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    with pytest.raises(CannotWrite, match="folder"):
        save(PIXELS, tmp_path / "a.png")


def test_a_folder_is_called_a_folder_whatever_its_name(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="is a folder; choose a file name in it"):
        save(PIXELS, tmp_path)


def test_the_longest_name_a_file_may_have(tmp_path: Path) -> None:
    name = "n" * 251 + ".png"
    save(PIXELS, tmp_path / name)
    assert [p.name for p in tmp_path.iterdir()] == [name]
    with pytest.raises(CannotWrite, match="nnn"):
        save(PIXELS, tmp_path / f"n{name}")


def test_a_folder_that_may_not_be_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.is_dir", closed)
    with pytest.raises(CannotWrite, match="Permission denied"):
        save(PIXELS, tmp_path / "a.png")


def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = save(PIXELS, tmp_path / "a.png")
    before = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(CannotWrite, match="No space left"):
        save(255 - PIXELS, target)
    assert target.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_pixels_must_be_pictures(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="uint8"):
        save(PIXELS[..., :1], tmp_path / "a.png")
    with pytest.raises(BadInput, match="uint8"):
        save(PIXELS.astype(np.float32), tmp_path / "a.png")  # type: ignore[arg-type]


def test_contact_sheet_places_pictures_row_by_row() -> None:
    pictures = [np.full((20, 20, 3), v, np.uint8) for v in (50, 100, 150)]
    sheet = contact_sheet(pictures, 2, gap=0.1)
    assert sheet.shape == (2 * 22 + 2, 2 * 22 + 2, 3)
    assert sheet[5, 5, 0] == 50 and sheet[5, 30, 0] == 100 and sheet[30, 5, 0] == 150
    assert sheet[30, 30, 0] == sheet[0, 0, 0]
    with pytest.raises(BadInput):
        contact_sheet([], 2)
    with pytest.raises(BadInput):
        contact_sheet([pictures[0], np.zeros((10, 10, 3), np.uint8)], 2)
