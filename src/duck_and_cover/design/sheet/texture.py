"""Seeded noise, paper, dry ink and grain, all defined on the cover and not on the pixel grid.

One cover unit is the side of the square front. Every field here lives on a fixed lattice that repeats after
one cover unit; asking for more pixels reads the same lattice more finely and asking for fewer averages it,
so a 768 px preview is the 3000 px export made small. The finest lattice is `FINEST` cells to the unit (two
pixels at 3000).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["fbm", "grain", "misregistration", "mottle", "paper", "spread", "white"]

Floats = NDArray[Any]
"""A float32 array. OpenCV's stubs promise only "some number", so a narrower alias would only add casts."""

Bytes = NDArray[Any]
"""A uint8 array, for the same reason."""

FINEST = 1500
"""Cells of the finest lattice to one cover unit."""

FIELD = 512
"""Cells of the lattice on which slow noise is summed."""

_STOCK = 3
"""How many different sheets and grains exist; a seed picks one and a place on it."""


@lru_cache(maxsize=4)
def white(seed: int, cells: int) -> Floats:
    """Normal noise, `(cells, cells)`, mean 0 and deviation 1. Kept in memory, so do not write into it."""
    field = np.random.default_rng(seed).standard_normal((cells, cells), dtype=np.float32)
    field.setflags(write=False)
    return field


