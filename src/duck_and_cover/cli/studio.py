"""`duckcover studio`: the same in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from duck_and_cover.errors import MissingExtra

DEFAULT_PORT = 8377


@click.command(short_help="Make covers in a browser.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    metavar="N",
    help="On this machine; 0 takes a free one.",
)
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where sleeves, pictures and kits are kept. [default: DUCKCOVER_STUDIO, or the user's data folder]",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 16),
    default=2,
    show_default=True,
    metavar="N",
    help="Processes that make covers.",
)
def studio(port: int, no_browser: bool, folder: Path | None, workers: int) -> None:
    """Make covers in a browser: eight at a time, each part changed by itself, every file of a release to take away. The
    page is served by this machine to this machine, and nothing leaves it. Ctrl-C ends it.

    \b
    duckcover studio
    """
    try:
        from duck_and_cover.studio.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("fastapi", "starlette", "uvicorn", "jinja2", "pydantic"):
            raise MissingExtra("the studio", "studio") from error
        raise
    from duck_and_cover.cli.check import word_reader
    from duck_and_cover.settings import Settings

    def begun(address: str) -> None:
        click.echo(f"the studio is at {address}   (Ctrl-C ends it)")

    serve(
        port,
        folder=folder,
        settings=Settings.read(),
        open_browser=not no_browser,
        workers=workers,
        reader=word_reader,
        begun=begun,
    )
