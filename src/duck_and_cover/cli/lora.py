"""`duckcover train lora`: fine-tune a large text-to-image model."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import click

from duck_and_cover.errors import MissingExtra

__all__ = ["lora"]

NEEDED = {"train": ("torch", "lightning", "pyarrow"), "large": ("diffusers", "peft", "transformers")}


@click.command(short_help="Fine-tune a large text-to-image model.")
@click.option("--base", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True, metavar="FOLDER",
              help="A pipeline as diffusers saves it: Stable Diffusion 1, 2, XL or 3, or FLUX.1.")  # fmt: skip
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True, metavar="DATASET")
@click.option("-o", "--output", "run_dir", type=click.Path(path_type=Path), required=True, metavar="RUN")
@click.option("--letters", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Lettering found by `duckcover dataset letters`; it is filled in.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Insist that RUN holds a run to go on with.")
@click.option("--kimg", type=float, default=8.0, show_default=True, metavar="N",
              help="Length in thousands of images shown.")  # fmt: skip
@click.option("--size", "size_px", type=int, default=0, metavar="PX",
              help="Of covers as they are shown, in steps of 16. [default: the model's own]")  # fmt: skip
@click.option("--batch", type=int, default=4, show_default=True, metavar="N", help="Images a step.")
@click.option("--rank", type=int, default=16, show_default=True, metavar="N",
              help="How much can be learned, and how large the file is.")  # fmt: skip
@click.option("--rate", "learning_rate", type=float, default=1e-4, show_default=True, metavar="X",
              help="Learning rate.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, metavar="N")
@click.option("--device", default="auto", show_default=True, metavar="D", help="auto, cpu, cuda, mps or xpu.")
def lora(base: Path, data: Path, run_dir: Path, letters: Path | None, resume: bool, device: str,
         **fields: float) -> None:  # fmt: skip
    """Fine-tune a large text-to-image model on covers and their captions. The model stays as it is: what is learned is
    a LoRA, a small file beside it. Broken off at any time, the same command again goes on where it was left.

    \b
    duckcover train lora --base models/sdxl --data covers/ --letters letters.jsonl -o runs/covers-lora
    duckcover create --engine diffusers:models/sdxl+runs/covers-lora --genre "thrash metal" --year 1988
    """
    for extra, modules in NEEDED.items():
        if not all(map(importlib.util.find_spec, modules)):
            raise MissingExtra("training a LoRA", extra)
    from duck_and_cover.dataset.letters import load_letters
    from duck_and_cover.generation.diffusers import DiffusersEngine, Model
    from duck_and_cover.training.lora import train_lora
    from duck_and_cover.training.lora_recipe import LoraRecipe

    recipe = LoraRecipe(**fields)  # type: ignore[arg-type]
    found = load_letters(letters) if letters else None
    engine = DiffusersEngine(Model(base, device=device), trainable=True)
    shown = train_lora(engine, recipe, data, run_dir, letters=found, resume=resume,
                       warn=lambda said: click.echo(f"duckcover: {said}", err=True))  # fmt: skip
    click.echo(f"{run_dir}   {shown:,} images shown   next: duckcover create --engine diffusers:{base}+{run_dir} …")
