"""`duckcover kit`: a record in, a folder with every file of its release out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from duck_and_cover.cli.check import word_reader
from duck_and_cover.cli.record import Wanted, listed, look_options, record_options, slug


@click.command(short_help="Make every file that a release needs.")
@record_options
@look_options
@click.option("--catalogue", metavar="N", help="Number of the release, for spines, backs and labels.")
@click.option("--rights", metavar="S", help="Line of rights; '' for none. [default: © YEAR ARTIST]")
@click.option(
    "--profile",
    type=click.Path(path_type=Path),
    metavar="ICC",
    help="Your pressing plant's CMYK profile. [default: coated paper, FOGRA39]",
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(("print", "moving")),
    metavar="PART",
    help="Leave out `print` or `moving`; may be repeated.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FOLDER",
              help="A new folder. [default: from the names]")  # fmt: skip
def kit(output: Path | None, **options: Any) -> None:
    """Make a cover in each size and kind that a release needs: for stores and the web, with and without its words; as
    print PDFs in CMYK for disc, record and cassette, with backs, spines and labels; as a loop for phones; and a page
    that says what stores will say of it. The folder appears whole or not at all.

    \b
    duckcover kit --artist "Neon Meridian" --album "Coastline at Midnight" \\
        --genre synthwave --year 1985 --tracks tracks.txt --seed 20 -o coastline/
    """
    if listed(options):
        return
    from duck_and_cover.design.kit import KitFile, Missing, check_folder
    from duck_and_cover.design.pieces.tracklist import read
    from duck_and_cover.design.press.profile import open_profile
    from duck_and_cover.sleeve import create

    wanted = Wanted.of(options)
    folder = check_folder(output or Path(slug(wanted.album)))
    read(wanted.album.tracks)  # what cannot be printed is refused before anything is drawn
    open_profile(options["profile"])
    sleeve = create(wanted.album, **wanted.how)
    told = sleeve.report
    click.echo(f"{told['finish']} · {told['palette']['name']} · {told['type']['lead']} · {told['layout']}"
               f"   seed {told['seed']}")  # fmt: skip
    sizes: list[int] = []

    def written(file: KitFile | Missing) -> None:
        if isinstance(file, Missing):
            click.echo(f"  {file.name:27} {click.style('left out', fg='yellow')}: {file.why}")
            return
        sizes.append(len(file.data))
        click.echo(f"  {file.name:27} {file.purpose}")

    release = {name: options[name] for name in ("catalogue", "rights", "profile", "without")}
    sleeve.kit(folder, written, reader=word_reader(), **release)
    for line in _stores(json.loads((folder / "report.json").read_text("utf-8"))["stores"]):
        click.echo(line)
    click.echo(f"{folder}   {len(sizes)} files, {sum(sizes) / 1e6:.0f} MB; open {folder / 'report.html'}")


def _stores(rows: list[dict[str, Any]]) -> Iterator[str]:
    """What the stores say, the refusals first."""
    from duck_and_cover.design.checking import RULES

    refusing = [row for row in rows if row["send"] is None]
    for row in sorted(refusing, key=lambda row: not row["usual"]):
        rules = "; ".join(f"{rule}: {RULES[rule].remedy}" for rule in row["refuses"])
        yield f"{click.style('refused', fg='red') if row['usual'] else 'not taken'} by {row['store']}, {rules}"
    yield f"{len(rows) - len(refusing)} of {len(rows)} stores take it"
    if any(row["not_looked_at"] for row in rows):
        yield "not every rule was looked at: report.html says why"
