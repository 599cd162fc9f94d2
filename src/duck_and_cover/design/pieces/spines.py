"""Spines: artist and title in one line from top to bottom, the catalogue number at the foot, on a flat colour."""

from __future__ import annotations

from duck_and_cover.design.pieces.letters import LEAST_PT, PT_MM, Text, Voice, lined, scaled_down, voices
from duck_and_cover.design.pieces.matter import Matter
from duck_and_cover.design.pieces.pasteup import Pasteup
from duck_and_cover.design.pieces.sheet import Panel
from duck_and_cover.design.shapes.outline import Box
from duck_and_cover.design.type.writing import base_level

__all__ = ["spine"]

_CAPITALS = 0.5
"""How much of a spine's free width capitals take at most."""

_MOST_PT = 14.0
_NARROW_MM = 5.0
"""On spines narrower than this only the quiet voice is read."""

_GAP = 1.6
"""White between the names and between them and the number, em."""


def spine(paste: Pasteup, panel: Panel, matter: Matter) -> bool:
    """Print a spine's words on the ground that is there already.

    Returns whether all found room: a name that is too long for a spine is left to the other sides, never cut.
    """
    safe = panel.safe_mm if panel.safe_mm is not None else paste.sheet.safe_mm
    inset = paste.sheet.safe_mm
    length, room = panel.height_mm - 2 * inset, panel.width_mm - 2 * safe
    lead, quiet = voices(paste.style)
    bold = Voice(quiet.face, quiet.face.weights[-1])
    box: Box = (panel.x_mm, panel.y_mm + inset, panel.x_mm + panel.width_mm, panel.y_mm + panel.height_mm - inset)
    both = tuple(filter(None, (matter.artist, matter.title)))
    for names in dict.fromkeys((both, both[1:], both[:1])):
        for first in (lead, bold) if panel.width_mm >= _NARROW_MM else (bold,):
            texts = _set(names, matter.catalogue, (first, quiet), length, room)
            if texts is not None:
                turned = [text.moved(0.0, panel.width_mm / 2).turned(box, panel.turn) for text in texts]
                paste.type(turned, within=panel.box)
                return names == both
    return False


def _set(names: tuple[str, ...], catalogue: str, pair: tuple[Voice, Voice], length: float,
         room: float) -> list[Text] | None:  # fmt: skip
    """Words on a strip from x = 0, capitals about y = 0, mm; None where they do not fit."""
    leftward = bool(names and base_level(names[0]))
    for size in scaled_down(_MOST_PT, LEAST_PT):
        gap = _GAP * size * PT_MM
        parts = [lined(text, pair[min(i, 1)], size, tone="plain" if i else "loud", name="spine")
                 for i, text in enumerate(names)]  # fmt: skip
        number = [lined(catalogue, pair[1], max(LEAST_PT, 0.8 * size), name="catalogue")] if catalogue else []
        every = parts + number
        if not every:
            return []
        whole = sum(part.bounds[2] for part in every) + (len(every) - 1) * gap
        tall, deep = max(-part.bounds[1] for part in every), max(part.bounds[3] for part in every)
        shift = min(tall / 2, room / 2 - deep)
        if whole > length or (size > LEAST_PT and tall > _CAPITALS * room) or tall + deep > room:
            continue
        pen = 0.0
        for i, part in enumerate(parts[::-1] if leftward else parts):
            parts[-1 - i if leftward else i] = part.moved(pen, shift)
            pen += part.bounds[2] + gap
        return parts + [part.moved(length - part.bounds[2], shift) for part in number]
    return None
