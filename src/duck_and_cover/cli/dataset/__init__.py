"""`duckcover dataset`: from covers that were gathered to covers that can be learned from. One file a command."""

from __future__ import annotations

import click

from duck_and_cover.cli.lazy import LazyGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "letters": ("dataset.letters", "Find the lettering on every cover."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def dataset() -> None:
    """Prepare covers for training."""
