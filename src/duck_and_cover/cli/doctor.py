"""`duckcover doctor`: what is installed, which engines are usable, what to type next."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
from pathlib import Path

import click

from duck_and_cover import __version__
from duck_and_cover.errors import DuckAndCoverError

EXTRAS = {
    "train": ("torch", "lightning", "pyarrow", "onnx"),
    "gather": ("aiohttp", "pyarrow", "rapidocr", "tinytag"),
    "caption": ("torch", "transformers", "pyarrow"),
    "large": ("torch", "diffusers", "transformers", "peft", "accelerate"),
    "hub": ("huggingface_hub", "pyarrow"),
    "ray": ("ray",),
    "studio": ("fastapi", "uvicorn", "jinja2"),
}


@click.command(short_help="Say what is installed.")
def doctor() -> None:
    """Say what is installed, which engines are usable, and what to type next.

    \b
    duckcover doctor
    """
    click.echo(f"duckcover {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    for name in ("numpy", "onnxruntime", "opencv-python-headless", "uharfbuzz", "pyclipper", "pydyf"):
        click.echo(f"  {name:24} {_version(name)}")
    for extra, modules in EXTRAS.items():
        missing = [m for m in modules if importlib.util.find_spec(m) is None]
        state = f"not installed: pip install '.[{extra}]' in a clone" if missing else "installed"
        click.echo(f"  extra [{extra}]".ljust(27) + state)
    from duck_and_cover.generation.engine import DEFAULT_JUDGE, DEFAULT_UPSCALER, engine_names, open_engine, shelf

    usable = []
    for name in engine_names():
        try:
            click.echo(f"  engine {name:18}usable, sha256 {open_engine(name).sha256[:12]}")
            usable.append(name)
        except DuckAndCoverError as error:
            click.echo(f"  engine {name:18}{error}")
    for kind, name in (("judge", DEFAULT_JUDGE), ("upscaler", DEFAULT_UPSCALER)):
        click.echo(f"  {kind} {name}".ljust(27) + _whole(shelf() / name))
    if not usable:
        click.echo("no engine is usable: train one (duckcover train --help) or install the package again")
        raise click.exceptions.Exit(1)
    click.echo('next: duckcover create --artist "Your Name" --album "Your Record" --genre "your genre" --year 2026')


def _whole(folder: Path) -> str:
    """Whether a bundle that helps is there and undamaged; covers are made without it as well."""
    from duck_and_cover.bundle import Bundle

    try:
        return f"usable, sha256 {Bundle.open(folder).sha256[:12]}"
    except DuckAndCoverError as error:
        return str(error)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
