"""From polygons to pixels: the exact area of each pixel that a shape covers.

Every edge is cut at pixel borders; each piece adds its signed height to the pixels on its right, and a
running sum along the row turns that into winding x area. The work is proportional to the length of the
outline, and only the box around the shape is touched. No library but NumPy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["rasterised", "signed_area"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MITRE = 2.0
"""Corners sharper than this multiple of the spread are blunted when a shape is emboldened."""


def rasterised(vertices: Floats, contours: Ints, width: int, height: int, spread: float = 0.0) -> NDArray[np.float32]:
    """Coverage of a shape on a grid of pixels.

    vertices:  (n, 2) in pixels, pixel (0, 0) being the square 0..1.
    contours:  (n,) contour number of each vertex, ascending; contours close themselves.
    spread:    distance in pixels by which every edge moves outwards.
    Returns (height, width) float32 from 0 to 1, by the non-zero winding rule.
    """
    page = np.zeros((height, width), np.float32)
    if not len(vertices) or not width or not height:
        return page
    edges = _edges(vertices, contours)
    sense = 1.0 if signed_area(vertices, contours) >= 0 else -1.0
    if spread:
        edges = _edges(*_spread(vertices, contours, spread * sense))
    left, top = np.floor(np.minimum(edges[:, :2], edges[:, 2:]).min(0)).astype(int)
    right, bottom = np.ceil(np.maximum(edges[:, :2], edges[:, 2:]).max(0)).astype(int)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if left >= right or top >= bottom:
        return page
    winding = _winding(edges - np.tile((left, top), 2), right - left, bottom - top)
    if spread:
        # Offsetting leaves small inside-out loops in tight corners and closed counters; they wind the other
        # way.
        np.multiply(winding, sense, out=winding)
        np.maximum(winding, 0.0, out=winding)
    else:
        np.abs(winding, out=winding)
    page[top:bottom, left:right] = np.minimum(winding, 1.0, out=winding)
    return page


def signed_area(vertices: Floats, contours: Ints) -> float:
    """Sum of the areas of all contours, positive when they run clockwise as seen (y down)."""
    if not len(vertices):
        return 0.0
    ahead = vertices[_next(contours)]
    return float(np.sum(vertices[:, 0] * ahead[:, 1] - ahead[:, 0] * vertices[:, 1])) / 2


def _edges(vertices: Floats, contours: Ints) -> Floats:
    """(n, 4) edges x0 y0 x1 y1 of closed contours."""
    following = _next(contours)
    return np.hstack([vertices, vertices[following]])


def _next(contours: Ints) -> Ints:
    """Index of the vertex after each vertex, round its contour."""
    n = len(contours)
    first = np.flatnonzero(np.r_[True, contours[1:] != contours[:-1]])
    following = np.arange(1, n + 1)
    following[np.r_[first[1:], n] - 1] = first
    return following


def _winding(edges: Floats, width: int, height: int) -> Floats:
    """(height, width) mean winding number of each pixel; edges in pixels, outside parts folded onto the
    border."""
    edges = edges[edges[:, 1] != edges[:, 3]]
    pieces = _cut(_clamped(_cut(edges, 1), width, height), 0)
    rise = pieces[:, 3] - pieces[:, 1]
    column = np.floor((pieces[:, 0] + pieces[:, 2]) / 2)
    row = np.floor((pieces[:, 1] + pieces[:, 3]) / 2)
    inside = (row >= 0) & (row < height)
    rise, row = rise[inside], row[inside].astype(np.int64)
    into = ((pieces[:, 0] + pieces[:, 2]) / 2 - column)[inside]
    column = column[inside]
    into = np.where(column >= width, 0.0, into)
    column = np.clip(column, 0, width).astype(np.int64)
    pitch = width + 2
    cell = row * pitch + column
    total: Floats = np.bincount(cell, rise * (into - 1), minlength=height * pitch).astype(np.float64, copy=False)
    total -= np.bincount(cell + 1, rise * into, minlength=height * pitch)
    # Minus, because y points down: a contour of positive area has its left edges rising against y.
    return np.cumsum(total.reshape(height, pitch), axis=1)[:, :width]


def _clamped(edges: Floats, width: int, height: int) -> Floats:
    """Edges beyond the sides folded onto them: what lies left of the page still fills the pixels to its
    right."""
    edges = edges[(np.maximum(edges[:, 1], edges[:, 3]) > 0) & (np.minimum(edges[:, 1], edges[:, 3]) < height)]
    outside = (edges[:, 0] < 0) | (edges[:, 2] < 0) | (edges[:, 0] > width) | (edges[:, 2] > width)
    if not outside.any():
        return edges
    parts = edges[outside]
    for border in (0.0, float(width)):
        parts = _halved(parts, border)
    parts[:, 0::2] = np.clip(parts[:, 0::2], 0.0, width)
    return np.vstack([edges[~outside], parts])


def _halved(edges: Floats, x: float) -> Floats:
    """Edges cut where they cross the vertical line at `x`."""
    crossing = (edges[:, 0] - x) * (edges[:, 2] - x) < 0
    cut = edges[crossing]
    t = (x - cut[:, 0]) / (cut[:, 2] - cut[:, 0])
    middle = np.column_stack([np.full(len(cut), x), cut[:, 1] + t * (cut[:, 3] - cut[:, 1])])
    return np.vstack([edges[~crossing], np.hstack([cut[:, :2], middle]), np.hstack([middle, cut[:, 2:]])])


def _cut(edges: Floats, axis: int) -> Floats:
    """Edges cut at every whole number of one axis, so that no piece straddles a pixel border of that axis."""
    a, b = edges[:, axis], edges[:, axis + 2]
    low, high = np.floor(np.minimum(a, b)), np.ceil(np.maximum(a, b))
    count = np.maximum(high - low, 1).astype(np.int64)
    single = count == 1
    if single.all():
        return edges
    many = edges[~single]
    count, low, high = count[~single], low[~single], high[~single]
    which = np.repeat(np.arange(len(many)), count)
    step = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    start, run = many[which, axis], (many[:, axis + 2] - many[:, axis])[which]
    forward = run > 0
    from_line = np.where(forward, low[which] + step, high[which] - step)
    t0 = np.clip((from_line - start) / run, 0, 1)
    t1 = np.clip((from_line + np.where(forward, 1, -1) - start) / run, 0, 1)
    origin, reach = many[which, :2], many[which, 2:] - many[which, :2]
    pieces = np.hstack([origin + reach * t0[:, None], origin + reach * t1[:, None]])
    return np.vstack([edges[single], pieces])


def _spread(vertices: Floats, contours: Ints, distance: float) -> tuple[Floats, Ints]:
    """Contours whose every edge is moved sideways by `distance` (positive is outwards for positive area, y
    down).

    The edges keep their full length and are joined by mitres on the outer side of a corner and through the
    corner itself on the inner side; what folds over winds backwards and is dropped by the caller. Reference:
    Chen and McMains 2005, "Polygon offsetting by computing winding numbers".
    """
    following = _next(contours)
    keep = np.any(vertices != vertices[following], axis=1)
    vertices, contours = vertices[keep], contours[keep]
    if not len(vertices):
        return vertices, contours
    following = _next(contours)
    along = vertices[following] - vertices
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    after = np.column_stack([along[:, 1], -along[:, 0]])
    before = np.empty_like(after)
    before[following] = after
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    cosine = np.sum(before * after, axis=1)
    outer = turn * distance >= 0
    reach = (before + after) / np.maximum(1 + cosine, 1e-9)[:, None]
    length = np.hypot(reach[:, 0], reach[:, 1])
    blunt = np.where(length > _MITRE, 1 / np.maximum(length, 1e-9), 1.0)
    corner = np.where(outer[:, None], vertices + distance * reach * blunt[:, None], vertices)
    joined = np.stack([vertices + distance * before, corner, vertices + distance * after], axis=1)
    return joined.reshape(-1, 2), np.repeat(contours, 3)
