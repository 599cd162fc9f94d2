"""Formats: the sheets of a release, one row each, and who publishes their measures.

Plants differ by a millimetre or two; a row is what most of them print from, and `Sheet` can be made with other numbers.
All have 3 mm of bleed. A jacket of twelve inches is one flat sheet, back, spine and front side by side, because that is
how it is printed, cut and glued: only so do the colours of the spine meet those of its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from duck_and_cover.design.pieces.sheet import Panel, Sheet
from duck_and_cover.errors import UnknownChoice

__all__ = ["SHEETS", "sheet_named"]

_INCH = 25.4
_SPINE_CD, _SPINE_LP, _LP, _SEVEN = 6.5, 3.0, 315.0, 184.0
_FLAP, _SPINE_MC, _FRONT_MC, _TALL_MC = 16.0, 0.5 * _INCH, 65.0, 4 * _INCH


def _square(name: str, side: float, panel: str, source: str) -> Sheet:
    return Sheet(name, side, side, (Panel(panel, 0, 0, side, side),), source=source)


def _disc(name: str, across: float, hole: float, source: str) -> Sheet:
    return Sheet(name, across, across, (Panel("label", 0, 0, across, across),), round_mm=across, hole_mm=hole,
                 source=source)  # fmt: skip


_ROWS = (
    _square("cd-front", 120.0, "front",
            "dualplover.com: single card of 120 x 120 mm, 126 x 126 mm with bleed"),
    Sheet(
        "cd-tray", 150.0, 118.0,
        (
            Panel("left spine", 0, 0, _SPINE_CD, 118, 90, safe_mm=1.0),
            Panel("back", _SPINE_CD, 0, 150 - 2 * _SPINE_CD, 118),
            Panel("right spine", 150 - _SPINE_CD, 0, _SPINE_CD, 118, 90, safe_mm=1.0),
        ),
        folds=(_SPINE_CD, 150 - _SPINE_CD),
        source="jewel box inlay: 150 x 118 mm with two spines of 6.5 mm; sfsart.com: 5.4375 in + 2 x 0.25 in",
    ),
    _disc("cd-label", 118.0, 23.0, "IEC 60908 disc of 120 mm; plants print 23 to 118 mm, clear of the stacking ring"),
    Sheet(
        "lp-jacket", 2 * _LP + _SPINE_LP, _LP,
        (
            Panel("back", 0, 0, _LP, _LP),
            Panel("spine", _LP, 0, _SPINE_LP, _LP, 90, safe_mm=0.4),
            Panel("front", _LP + _SPINE_LP, 0, _LP, _LP),
        ),
        folds=(_LP, _LP + _SPINE_LP), safe_mm=5.0,
        source="European 12-inch jackets: panels of 315 mm, spine of 3 mm; madegooddesigns.com: 12.375 in",
    ),
    _square("7-inch-front", _SEVEN, "front", "7-inch sleeves: 7.25 in, 184 mm"),
    _square("7-inch-back", _SEVEN, "back", "7-inch sleeves: 7.25 in, 184 mm"),
    _disc("lp-label", 100.0, 7.24, "IEC 60098: hole of 7.24 mm; plants print labels of 100 mm"),
    Sheet(
        "j-card", _FLAP + _SPINE_MC + _FRONT_MC, _TALL_MC,
        (
            Panel("flap", 0, 0, _FLAP, _TALL_MC, 90),
            Panel("spine", _FLAP, 0, _SPINE_MC, _TALL_MC, 90),
            Panel("front", _FLAP + _SPINE_MC, 0, _FRONT_MC, _TALL_MC),
        ),
        folds=(_FLAP, _FLAP + _SPINE_MC),
        source="cassette J-card: 4 in high, front of 65 mm, spine of 0.5 in, flap of 16 mm",
    ),
)  # fmt: skip

SHEETS: Mapping[str, Sheet] = MappingProxyType({row.name: row for row in _ROWS})
"""Every sheet by its name."""


def sheet_named(name: str) -> Sheet:
    """The sheet of that name; raises `UnknownChoice`, which names the nearest ones."""
    if name not in SHEETS:
        raise UnknownChoice("sheet", name, SHEETS)
    return SHEETS[name]
