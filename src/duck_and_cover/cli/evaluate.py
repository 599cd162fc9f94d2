"""`duckcover evaluate`: measure what a network draws."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from duck_and_cover.cli.meter import meter
from duck_and_cover.errors import MissingExtra

STEERED = (("metal", 1995), ("jazz", 1959), ("electronic", 1999), ("hip hop", 1994), ("rock", 1972), ("rock", 2008))
NOISES = 10


@click.command(short_help="Measure what a network draws beside real covers.")
@click.argument("source", metavar="RUN|BUNDLE", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True, metavar="DATASET",
              help="Covers; those that the network was trained on, for copies to be found.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FOLDER")
@click.option("--letters", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Lettering found by `duckcover dataset letters`; it is filled in.")  # fmt: skip
@click.option("--judge", "judge_dir", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="BUNDLE",
              help="Another judge than the one that ships (`duckcover train judge-64`).")  # fmt: skip
@click.option("--inception", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Weights you have (inception-2015-12-05.pt): FID too; wants --samples 4096.")  # fmt: skip
@click.option("--samples", type=click.IntRange(1), default=2000, show_default=True, metavar="N")
@click.option("--seed", type=click.IntRange(0, 1_000_000), default=0, show_default=True, metavar="N")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Keep decoded covers there for the next time.")  # fmt: skip
def evaluate(source: Path, data: Path, output: Path, letters: Path | None, judge_dir: Path | None,
             inception: Path | None, samples: int, seed: int, cache: Path | None) -> None:  # fmt: skip
    """Measure what a network draws beside real covers: distances, diversity, control of genre and year, copies. Writes
    FOLDER/index.html and FOLDER/report.json. Needs no network connection and no weights but ours.

    \b
    duckcover evaluate bundles/mine --data covers/ --letters letters.jsonl -o report/
    """
    try:
        from duck_and_cover.dataset.letters import load_letters
        from duck_and_cover.evaluation.evaluate import evaluate as run
        from duck_and_cover.evaluation.evaluate import real_covers
        from duck_and_cover.evaluation.inception import Inception
        from duck_and_cover.evaluation.report import write_report
    except ImportError as error:
        raise MissingExtra("evaluating", "train") from error
    import numpy as np

    from duck_and_cover.bundle import Bundle
    from duck_and_cover.condition import Condition
    from duck_and_cover.generation.judge import open_judge
    from duck_and_cover.generation.onnx import engine_on

    judge, network = open_judge(judge_dir), Inception(inception) if inception else None
    drawn = meter("drawn", samples)
    output.mkdir(parents=True, exist_ok=True)  # what cannot be written is known before anything is drawn
    with tempfile.TemporaryDirectory() as scratch:
        bundle = Bundle.open(_bundle_of(source, Path(scratch)))
        engine = engine_on(bundle)
        found = load_letters(letters) if letters else None
        covers = real_covers(data, bundle.resolution_px, cache or Path(scratch) / "covers", found)
        result = run(lambda condition, number: engine.draw(condition, number).pixels, covers, judge,
                     samples=samples, seed=seed, inception=network,
                     progress=lambda done, total: drawn(done))  # fmt: skip
        grid = np.stack([[engine.draw(Condition({genre: 1.0}, year), noise).pixels for noise in range(NOISES)]
                         for genre, year in STEERED])  # fmt: skip
    about = {"name": bundle.name, "sha256": bundle.sha256[:12], "judge": judge.bundle.sha256[:12],
             "data": covers.content_hash, "samples": samples, "seed": seed}  # fmt: skip
    write_report(output, result, about, ([f"{genre} {year}" for genre, year in STEERED], grid))
    click.echo(f"{output / 'index.html'}")


def _bundle_of(source: Path, scratch: Path) -> Path:
    """The folder itself, or a bundle made of the run that it is."""
    if not (source / "run.json").exists():
        return source
    try:
        from duck_and_cover.training.export import export
    except ImportError as error:
        raise MissingExtra("evaluating a run", "train") from error
    return export(source, scratch / source.name).folder
