"""`duckcover dataset publish`: a dataset goes to the Hugging Face hub."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duck_and_cover.cli.meter import meter
from duck_and_cover.errors import MissingExtra
from duck_and_cover.settings import Settings

if TYPE_CHECKING:
    from duck_and_cover.dataset.publishing.publish import Ready


@click.command(short_help="Upload a dataset with its card.")
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--repo", required=True, metavar="OWNER/NAME", help="Where on the hub; made where it is not there.")
@click.option("--public", is_flag=True, help="Show it to everyone. [default: to its owner]")
@click.option("--dry-run", is_flag=True, help="Say what would go and send nothing; needs no token and no network.")
@click.option("--license", "licence", metavar="L", help="Licence of covers that are your own: cc-by-4.0, cc0, …")
@click.option("--only-free", is_flag=True, help="Leave out what may not be used commercially.")
def publish(dataset: Path, repo: str, public: bool, dry_run: bool, licence: str | None, only_free: bool) -> None:
    """Upload the covers of a dataset that may be passed on, with a card that says what they are. Stop it any time: the
    same command goes on, and what is there is not sent again.

    \b
    duckcover dataset publish covers/ --repo me/album-covers --dry-run
    duckcover dataset publish covers/ --repo me/album-covers
    """
    try:
        from duck_and_cover.dataset.publishing.publish import HUB_URL, prepare, upload
        from duck_and_cover.dataset.publishing.rights import named_license
    except ImportError as error:
        raise MissingExtra("reading covers", "gather") from error
    own = named_license(licence) if licence else None
    ready = prepare(dataset, repo, own=own, only_free=only_free, progress=meter("covers"))
    _list(ready)
    if dry_run:
        click.echo(f"nothing was sent; read the card first: {ready.folder / 'README.md'}")
        return
    settings = Settings.read()
    token, endpoint = settings.get("HF_TOKEN"), settings.address("HF_ENDPOINT", HUB_URL)
    with _stopped_at_once():
        address = upload(ready, repo, token=token, endpoint=endpoint, public=public, quiet=not sys.stderr.isatty())
    click.echo(address)


def _list(ready: Ready) -> None:
    """What goes and what stays."""
    for name, size in ready.files.items():
        click.echo(f"{size:15,}  {name}")
    stated = ready.contents.license
    size = sum(ready.files.values()) / 1e6
    click.echo(f"{ready.contents.covers:,} covers, {size:,.1f} MB in {len(ready.files)} files, license "
               f"{stated.name or stated.id}")  # fmt: skip
    if ready.refused:
        click.echo(f"{sum(ready.refused.values()):,} covers stay here:")
    for why, covers in sorted(ready.refused.items(), key=lambda pair: (-pair[1], pair[0])):
        click.echo(f"{covers:15,}  {why}")


@contextlib.contextmanager
def _stopped_at_once() -> Iterator[None]:
    """Ctrl-C ends the program then and there. The library's threads would first send what they have begun, for minutes;
    and nothing is lost, since what is whole is kept at the hub.
    """
    reading, writing = socket.socketpair()
    writing.setblocking(False)

    def watch() -> None:
        with reading:
            if signal.SIGINT in reading.recv(64):
                click.echo("duckcover: interrupted", err=True)
                os._exit(130)

    threading.Thread(target=watch, daemon=True).start()
    before, fd = signal.signal(signal.SIGINT, lambda *_: None), signal.set_wakeup_fd(writing.fileno())
    try:
        yield
    finally:
        signal.set_wakeup_fd(fd)
        signal.signal(signal.SIGINT, before)
        writing.close()
