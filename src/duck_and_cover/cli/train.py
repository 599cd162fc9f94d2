"""`duckcover train`: carry out a recipe."""

from __future__ import annotations

import importlib.util
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from duck_and_cover.errors import BadInput, MissingExtra


@click.command(short_help="Train a network on covers.")
@click.argument("recipe_name", metavar="RECIPE")
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True, metavar="DATASET")
@click.option("-o", "--output", "run_dir", type=click.Path(path_type=Path), required=True, metavar="RUN")
@click.option("--letters", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Lettering found by `duckcover dataset letters`; it is filled in.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on from where RUN was left.")
@click.option("--kimg", type=float, metavar="N", help="Length in thousands of images shown.")
@click.option(
    "--set", "changes", multiple=True, metavar="FIELD=VALUE", help="Change a field of the recipe; may be repeated."
)
@click.option("--devices", type=int, default=1, show_default=True, metavar="N")
@click.option("--nodes", type=int, default=1, show_default=True, metavar="N")
def train(recipe_name: str, data: Path, run_dir: Path, letters: Path | None, resume: bool, kimg: float | None,
          changes: tuple[str, ...], devices: int, nodes: int) -> None:  # fmt: skip
    """Train a network on covers, resumable at any time. RECIPE is flow-64, flow-128 or flow-tiny.

    \b
    duckcover train flow-64 --data covers/ --letters letters.jsonl -o runs/first --kimg 500
    duckcover train flow-64 --data covers/ --letters letters.jsonl -o runs/first --kimg 800 --resume
    """
    if not all(map(importlib.util.find_spec, ("torch", "lightning", "pyarrow"))):
        raise MissingExtra("training", "train")
    from duck_and_cover.dataset.letters import load_letters
    from duck_and_cover.training.recipes import recipe
    from duck_and_cover.training.run import train as run

    chosen = recipe(recipe_name).with_changes(**_changes(changes))
    if kimg is not None:
        chosen = chosen.with_changes(kimg=kimg)
    found = load_letters(letters) if letters else None
    module = run(chosen, data, run_dir, letters=found, resume=resume, devices=devices, nodes=nodes)
    click.echo(f"{run_dir}   {int(module.images_shown):,} images shown   next: duckcover export {run_dir} -o BUNDLE")


def _changes(texts: tuple[str, ...]) -> dict[str, Any]:
    from duck_and_cover.training.recipe import Recipe

    kinds = {f.name: f.type for f in fields(Recipe) if f.type in ("int", "float", "str")}
    changes: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or name not in kinds:
            raise BadInput(f"--set {text}: wanted FIELD=VALUE with a field of {', '.join(sorted(kinds))}")
        try:
            changes[name] = {"int": int, "float": float, "str": str}[kinds[name]](value)
        except ValueError as error:
            raise BadInput(f"--set {text}: {value!r} is not a number") from error
    return changes
