from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from duck_and_cover.errors import BadInput, CannotWrite
from duck_and_cover.training.previews import COLUMNS, ROWS
from duck_and_cover.training.progress import CAPTION_PX, frames_of, write_film


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    """A run with three previews of 8 px cells: grey, then red, then rows of rising blue."""
    folder = tmp_path / "run" / "previews"
    folder.mkdir(parents=True)
    grid = np.full((8 * len(ROWS), 8 * COLUMNS, 3), 128, np.uint8)
    Image.fromarray(grid).save(folder / "0000000000.png")
    Image.fromarray(grid * np.array([1, 0, 0], np.uint8)).save(folder / "0000004000.png")
    grid[..., :2] = 0
    grid[..., 2] = np.repeat(np.arange(len(ROWS)) * 20, 8)[:, None]
    Image.fromarray(grid).save(folder / "0001250000.png")
    return tmp_path / "run"


def test_frames_come_in_order_with_a_caption(run_dir: Path) -> None:
    frames = frames_of(run_dir, width_px=320)
    assert [frame.images for frame in frames] == [0, 4000, 1_250_000]
    for frame in frames:
        assert frame.pixels.shape == (8 * len(ROWS) * 4 + CAPTION_PX, 320, 3)
        assert frame.pixels[-CAPTION_PX:].max() > 200, "the caption"
    assert not np.array_equal(frames[0].pixels[-CAPTION_PX:], frames[1].pixels[-CAPTION_PX:])


def test_rows_and_columns_can_be_chosen(run_dir: Path) -> None:
    last = frames_of(run_dir, rows=[0, 11], columns=4, width_px=320)[-1].pixels
    assert last.shape == (2 * 80 + CAPTION_PX, 320, 3)
    assert (last[40, 160, 2], last[120, 160, 2]) == (0, 220)


def test_a_long_run_can_be_thinned(run_dir: Path) -> None:
    for images in range(10_000, 100_000, 10_000):
        shutil.copy(run_dir / "previews" / "0000004000.png", run_dir / "previews" / f"{images:010d}.png")
    assert len(frames_of(run_dir, width_px=160)) == 12
    few = [frame.images for frame in frames_of(run_dir, width_px=160, most=4)]
    assert len(few) == 4 and few[0] == 0 and few[-1] == 1_250_000
    assert len(frames_of(run_dir, width_px=160, most=99)) == 12
    with pytest.raises(BadInput, match="2 or more"):
        frames_of(run_dir, most=1)


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_the_ends_are_held(run_dir: Path, tmp_path: Path, suffix: str) -> None:
    write_film(frames_of(run_dir, width_px=160), tmp_path / "a" / f"progress.{suffix}", seconds=4)
    with Image.open(tmp_path / "a" / f"progress.{suffix}") as film:
        assert film.n_frames == 3 and film.info["loop"] == 0
        durations = []
        for i in range(3):
            film.seek(i)
            film.load()
            durations.append(film.info["duration"])
    assert durations == [1000, 500, 2500]
    assert [p.name for p in (tmp_path / "a").iterdir()] == [f"progress.{suffix}"]


def test_a_film_shows_the_frames(run_dir: Path, tmp_path: Path) -> None:
    frames = frames_of(run_dir, width_px=160)
    write_film(frames, tmp_path / "progress.mp4", seconds=4)
    film, shown = cv2.VideoCapture(str(tmp_path / "progress.mp4")), []
    while (read := film.read())[0]:
        shown.append(read[1][..., ::-1])
    assert len(shown) == 24 * 4
    for i, frame in ((0, 0), (30, 1), (95, 2)):
        assert np.abs(shown[i].astype(int) - frames[frame].pixels).mean() < 6


def test_a_run_without_previews(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no previews there"):
        frames_of(tmp_path)


@pytest.mark.parametrize("wrong", [{"rows": [12]}, {"rows": []}, {"columns": 0}, {"columns": 11}, {"width_px": 8}])
def test_impossible_choices(run_dir: Path, wrong: dict) -> None:
    with pytest.raises(BadInput, match="wanted"):
        frames_of(run_dir, **wrong)


def test_something_else_among_the_previews(run_dir: Path) -> None:
    (run_dir / "previews" / "0000009000.png").write_bytes(b"not a picture")
    with pytest.raises(BadInput, match=r"0000009000\.png: not a preview"):
        frames_of(run_dir)


def test_targets(run_dir: Path, tmp_path: Path) -> None:
    frames = frames_of(run_dir, width_px=160)
    with pytest.raises(BadInput, match=r"wanted a name that ends in \.gif, \.webp or \.mp4"):
        write_film(frames, tmp_path / "progress.avi")
    (tmp_path / "file").write_text("in the way")
    for suffix in ("gif", "webp", "mp4"):
        with pytest.raises(CannotWrite, match="cannot write there"):
            write_film(frames, tmp_path / "file" / f"progress.{suffix}")
