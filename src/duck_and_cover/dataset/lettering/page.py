"""Covers with and without their lettering, side by side on one page, with what was read."""

from __future__ import annotations

import base64
import contextlib
import html
import io
import random
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from duck_and_cover.cover import Pixels, read_pixels
from duck_and_cover.dataset.building.candidates import candidates
from duck_and_cover.dataset.letters import MOST_COVERED, covered, letter_mask, read_lines, without_letters
from duck_and_cover.errors import BadInput, CannotWrite

__all__ = ["write_page"]

COUNT, SIDE_PX = 60, 168
_INK = {"artist": (214, 64, 42), "album": (36, 96, 190), "other": (120, 120, 120)}

_SHELL = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Lettering</title><style>
:root {{ color-scheme: light dark; --ink: #1c1b19; --paper: #f7f4ee; --soft: #6b675f; --line: #d9d3c7 }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #ece7dd; --paper: #171614; --soft: #a29c90; --line: #35322d }} }}
body {{ background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; margin: 2.5rem auto;
  max-width: 76rem; padding: 0 1.2rem }}
h1 {{ font-weight: 640; letter-spacing: -.02em; margin: 0 }}
p {{ color: var(--soft); max-width: 44rem }}
main {{ display: grid; gap: 1.6rem 1.4rem; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)) }}
figure {{ border-top: 1px solid var(--line); margin: 0; padding-top: .6rem }}
figure div {{ display: flex; gap: .4rem }} img {{ aspect-ratio: 1; border-radius: 2px; width: calc(50% - .2rem) }}
figcaption {{ font-size: 13px; margin-top: .35rem }} small {{ color: var(--soft); display: block }}
.artist {{ color: #d6402a }} .album {{ color: #3f78d8 }} .other {{ color: var(--soft) }}
</style><h1>Lettering</h1><p>{about}</p><main>{body}</main></html>
"""


def write_page(data: Path, letters: Path, target: Path, *, count: int = COUNT, seed: int = 0) -> int:
    """Write a page of lettered covers that a seed picks; how many."""
    rows = {row["id"]: row for row in read_lines(letters) if row["boxes"] and "lines" in row}
    ids = set(random.Random(seed).sample(sorted(rows), min(count, len(rows))))
    parts = []
    for row in candidates(data, lambda folder: folder):
        if row.id in ids:
            with contextlib.suppress(BadInput):  # a damaged picture
                parts.append(_figure(read_pixels(row.content), rows[row.id], row.artist, row.album))
    about = (f"{len(parts)} of {len(rows):,} lettered covers. Left: where lettering was found, the artist in red, the "
             "title in blue. Right: what networks learn from; covers that lettering fills to more than "
             f"{MOST_COVERED:.0%} are not shown to them.")  # fmt: skip
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(_SHELL.format(about=about, body="\n".join(parts)), "utf-8")
        partial.replace(target)
    except OSError as error:
        raise CannotWrite(f"{target}: cannot be written ({error.strerror or error})") from error
    return len(parts)


def _figure(pixels: Pixels, row: dict[str, Any], artist: str | None, album: str | None) -> str:
    pixels = np.asarray(cv2.resize(pixels, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA), np.uint8)
    marked = pixels.copy()
    for line in row["lines"]:
        left, top, right, bottom = (round(edge * SIDE_PX) for edge in line["box"])
        cv2.rectangle(marked, (left, top), (right, bottom), _INK[line["role"]], 2, cv2.LINE_AA)
    share = covered(row["boxes"])
    bare = without_letters(pixels, letter_mask(row["boxes"], SIDE_PX))
    if share > MOST_COVERED:
        bare = (bare // 3 + 150).astype(np.uint8)
    words = " / ".join(f'<span class="{line["role"]}">{html.escape(line["text"])}</span>' for line in row["lines"])
    names = html.escape(" – ".join(filter(None, (artist, album))) or "names unknown")
    said = f"{share:.0%} covered" + (", left out" if share > MOST_COVERED else "")
    pictures = "".join(f'<img src="{_uri(p)}" alt="{alt}">' for p, alt in ((marked, "as it is"), (bare, "art alone")))
    return f"<figure><div>{pictures}</div><figcaption>{names}<br>{words}<small>{said}</small></figcaption></figure>"


def _uri(pixels: Pixels) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=80)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
