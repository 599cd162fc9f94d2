"""The learning progress of a run as a GIF, WebP or MP4: its previews in order, each with the pictures shown so far.

The first and last frames are held. A growing network's early pictures are its pixels as squares (`previews.py`), so
that the growing can be seen.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from duck_and_cover.errors import BadInput, CannotWrite
from duck_and_cover.training.previews import COLUMNS, ROWS

__all__ = ["Frame", "frames_of", "write_film"]

CAPTION_PX = 26
INK, PAPER = (235, 235, 235), (18, 18, 20)


@dataclass(frozen=True, eq=False)
class Frame:
    """A preview: pictures shown until then, uint8 (H, W, 3)."""

    images: int
    pixels: NDArray[np.uint8]


def frames_of(run_dir: Path, *, rows: Sequence[int] | None = None, columns: int = COLUMNS, width_px: int = 640,
              most: int | None = None) -> list[Frame]:  # fmt: skip
    """The previews of a run, captioned, oldest first.

    rows:      which conditions of `previews.ROWS`; all by default.
    columns:   how many pictures of each.
    width_px:  of the frames.
    most:      frames, evenly chosen, the first and the last among them; all by default.
    An upscaler's previews have no conditions and are shown whole. Raises `BadInput` where the run has none.
    """
    wanted = list(rows) if rows is not None else list(range(len(ROWS)))
    if not wanted or not all(0 <= row < len(ROWS) for row in wanted):
        raise BadInput(f"rows {wanted}; wanted some of 0 to {len(ROWS) - 1}")
    if not 1 <= columns <= COLUMNS or not 64 <= width_px <= 4096:
        raise BadInput(f"{columns} columns {width_px} px wide; wanted 1 to {COLUMNS}, and 64 to 4096 px")
    files = sorted((run_dir / "previews").glob("*.png"))
    if not files:
        raise BadInput(f"{run_dir}: no previews there; wanted a run that has shown `preview_kimg` pictures")
    if most is not None and most < 2:
        raise BadInput(f"{most} frames; wanted 2 or more")
    frames, last = [], len(files) - 1
    chosen = range(len(files)) if most is None else sorted({round(i * last / (most - 1)) for i in range(most)})
    for file in (files[i] for i in chosen):
        try:
            images, grid = int(file.stem), np.asarray(Image.open(file).convert("RGB"))
        except (ValueError, OSError, UnidentifiedImageError) as error:
            raise BadInput(f"{file}: not a preview ({error})") from error
        cell = grid.shape[0] // len(ROWS)
        if grid.shape[1] == COLUMNS * cell:
            grid = np.concatenate([grid[row * cell : (row + 1) * cell, : columns * cell] for row in wanted])
        frames.append(Frame(images, _captioned(grid, images, width_px)))
    return frames


def _captioned(grid: NDArray[np.uint8], images: int, width_px: int) -> NDArray[np.uint8]:
    height = round(grid.shape[0] * width_px / grid.shape[1])
    filter = Image.Resampling.NEAREST if width_px % grid.shape[1] == 0 else Image.Resampling.BICUBIC
    sheet = Image.new("RGB", (width_px, height + CAPTION_PX), PAPER)
    sheet.paste(Image.fromarray(grid).resize((width_px, height), filter), (0, 0))
    text = f"{images:,} images shown" if images < 1_000_000 else f"{images / 1e6:.2f} million images shown"
    ImageDraw.Draw(sheet).text((8, height + 5), text.replace(",", " "), INK, ImageFont.load_default(15))
    even = sheet.crop((0, 0, width_px - width_px % 2, sheet.height - sheet.height % 2))  # films want even sides
    return np.asarray(even)


def write_film(frames: Sequence[Frame], target: Path, *, seconds: float = 6.0) -> None:
    """Write `.gif`, `.webp` or `.mp4`; the first frame is held for half a second, the last for two.

    Beside it and renamed. Raises `BadInput` for another suffix or length, `CannotWrite` where it cannot be written.
    """
    writers = {".gif": _write_gif, ".webp": _write_webp, ".mp4": _write_mp4}
    if target.suffix.lower() not in writers:
        raise BadInput(f"{target.name}: wanted a name that ends in .gif, .webp or .mp4")
    partial = target.with_name(f".{target.stem}.{os.getpid()}{target.suffix.lower()}")
    if not 1 <= seconds <= 600:
        raise BadInput(f"a film of {seconds} seconds; wanted 1 to 600")
    each = max(0.04, (seconds - 2.5) / len(frames))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        writers[target.suffix.lower()](frames, partial, each)
        partial.replace(target)
    except OSError as error:
        raise CannotWrite(f"{target}: cannot write there ({error.strerror or error})") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _held(count: int, each: float) -> Iterator[float]:
    """Seconds that each frame stays."""
    for i in range(count):
        yield each + (0.5 if i == 0 else 0.0) + (2.0 if i == count - 1 else 0.0)


def _write_gif(frames: Sequence[Frame], target: Path, each: float) -> None:
    last = Image.fromarray(frames[-1].pixels).quantize(255, Image.Quantize.MEDIANCUT)  # one palette: no flicker
    pictures = [Image.fromarray(f.pixels).quantize(palette=last, dither=Image.Dither.NONE) for f in frames]
    durations = [round(1000 * s) for s in _held(len(frames), each)]
    pictures[0].save(target, save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=True)


def _write_webp(frames: Sequence[Frame], target: Path, each: float) -> None:
    pictures = [Image.fromarray(f.pixels) for f in frames]
    durations = [round(1000 * s) for s in _held(len(frames), each)]
    pictures[0].save(
        target, save_all=True, append_images=pictures[1:], duration=durations, loop=0, quality=60, method=4
    )


def _write_mp4(frames: Sequence[Frame], target: Path, each: float, rate: int = 24) -> None:
    height, width = frames[0].pixels.shape[:2]
    film = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"mp4v"), rate, (width, height))
    if not film.isOpened():
        raise OSError(f"no encoder for {width} x {height} px")
    for frame, stay in zip(frames, _held(len(frames), each), strict=True):
        picture = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2BGR)
        for _ in range(max(1, round(stay * rate))):
            film.write(picture)
    film.release()
