"""`duckcover create`: words in, a finished cover out."""

from __future__ import annotations

import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from duck_and_cover.cli.record import Wanted, listed, look_options, record_options, slug
from duck_and_cover.errors import BadInput

SHEET_PX = 400
"""Largest side of a cover on a contact sheet: 64 of them at 8000 px would be a sheet no format holds."""


@click.command(short_help="Make a finished cover.")
@record_options
@click.option("--variants", type=int, default=1, metavar="N", help="Make N different covers and a contact sheet.")
@click.option("--size", "size_px", type=int, default=3000, show_default=True, metavar="PX", help="64 to 8000.")
@look_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help=".png or .jpg; .svg or .pdf with the words as outlines. [default: from the names]",
)
@click.option("--max-bytes", "budget", metavar="N", help="Of a .jpg, as in 10MB or 500kB: the best quality that fits.")
@click.option("--link", is_flag=True, help="Put the artwork of an .svg beside it as NAME-artwork.png.")
@click.option("--json", "as_json", is_flag=True, help="Print what was used, as JSON.")
def create(
    variants: int, size_px: int, output: Path | None, budget: str | None, link: bool, as_json: bool, **options: Any
) -> None:
    """Make a finished cover from what you know of a record.

    \b
    duckcover create --artist "Neon Meridian" --album "Coastline at Midnight" \\
        --genre synthwave --year 1985 --seed 20 -o cover.png
    """
    if listed(options):
        return
    from duck_and_cover.cover import resized
    from duck_and_cover.design.files.formats import check_target, contact_sheet, save
    from duck_and_cover.sleeve import MOST_VARIANTS, create_variants

    most_bytes = None if budget is None else _bytes(budget)
    wanted = Wanted.of(options)
    target = output or Path(f"{slug(wanted.album)}.png")
    targets, sheet = [target], None
    if variants != 1:
        several = range(1, min(variants, MOST_VARIANTS) + 1)  # more are refused before any is made
        targets = [_beside(target, f"{i:0{len(str(variants))}d}") for i in several]
        sheet = _beside(target, "sheet")
        sheet = sheet.with_suffix(".png") if sheet.suffix.lower() in (".svg", ".pdf") else sheet
    for path in targets:
        check_target(path, most_bytes=most_bytes, link=link)
    if sheet:
        check_target(sheet)
    reports, thumbnails = [], []
    made = create_variants(wanted.album, variants, size_px=size_px, **wanted.how)
    for path, sleeve in zip(targets, made, strict=True):
        sleeve.save(path, most_bytes=most_bytes, link=link)
        reports.append({"file": str(path), **sleeve.report})
        if sheet:
            thumbnails.append(sleeve.pixels if size_px <= SHEET_PX else resized(sleeve.pixels, SHEET_PX))
        if not as_json:
            click.echo(_line(reports[-1]))
    if sheet:
        save(contact_sheet(thumbnails), sheet)
        if not as_json:
            click.echo(f"{sheet}   contact sheet")
    if as_json:
        plain = "utf" not in (getattr(sys.stdout, "encoding", None) or "").casefold()
        click.echo(json.dumps(reports if sheet else reports[0], ensure_ascii=plain, indent=2))


def _bytes(text: str) -> int:
    """`10MB` -> 10000000; the units are decimal, as stores count."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?([kmg]?)b?", text.strip(), re.IGNORECASE)
    if found is None:
        raise BadInput(f"--max-bytes {text}: wanted bytes, as in 250000, 500kB or 10MB")
    return int(Decimal(found[1]) * 1000 ** ("", "k", "m", "g").index(found[2].lower()))


def _line(report: dict) -> str:
    faces = [text["face"] for text in report["texts"]]  # a sibling's, where the chosen face lacks the script
    chosen = report["type"]["lead"]
    face = chosen if chosen in faces else faces[0] if faces else "no words"
    layout, wanted = report["layout"], report["layout_wanted"]
    layout = layout if layout == wanted else f"{wanted} (set as {layout})"
    return (
        f"{report['file']}   {report['finish']} · {report['palette']['name']} · {face} · {layout}"
        f"   seed {report['seed']}   {report['seconds']['all']:.1f} s"
    )


def _beside(path: Path, mark: str) -> Path:
    """`cover.png` and "3" -> `cover-3.png`."""
    if not path.suffix:
        raise BadInput(f"{path}: has no suffix; wanted .png, .jpg, .svg or .pdf")
    return path.with_name(f"{path.stem}-{mark}{path.suffix}")
