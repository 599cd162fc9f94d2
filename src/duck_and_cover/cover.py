"""`Cover`: square sRGB pixels and where they came from; the one pair of pixel <-> network conversions.

At rest an image is uint8, H W 3, sRGB. In networks it is float32, B 3 H W, in [-1, 1]. Nothing else converts.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from duck_and_cover.album import Album
from duck_and_cover.condition import Condition
from duck_and_cover.errors import BadInput

__all__ = [
    "FORMATS",
    "Cover",
    "Drawn",
    "Found",
    "Pixels",
    "flattened",
    "from_network",
    "has_foreign_colours",
    "read_pixels",
    "resized",
    "to_network",
]

Pixels = NDArray[np.uint8]

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
"""Kinds of files that are read. Pillow knows more, and starts other programs for some."""


@dataclass(frozen=True)
class Found:
    """The origin of a real cover: the album, the service it came from, its id there, and the rights it is under."""

    album: Album
    source: str
    id: str
    rights: str = "unknown"


@dataclass(frozen=True)
class Drawn:
    """The origin of a generated picture: which bundle (sha256), what was asked, which seed."""

    bundle: str
    condition: Condition
    seed: int


@dataclass(frozen=True, eq=False)
class Cover:
    """Square sRGB pixels, uint8 (H, H, 3), never of unknown origin."""

    pixels: Pixels
    origin: Found | Drawn

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or len(shape) != 3 or shape[0] != shape[1] or shape[2] != 3:
            raise BadInput(f"a cover is uint8 of shape (H, H, 3); found {self.pixels.dtype} {shape}")

    @property
    def size_px(self) -> int:
        return self.pixels.shape[0]


def to_network(pixels: Pixels) -> NDArray[np.float32]:
    """uint8 (B, H, W, 3) -> float32 (B, 3, H, W) in [-1, 1]."""
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), dtype=np.float32) / 127.5 - 1.0


def from_network(values: NDArray[np.float32]) -> Pixels:
    """float32 (B, 3, H, W), [-1, 1] or beyond -> uint8 (B, H, W, 3); clips, rounds to nearest."""
    pixels = np.clip((values + 1.0) * 127.5, 0, 255).round().astype(np.uint8)
    return np.ascontiguousarray(pixels.transpose(0, 2, 3, 1))


def flattened(picture: Image.Image) -> Image.Image:
    """A picture of any mode as plain sRGB, upright: turned as its camera noted, its profile's colours brought to sRGB,
    alpha laid on white, 16 bits made 8.
    """
    upright = _in_srgb(ImageOps.exif_transpose(picture))
    if upright.mode in ("I;16", "I;16L", "I;16B", "I"):
        values = np.asarray(upright, np.float32)
        return Image.fromarray(np.clip(values / 257, 0, 255).round().astype(np.uint8)).convert("RGB")
    if upright.mode == "F":
        return Image.fromarray(np.clip(np.asarray(upright), 0, 255).round().astype(np.uint8)).convert("RGB")
    if upright.mode in ("RGBA", "LA", "La", "RGBa", "PA") or "transparency" in upright.info:
        whole = upright.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
    return upright.convert("RGB")


def has_foreign_colours(picture: Image.Image) -> bool:
    """Whether a picture carries a profile of other colours than sRGB."""
    profile = picture.info.get("icc_profile")
    if not profile:
        return False
    try:
        return "srgb" not in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).casefold()
    except (ImageCms.PyCMSError, OSError):
        return False  # a damaged profile says nothing


def _in_srgb(picture: Image.Image) -> Image.Image:
    if picture.mode not in ("RGB", "RGBA", "CMYK", "L") or not has_foreign_colours(picture):
        return picture
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        done = ImageCms.profileToProfile(picture, profile, ImageCms.createProfile("sRGB"), outputMode=mode)
        return done if done is not None else picture
    except (ImageCms.PyCMSError, OSError):
        return picture  # a profile of other channels than the picture's


def read_pixels(source: bytes | Path, size_px: int | None = None) -> Pixels:
    """Decode a picture file to uint8 (H, H, 3): as `flattened`, the centre square, resized if `size_px` is given."""
    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS) as file:
            picture = flattened(file)
    except Exception as error:  # decoders of rare formats raise what they like
        name = "the bytes given" if isinstance(source, bytes) else str(source)
        raise BadInput(f"{name}: not a readable picture ({error})") from error
    width, height = picture.size
    if width != height:
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        picture = picture.crop((left, top, left + side, top + side))
    if size_px is not None and picture.size[0] != size_px:
        picture = picture.resize((size_px, size_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.asarray(picture, dtype=np.uint8).copy()


def resized(pixels: Pixels, size_px: int) -> Pixels:
    """Antialiased resize (Lanczos), uint8 (H, H, 3) -> (size, size, 3)."""
    return np.asarray(Image.fromarray(pixels).resize((size_px, size_px), Image.Resampling.LANCZOS)).copy()
