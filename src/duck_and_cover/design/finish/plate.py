"""The press: fields on the working grid become plates of ink at full size, and plates become a printed sheet.

Sheets are kept as three separate float32 planes (one a channel) while inks are laid, because whole-plane
arithmetic is several times quicker than interleaved pixels; plates are uint8 coverage, 0 bare to 255 solid.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from duck_and_cover.colour import Colour
from duck_and_cover.design.finish.prepare import WORK
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Bytes, Floats

__all__ = ["Bed", "coverage", "cut", "lay", "painted", "pull", "sheet", "shift", "slope", "wear"]

Planes = list[Floats]


@dataclass(frozen=True)
class Bed:
    """The box being printed: its size in pixels and how many pixels make one cover unit."""

    width_px: int
    height_px: int
    px_per_cover: float
    seed: int

    def __post_init__(self) -> None:
        if min(self.width_px, self.height_px) < 8 or self.px_per_cover < 8:
            raise ValueError(
                f"a box of {self.width_px}x{self.height_px} px at {self.px_per_cover} px per cover is too "
                "small to print; every one of the three must be at least 8"
            )

    @property
    def width(self) -> float:
        """Width of the box in cover units."""
        return self.width_px / self.px_per_cover

    @property
    def height(self) -> float:
        """Height of the box in cover units."""
        return self.height_px / self.px_per_cover

    def px(self, cover_units: float) -> float:
        """A length in pixels."""
        return cover_units * self.px_per_cover

    def grow(self, field: Floats) -> Floats:
        """A field over the whole box at full size."""
        if field.shape[:2] == (self.height_px, self.width_px):
            return field.copy()
        way = cv2.INTER_AREA if field.shape[1] > self.width_px else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(field, (self.width_px, self.height_px), interpolation=way), np.float32)

    def grow_roughly(self, field: Floats) -> Floats:
        """As `grow`, linearly: for slopes and other fields nobody looks at."""
        way = cv2.INTER_AREA if field.shape[1] > self.width_px else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(field, (self.width_px, self.height_px), interpolation=way), np.float32)

    def columns(self) -> Floats:
        """Cover units from the left edge, `(1, width_px)`, at pixel centres."""
        return ((np.arange(self.width_px, dtype=np.float32) + 0.5) / np.float32(self.px_per_cover))[None]

    def rows(self) -> Floats:
        """Cover units from the top edge, `(height_px, 1)`, at pixel centres."""
        return ((np.arange(self.height_px, dtype=np.float32) + 0.5) / np.float32(self.px_per_cover))[:, None]

    def along(self, degrees: float, cycles: float = 1.0) -> Floats:
        """Distance along a direction, `(height_px, width_px)`, in cover units times `cycles`."""
        angle = np.deg2rad(degrees)
        x = self.columns() * np.float32(cycles * np.cos(angle))
        return x + self.rows() * np.float32(cycles * np.sin(angle))


def slope(field: Floats) -> Floats:
    """Change of a working-grid field per cover unit."""
    calm = cv2.GaussianBlur(field, (0, 0), 0.8)
    gx, gy = (
        cv2.Sobel(calm, cv2.CV_32F, 1, 0, scale=WORK / 8),
        cv2.Sobel(calm, cv2.CV_32F, 0, 1, scale=WORK / 8),
    )
    return cv2.magnitude(gx, gy)


def coverage(distance_px: Floats) -> Bytes:
    """Coverage of a shape from the signed distance to its border in pixels, positive inside; writes into
    its input."""
    distance_px *= 255
    distance_px += 127.5
    np.clip(distance_px, 0, 255, out=distance_px)
    return distance_px.astype(np.uint8)


def cut(bed: Bed, field: Floats, level: float, least_slope: float = 0.6) -> Bytes:
    """The plate of all places where a working-grid field lies above a level, with edges one pixel soft at
    any size."""
    full = bed.grow(field)
    full -= np.float32(level)
    per_px = bed.grow_roughly(np.maximum(slope(field), least_slope))
    per_px /= np.float32(bed.px_per_cover)
    full /= per_px
    return coverage(full)


def shift(field: Floats, by: tuple[float, float]) -> Floats:
    """A working-grid field moved by `(dx, dy)` cover units; what enters at the edge repeats it, so there
    are no specks."""
    if by == (0.0, 0.0):
        return field
    matrix = np.array([[1, 0, by[0] * WORK], [0, 1, by[1] * WORK]], np.float32)
    return np.asarray(
        cv2.warpAffine(field, matrix, field.shape[1::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    )


def sheet(bed: Bed, paper: Colour) -> Planes:
    """A bare sheet."""
    return [np.full((bed.height_px, bed.width_px), channel, np.float32) for channel in paper]


def lay(planes: Planes, plate: Bytes, ink: Colour, *, opaque: bool, strength: float = 1.0) -> None:
    """Print a plate on the sheet, in place.

    opaque: cover what is below (screen print, ink on dark paper); otherwise the ink darkens it like a glaze
    (litho).
    """
    share = np.arange(256, dtype=np.float32) * np.float32(strength / 255)
    for plane, channel in zip(planes, ink, strict=True):
        plane *= cv2.LUT(plate, (1 - share if opaque else 1 - share * np.float32(1 - channel))[None])
        if opaque:
            plane += cv2.LUT(plate, (share * np.float32(channel))[None])


def wear(bed: Bed, plate: Bytes, amount: float, salt: int = 0) -> Bytes:
    """The plate after dry ink: pinholes where the ink did not take (see `texture.mottle`)."""
    if amount <= 0:
        return plate
    took = texture.mottle(bed.seed + salt, bed.width_px, bed.height_px, bed.px_per_cover, amount)
    return cv2.multiply(plate, took, scale=1 / 255)


def painted(index: Bytes, table: Floats) -> Planes:
    """Planes of colours looked up in a `(256, 3)` table."""
    return [cv2.LUT(index, np.ascontiguousarray(table[:, c], np.float32)[None]) for c in range(3)]


def pull(bed: Bed, planes: Planes, *, paper: float = 0.0, grain: float = 0.0, grain_size: float = 0.6) -> Floats:
    """The finished sheet `(height_px, width_px, 3)` sRGB 0 to 1, with paper under the ink and grain over it.

    paper: amount for `texture.paper`. grain: deviation added in sRGB, most in the mid tones.
    """
    box = (bed.width_px, bed.height_px, bed.px_per_cover)
    if paper > 0:
        stock = texture.paper(bed.seed, *box, paper)
        for plane in planes:
            plane *= stock
    if grain > 0:
        speckle = texture.grain(bed.seed + 5, *box, grain_size)
        speckle *= np.float32(grain)
        for plane in planes:
            plane += speckle
    out = cv2.merge(planes)
    np.clip(out, 0, 1, out=out)
    return np.asarray(out, np.float32)
