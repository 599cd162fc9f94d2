"""`duckcover dataset caption`: every cover in words."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duck_and_cover.cli.crew import RAY, crew_for
from duck_and_cover.cli.meter import meter
from duck_and_cover.errors import MissingExtra

if TYPE_CHECKING:
    from duck_and_cover.dataset.captions.vision import Device

TEMPLATE = "template"


@click.command(short_help="Describe every cover in words.")
@click.argument("data", type=click.Path(path_type=Path), metavar="DATASET")
@click.option(
    "--captioner",
    default=TEMPLATE,
    show_default=True,
    metavar="NAME|FOLDER",
    help="Without a model, or one of the Hugging Face hub or a folder.",
)
@click.option("--revision", metavar="R", help="Of the model: a commit, tag or branch.  [default: the newest]")
@click.option("--prompt", metavar="TEXT", help="What to ask the model.  [default: what suits it]")
@click.option("--device", type=click.Choice(("auto", "cpu", "cuda")), default="auto", show_default=True)
@click.option(
    "--batch",
    type=click.IntRange(1, 4096),
    default=8,
    show_default=True,
    metavar="N",
    help="Pictures at a time; halved where memory does not suffice.",
)
@click.option("--names/--no-names", default=False, show_default=True, help="Tell artist and title in captions.")
@click.option("--limit", type=click.IntRange(1), metavar="N",
              help="Look at N new pictures, print their captions, leave the shards alone.")  # fmt: skip
@RAY
def caption(data: Path, captioner: str, revision: str | None, prompt: str | None, device: Device, batch: int,
            names: bool, limit: int | None, ray: str | None) -> None:  # fmt: skip
    """Describe every cover in words: the column `text`, for text-to-image training. Stop it any time: the same command
    goes on, and no picture is looked at twice.

    \b
    duckcover dataset caption covers/
    duckcover dataset caption covers/ --captioner florence-community/Florence-2-base --limit 20
    """
    try:
        from duck_and_cover.dataset.captions.caption import caption as run
        from duck_and_cover.dataset.captions.choose import Asked, Spread
        from duck_and_cover.dataset.shards import manifest
    except ImportError as error:
        raise MissingExtra("captions", "gather") from error
    manifest(data)  # before a model is fetched for nothing
    asked = Asked(captioner, revision, prompt, device, 32 if captioner == TEMPLATE else batch)
    say: Callable[[int], None] | None = None

    def watch(done: int, total: int) -> None:
        nonlocal say
        say = say or meter("pictures described", total)
        say(done)

    if ray is None:
        by, at_once = asked.captioner(), asked.batch
        came = run(data, by, names=names, batch=at_once, limit=limit, watch=watch)
    else:
        with crew_for(ray) as crew:
            by, at_once = Spread(asked, crew), asked.batch * 2 * crew.processes
            came = run(data, by, names=names, batch=at_once, limit=limit, watch=watch)
    options = {"--captioner": captioner if captioner != TEMPLATE else None, "--revision": revision, "--prompt": prompt}
    said = "".join(f" {name} {shlex.quote(value)}" for name, value in options.items() if value is not None)
    again = f"duckcover dataset caption {data}{said}{' --names' if names else ''}"
    if limit is not None:
        for text in list(came.captions.values())[:limit]:
            click.echo(text)
        click.echo(f"{came.seen:,} pictures seen, nothing written into the dataset. Next: {again}")
        return
    lost = f", {came.unreadable:,} files are no pictures" if came.unreadable else ""
    dumb = f", of {came.silent:,} it had nothing to say" if came.silent else ""
    same = "" if came.written else "; the dataset had them already"
    click.echo(f"{len(came.captions):,} covers have captions by {by.name}: {came.seen:,} pictures seen now{dumb}{lost}"
               f"{same}. Next: duckcover dataset export --help")  # fmt: skip
