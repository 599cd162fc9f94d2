"""`duckcover train`: carry out a recipe; `duckcover train lora`, which has options of its own."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from duck_and_cover.errors import BadInput, MissingExtra


def _list_recipes(context: click.Context, option: click.Parameter, value: bool) -> None:
    """Print every recipe with the first line of what it says about itself, and leave."""
    if not value or context.resilient_parsing:
        return
    if not all(map(importlib.util.find_spec, ("torch", "lightning", "pyarrow"))):
        raise MissingExtra("training", "train")
    from duck_and_cover.training.recipes import RECIPES

    for name, make in RECIPES.items():
        click.echo(f"{name:18} {(make.__doc__ or '').strip().splitlines()[0]}")
    context.exit()


@click.command("train", short_help="Train a network on covers.")
@click.argument("recipe_name", metavar="RECIPE")
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True, metavar="DATASET")
@click.option("-o", "--output", "run_dir", type=click.Path(path_type=Path), required=True, metavar="RUN")
@click.option("--letters", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Lettering found by `duckcover dataset letters`; it is filled in.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Insist that RUN holds a run to go on with.")
@click.option("--kimg", type=float, metavar="N", help="Length in thousands of images shown.")
@click.option("--minutes", type=float, metavar="N",
              help="Train for so long: the length becomes what can be shown in that time.")  # fmt: skip
@click.option(
    "--set", "changes", multiple=True, metavar="FIELD=VALUE", help="Change a field of the recipe; may be repeated."
)
@click.option("--list", is_flag=True, is_eager=True, expose_value=False, callback=_list_recipes,
              help="Say which recipes there are.")  # fmt: skip
@click.option("--devices", type=int, default=1, show_default=True, metavar="N",
              help="Processes on this machine; a batch is divided over them.")  # fmt: skip
@click.option("--nodes", type=int, default=1, show_default=True, metavar="N")
def _recipe(recipe_name: str, data: Path, run_dir: Path, letters: Path | None, resume: bool, kimg: float | None,
            minutes: float | None, changes: tuple[str, ...], devices: int, nodes: int) -> None:  # fmt: skip
    """Train a network on covers. `--list` says which RECIPEs there are; `train lora` fine-tunes a large model. Broken
    off at any time, the same command again goes on where it was left.

    \b
    duckcover train flow-64 --data covers/ --letters letters.jsonl -o runs/first --kimg 500
    duckcover train flow-64 --data covers/ --letters letters.jsonl -o runs/first --kimg 800   # longer
    """
    if not all(map(importlib.util.find_spec, ("torch", "lightning", "pyarrow"))):
        raise MissingExtra("training", "train")
    from duck_and_cover.dataset.letters import load_letters
    from duck_and_cover.dataset.reader import CoverDataset
    from duck_and_cover.training.recipes import recipe
    from duck_and_cover.training.record import first_process
    from duck_and_cover.training.run import train as run

    if kimg is not None and minutes is not None:
        raise BadInput("--kimg and --minutes both say how long to train; give one of them")
    chosen = recipe(recipe_name)
    chosen = chosen.with_changes(**_changes(changes, chosen), **({} if kimg is None else {"kimg": kimg}))
    found = load_letters(letters) if letters else None
    if found is not None:
        ids = [origin.id for origin in CoverDataset(data, "train").origins()]
        if unknown := sum(id not in found for id in ids):
            what = f"{letters} does not know {unknown:,} of {len(ids):,} covers; what is written on those is learned"
            click.echo(f"duckcover: {what} as well. `duckcover dataset letters` finds it", err=True)
    module = run(chosen, data, run_dir, letters=found, resume=resume, minutes=minutes, devices=devices, nodes=nodes,
                 warn=lambda said: click.echo(f"duckcover: {said}", err=True))  # fmt: skip
    if first_process():
        click.echo(
            f"{run_dir}   {int(module.images_shown):,} images shown   next: duckcover export {run_dir} -o BUNDLE"
        )


class _Train(click.Group):
    """`train RECIPE`, and beside it the commands that are no recipe."""

    def make_context(self, info_name: str | None, args: list[str], parent: click.Context | None = None,
                     **extra: Any) -> click.Context:  # fmt: skip
        beside = args[:1] and args[0] in self.list_commands(None)
        return super().make_context(info_name, args, parent, **extra) if beside else (
            _recipe.make_context(info_name, args, parent, **extra))  # fmt: skip

    def list_commands(self, ctx: click.Context | None) -> list[str]:
        return ["lora"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != "lora":
            return None
        from duck_and_cover.cli.lora import lora

        return lora

    def get_help(self, ctx: click.Context) -> str:
        own = click.Context(_recipe, ctx.parent, ctx.info_name, terminal_width=ctx.terminal_width,
                            help_option_names=ctx.help_option_names)  # fmt: skip
        return _recipe.get_help(own)


train = _Train("train", short_help="Train a network on covers.")


def _changes(texts: tuple[str, ...], chosen: Any) -> dict[str, Any]:
    """`FIELD=VALUE` texts as values of the kinds that the recipe and its network declare."""
    kinds = {f.name: _KINDS[f.type] for owner in (chosen.network, chosen) for f in fields(owner) if f.type in _KINDS}
    for name in ("name", "condition_dims"):
        kinds.pop(name)
    changes: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or name not in kinds:
            raise BadInput(f"--set {text}: wanted FIELD=VALUE with a field of {', '.join(sorted(kinds))}")
        read, wanted = kinds[name]
        try:
            changes[name] = read(value)
        except (ValueError, KeyError) as error:
            raise BadInput(f"--set {text}: {value!r} is not {wanted}") from error
    return changes


_KINDS: dict[Any, tuple[Callable[[str], Any], str]] = {
    "int": (int, "a whole number"),
    "float": (float, "a number"),
    "float | None": (float, "a number"),
    "str": (str, "a word"),
    "Loss": (str, "a word"),
    "tuple[bool, ...]": (
        lambda text: tuple({"0": False, "1": True}[v] for v in text.split(",")),
        "0s and 1s with commas",
    ),
    "tuple[tuple[int, int], ...]": (
        lambda text: tuple((int(px), int(n)) for px, n in (pair.split(":") for pair in text.split(","))),
        "px:pictures with commas between, as in 256:16,512:8",
    ),
    "tuple[int, ...]": (lambda text: tuple(int(part) for part in text.split(",")), "whole numbers with commas between"),
}
