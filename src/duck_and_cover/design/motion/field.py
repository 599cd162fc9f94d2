"""Art that moves: a picture sampled anew for every moment of a loop, on a small grid, for a finish to draw.

h w   the art as it came        H W   the grid of a box, `GRID` cells to the cover unit and a rim that finishes trim off
u v   cover units from the middle of the box that the front gives the picture
time  0 to 1, one loop
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np

from duck_and_cover.design.finish import prepare
from duck_and_cover.design.motion.moves import Move, Wave
from duck_and_cover.design.shapes.outline import Box
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["GRID", "RIM", "Field", "Veil"]


Veil = Callable[[Floats, Floats], tuple[Floats, Floats]]

GRID = 216
"""Cells to the cover unit; finishes find their shapes on fewer."""

RIM = 28
"""A finish trims a thirtieth off each side (`finish.prepare.trimmed`): so much of the box is added for it."""

_NEARER = 1.25
"""How much nearer the art is than on the front where the box is taller than there; a little of it gives way at the
sides for what the added height needs."""

_LEEWAY = 1.08
"""The same where the box is as on the front: room for the path."""

_DEEP = 0.56
"""How far from its middle the art is shown at head and foot, share of its height; beyond 0.5 it is seen mirrored."""

_FAR = 0.25
"""Least rate at which art passes at head and foot beside the middle: there it is drawn out, up to four times."""

_LOOKS = 16
"""At how many moments it is looked at how busy the art is."""

_LARGEST = 512
"""Longest side at which art is read, px."""


@dataclass(frozen=True, eq=False)
class Field:
    """The art of one picture box through a loop.

    art:    (h, w, 3) sRGB 0 to 1.
    box:    of the picture on the upright frame; `own`: on the front. Cover units.
    veil:   how it is calmed beneath words: takes x and y of cells on the frame, cover units, and gives what stays of
            the art there, (H, W, 1), and what is added, (H, W, 3). None calms nothing.
    mirror: whether the finish makes the picture face itself: both halves are then made alike here, lest it choose
            now one and now the other.
    """

    art: Floats
    box: Box
    own: Box
    move: Move
    mirror: bool = False
    veil: Veil | None = None
    _calm: tuple[Floats, Floats] | None = field(init=False, repr=False, default=None)
    _maps: tuple[Floats, ...] = field(init=False, repr=False)
    _restless: float = field(init=False, repr=False, default=0.0)

    def __post_init__(self) -> None:
        art = self.art
        longest = max(art.shape[:2])
        if longest > _LARGEST:
            size = tuple(round(n * _LARGEST / longest) for n in art.shape[1::-1])
            art = cv2.resize(art, size, interpolation=cv2.INTER_AREA)
        object.__setattr__(self, "art", np.ascontiguousarray(art, np.float32))
        left, top, _, _ = self.box
        columns, rows = self.inner
        rim_x, rim_y = self._rims
        x = (np.arange(columns + 2 * rim_x, dtype=np.float32) + np.float32(0.5 - rim_x)) / GRID + left - self._middle[0]
        y = (np.arange(rows + 2 * rim_y, dtype=np.float32) + np.float32(0.5 - rim_y)) / GRID + top - self._middle[1]
        u, v = np.meshgrid(x, y)
        still = self._sampled(u, v)
        light = cv2.GaussianBlur(still.mean(2), (0, 0), 0.05 * GRID)
        low, high = np.percentile(light, (5, 95))
        deep = np.clip((light - low) / max(float(high - low), 0.05), 0, 1)
        object.__setattr__(self, "_maps", (u, v, np.asarray(deep, np.float32)))
        object.__setattr__(self, "_calm", self.veil(*self.places) if self.veil else None)
        found = [_restlessness(self._moved(k / _LOOKS)) for k in range(_LOOKS)]
        object.__setattr__(self, "_restless", 1.004 * max(found))

    @property
    def inner(self) -> tuple[int, int]:
        """Columns and rows of the grid without its rim."""
        left, top, right, bottom = self.box
        return max(32, round((right - left) * GRID)), max(32, round((bottom - top) * GRID))

    @property
    def _rims(self) -> tuple[int, int]:
        columns, rows = self.inner
        return -(-columns // RIM), -(-rows // RIM)

    @property
    def _middle(self) -> tuple[float, float]:
        left, top, right, bottom = self.own
        return (left + right) / 2, (top + bottom) / 2

    @property
    def places(self) -> tuple[Floats, Floats]:
        """Where the cells stand on the frame, cover units: x and y, (H, W) each."""
        u, v, _ = self._maps
        return u + np.float32(self._middle[0]), v + np.float32(self._middle[1])

    def at(self, time: float) -> Floats:
        """(H, W, 3) sRGB 0 to 1: the art at a moment of the loop.

        A finish melts art the more the busier it is, in whole steps: a busyness that changed through the loop would be
        seen as a jump. So each moment gets as much of a fine check, which the finish melts away, as makes it as busy
        as the busiest one.
        """
        out = self._moved(time)
        h, w = out.shape[:2]
        check = (np.indices((h, w)).sum(0) % 2 * 2 - 1).astype(np.float32)[..., None]
        low, high = 0.0, 0.25
        for _ in range(12):
            middle = (low + high) / 2
            low, high = (low, middle) if _restlessness(out + check * np.float32(middle)) > self._restless else (
                middle, high)  # fmt: skip
        return out + check * np.float32(low)

    @cached_property
    def still(self) -> Floats:
        """(H, W, 3) the art at rest, calmed beneath words."""
        u, v, _ = self._maps
        return self._calmed(self._sampled(u, v))

    def shifts(self, time: float) -> Floats:
        """(H, W, 2) from where, beside itself, each cell shows the art at a moment; cover units, x and y."""
        u, v, _ = self._maps
        x, y = self._places_at(time)
        return np.stack([x - u, y - v], axis=2)

    def _moved(self, time: float) -> Floats:
        out = self._sampled(*self._places_at(time))
        for wave in self.move.tide:
            tone = out.mean(2, keepdims=True)
            out = out + self._wave(wave, time)[..., None] * (1.1 - np.abs(2 * tone - 1))
        for wave in self.move.tint:
            out = out + self._wave(wave, time)[..., None] * self._axis
        out = self._calmed(out)
        if self.mirror:
            half = out.shape[1] // 2
            out[:, -half:] = out[:, :half][:, ::-1]
        return out

    def _calmed(self, art: Floats) -> Floats:
        if self._calm is not None:
            art = art * self._calm[0] + self._calm[1]
        return np.clip(art, 0, 1).astype(np.float32)

    def _places_at(self, time: float) -> tuple[Floats, Floats]:
        """Where each cell reads the art, cover units from the middle."""
        u, v, deep = self._maps
        move, round_ = self.move, 2 * np.pi * time
        along, aside = np.cos(round_ + move.start) * move.drift[0], np.sin(round_ + move.start) * move.drift[1]
        c, s = np.cos(move.turn), np.sin(move.turn)
        path = (np.float32(c * along - s * aside), np.float32(s * along + c * aside))
        share = np.float32(1 - move.depth) + np.float32(2 * move.depth) * deep if move.depth else np.float32(1)
        nearer = np.float32(1 / (1 + move.zoom * 0.5 * (1 - np.cos(round_))))
        x, y = u * nearer + path[0] * share, v * nearer + path[1] * share
        for wave in move.flow:
            height = self._wave(wave, time)
            length = np.hypot(wave.kx, wave.ky)
            x += height * np.float32(-wave.ky / length)
            y += height * np.float32(wave.kx / length)
        return x, y

    def _wave(self, wave: Wave, time: float) -> Floats:
        u, v, _ = self._maps
        turn = 2 * np.pi
        phase = u * np.float32(turn * wave.kx)
        phase += v * np.float32(turn * wave.ky)
        phase += np.float32(wave.phase - turn * wave.turns * time)
        return np.asarray(np.sin(phase) * np.float32(wave.reach), np.float32)

    @property
    def _axis(self) -> Floats:
        """(3,) the art's main direction of colour at even light, of length 1."""
        flat = self.art.reshape(-1, 3)
        hue = flat - flat.mean(1, keepdims=True)
        hue = hue - hue.mean(0)
        _, vectors = np.linalg.eigh(hue.T @ hue / len(hue) + 1e-6 * np.diag([1.0, 0.5, 0.8]))
        axis = vectors[:, -1] - vectors[:, -1].mean()
        return (axis / (np.linalg.norm(axis) + 1e-6)).astype(np.float32)

    def _sampled(self, u: Floats, v: Floats) -> Floats:
        """The art at places given from the middle of the front's box."""
        left, top, right, bottom = self.own
        wide, tall = right - left, bottom - top
        h, w = self.art.shape[:2]
        crop_w = min(w, h * wide / tall)  # px of the art across the front's box: its middle is shown there
        added = (self.box[3] - self.box[1]) / tall
        nearer = _LEEWAY + (_NEARER - _LEEWAY) * float(np.clip((added - 1) / 0.5, 0, 1))
        rate = crop_w / wide / nearer
        x = u * np.float32(rate) + np.float32((w - 1) / 2)
        y = np.empty_like(v)
        for sign, reach in ((1, self.box[3] - (top + bottom) / 2), (-1, (top + bottom) / 2 - self.box[1])):
            side = v * sign > 0
            y[side] = sign * _drawn_out(v[side] * sign, reach * rate / h, reach) * h
        y[v == 0] = 0
        y += np.float32((h - 1) / 2)
        return np.asarray(cv2.remap(self.art, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), np.float32)


def _restlessness(art: Floats) -> float:
    """As a finish will find it."""
    return prepare.restlessness(prepare.trimmed(art))


def _drawn_out(away: Floats, wanted: float, reach: float) -> Floats:
    """How far from its middle the art is read, share of its height, at distances from the middle of a box.

    wanted: how far at the end of the box if it went on evenly; where the art ends before, it is drawn out smoothly.
    reach:  distance of that end.
    """
    rate = wanted / reach
    if wanted <= _DEEP:
        return away * np.float32(rate)
    even = max(0.0, (_DEEP - 0.5 * (1 + _FAR) * wanted) / (0.5 * (1 - _FAR) * rate))  # so far at the full rate
    last = max(_FAR, 2 * (_DEEP - rate * even) / (rate * (reach - even)) - 1)
    on = np.clip((away - even) / (reach - even), 0, None)
    slower = np.minimum(on, 1)
    beyond = np.maximum(on - 1, 0) * last
    run = (slower - 0.5 * (1 - last) * slower**2 + beyond) * (reach - even)
    return (rate * (np.minimum(away, even) + run)).astype(np.float32)
