"""`duckcover dataset stats`: what a dataset holds."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duck_and_cover.cli.meter import meter
from duck_and_cover.errors import MissingExtra

if TYPE_CHECKING:
    from duck_and_cover.dataset.stats.statistics import Statistics

_WIDTH, _INDENT, _MOST = 100, 11, 12
_TIED = "\N{NO-BREAK SPACE}"


@click.command()
@click.argument("data", metavar="DATASET", type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="A page of HTML with pictures and colours, about 1 MB.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print all numbers, colours included, as JSON.")
@click.option("--seed", default=0, show_default=True, help="Which covers the page shows.")
def stats(data: Path, output: Path | None, as_json: bool, seed: int) -> None:
    """Say what a dataset holds: genres, years, sources, rights, what is missing; with -o as a page to look at.

    \b
    duckcover dataset stats covers/ -o covers.html
    """
    try:
        from duck_and_cover.dataset.stats.page import write_page
        from duck_and_cover.dataset.stats.statistics import statistics
    except ImportError as error:
        raise MissingExtra("counting a dataset", "gather") from error
    looked, quiet = bool(output or as_json), as_json or not output
    found = statistics(data, pictures=looked, seed=seed, **({} if quiet else {"progress": meter("covers")}))
    if output:
        write_page(output, found)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
        return
    click.echo(_summary(found))
    if output:
        click.echo(f"{output}   {output.stat().st_size / 1e6:.1f} MB")


def _summary(found: Statistics) -> str:
    years = f"   {found.years[0]} to {found.years[1]}" if found.years else ""
    lines = [f"{found.name}   {found.covers:,} covers{years}"]
    for name, counts in (("part", found.parts), ("family", found.families), ("label", found.labels),
                         ("decade", found.decades), ("source", found.sources), ("rights", found.rights),
                         ("size", found.sizes), ("missing", found.missing)):  # fmt: skip
        told = _told(counts) or "nothing"
        lines += textwrap.wrap(told, _WIDTH, initial_indent=f"{name:{_INDENT}}", subsequent_indent=" " * _INDENT,
                               break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return "\n".join(lines).replace(_TIED, " ")


def _told(counts: Mapping[str, int]) -> str:
    shown = [f"{name} {count:,}".replace(" ", _TIED) for name, count in list(counts.items())[:_MOST]]
    if more := len(counts) - len(shown):
        shown.append(f"{more:,} more")
    return ", ".join(shown)
