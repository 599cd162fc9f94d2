"""Every typeface's specimen as an SVG path: the words of the record in each, so that one chooses by looking."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

__all__ = ["specimens"]

MOST_CHARACTERS = 24
EM = 100.0
"""Units of a path to an em of the specimen's box height."""


def specimens(text: str) -> dict[str, Any]:
    """Typeface -> {path, width, height}, 100 to the height of a line; faces that lack a character are left out.

    text:  what is set; cut at a word to 24 characters. "" sets each face's own name.
    """
    from duck_and_cover.design.axes import names
    from duck_and_cover.design.type.faces import face
    from duck_and_cover.design.type.typography import cased, fit
    from duck_and_cover.errors import BadInput

    words = " ".join(text.split())
    if len(words) > MOST_CHARACTERS:
        words = words[:MOST_CHARACTERS].rsplit(" ", 1)[0]
    out: dict[str, Any] = {}
    for id in names("type"):
        one = face(id)
        with suppress(BadInput):  # MissingGlyphs, DoesNotFit
            setting = fit(
                cased(words or one.family, one.case), one, 8.0, 0.82, max_lines=1, max_size=0.82, min_size=0.05
            )
            left, top, right, bottom = setting.outline.bounds
            shape = setting.outline.moved(-left, -top)
            out[id] = {
                "path": shape.svg_path(EM, 1),
                "width": round((right - left) * EM, 1),
                "height": round((bottom - top) * EM, 1),
            }
    return out
