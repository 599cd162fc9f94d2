"""`duckcover kit`: a record in, a folder with every file of its release out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from duck_and_cover.cli.record import Wanted, listed, look_options, record_options, slug


@click.command(short_help="Make every file that a release needs.")
@record_options
@look_options
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FOLDER",
              help="A new folder. [default: from the names]")  # fmt: skip
def kit(output: Path | None, **options: Any) -> None:
    """Make a cover in each size and kind that a release needs: for stores, for print, for the web, with and without its
    words. The folder appears whole or not at all.

    \b
    duckcover kit --artist "Neon Meridian" --album "Coastline at Midnight" \\
        --genre synthwave --year 1985 --seed 20 -o coastline/
    """
    if listed(options):
        return
    from duck_and_cover.design.kit import FILES, check_folder
    from duck_and_cover.sleeve import create

    wanted = Wanted.of(options)
    folder = check_folder(output or Path(slug(wanted.album)))
    sleeve = create(wanted.album, **wanted.how)
    told = sleeve.report
    click.echo(f"{told['finish']} · {told['palette']['name']} · {told['type']['lead']} · {told['layout']}"
               f"   seed {told['seed']}")  # fmt: skip
    sleeve.kit(folder, lambda name: click.echo(f"  {name:16} {FILES[name]}"))
    click.echo(f"{folder}   {len(FILES)} files")
