"""The command line that makes a cover again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from duck_and_cover.album import Album, Track

__all__ = ["command"]

_LOOKS = ("finish", "palette", "type", "lettering", "layout")
_RELEASE = ("catalogue", "rights", "profile")


def command(album: Album, report: Mapping[str, Any], name: str = "kit") -> str:
    """What to type, quoted for a POSIX shell; the same version makes the same cover of it.

    report:  of the sleeve; "asked" are the options that were given. One of several variants was kept from the looks of
             the others: its look is then named in full.
    name:    of the command: 'kit' or 'create'.
    """
    words: list[str] = ["duckcover", name]
    for option, value in (("artist", album.artist), ("album", album.title)):
        words += [f"--{option}", value] if value else []
    for genre in album.genres:
        words += ["--genre", genre]
    words += ["--year", str(album.year)] if album.year else []
    for line in _lines(album.tracks):
        words += ["--track", line]
    words += ["--seed", str(report["seed"])] if "seed" in report else []
    asked = dict(report.get("asked", {}))
    for axis, number in asked.get("seeds", {}).items():
        words += ["--seed-of", f"{axis}={number}"]
    if report.get("variant", 1) > 1:
        asked |= _whole_look(report)
    for option in ("engine", "art", "toward", *_LOOKS, *_RELEASE):
        if asked.get(option) or (option == "rights" and asked.get(option) == ""):
            words += [f"--{option}", str(asked[option])]
    for part in asked.get("without", ()):
        words += ["--without", part]
    return shlex.join(words)


def _lines(tracks: Sequence[str | Track]) -> Iterator[str]:
    """Tracks as lines that the command reads: a heading where another disc or side begins, times in brackets."""
    before = (None, None)
    for track in tracks:
        if isinstance(track, str):
            yield track
            continue
        here = (track.disc, track.side)
        heading = ", ".join(f"{name} {value}" for name, value in zip(("Disc", "Side"), here, strict=True) if value)
        if here != before and heading:
            yield heading
        before = here
        yield f"{track.title} ({track.seconds // 60}:{track.seconds % 60:02})" if track.seconds else track.title


def _whole_look(report: Mapping[str, Any]) -> dict[str, str]:
    type_ = report["type"]
    return {"finish": report["finish"], "palette": report["palette"]["name"], "type": type_["lead"],
            "lettering": type_["lettering"], "layout": report["layout_wanted"]}  # fmt: skip
