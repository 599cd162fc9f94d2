"""`duckcover export`: a run becomes a bundle."""

from __future__ import annotations

from pathlib import Path

import click

from duck_and_cover.errors import BadInput, MissingExtra


@click.command(short_help="Turn a training run into a bundle.")
@click.argument("run_dir", metavar="RUN", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="BUNDLE")
@click.option("--card", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Model card in Markdown; without it one is written from what the run knows.")  # fmt: skip
@click.option(
    "--guidance", type=float, metavar="W", help="How strictly a denoiser follows the condition. [default: the recipe's]"
)
@click.option("--best", is_flag=True, help="The weights of the run's best moment, not the last.")
@click.option("--steps", type=int, metavar="N", help="Steps of a denoiser for a picture. [default: 8]")
@click.option("--bits", type=click.Choice(["16", "8"]), default="16", show_default=True,
              help="How weights are stored: in half precision, or large ones in a byte each.")  # fmt: skip
def export(run_dir: Path, output: Path, card: Path | None, guidance: float | None, best: bool,
           steps: int | None, bits: str) -> None:  # fmt: skip
    """Turn a training run into a bundle that draws without torch.

    \b
    duckcover export runs/first -o bundles/first
    duckcover create --engine bundles/first --artist Razormouth --genre "thrash metal"
    """
    try:
        from duck_and_cover.training.export import export as run
    except ImportError as error:
        raise MissingExtra("exporting", "train") from error
    if output.exists() and not (output / "bundle.json").exists():
        raise BadInput(f"{output}: exists and is not a bundle; name another folder")
    bundle = run(run_dir, output, card.read_text("utf-8") if card else None, best=best, guidance=guidance, steps=steps,
                 bits=8 if bits == "8" else 16)  # fmt: skip
    difference = bundle.facts["training"]["parity_max_difference"]
    click.echo(f"{output}   sha256 {bundle.sha256[:12]}   torch and onnxruntime differ by at most {difference:.1e}")
