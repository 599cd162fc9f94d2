"""A moment of a loop drawn: the sheet, and on it each picture as the finish prints the art of that moment.

H W  pixels of a frame of any width; finishes think in cover units, so a narrow frame is a wide one made small
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.design.inks import ink
from duck_and_cover.design.motion.field import RIM, Field
from duck_and_cover.design.motion.stage import HEIGHT_PX, OVER, WIDTH_PX, Stage
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.sheet.texture import Floats
from duck_and_cover.design.style import Seeds, Style

__all__ = ["CARRIED", "Drawing", "Grain"]

Pixels = NDArray[np.uint8]

CARRIED = frozenset(("paint",))
"""Finishes whose marks belong to the picture and go with it; those of the others belong to the sheet and stay."""

_REACH = 0.1
"""How far beyond its box a carried picture is painted, cover units."""

_GRAINS: dict[str, float] = {"film": 0.9, "neon": 0.8}
"""Finishes with the grain of a film or a tube, and the size at which they draw it (`texture.grain`)."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """What draws the moments of a loop at one width. fields: the art of each window of the stage."""

    stage: Stage
    fields: tuple[Field, ...]
    style: Style
    seeds: Seeds
    width_px: int = WIDTH_PX
    _painted: dict[int, Pixels] = field(default_factory=dict, init=False, repr=False)

    @property
    def height_px(self) -> int:
        """Height of a frame."""
        return self.width_px * HEIGHT_PX // WIDTH_PX

    def at(self, time: float) -> Pixels:
        """(H, W, 3) uint8: a moment, 0 to 1, without marks and words."""
        side = self.width_px
        canvas = self._sheet.copy() if self.stage.bare else np.empty((self.height_px, side, 3), np.uint8)
        for number, (window, art) in enumerate(zip(self.stage.windows, self.fields, strict=True)):
            left, top, right, bottom = (round(v * side) for v in _down(window.box))
            if self.style.finish.name in CARRIED:
                done = self._carried(number, art, time, right - left, bottom - top)
            else:
                done = self._printed(art.at(time), right - left, bottom - top)
            part = canvas[top:bottom, left:right]
            if window.outline is None:
                part[:] = done
                continue
            box = (left / side, top / side - OVER, right / side, bottom / side - OVER)
            mask = window.outline.coverage(side, box)[..., None]
            part[:] = cv2.convertScaleAbs(part + mask * (done.astype(np.float32) - part))
        return canvas

    def prepare(self) -> None:
        """Draw what all moments share, so that several may be drawn side by side."""
        self.at(0.0)

    def _printed(self, art: Floats, width_px: int, height_px: int) -> Pixels:
        drawn = self.style.finish.draw(art, self.style.palette, width_px, height_px, float(self.width_px),
                                       self.seeds.finish)  # fmt: skip
        return np.asarray(cv2.convertScaleAbs(drawn, alpha=255), np.uint8)

    def _carried(self, number: int, art: Field, time: float, width_px: int, height_px: int) -> Pixels:
        """The picture painted once, wider than its box, and moved as a whole."""
        rim = round(_REACH * self.width_px)
        if number not in self._painted:
            left, top, right, bottom = art.box
            wide = replace(art, box=(left - _REACH, top - _REACH, right + _REACH, bottom + _REACH))
            self._painted[number] = self._printed(wide.still, width_px + 2 * rim, height_px + 2 * rim)
        shifts = art.shifts(time)
        down, across = (-(-n // RIM) for n in art.inner[::-1])
        shifts = shifts[down : len(shifts) - down, across : shifts.shape[1] - across]
        shifts = cv2.resize(shifts, (width_px, height_px), interpolation=cv2.INTER_LINEAR) * np.float32(self.width_px)
        shifts[..., 0] += np.arange(width_px, dtype=np.float32)[None] + np.float32(rim)
        shifts[..., 1] += np.arange(height_px, dtype=np.float32)[:, None] + np.float32(rim)
        return np.asarray(cv2.remap(self._painted[number], shifts, None, cv2.INTER_CUBIC,  # pyright: ignore
                                    borderMode=cv2.BORDER_REFLECT_101), np.uint8)  # fmt: skip

    @cached_property
    def _sheet(self) -> Pixels:
        """The bare frame in the layout's ground colour, with paper and grain as on the front."""
        tone, look, side = self.stage.plan.layout.ground, self.style.finish.ink, self.width_px
        box = (side, self.height_px, float(side))
        share = texture.paper(self.seeds.finish, *box, self.style.finish.paper)
        if tone != "paper":
            took = texture.mottle(self.seeds.finish + 9, *box, 0.5 * look.mottle)
            share *= 1 - 0.12 * (1 - took.astype(np.float32) / 255)
        if look.grain > 0:
            share += texture.grain(self.seeds.finish + 5, *box) * np.float32(look.grain)
        ground = ink.panel(tone, self.style.palette)
        planes = [cv2.convertScaleAbs(share, alpha=255 * ground[c]) for c in range(3)]
        return np.asarray(np.stack(planes, axis=2), np.uint8)


@dataclass(frozen=True, eq=False)
class Grain:
    """Film whose grain is new on every picture: what the finish put on is taken off and other grain laid on.

    laid: (H, W) the finish's own grain, deviation about 1.    strength: (H, W) how strongly it was laid on, 0 to 255.
    """

    laid: Floats = field(repr=False)
    strength: Floats = field(repr=False)
    seed: int

    @classmethod
    def of(cls, drawing: Drawing, picture: Pixels) -> Grain | None:
        """The grain of a picture drawn by a finish that has such; None for others.

        How strongly it was laid on is found by regression in each neighbourhood, of what is fine in the picture on what
        is fine in the grain.
        """
        size = _GRAINS.get(drawing.style.finish.name)
        if size is None:
            return None
        strength = np.zeros(picture.shape[:2], np.float32)
        laid = np.zeros_like(strength)
        for window in drawing.stage.windows:
            left, top, right, bottom = (round(v * drawing.width_px) for v in _down(window.box))
            box = (right - left, bottom - top, float(drawing.width_px))
            own = np.asarray(texture.grain(drawing.seeds.finish + 5, *box, size), np.float32)
            seen = picture[top:bottom, left:right].mean(2, dtype=np.float32)
            fine, grain = (each - cv2.GaussianBlur(each, (0, 0), 2.5) for each in (seen, own))
            reach = 0.03 * drawing.width_px
            with_, alone = (cv2.GaussianBlur(each, (0, 0), reach) for each in (fine * grain, grain * grain))
            strength[top:bottom, left:right] = np.clip(with_ / (alone + 1e-3), 0, 40)
            laid[top:bottom, left:right] = own
        return cls(laid, strength, drawing.seeds.finish)

    def on(self, canvas: Pixels, number: int) -> None:
        """Lay the grain of one picture on a canvas, in place; the same number gives the same grain."""
        rng = np.random.default_rng((self.seed, number, 91))
        h, w = self.laid.shape
        new = np.roll(self.laid, (int(rng.integers(h)), int(rng.integers(w))), (0, 1))
        change = (np.float32(_LIVELY) * new - self.laid) * self.strength
        for c in range(3):
            canvas[..., c] = cv2.add(canvas[..., c], change, dtype=cv2.CV_8U)


_LIVELY = 0.62
"""How strong grain that changes is beside grain that stands: the eye adds up a few pictures of it."""


def _down(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """A box from the front's cover units to those of the frame, from its head."""
    left, top, right, bottom = box
    return left, top + OVER, right, bottom + OVER
