"""The priors as a picture: for every family and decade the sheet that one would expect, in SVG.

Each cell is a small sleeve: the typical palettes that are commoner there than anywhere, a band each, their colours as
wide as their share, and two strips where the artist and the title would stand, as high as they are set there. Cells
that few covers speak for look like their parents.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import format_hex, into_gamut
from duck_and_cover.dataset.priors.learn import as_shares
from duck_and_cover.errors import CannotWrite, Failure

__all__ = ["draw_chart"]

CELL, GAP, HEAD, SIDE = 92, 12, 46, 118
DECADES = tuple(range(1950, 2030, 10))
FEWEST = 40
"""Families of fewer covers are left out of the picture."""

_BANDS = 4


def draw_chart(priors: Path, target: Path) -> None:
    """Draw a priors file as `duckcover dataset priors` writes it. Raises `CannotWrite`."""
    told = json.loads(priors.read_text("utf-8"))
    if "palettes" not in told:
        raise Failure(f"{priors}: nothing to draw; palettes told no more than the mean of all covers and were dropped")
    families = sorted(told["families"], key=lambda name: -told["families"][name])
    families = [name for name in families if told["families"][name] >= FEWEST] or families[:1]
    width, height = SIDE + len(DECADES) * (CELL + GAP), HEAD + len(families) * (CELL + GAP)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
             f'<rect width="{width}" height="{height}" fill="#f7f4ee"/>']  # fmt: skip
    for column, decade in enumerate(DECADES):
        x = SIDE + column * (CELL + GAP) + CELL / 2
        parts.append(f'<text x="{x}" y="26" text-anchor="middle" font-size="15" fill="#6b675f">{decade}s</text>')
    for row, family in enumerate(families):
        y = HEAD + row * (CELL + GAP)
        parts.append(f'<text x="{SIDE - 14}" y="{y + CELL / 2}" text-anchor="end" font-size="16" fill="#1c1b19">'
                     f"{html.escape(family)}</text>"
                     f'<text x="{SIDE - 14}" y="{y + CELL / 2 + 17}" text-anchor="end" font-size="11" fill="#8c877d">'
                     f'{told["families"][family]:,} covers</text>')  # fmt: skip
        for column, decade in enumerate(DECADES):
            parts.append(_cell(told, family, decade, SIDE + column * (CELL + GAP), y))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join([*parts, "</svg>"]) + "\n", "utf-8")
    except OSError as error:
        raise CannotWrite(f"{target}: cannot be written ({error.strerror or error})") from error


def _cell(told: Mapping[str, Any], family: str, decade: int, x: float, y: float) -> str:
    statistics = told["statistics"]
    shares = as_shares(_expected(statistics["palette"], family, decade))
    lift = shares / as_shares(np.array(statistics["palette"]["all"]))
    chosen = sorted(np.argsort(-(lift * shares**0.3))[:_BANDS].tolist())
    words = ", ".join(f"{shares[i]:.1%} like palette {i + 1}" for i in chosen)
    parts, top = [f"<g><title>{html.escape(family)}, {decade}s: {words}</title>"], y
    high = CELL / len(chosen)
    for index in chosen:
        left = x
        for *lab, share in told["palettes"][index]:
            wide = CELL * share + 0.3
            parts.append(f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high + 0.3:.1f}" '
                         f'fill="{format_hex(into_gamut(lab))}"/>')  # fmt: skip
            left += CELL * share
        top += high
    for name, colour in (("artist", "#f7f4ee"), ("title", "#1c1b19")):
        parts.append(_strip(statistics, name, colour, family, decade, x, y))
    return "".join([*parts, "</g>"])


def _strip(statistics: Mapping[str, Any], name: str, colour: str, family: str, decade: int, x: float, y: float) -> str:
    height = _number(statistics, f"{name} height", family, decade, 0.10)
    places = statistics.get(f"{name} place")
    third = 0 if name == "artist" else 2
    if places is not None:
        shares = as_shares(_expected(places, family, decade)).reshape(3, 3).sum(1)
        third = int(np.argmax(shares)) if name == "artist" else third
    high = CELL * height
    top = y + CELL * (0.08 if third == 0 else 0.92 - height if third == 2 else 0.5 - height / 2)
    return (f'<rect x="{x + CELL * 0.14:.1f}" y="{top:.1f}" width="{CELL * 0.72:.1f}" height="{high:.1f}" '
            f'fill="{colour}" opacity="0.86"/>')  # fmt: skip


def _expected(table: Mapping[str, Any], family: str, decade: int) -> NDArray[np.float64]:
    value = np.array(table["all"], np.float64)
    for group, key in (("family", family), ("decade", str(decade)), ("both", f"{family} {decade}")):
        if (effect := table[group].get(key)) is not None:
            value += np.array(effect)
    return value


def _number(statistics: Mapping[str, Any], name: str, family: str, decade: int, otherwise: float) -> float:
    return float(_expected(statistics[name], family, decade)[0]) if name in statistics else otherwise
