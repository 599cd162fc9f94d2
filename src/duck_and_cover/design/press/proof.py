"""The soft proof: how a piece will look in print, on a screen, and how far its colours move on their way there.

Legend: H W pixels of the trim; millimetres from its upper left corner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from duck_and_cover.cover import Pixels
from duck_and_cover.design.pieces.sheet import Piece
from duck_and_cover.design.press.difference import delta_e
from duck_and_cover.design.press.plates import Plates, Stamp, circle, plates_of
from duck_and_cover.design.press.profile import Profile, open_profile
from duck_and_cover.design.press.separation import Cmyk, Separator, ink_percent, separator_for
from duck_and_cover.design.shapes.coverage import rasterised
from duck_and_cover.errors import BadInput

__all__ = ["Movement", "movement", "proof"]

_LOOKED_AT = 200_000
"""Pixels of a ground that are looked at for how far colours move."""
_FOLD_GREY = 128
_LEAST_DPI = 10.0


@dataclass(frozen=True)
class Movement:
    """How far colours move from screen to paper, in CIEDE2000; 1 is barely seen, 10 is another colour.

    mean, p95:  of the ground's pixels, all and the twentieth that moves most.
    most_ink:   the most ink in all of any pixel looked at, per cent.
    words:      name of a text -> how far the ink of it moves that moves most.
    """

    mean: float
    p95: float
    most_ink: float
    words: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def collapses(self) -> bool:
        """Whether colours are lost that the picture lives of: neon, pure blues and greens.

        Real covers hardly ever move so far; pure neon colours move by 15 to 18.
        """
        return self.p95 > 8


def proof(
    piece: Piece,
    profile: str | Path | Profile | None = None,
    *,
    dpi: float = 100.0,
    paper: bool = False,
    folds: bool = False,
) -> Pixels:
    """How the trimmed piece will look when printed: uint8 (H, W, 3) sRGB.

    profile:  as in `print_pdf`.
    dpi:      of the picture, at most the piece's own.
    paper:    show paper and ink as they measure, tint and lifted black; else as an eye used to paper sees them.
    folds:    draw a thin dashed line where it is folded.
    Raises `BadInput` as `print_pdf`, and for a resolution below 10 dpi.
    """
    if not dpi >= _LEAST_DPI:
        raise BadInput(f"a proof of {dpi:g} dpi; wanted {_LEAST_DPI:g} or more")
    separator = separator_for(open_profile(profile))
    plates = plates_of(_reduced(piece, dpi) if dpi < piece.dpi else piece, separator)
    inks = plates.picture
    for _, stamp in plates.stamps:
        _stamp(inks, stamp, plates)
    inks = np.ascontiguousarray(_trimmed(inks, plates, min(dpi, piece.dpi)))
    shape = _shape(plates, inks.shape[:2])
    if shape is not None:
        inks = np.rint(inks * shape[..., None]).astype(np.uint8)
    seen = separator.rgb(inks, paper=paper)
    if folds:
        _fold(seen, plates)
    return seen


def movement(piece: Piece, profile: str | Path | Profile | None = None) -> Movement:
    """How far the piece's colours move in print. profile: as in `print_pdf`."""
    separator = separator_for(open_profile(profile))
    step = max(1, int(np.sqrt(piece.ground.shape[0] * piece.ground.shape[1] / _LOOKED_AT)))
    rgb = piece.ground[step // 2 :: step, step // 2 :: step].reshape(-1, 3)
    inks = separator.cmyk(rgb[None])[0]
    moved = delta_e(separator.lab_of_rgb(rgb), separator.lab_of_inks(inks))
    small = plates_of(_reduced(piece, min(piece.dpi, 50.0)), separator)
    words: dict[str, float] = {}
    for name, stamp in small.stamps:
        words[name] = max(words.get(name, 0.0), _moved(stamp, separator))
    return Movement(round(float(moved.mean()), 2), round(float(np.percentile(moved, 95)), 2),
                    round(float(ink_percent(inks).max()), 1), MappingProxyType(words))  # fmt: skip


def _moved(stamp: Stamp, separator: Separator) -> float:
    rgb = np.rint(np.asarray(stamp.layer.colour)[None] * 255).astype(np.uint8)
    inks = np.rint(np.asarray(stamp.inks)[None] * 255).astype(np.uint8)
    return round(float(delta_e(separator.lab_of_rgb(rgb), separator.lab_of_inks(inks))[0]), 2)


def _reduced(piece: Piece, dpi: float) -> Piece:
    sides = [(side + 2 * piece.sheet.bleed_mm) / 25.4 * dpi for side in (piece.sheet.width_mm, piece.sheet.height_mm)]
    width, height = (max(1, round(side)) for side in sides)
    ground = cv2.resize(piece.ground, (width, height), interpolation=cv2.INTER_AREA)
    return replace(piece, ground=np.asarray(ground, np.uint8), dpi=dpi)


def _stamp(inks: Cmyk, stamp: Stamp, plates: Plates) -> None:
    """Print a shape, in place; overprinting, it leaves plates alone on which it has nothing."""
    scale, bleed = np.array(plates.px_mm), plates.sheet.bleed_mm
    spread = max(stamp.layer.spread, 0.0) * float(scale.mean())
    left, top, right, bottom = np.asarray(stamp.layer.outline.bounds) * np.tile(scale, 2) + bleed * np.tile(scale, 2)
    height, width = inks.shape[:2]
    x0, y0 = max(0, int(left - spread) - 1), max(0, int(top - spread) - 1)
    x1, y1 = min(width, int(right + spread) + 2), min(height, int(bottom + spread) + 2)
    if x0 >= x1 or y0 >= y1:
        return
    vertices, contours = stamp.layer.outline.flattened(0.1 / float(scale.max()))
    share = rasterised((vertices + bleed) * scale - (x0, y0), contours, x1 - x0, y1 - y0, spread)
    for plate, ink in enumerate(stamp.inks):
        if stamp.overprints and ink == 0:
            continue
        under = inks[y0:y1, x0:x1, plate].astype(np.float32)
        inks[y0:y1, x0:x1, plate] = cv2.convertScaleAbs(under + share * (np.float32(255 * ink) - under))


def _trimmed(inks: Cmyk, plates: Plates, dpi: float) -> Cmyk:
    across, down = plates.px_mm
    x, y = round(plates.sheet.bleed_mm * across), round(plates.sheet.bleed_mm * down)
    width, height = (max(1, round(side / 25.4 * dpi)) for side in (plates.sheet.width_mm, plates.sheet.height_mm))
    return inks[y : y + height, x : x + width]


def _shape(plates: Plates, size: tuple[int, int]) -> np.ndarray | None:
    """What is left of a round sheet and around a hole: (H, W) from 0 to 1; None for a whole rectangle."""
    sheet, (height, width) = plates.sheet, size
    share = None
    for across_mm, outside in ((sheet.round_mm, True), (sheet.hole_mm or None, False)):
        if across_mm is not None:
            vertices, contours = circle(sheet, across_mm / 2).flattened(0.01)
            disc = rasterised(vertices * plates.px_mm, contours, width, height)
            share = (1 if share is None else share) * (disc if outside else 1 - disc)
    return share


def _fold(seen: Pixels, plates: Plates) -> None:
    """A dashed line of one pixel, in place; light on dark and dark on light."""
    for x_mm in plates.sheet.folds:
        x = min(seen.shape[1] - 1, round(x_mm * plates.px_mm[0]))
        dash = (np.arange(len(seen)) // max(2, round(2 * plates.px_mm[1]))) % 2 == 0
        column = seen[dash, x]
        line = np.where(column.mean(-1, keepdims=True) > _FOLD_GREY, 0, 255)
        seen[dash, x] = (column * 0.5 + line * 0.5).astype(np.uint8)
