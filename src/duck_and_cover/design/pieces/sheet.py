"""Sheets and pieces: a sheet says where paper is cut and folded, a piece what is printed on it. All in millimetres from
the upper left corner of the trim, y downwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from duck_and_cover.cover import Pixels
from duck_and_cover.design.compose import Words

__all__ = ["Panel", "Piece", "Sheet"]


@dataclass(frozen=True)
class Panel:
    """A part of a sheet that is looked at by itself: a front, a spine, a flap.

    turn:  degrees clockwise by which its words are turned; 90 reads from top to bottom.
    safe_mm:  words keep so far from its long sides where it is too narrow for the sheet's measure: spines. None keeps
              the sheet's.
    """

    name: str
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    turn: Literal[0, 90, 270] = 0
    safe_mm: float | None = None

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom, mm."""
        return (self.x_mm, self.y_mm, self.x_mm + self.width_mm, self.y_mm + self.height_mm)


@dataclass(frozen=True)
class Sheet:
    """A printed sheet: its trim, bleed and panels.

    folds:      x of vertical folds, mm.
    round_mm:   diameter of a round trim about the middle; None for the rectangle.
    hole_mm:    diameter of a hole in the middle that is not printed, 0 for none.
    bleed_mm:   how far the ground reaches beyond the trim on all sides.
    safe_mm:    words keep so far from trim and folds.
    source:     who publishes these measures.
    """

    name: str
    width_mm: float
    height_mm: float
    panels: tuple[Panel, ...]
    folds: tuple[float, ...] = ()
    round_mm: float | None = None
    hole_mm: float = 0.0
    bleed_mm: float = 3.0
    safe_mm: float = 3.0
    source: str = ""

    def panel(self, name: str) -> Panel:
        """The panel of that name."""
        return next(panel for panel in self.panels if panel.name == name)

    def px(self, dpi: float = 300.0) -> tuple[int, int]:
        """Width and height of trim and bleed together, px."""
        return (round((self.width_mm + 2 * self.bleed_mm) / 25.4 * dpi),
                round((self.height_mm + 2 * self.bleed_mm) / 25.4 * dpi))  # fmt: skip


@dataclass(frozen=True, eq=False)
class Piece:
    """A sheet ready for the press.

    ground:  uint8 (H, W, 3) sRGB, the trim and its bleed at `dpi`, without words.
    words:   what is printed on it last; their outlines and spreads in millimetres.
    """

    sheet: Sheet
    ground: Pixels = field(repr=False)
    words: tuple[Words, ...] = field(repr=False)
    dpi: float = 300.0
    report: Mapping[str, Any] = field(default_factory=dict)
