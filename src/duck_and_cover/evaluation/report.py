"""An evaluation to read: one page of HTML that needs nothing beside it, and the same numbers as JSON."""

from __future__ import annotations

import base64
import html
import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from duck_and_cover.cover import Pixels
from duck_and_cover.errors import CannotWrite
from duck_and_cover.evaluation.control import share
from duck_and_cover.evaluation.evaluate import Evaluation
from duck_and_cover.evaluation.measure import Measured

__all__ = ["LINES", "as_json", "in_words", "write_report"]

LINES: Mapping[str, tuple[str, str]] = {
    "swd": ("Sliced Wasserstein distance", "x 1000, mean of the levels below; lower is nearer to real covers"),
    "swd 512": ("· at 512 px", "finest texture"),
    "swd 256": ("· at 256 px", "finer texture"),
    "swd 128": ("· at 128 px", "fine texture"),
    "swd 64": ("· at 64 px", "texture and edges"),
    "swd 32": ("· at 32 px", "shapes"),
    "swd 16": ("· at 16 px", "composition and colour"),
    "frechet": ("Fréchet distance", "in the judge's features, not comparable with Inception's FID; lower is nearer"),
    "fid": ("FID", "in Inception's features; it falls with the number of pictures: compare at the same number"),
    "kid": ("Kernel distance", "x 1000, the same without the bias of few pictures; 0 is the same"),
    "density": ("Density", "fidelity: do drawn pictures lie where real ones do? 1 as real ones"),
    "coverage": ("Coverage", "diversity: are all kinds of real ones drawn? 1 at best"),
    "likeness": ("MS-SSIM of pairs", "how alike two drawn pictures are; far above real covers is a collapse"),
    "palette": ("Palette distance", "work to turn one set of palettes into the other, CIELAB; 0 is the same"),
    "genre": ("Genre control, five families", "balanced accuracy of the judge on what was asked for"),
    "families": ("Genre control, all families", "the same among all families that the judge knows"),
    "year": ("Year control", "rank correlation of the year asked for with the year judged"),
    "swap": ("Swap test", "same noise, another genre: how often the judge follows; 0.5 is chance"),
    "copies": ("Nearest training cover", "median distance beside that of covers kept back; well below 1 is copying"),
}
"""Name -> (title, what it says), in the order of a report."""

NEAREST = 200
"""Pairs of a drawn picture and its nearest cover that are shown, in ten bands."""

_CHANCE = {"genre": "genre by chance", "families": "families by chance", "year": "year by chance"}


def write_report(folder: Path, evaluation: Evaluation, about: Mapping[str, Any],
                 steering: tuple[Sequence[str], Pixels] | None = None) -> None:  # fmt: skip
    """Write `report.json` and `index.html` into `folder`.

    about:     what was evaluated: name, hashes, samples, seed; shown at the head and kept in the JSON.
    steering:  labels, and pictures (rows, columns, R, R, 3): one condition a row, one noise a column.
    """
    numbers = {
        name: {"drawn": as_json(evaluation.drawn[name]), "real": as_json(evaluation.real[name])}
        for name in evaluation.drawn
    }
    found = evaluation.copies
    record = {**about, "floor": evaluation.floor, "numbers": numbers, "copies": found and {
        "suspicious": len(found.suspicious), "expected": found.expected, "alarm": found.alarm, "ratio": found.ratio,
    }}  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (
            ("report.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n"),
            ("index.html", _page(evaluation, about, steering)),
        ):
            partial = folder / f".{name}.partial"
            partial.write_text(text, "utf-8")
            partial.replace(folder / name)
    except OSError as error:
        raise CannotWrite(f"{folder}: cannot write the report there ({error.strerror or error})") from error


def as_json(measured: Measured) -> dict[str, Any]:
    """{"value", "error"}, or {"why_not"}; without NaN, which JSON has no word for."""
    if measured.why_not:
        return {"why_not": measured.why_not}
    error = None if math.isnan(measured.error) else round(measured.error, 5)
    return {"value": round(measured.value, 5), "error": error}


def _page(evaluation: Evaluation, about: Mapping[str, Any],
          steering: tuple[Sequence[str], Pixels] | None) -> str:  # fmt: skip
    head = " · ".join(f"{html.escape(str(k))} {html.escape(str(v))}" for k, v in about.items() if k != "name")
    title = html.escape(str(about.get("name", "evaluation")))
    parts = [f"<h1>{title}</h1><p class=about>{head}</p>", _table(evaluation)]
    parts.append("<h2>Drawn</h2><p>The first 96 pictures, for the conditions of training covers.</p>")
    parts.append(_picture(_sheet(evaluation.pictures[:96], 16), "96 drawn pictures"))
    parts.append("<h2>Real</h2><p>The covers whose conditions those were.</p>")
    parts.append(_picture(_sheet(evaluation.reference[:96], 16), "96 real covers"))
    if steering is not None:
        labels, grid = steering
        rows = "".join(f"<tr><th>{html.escape(label)}<td>{_picture(_sheet(row, len(row)), label)}"
                       for label, row in zip(labels, grid, strict=True))  # fmt: skip
        parts.append(
            f"<h2>Steering</h2><p>One condition a row, one noise a column.</p><table class=grid>{rows}</table>"
        )
    if evaluation.copies is not None:
        parts.append(_copies(evaluation))
    return _SHELL.format(title=title, body="\n".join(parts))


