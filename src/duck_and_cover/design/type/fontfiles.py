"""Font files as they lie in the package, and opened for shaping.

Each family is split into one .woff2 file per alphabet and weight. `fonts/fonts.lock.json` says which code
points each file covers, so choosing files needs no decoding; the chosen ones are unpacked in memory, once per
machine, and the result is kept in the user's cache folder under the hash of its source.
"""

# pyright: reportAttributeAccessIssue=false
# (uharfbuzz is a compiled module without type stubs)

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import uharfbuzz as hb
from fontTools.ttLib import TTFont

from duck_and_cover.design.shapes.outline import CLOSE, CUBIC, LINE, MOVE, QUAD, Outline

__all__ = ["FontFile", "OpenFont", "family_files", "ignorable", "manifest", "opened"]

CACHE_VARIABLE = "DUCKCOVER_CACHE"
_SFNT_STARTS = (b"\0\1\0\0", b"OTTO", b"true")


@dataclass(frozen=True)
class FontFile:
    """One file: a weight of a family for one alphabet.

    family:  folder name, such as 'oswald'.
    name:    file name inside that folder.
    weight:  100 to 900.
    covers:  code-point ranges in hexadecimal, 'A-B C'.
    """

    family: str
    name: str
    subset: str
    weight: int
    covers: str = field(repr=False)

    @cached_property
    def points(self) -> frozenset[int]:
        """The code points with a glyph in this file."""
        spans = (span.partition("-") for span in self.covers.split())
        return frozenset(p for a, _, b in spans for p in range(int(a, 16), int(b or a, 16) + 1))

    def has(self, cluster: str) -> bool:
        """Whether every visible character of a grapheme can be drawn from this file, whole or in its
        parts."""
        return all(
            ord(c) in self.points
            or ignorable(c)
            or (len(parts := unicodedata.normalize("NFD", c)) > 1 and all(ord(p) in self.points for p in parts))
            for c in cluster
        )


@dataclass(frozen=True, eq=False)
class OpenFont:
    """A font file ready for HarfBuzz, with its glyph outlines at 1 em (y down)."""

    font: hb.Font
    upem: int
    outlines: dict[int, Outline] = field(default_factory=dict)

    def outline(self, glyph: int) -> Outline:
        """The shape of a glyph: baseline at y = 0, em = 1."""
        if glyph not in self.outlines:
            self.outlines[glyph] = _drawn(self.font, glyph, self.upem)
        return self.outlines[glyph]

    def height(self, letter: str) -> float:
        """Ink height of a letter above the baseline in em, 0 if the file lacks it."""
        glyph = self.font.get_nominal_glyph(ord(letter))
        return -self.outline(glyph).bounds[1] if glyph else 0.0


def ignorable(char: str) -> bool:
    """Characters that steer the text and have no shape of their own: joiners, selectors, direction marks."""
    point = ord(char)
    return (
        point in (0xAD, 0x34F, 0x61C, 0x180E, 0x2060, 0xFEFF)
        or 0x200B <= point <= 0x200F
        or 0x202A <= point <= 0x202E
        or 0x2066 <= point <= 0x206F
        or 0xFE00 <= point <= 0xFE0F
        or 0xE0000 <= point <= 0xE0FFF
    )


@lru_cache(1)
def manifest() -> dict[str, tuple[FontFile, ...]]:
    """Every vendored family and its files, from the lock."""
    lock = json.loads((files("duck_and_cover.design") / "fonts" / "fonts.lock.json").read_text("utf-8"))
    return {
        family: tuple(FontFile(family, f["file"], f["subset"], f["weight"], f["covers"]) for f in facts["files"])
        for family, facts in lock["families"].items()
    }


@lru_cache(512)
def family_files(family: str, weight: int) -> tuple[FontFile, ...]:
    """The files of a family at the available weight nearest to `weight`, plain Latin first."""
    every = manifest()[family]
    nearest = min({f.weight for f in every}, key=lambda w: (abs(w - weight), w))
    order = ("latin", "latin-ext")
    chosen = [f for f in every if f.weight == nearest]
    return tuple(sorted(chosen, key=lambda f: order.index(f.subset) if f.subset in order else len(order)))


@lru_cache(256)
def opened(file: FontFile) -> OpenFont:
    """Decode a file, through the cache folder, and hand it to HarfBuzz."""
    source = (files("duck_and_cover.design") / "fonts" / file.family / file.name).read_bytes()
    folder = _cache_folder()
    kept = folder and folder / f"{file.name.removesuffix('.woff2')}-{hashlib.sha256(source).hexdigest()[:32]}.ttf"
    face = _face(_read(kept))
    if face is None:
        sfnt = _decoded(source)
        _write(kept, sfnt)
        face = _face(sfnt)
    if face is None:
        raise ValueError(f"{file.family}/{file.name} holds no usable font; run tools/vendor_fonts.py --check")
    return OpenFont(hb.Font(face), face.upem)


def _decoded(woff2: bytes) -> bytes:
    font = TTFont(io.BytesIO(woff2), recalcTimestamp=False, recalcBBoxes=False)
    font.flavor = None
    out = io.BytesIO()
    font.save(out, reorderTables=None)
    return out.getvalue()


def _face(sfnt: bytes | None) -> hb.Face | None:
    """The font in these bytes, or None when they are absent or damaged."""
    if not sfnt or not sfnt.startswith(_SFNT_STARTS):
        return None
    face = hb.Face(sfnt)
    return face if face.glyph_count and face.unicodes else None


def _cache_folder() -> Path | None:
    """Where decoded fonts are kept; None for a user without a home."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen) / "fonts"
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # an unknown user id without HOME, as in some containers
        return None
    return base / "duck-and-cover" / "fonts"


def _read(path: Path | None) -> bytes | None:
    with suppress(OSError):
        return path.read_bytes() if path else None
    return None


def _write(path: Path | None, content: bytes) -> None:
    """Write beside the target and rename; a folder that cannot be written only costs time."""
    if path is None:
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(beside).replace(path)
        except OSError:
            Path(beside).unlink()


def _drawn(font: hb.Font, glyph: int, upem: int) -> Outline:
    """Outline of a glyph with ink contours of positive area, so that letters of different fonts never
    cancel."""
    verbs: list[int] = []
    points: list[float] = []

    def note(verb: int):
        def draw(*values: object) -> None:
            verbs.append(verb)
            points.extend(values[:-1])  # type: ignore[arg-type]

        return draw

    pens = hb.DrawFuncs()
    pens.set_move_to_func(note(MOVE))
    pens.set_line_to_func(note(LINE))
    pens.set_quadratic_to_func(note(QUAD))
    pens.set_cubic_to_func(note(CUBIC))
    pens.set_close_path_func(note(CLOSE))
    font.draw_glyph(glyph, pens, None)
    shape = Outline(np.array(verbs, np.uint8), np.array(points).reshape(-1, 2) * (1 / upem, -1 / upem))
    return shape if shape.area() >= 0 else shape.reversed()
