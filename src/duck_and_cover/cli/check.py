"""`duckcover check`: the rules of stores, held against a picture."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duck_and_cover.album import Album
from duck_and_cover.errors import BadInput

if TYPE_CHECKING:
    from duck_and_cover.design.checking import Finding, Report
    from duck_and_cover.design.checking.words import Reader

READER_EXTRA = "gather"
MOST_STORES = 4
"""Named on a line; the rest is counted."""

_MARKS = {("failed", "must"): ("✗", "x", "red"), ("failed", "should"): ("!", "!", "yellow"),
          ("passed", "must"): ("✓", "+", "green"), ("passed", "should"): ("✓", "+", "green")}  # fmt: skip


@click.command(short_help="Hold a cover against the rules of stores.")
@click.argument("image", type=click.Path(path_type=Path), metavar="IMAGE", required=False)
@click.option("--artist", metavar="A", help="As the store will show it; words on the cover are held against it.")
@click.option("--album", metavar="T", help="The record's title, likewise.")
@click.option("--store", "stores", multiple=True, metavar="NAME",
              help="Ask this store alone; may be repeated; `list` names them. [default: all]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print all findings with their sources, as JSON.")
def check(
    image: Path | None, artist: str | None, album: str | None, stores: tuple[str, ...], as_json: bool
) -> int | None:
    """Hold a cover, ours or not, against the rules of stores: size, format, colours, blur, borders, codes, and the
    words on it. One line a rule, what failed first; ✗ is refused, ! refused by some. Exit 1 where there is a ✗.

    \b
    duckcover check cover.jpg --artist "Neon Meridian" --album "Coastline at Midnight"
    duckcover check --store list
    """
    from duck_and_cover.design.checking import STORES
    from duck_and_cover.design.checking import check as checked

    if "list" in stores:
        for store in STORES:
            click.echo(f"{store.name:16} {'must' if store.usual else '    '}  {store.source}")
        return None
    if image is None:
        raise BadInput("no picture is named; wanted duckcover check IMAGE")
    report = checked(image, Album(artist, album), word_reader(), stores=stores)
    if as_json:
        plain = "utf" not in (getattr(sys.stdout, "encoding", None) or "").casefold()
        click.echo(json.dumps({"file": str(image), **report.as_json()}, ensure_ascii=plain, indent=2))
    else:
        for line in _lines(image, report):
            click.echo(line)
    return None if report.ok else 1


def word_reader() -> Reader | None:
    """The reader of words, where its extra is installed."""
    if importlib.util.find_spec("rapidocr") is None:
        return None
    from duck_and_cover.dataset.lettering.ocr import reader

    return reader()


def _lines(image: Path, report: Report) -> Iterable[str]:
    musts, shoulds = report.failed("must"), report.failed("should")
    yield f"{image}   {report.picture}"
    for each in (*musts, *shoulds):
        yield f"{_mark(each)} {each.rule:14} {each.found}; wanted: {each.wanted}{_who(each)}"
    skipped: dict[str, list[str]] = {}
    for each in report.findings:
        if each.state == "passed":
            yield f"{_mark(each)} {each.rule:14} {each.found}"
        elif each.state == "not looked at":
            skipped.setdefault(each.found, []).append(each.rule)
    for why, rules in skipped.items():
        yield f"- not looked at: {', '.join(rules)}: {_what_to_do(why)}"
    told = f"{len(musts)} refused" if musts else "ready for the stores"
    yield told + (f", {len(shoulds)} to look at" if shoulds else "")


def _mark(finding: Finding) -> str:
    sign, plain, colour = _MARKS[finding.state, finding.severity]
    utf = "utf" in (getattr(sys.stdout, "encoding", None) or "").casefold()
    return click.style(sign if utf else plain, fg=colour)


def _who(finding: Finding) -> str:
    names, more = finding.stores[:MOST_STORES], len(finding.stores) - MOST_STORES
    if not names:
        return ""
    return f"   ({', '.join(names)}{f' and {more} more' if more > 0 else ''})"


def _what_to_do(why: str) -> str:
    if "does not know" in why:
        return f"{why}: look yourself"
    if "reader" in why:
        return f"{why}, the extra [{READER_EXTRA}]: pip install '.[{READER_EXTRA}]' in a clone"
    return f"{why}: --artist A --album T"
