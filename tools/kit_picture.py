"""Make docs/pictures/kit.jpg: the print pieces of one record as their soft proofs, laid on a table.

python tools/kit_picture.py
"""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from duck_and_cover import Album, create
from duck_and_cover.cover import Pixels
from duck_and_cover.design.files.formats import srgb_profile
from duck_and_cover.design.pieces.release import pieces
from duck_and_cover.design.press.proof import proof

TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "kit.jpg"
LARGEST_BYTES = 290_000
WIDE, TALL = 1760, 1010
TABLE = (226, 221, 212)
TRACKS = ("Side A", "Blue Hour on Ninth 7:12", "Streetcar, Late 5:48", "Paper Umbrella 6:31", "Side B",
          "Nine Below 8:02", "Odell's Stairs 4:57", "Last Light, Harbour Side 6:15")  # fmt: skip
PLACES = {
    "lp-jacket": (40, 40, 1130), "cd-tray": (1210, 40, 510), "cd-label": (1210, 480, 400), "lp-label-a": (40, 640, 330),
    "j-card": (410, 640, 300), "cd-front": (750, 640, 330),
}  # fmt: skip
"""Piece -> left, upper edge and width on the table, px."""


def main() -> None:
    album = Album("Odell Marsh Quintet", "Blue Hour on Ninth", ("jazz", "hard bop"), 1959, TRACKS)
    sleeve = create(album, seed=5, size_px=300)
    table = np.empty((TALL, WIDE, 3), np.float32)
    table[:] = TABLE
    made = dict(pieces(album, sleeve.finished_from, sleeve.style, sleeve.seeds, catalogue="OM 59"))
    for name, (x, y, width) in PLACES.items():
        piece = made[name]()
        shown = proof(piece, dpi=25.4 * 2 * width / piece.sheet.width_mm)
        height = round(shown.shape[0] * width / shown.shape[1])
        small = np.asarray(cv2.resize(shown, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        lay(table, small, x, y, shape(piece.sheet.round_mm, piece.sheet.hole_mm, width, height))
    for quality in range(90, 50, -4):
        out = io.BytesIO()
        Image.fromarray(np.rint(table).astype(np.uint8)).save(out, "JPEG", quality=quality, icc_profile=srgb_profile())
        if out.tell() <= LARGEST_BYTES:
            break
    TARGET.write_bytes(out.getvalue())
    print(TARGET, len(out.getvalue()) // 1000, "kB")


def shape(round_mm: float | None, hole_mm: float, width: int, height: int) -> NDArray[np.float32]:
    """(height, width), 1 where there is paper."""
    if round_mm is None:
        return np.ones((height, width), np.float32)
    y, x = np.mgrid[:height, :width]
    far = np.hypot(x - (width - 1) / 2, y - (height - 1) / 2)
    return np.asarray(np.clip(width / 2 - far, 0, 1) * np.clip(far - width * hole_mm / round_mm / 2, 0, 1), np.float32)


def lay(table: NDArray[np.float32], picture: Pixels, x: int, y: int, paper: NDArray[np.float32]) -> None:
    """A sheet with its shadow, in place."""
    shadow = np.zeros(table.shape[:2], np.float32)
    height, width = paper.shape
    shadow[y + 6 : y + 6 + height, x : x + width] = paper[: TALL - y - 6]
    shadow = cv2.GaussianBlur(shadow, (0, 0), 9)
    table *= 1 - 0.32 * shadow[..., None]
    part = table[y : y + height, x : x + width]
    part += paper[..., None] * (picture - part)


if __name__ == "__main__":
    main()
