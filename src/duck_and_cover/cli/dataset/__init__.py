"""`duckcover dataset`: from covers that were gathered to covers that can be learned from. One file a command."""

from __future__ import annotations

import click

from duck_and_cover.cli.lazy import LazyGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("dataset.build", "Screen covers, split them into parts, write shards."),
    "stats": ("dataset.stats", "Say what a dataset holds, as one page with pictures."),
    "letters": ("dataset.letters", "Find the lettering on every cover."),
    "priors": ("dataset.priors", "Learn what covers of a genre and time do."),
    "caption": ("dataset.caption", "Describe every cover in words."),
    "export": ("dataset.export", "Write a dataset as other tools want it."),
    "publish": ("dataset.publish", "Upload a dataset with its card."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def dataset() -> None:
    """Prepare covers for training."""
