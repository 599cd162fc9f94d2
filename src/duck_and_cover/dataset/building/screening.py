"""Is it a cover? Every file is decoded wholly, described, and kept or left out with a reason.

Kept files stay as they are where networks and browsers read them alike: square JPEG, PNG or WebP, upright sRGB, not
larger than wanted. Everything else is laid flat and saved anew as JPEG.

    H  side in px    S  side of the small picture that two covers are compared by

References: Zauner 2010, "Implementation and benchmarking of perceptual image hash functions", the DCT hash.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from duck_and_cover.cover import FORMATS, Pixels, flattened, has_foreign_colours
from duck_and_cover.errors import BadInput

__all__ = ["SMALL_PX", "Screen", "Screened", "looks_like_a_disc", "phash", "screen"]

MOST_PIXELS = 50_000_000
MOST_BYTES = 64_000_000
SMALL_PX = 8
_KEPT = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
_DISC_PX = 128
_DISC_STEP = 0.04


@dataclass(frozen=True)
class Screen:
    """What a cover must be.

    smallest_px:  its shorter side at least.    largest_px:  it is made so small.
    shape:        its longer side is at most so many times the shorter; the rest is cut off on both sides.
    blank:        deviation of its brightness, of 255, below which nothing is on it.
    """

    smallest_px: int = 64
    largest_px: int = 512
    shape: float = 1.1
    blank: float = 2.0

    def __post_init__(self) -> None:
        if not 1 <= self.smallest_px <= self.largest_px:
            what = f"covers of {self.smallest_px} px and more, made {self.largest_px} px and less"
            raise BadInput(f"{what}; wanted the first to be no larger than the second")


@dataclass(frozen=True)
class Screened:
    """What became of a file. reason: why it is left out, "" where it is kept.

    content, suffix:  of the picture as it is kept.    width_px, height_px:  as it came.
    phash:  64 bits (DCT).    small:  S x S x 3 bytes.
    """

    reason: str = ""
    content: bytes = b""
    suffix: str = ""
    sha256: str = ""
    width_px: int = 0
    height_px: int = 0
    phash: int = 0
    small: bytes = b""


def screen(content: bytes, wanted: Screen) -> Screened:
    """Decode a file to its last byte and judge it. Never raises for what is in it."""
    if not content:
        return Screened("no picture")
    if len(content) > MOST_BYTES:
        return Screened("a file of more than 64 MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=FORMATS) as file:
                width, height = file.size
                if width * height > MOST_PIXELS:
                    return Screened("more than 50 million pixels")
                if fault := _shape_fault(width, height, wanted):
                    return Screened(fault, width_px=width, height_px=height)
                file.load()
                plain = flattened(file)
                as_it_is = (
                    file.format in _KEPT and file.mode == "RGB" and "transparency" not in file.info
                    and plain.size == file.size and width == height <= wanted.largest_px
                    and getattr(file, "n_frames", 1) == 1 and file.getexif().get(0x0112, 1) == 1
                    and not has_foreign_colours(file)
                )  # fmt: skip
                suffix = _KEPT.get(str(file.format), "jpg") if as_it_is else "jpg"
    except Image.DecompressionBombError:
        return Screened("more than 50 million pixels")
    except Image.UnidentifiedImageError:
        return Screened("not a picture")
    except MemoryError:
        return Screened("a picture that takes too much memory")
    except Exception:  # decoders of rare formats raise what they like
        return Screened("a damaged picture")
    square = _square(plain)
    pixels = np.asarray(square, np.uint8)
    if float(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).std()) < wanted.blank:
        return Screened("blank", width_px=width, height_px=height)
    if looks_like_a_disc(pixels):
        return Screened("a disc or its label, not a sleeve", width_px=width, height_px=height)
    if not as_it_is:
        content = _saved(square, wanted.largest_px)
    small = np.asarray(cv2.resize(pixels, (SMALL_PX, SMALL_PX), interpolation=cv2.INTER_AREA), np.uint8)
    return Screened("", content, suffix, hashlib.sha256(content).hexdigest(), width, height, phash(pixels),
                    small.tobytes())  # fmt: skip


def _shape_fault(width: int, height: int, wanted: Screen) -> str:
    short, long = sorted((width, height))
    if short < wanted.smallest_px:
        return f"smaller than {wanted.smallest_px} px"
    return "not square" if long > wanted.shape * short else ""


def _square(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return picture if width == height else picture.crop((left, top, left + side, top + side))


def _saved(picture: Image.Image, largest_px: int) -> bytes:
    if picture.width > largest_px:
        picture = picture.resize((largest_px, largest_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=95, subsampling=0, optimize=True)
    return file.getvalue()


def phash(pixels: Pixels) -> int:
    """64 bits: whether each of the lowest 8 x 8 frequencies of the brightness, but the mean, is above their median."""
    grey = cv2.cvtColor(cv2.resize(pixels, (32, 32), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    low = cv2.dct(grey.astype(np.float32))[:8, :8].ravel()
    return int.from_bytes(np.packbits(low > np.median(low[1:])).tobytes(), "big")


def looks_like_a_disc(pixels: Pixels) -> bool:
    """Whether a picture shows a disc or a record's label from above: a circle about the centre that nearly fills it, a
    hole in the middle, and hardly anything outside.

    On the circle all directions must step from bright to dark, or all the other way.
    """
    small = cv2.resize(pixels, (_DISC_PX, _DISC_PX), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    outside = small[_beyond(0.52)]
    if float(np.median(np.abs(outside - np.median(outside, 0)))) > 0.05:
        return False
    rays = _rays(small.mean(2))
    inner = rays[int(0.14 * _DISC_PX) : int(0.38 * _DISC_PX)]
    if float(np.median(np.abs(inner - np.median(inner, 1, keepdims=True)))) > 0.10:
        return False
    steps = rays[2:] - rays[:-2]
    rim, hole = steps[int(0.40 * _DISC_PX) : int(0.495 * _DISC_PX)], steps[: int(0.075 * _DISC_PX)]
    return min(_agree(rim), _agree(hole)) >= 0.85


def _beyond(share: float) -> NDArray[np.bool_]:
    at = np.arange(_DISC_PX) - _DISC_PX / 2 + 0.5
    return np.hypot(at[None], at[:, None]) > share * _DISC_PX


def _rays(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """(radius in px, direction): the picture from its centre outwards."""
    angle, radius = np.linspace(0, 2 * np.pi, 180, endpoint=False), np.arange(1, _DISC_PX // 2 - 1)[:, None]
    x, y = (_DISC_PX / 2 - 0.5 + radius * turn for turn in (np.cos(angle), np.sin(angle)))
    return np.asarray(cv2.remap(grey, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR), np.float32)


def _agree(steps: NDArray[np.float32]) -> float:
    """The largest share of directions that step the same way at about the same radius."""
    near = np.ones((3, 1), np.uint8)
    shares = [cv2.dilate((way * steps > _DISC_STEP).astype(np.uint8), near).mean(1).max() for way in (1, -1)]
    return float(max(shares))