def _table(evaluation: Evaluation) -> str:
    rows = []
    for name, (title, says) in LINES.items():
        if name not in evaluation.drawn:
            continue
        drawn, real = evaluation.drawn[name], evaluation.real[name]
        chance = evaluation.drawn.get(_CHANCE.get(name, ""))
        cells = [_shown(drawn), _shown(real), _shown(chance) if chance else "", _share(drawn, real, chance)]
        rows.append(f"<tr><th scope=row>{title}<small>{says}</small>" + "".join(f"<td>{cell}" for cell in cells))
    heads = "".join(f"<th scope=col>{head}" for head in ("drawn", "real covers", "chance", "share"))
    return f"<table><tr><td>{heads}</tr>{''.join(rows)}</table>"


def in_words(measured: Measured) -> tuple[str, str]:
    """A number and its error, as many digits as say something; the reason, and nothing, where there is none."""
    if measured.why_not:
        return measured.why_not, ""
    digits = 1 if abs(measured.value) >= 20 else 2 if abs(measured.value) >= 2 else 3
    error = "" if math.isnan(measured.error) else f"± {measured.error:.{digits}f}"
    return f"{measured.value:.{digits}f}", error


def _shown(measured: Measured) -> str:
    value, error = map(html.escape, in_words(measured))
    return f"<small>{value}</small>" if measured.why_not else f"<span>{value}<small>{error}</small></span>"


def _share(drawn: Measured, real: Measured, chance: Measured | None) -> str:
    """How far from chance to real covers."""
    if chance is None or drawn.why_not or real.why_not or chance.why_not:
        return ""
    return f"{share(drawn.value, real.value, chance.value):.0%}"


def _copies(evaluation: Evaluation) -> str:
    found = evaluation.copies
    assert found is not None
    verdict = "<b>More than chance would bring: look at them.</b>" if found.alarm else "No more than chance brings."
    nearest = np.argsort(found.distance)[:NEAREST]
    bands = (np.concatenate([evaluation.pictures[rows], evaluation.training[found.neighbour[rows]]])
             for rows in nearest.reshape(-1, NEAREST // 10))  # fmt: skip
    return (
        f"<h2>Nearest training covers</h2><p>{len(found.suspicious)} drawn pictures lie nearer to a training cover "
        f"than 99 % of covers kept back do; {found.expected:.0f} are expected. {verdict} "
        f"The {NEAREST} that lie nearest, the nearest first; below each the cover that it is nearest to.</p>"
        + "".join(f"<p>{_picture(_sheet(band, len(band) // 2), 'drawn pictures, and below each the nearest cover')}"
                  for band in bands)
    )  # fmt: skip


def _sheet(pictures: Pixels, columns: int) -> Pixels:
    """Pictures side by side, row by row; a last row that is not full is filled with white."""
    missing = -len(pictures) % columns
    filled = np.concatenate([pictures, np.full((missing, *pictures.shape[1:]), 255, np.uint8)])
    rows = filled.reshape(-1, columns, *pictures.shape[1:])
    return np.concatenate([np.concatenate(list(row), axis=1) for row in rows])


def _picture(pixels: Pixels, says: str) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "WEBP", quality=85)
    content = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f'<img src="data:image/webp;base64,{content}" alt="{html.escape(says)}">'


_SHELL = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1d1d1f; background: #faf9f6; max-width: 68rem; margin: 3rem auto;
  padding: 0 1.5rem }}
h1 {{ font-size: 2rem; margin: 0 }} h2 {{ margin: 2.5rem 0 .25rem }}
p {{ margin: .25rem 0 .75rem; max-width: 46rem }} p:has(img) {{ max-width: none }}
.about {{ color: #6b6a66; font-size: .85rem; overflow-wrap: anywhere }}
table {{ border-collapse: collapse; width: 100% }}
tr {{ border-bottom: 1px solid #e4e1d9 }} th {{ text-align: left; font-weight: 600; padding: .5rem 1rem .5rem 0 }}
td {{ padding: .5rem 1rem .5rem 0; font-variant-numeric: tabular-nums; vertical-align: top }}
small {{ color: #6b6a66; font-weight: 400 }} th small {{ display: block }} span small {{ margin-left: .4em }}
td span {{ white-space: nowrap }}
img {{ width: 100%; display: block; image-rendering: auto }} .grid tr {{ border: 0 }} .grid th {{ width: 9rem }}
.grid td {{ padding: 0 }}
@media (prefers-color-scheme: dark) {{ body {{ background: #161617; color: #f2f1ee }} tr {{ border-color: #333 }}
  small, .about {{ color: #a09e98 }} }}
</style>
{body}
</html>
"""