@lru_cache(maxsize=24)
def fbm(seed: int, cells: int, octaves: int = 4, gain: float = 0.5) -> Floats:
    """Fractal noise `(FIELD, FIELD)` that repeats after one cover unit, mean 0 and deviation 1.

    cells: lumps to the cover unit in the first octave; each octave doubles them and is `gain` as strong.
    """
    total = np.zeros((FIELD, FIELD), np.float32)
    for octave in range(octaves):
        n = min(cells << octave, FIELD)
        lattice = np.random.default_rng((seed, octave)).standard_normal((n, n), dtype=np.float32)
        pad = 3
        step = -(-FIELD // n)
        wide = cv2.resize(np.pad(lattice, pad, mode="wrap"), None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)[
            pad * step : -pad * step, pad * step : -pad * step
        ]
        if step * n != FIELD:
            wide = cv2.resize(wide, (FIELD, FIELD), interpolation=cv2.INTER_AREA)
        total += np.float32(gain**octave) * wide
    total -= total.mean()
    total /= total.std() + 1e-6
    total.setflags(write=False)
    return total


def spread(field: Floats, width_px: int, height_px: int, px_per_cover: float) -> Floats:
    """A field of one cover unit, laid from the top left corner over a box and repeated where the box is
    longer."""
    side = max(1, round(px_per_cover))
    if width_px > side or height_px > side:
        tiles = (-(-height_px // side), -(-width_px // side))
        return np.tile(_stretch(field, side, side), tiles)[:height_px, :width_px]
    cells = field.shape[0]
    wide = min(cells, -(-width_px * cells // side))
    tall = min(cells, -(-height_px * cells // side))
    part = _stretch(field[:tall, :wide], round(wide * side / cells), round(tall * side / cells))
    return (
        part[:height_px, :width_px]
        if part.shape[0] >= height_px and part.shape[1] >= width_px
        else _stretch(part, width_px, height_px)
    )


def _stretch(field: Floats, width_px: int, height_px: int) -> Floats:
    if field.shape == (height_px, width_px):
        return np.array(field)
    smaller = field.shape[1] > width_px
    way = cv2.INTER_AREA if smaller else (cv2.INTER_LINEAR if field.shape[0] > 1000 else cv2.INTER_CUBIC)
    return np.asarray(cv2.resize(field, (width_px, height_px), interpolation=way))


@lru_cache(maxsize=6)
def _grain(number: int, size: float) -> Floats:
    field = white(7919 + number, FINEST)
    if size > 0:
        field = cv2.GaussianBlur(field, (0, 0), size, borderType=cv2.BORDER_REFLECT_101)
        field = field / field.std()
    field = np.asarray(field, np.float32)
    field.setflags(write=False)
    return field


def grain(seed: int, width_px: int, height_px: int, px_per_cover: float, size: float = 0.6) -> Floats:
    """Film or toner grain: normal noise, deviation 1 on its own lattice (and weaker where pixels are larger).

    size: radius of one grain in cells of 1/1500 cover unit.
    """
    field = np.roll(_grain(seed % _STOCK, size), ((seed * 131) % FINEST, (seed * 373) % FINEST), (0, 1))
    return spread(field, width_px, height_px, px_per_cover)


@lru_cache(maxsize=3)
def _sheet(number: int) -> Floats:
    """Flock, fibres both ways and slow clouding, on the finest lattice; deviation about 1."""
    base = white(104729 + number, FINEST)
    flock = cv2.GaussianBlur(base, (0, 0), 0.8)
    along = cv2.GaussianBlur(base[::-1], (0, 0), sigmaX=4.0, sigmaY=0.5)
    across = cv2.GaussianBlur(base[:, ::-1], (0, 0), sigmaX=0.5, sigmaY=5.0)
    cloud = cv2.resize(fbm(31 + number, 3, 6, 0.62), (FINEST, FINEST), interpolation=cv2.INTER_LINEAR)
    sheet = 0.55 * flock / flock.std() + 0.4 * along / along.std() + 0.3 * across / across.std() + 0.75 * cloud
    sheet = (sheet / sheet.std()).astype(np.float32)
    sheet.setflags(write=False)
    return sheet


def paper(seed: int, width_px: int, height_px: int, px_per_cover: float, amount: float = 1.0) -> Floats:
    """How much light the bare sheet gives back at each point: a factor close to 1, deviation 0.022 times
    `amount`."""
    field = np.roll(_sheet(seed % _STOCK), ((seed * 263) % FINEST, (seed * 701) % FINEST), (0, 1))
    field = spread(field, width_px, height_px, px_per_cover)
    field *= np.float32(0.022 * amount)
    field += np.float32(1.0)
    return field


@lru_cache(maxsize=3)
def _holes(number: int) -> Floats:
    base = cv2.GaussianBlur(white(15485863 + number, FINEST), (0, 0), 0.9)
    cloud = cv2.resize(fbm(57 + number, 6, 5, 0.7), (FINEST, FINEST), interpolation=cv2.INTER_LINEAR)
    return np.asarray(0.8 * base / base.std() + 0.75 * cloud, np.float32)


@lru_cache(maxsize=24)
def _took(number: int, amount: float) -> Bytes:
    field = np.clip(_holes(number) * 1.4 + 1.4 * (3.4 - 2.4 * amount), 0, 1)
    return np.rint(field * 255).astype(np.uint8)


def mottle(seed: int, width_px: int, height_px: int, px_per_cover: float, amount: float = 0.5) -> Bytes:
    """Where the ink took to the paper, uint8, 0 bare to 255 solid: mostly solid, with pinholes in clouds.

    amount: 0 prints solid, 1 looks rolled on with too little ink.
    """
    field = np.roll(_took(seed % _STOCK, round(amount, 2)), ((seed * 977) % FINEST, (seed * 613) % FINEST), (0, 1))
    return spread(field, width_px, height_px, px_per_cover)


def misregistration(seed: int, inks: int, reach: float) -> tuple[tuple[float, float], ...]:
    """Where each printing plate landed, `(dx, dy)` in cover units, at most `reach` off; the first plate is
    the key.

    Neighbouring plates are pushed to different sides, as on a hand-fed press, so that the slip can be seen.
    """
    rng = np.random.default_rng((seed, 41))
    turn = rng.uniform(0, 2 * np.pi)
    shifts = [(0.0, 0.0)]
    for i in range(1, inks):
        angle, far = turn + 2.4 * i + rng.uniform(-0.4, 0.4), reach * rng.uniform(0.6, 1.0)
        shifts.append((float(far * np.cos(angle)), float(far * np.sin(angle))))
    return tuple(shifts[:inks])
