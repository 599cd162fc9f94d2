"""What commands that make covers ask of a record and of its look, and how it is handed on."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from duck_and_cover.album import Album
from duck_and_cover.errors import BadInput

__all__ = ["Wanted", "listed", "look_options", "record_options", "slug"]

Command = TypeVar("Command", bound=Callable[..., Any])
AXES = ("finish", "palette", "type", "lettering", "layout")

_RECORD = (
    click.option("--artist", metavar="A", help="As it should be printed; leave out for none."),
    click.option("--album", metavar="T", help="The record's title; leave out for self-titled."),
    click.option("--genre", "genres", multiple=True, metavar="G",
                 help="Any text, most important first; may be repeated."),
    click.option("--year", type=int, metavar="Y", help="Release year, 1900 to 2100."),
    click.option("--track", "tracks", multiple=True, metavar="S",
                 help="A track, as in 'A1 So What 9:22', or a heading, as in 'Side B'; may be repeated."),
    click.option("--tracks", "track_file", type=click.File(encoding="utf-8"), metavar="FILE",
                 help="Tracks from a text file, one a line; - reads what is piped in."),
    click.option("--seed", type=int, metavar="N", help="The same seed makes the same cover. [default: a new one]"),
    click.option("--seed-of", "axis_seeds", multiple=True, metavar="AXIS=N",
                 help="Another seed for art, finish, palette, type or layout alone; may be repeated."),
)  # fmt: skip
_LOOK = (
    click.option("--engine", metavar="NAME|DIR",
                 help="A shipped network, a bundle folder, or diffusers:FOLDER, a large model. [default: flow-128]"),
    click.option("--art", type=click.Path(path_type=Path), metavar="FILE",
                 help="A photograph or picture of your own instead of a network's art."),
    click.option("--toward", metavar="N@SHARE",
                 help="Art on the way to another seed's, as in 7@0.4; 0 is its own, 1 the other's."),
    click.option("--finish", metavar="F", help="Fix the finish; `list` names them."),
    click.option("--palette", metavar="P", help="Fix the palette; `list` names them, `art` takes the art's own."),
    click.option("--type", metavar="T", help="Fix the title's typeface; `list` names them."),
    click.option("--lettering", metavar="W", help="Fix what is done to the title; `list` names it."),
    click.option("--layout", metavar="L", help="Fix the layout; `list` names them."),
)  # fmt: skip


def record_options(command: Command) -> Command:
    """Artist, title, genres, year, tracks and seeds."""
    return functools.reduce(lambda done, option: option(done), reversed(_RECORD), command)


def look_options(command: Command) -> Command:
    """Engine or art, and a name on each axis."""
    return functools.reduce(lambda done, option: option(done), reversed(_LOOK), command)


@dataclass(frozen=True)
class Wanted:
    """album: the record; how: the other arguments of `duck_and_cover.create`."""

    album: Album
    how: dict[str, Any]

    @classmethod
    def of(cls, options: dict[str, Any]) -> Wanted:
        """From what `record_options` and `look_options` gave a command."""
        tracks = (*options["tracks"], *_lines(options["track_file"]))
        record = Album(options["artist"], options["album"], options["genres"], options["year"], tracks)
        how = {name: options[name] for name in ("seed", "engine", "art", *AXES)}
        return cls(record, how | {"seeds": _axis_seeds(options["axis_seeds"]), "toward": _toward(options["toward"])})


def listed(options: dict[str, Any]) -> bool:
    """Print the names of every axis that was given as `list`; whether there was one."""
    asked = [axis for axis in AXES if options[axis] == "list"]
    if asked:
        from duck_and_cover.design.axes import names

        for axis in asked:
            for name, description in names(axis).items():
                click.echo(f"{name:26} {description}")
    return bool(asked)


def slug(album: Album) -> str:
    """A file name from the names of a record."""
    text = " ".join(part for part in (album.artist, album.title) if part) or "cover"
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return re.sub(r"[^\w]+", "-", plain).strip("-_")[:60] or "cover"


def _lines(file: Any) -> list[str]:
    """What a text file of tracks holds, without its empty lines."""
    try:
        return [line.strip() for line in file or () if line.strip()]
    except UnicodeDecodeError as error:
        raise BadInput(f"--tracks {file.name}: holds bytes that are not text; save it in UTF-8") from error


def _toward(text: str | None) -> tuple[int, float] | None:
    if text is None:
        return None
    seed, _, share = text.partition("@")
    try:
        return int(seed), float(share)
    except ValueError:
        raise BadInput(f"--toward {text}: wanted another seed and a share of the way, as in 7@0.4") from None


def _axis_seeds(texts: tuple[str, ...]) -> dict[str, int]:
    seeds: dict[str, int] = {}
    for text in texts:
        axis, _, value = text.partition("=")
        if not value.isdecimal():
            raise BadInput(f"--seed-of {text}: wanted AXIS=N with a whole number, as in type=7")
        seeds[axis] = int(value)
    return seeds
