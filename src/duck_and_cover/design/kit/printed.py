"""The print half of a kit: a PDF for the press of each piece, and a picture of how it will look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np

from duck_and_cover.cover import Pixels
from duck_and_cover.design.files.formats import encoded
from duck_and_cover.design.kit.contents import PIECES
from duck_and_cover.design.kit.folder import KitFile
from duck_and_cover.design.pieces.sheet import Piece
from duck_and_cover.design.press.document import print_pdf
from duck_and_cover.design.press.profile import Profile, open_profile
from duck_and_cover.design.press.proof import movement, proof

__all__ = ["printed"]

PROOF_DPI = 150.0
PREVIEW_PX = 460
"""The longer side of a preview in the report."""

_FAR = 8.0
"""CIEDE2000 by which a colour moves on its way to paper before its maker is told."""


def printed(pieces: Iterable[tuple[str, Callable[[], Piece]]], about: Mapping[str, str],
            profile: str | Path | None = None) -> Iterator[KitFile]:  # fmt: skip
    """Two files a piece, one piece in memory at a time.

    pieces:   as `pieces.release.pieces` gives them.    about: what every file says of itself.
    profile:  of the press, as `press.profile.open_profile` takes it. Raises `BadInput` at once where it is none.
    """
    return _each(pieces, about, open_profile(profile))


def _each(pieces: Iterable[tuple[str, Callable[[], Piece]]], about: Mapping[str, str],
          profile: Profile) -> Iterator[KitFile]:  # fmt: skip
    for name, make in pieces:
        piece = make()
        what = _what(name, piece.sheet.name)
        shown = proof(piece, profile, dpi=PROOF_DPI, folds=True)
        yield KitFile(f"print/{name}.pdf", print_pdf([piece], profile, about), "print", what,
                      encoded(_small(shown), "JPEG"), tuple(_notes(piece, profile)))  # fmt: skip
        yield KitFile(f"print/proofs/{name}.jpg", encoded(shown, "JPEG", about), "proofs", f"proof: {what}")


def _what(name: str, sheet: str) -> str:
    """What a piece is, and of which disc or side."""
    mark = name.removeprefix(sheet).lstrip("-")
    return f"{PIECES[sheet]}: {mark.upper()}" if mark else PIECES[sheet]


def _notes(piece: Piece, profile: Profile) -> Iterator[str]:
    sheet = piece.sheet
    size = f"{sheet.round_mm:g} mm across" if sheet.round_mm else f"{sheet.width_mm:g} × {sheet.height_mm:g} mm"
    yield f"{size}, {sheet.bleed_mm:g} mm of bleed, {piece.dpi:g} dpi, {profile.description}"
    moved = movement(piece, profile)
    far = [name for name, by in moved.words.items() if by > _FAR]
    if moved.collapses or far:
        of = " and ".join([*(["the picture"] if moved.collapses else []), *(f"the {name}" for name in far)])
        yield f"Colours of {of} are brighter than this press can print: look at the proof first"
    if piece.report.get("tracks_told") is False:
        yield "All titles would be too small to read here and are left out"
    if piece.report.get("spine_whole") is False:
        yield "The names are too long for the spine, which bears a part of them"


def _small(pixels: Pixels) -> Pixels:
    scale = min(1.0, PREVIEW_PX / max(pixels.shape[:2]))
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
