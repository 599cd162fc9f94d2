"""How well an arranged cover sits on its picture: what it loses, counted in one currency, least is best.

    loss  =  2.5 x share of the looking that words and panels hide
          +  4   x share of a face that they hide
          +  1   x share of the looking that the crop cuts away
          +  4.5 x restlessness under words that stand on the bare picture
          +  1.5 x distance of what weighs from the middle, left to right
          +  0.5 x halvings of the leading name below a comfortable size

It is in nats: of two layouts that suit a record alike, one that loses 1 less is drawn e times as often. The weights
were set by eye (docs/log.md, 2026-11-26).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.design.layouts.layout import Plan
from duck_and_cover.design.layouts.seeing import CELLS, View
from duck_and_cover.design.shapes.outline import Box

__all__ = ["COMFORTABLE", "Loss", "loss"]

COMFORTABLE = 0.07
"""Em of a leading name that is read from a distance, cover units."""

_INK_WEIGHT = 1.6
"""How much a word's box weighs in the balance beside as much of the picture's looking, by area."""


@dataclass(frozen=True)
class Loss:
    """The six losses above, each weighed; `total` is their sum."""

    hidden: float
    faces: float
    cropped: float
    restless: float
    unbalanced: float
    small: float

    @property
    def total(self) -> float:
        return sum(astuple(self))


def loss(plan: Plan, view: View) -> Loss:
    """What a plan loses on the picture that `view` saw."""
    shown = _on_page(plan, view)
    words = [item.bounds for item in plan.texts]
    cover = np.zeros((CELLS, CELLS), bool)
    for box in plan.panels:
        cover[_cells(box)] = True
    bare = np.zeros((CELLS, CELLS), bool)
    for item, box in zip(plan.texts, words, strict=True):
        under = cv2.dilate(item.outline.coverage(CELLS), np.ones((3, 3), np.uint8)) > 0.05
        cover |= under
        if not plan.on_panel(box):
            bare |= under
    bare &= shown > 0
    lead = max((item.setting.size for item in plan.texts), default=COMFORTABLE)
    return Loss(
        2.5 * float(shown[cover].sum()),
        4.0 * _faces_hidden(plan, view, cover),
        1.0 * max(0.0, 1.0 - float(shown.sum())),
        4.5 * (float(view.detail[bare].mean()) if bare.any() else 0.0),
        1.5 * _imbalance(np.where(cover, 0.0, shown), words),
        0.5 * max(0.0, float(np.log2(COMFORTABLE / lead))),
    )


def _on_page(plan: Plan, view: View) -> NDArray[np.float64]:
    """(C, C) where the looking falls on the page; what a picture's crop cuts away is missing from its sum."""
    page = np.zeros((CELLS, CELLS))
    for box, outline in plan.pictures:
        left, top, right, bottom = box
        x, y = _source(box)
        at = (np.arange(CELLS) + 0.5) / CELLS
        columns = np.flatnonzero((at >= left) & (at < right))
        rows = np.flatnonzero((at >= top) & (at < bottom))
        if not len(columns) or not len(rows):
            continue
        from_x = (x[0] + (at[columns] - left) / (right - left) * (x[1] - x[0])) * CELLS
        from_y = (y[0] + (at[rows] - top) / (bottom - top) * (y[1] - y[0])) * CELLS
        taken = view.salience[np.ix_(from_y.astype(int).clip(0, CELLS - 1), from_x.astype(int).clip(0, CELLS - 1))]
        kept = float(view.salience[_cells((x[0], y[0], x[1], y[1]))].sum())
        part = taken / max(float(taken.sum()), 1e-9) * kept
        page[np.ix_(rows, columns)] = part * outline.coverage(CELLS)[np.ix_(rows, columns)] if outline else part
    return page


def _source(box: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Which part of a square picture a box shows: the middle, in the box's proportions."""
    aspect = (box[2] - box[0]) / (box[3] - box[1])
    wide, tall = min(1.0, aspect), min(1.0, 1 / aspect)
    return ((1 - wide) / 2, (1 + wide) / 2), ((1 - tall) / 2, (1 + tall) / 2)


def _faces_hidden(plan: Plan, view: View, cover: NDArray[np.bool_]) -> float:
    """The largest share of a face under words and panels."""
    worst = 0.0
    for face in view.faces:
        for box, _ in plan.pictures:
            (x0, x1), (y0, y1) = _source(box)
            wide, tall = (box[2] - box[0]) / (x1 - x0), (box[3] - box[1]) / (y1 - y0)
            on_page = (box[0] + (face[0] - x0) * wide, box[1] + (face[1] - y0) * tall,
                       box[0] + (face[2] - x0) * wide, box[1] + (face[3] - y0) * tall)  # fmt: skip
            under = cover[_cells(on_page)]
            worst = max(worst, float(under.mean()) if under.size else 0.0)
    return worst


def _imbalance(seen: NDArray[np.float64], words: list[Box]) -> float:
    """How far from the middle what weighs lies, 0 to 1, across the page."""
    at = (np.arange(CELLS) + 0.5) / CELLS - 0.5
    weight, moment = float(seen.sum()), float((seen.sum(0) * at).sum())
    for left, top, right, bottom in words:
        area = _INK_WEIGHT * (right - left) * (bottom - top)
        weight, moment = weight + area, moment + area * ((left + right) / 2 - 0.5)
    return 2 * abs(moment) / max(weight, 1e-6)


def _cells(box: Box) -> tuple[slice, slice]:
    """The cells of a box."""
    left, top, right, bottom = (min(max(v, 0.0), 1.0) * CELLS for v in box)
    return slice(int(top), max(int(np.ceil(bottom)), int(top))), slice(int(left), max(int(np.ceil(right)), int(left)))
