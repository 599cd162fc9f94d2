"""`duckcover dataset letters`: where the words stand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click

from duck_and_cover.errors import MissingExtra


@click.command()
@click.argument("data", type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="JSON lines.")
def letters(data: Path, output: Path) -> None:
    """Find the lettering on every cover, so that a network can learn the art alone.

    \b
    duckcover dataset letters covers/ -o letters.jsonl
    """
    try:
        from duck_and_cover.dataset.letters import find_letters, save_letters
        from duck_and_cover.dataset.reader import CoverDataset
    except ImportError as error:
        raise MissingExtra("reading covers", "gather") from error
    covers = CoverDataset(data)
    total, began = len(covers), time.monotonic()

    def watched() -> Iterator[tuple[str, list]]:
        for i, found in enumerate(find_letters(covers), 1):
            yield found
            if i % 500 == 0 or i == total:
                rate = i / (time.monotonic() - began)
                click.echo(f"{i:7} of {total} covers   {rate:5.1f}/s   {(total - i) / rate / 60:5.1f} min left")

    save_letters(watched(), output)
    click.echo(f"{output}")
