"""`duckcover progress`: what a network learned, as a film."""

from __future__ import annotations

from pathlib import Path

import click

from duck_and_cover.errors import BadInput, MissingExtra


@click.command(short_help="Make the learning-progress GIF, WebP or MP4 of a run.")
@click.argument("run_dir", metavar="RUN", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--output", "targets", type=click.Path(dir_okay=False, path_type=Path), required=True,
              multiple=True, metavar="FILE",
              help="A name that ends in .gif, .webp or .mp4; may be repeated.")  # fmt: skip
@click.option("--rows", metavar="N,N,…", help="Which conditions, counted from 0 at the top. [default: all]")
@click.option("--columns", type=int, default=10, show_default=True, metavar="N", help="How many pictures of each.")
@click.option("--width", "width_px", type=int, default=640, show_default=True, metavar="PX")
@click.option("--frames", "most", type=int, metavar="N", help="At most so many, evenly chosen. [default: all]")
@click.option("--seconds", type=float, default=6.0, show_default=True, metavar="S", help="How long the film is.")
def progress(run_dir: Path, targets: tuple[Path, ...], rows: str | None, columns: int, width_px: int,
             most: int | None, seconds: float) -> None:  # fmt: skip
    """Make the learning-progress film of a run, growing resolutions included.

    \b
    duckcover progress runs/first -o progress.gif -o progress.mp4
    """
    try:
        from duck_and_cover.training.progress import frames_of, write_film
    except ImportError as error:
        raise MissingExtra("progress films", "train") from error
    try:
        wanted = [int(row) for row in rows.split(",")] if rows else None
    except ValueError as error:
        raise BadInput(f"--rows {rows}: wanted numbers with commas between them, as in 0,2,5") from error
    frames = frames_of(run_dir, rows=wanted, columns=columns, width_px=width_px, most=most)
    for target in targets:
        write_film(frames, target, seconds=seconds)
        click.echo(f"{target}   {len(frames)} frames, {frames[0].images:,} to {frames[-1].images:,} images shown")
