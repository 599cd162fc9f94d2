"""`duckcover dataset priors`: what covers of a genre and time do."""

from __future__ import annotations

from pathlib import Path

import click

from duck_and_cover.cli.dataset.letters import default_letters
from duck_and_cover.cli.meter import meter
from duck_and_cover.errors import BadInput, MissingExtra


@click.command()
@click.argument("data", metavar="DATASET", type=click.Path(exists=True, path_type=Path))
@click.option("--letters", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Where the words stand.  [default: DATASET/letters.jsonl]")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE")
@click.option("--chart", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also as a picture.")
def priors(data: Path, letters: Path | None, output: Path, chart: Path | None) -> None:
    """Learn which colours, light, texture and lettering covers of a genre family and decade have, and say how much
    better that tells of covers that were kept back than the mean of all does. What tells no better is dropped.

    \b
    duckcover dataset priors covers/ -o priors.json --chart priors.svg
    """
    try:
        from duck_and_cover.dataset.priors.learn import learn, save, see
        from duck_and_cover.dataset.reader import CoverDataset
    except ImportError as error:
        raise MissingExtra("reading covers", "gather") from error
    letters = letters or default_letters(data)
    if not letters.is_file():
        raise BadInput(f"{letters}: not there; `duckcover dataset letters {data}` makes it, or name one (--letters)")
    seen = see(data, letters, meter("covers", len(CoverDataset(data))))
    learned = learn(seen)
    save(learned, seen, output)
    for each in sorted(learned, key=lambda one: -one.gain / max(one.error, 1e-9)):
        unit = "bits a cover" if each.statistic.labels else "of the squared error"
        form = ".3f" if each.statistic.labels else ".1%"
        amount = f"{format(each.gain, form):>7} ± {format(each.error, form)}"
        click.echo(f"{each.statistic.name:15} {amount} {unit:22} {'' if each.kept else 'dropped'}")
    kept, size = sum(each.kept for each in learned), output.stat().st_size
    click.echo(f"{output}   {kept} of {len(learned)} statistics, {size:,} bytes")
    if chart:
        from duck_and_cover.dataset.priors.chart import draw_chart

        draw_chart(output, chart)
        click.echo(f"{chart}")
