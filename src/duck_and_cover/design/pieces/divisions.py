"""How a list is divided for what bears it: a record by its sides, a compact disc by itself, movements by their works.

A compact disc counts its tracks through, whatever sides the record had; a record counts each side anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from duck_and_cover.album import Track
from duck_and_cover.design.pieces.tracklist import Section, TrackList, sided
from duck_and_cover.design.type import writing

__all__ = ["by_work", "on_disc", "on_sides", "works_alone"]

_MOVEMENT = re.compile(
    r"^(?P<work>\S.*?\S)\s*[:–—]\s*(?P<name>(?P<number>[IVX]{1,5}|\d{1,2})(?:[.)]\s*\S.*|\s*[-–—:]\s*\S.*|$))"
)
"""'Quartet No. 1 in C: II. Adagio': the work, and the movement's number and name."""

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


def on_disc(tracks: TrackList) -> TrackList:
    """The list of compact discs: numbers run through each disc, and headings stay."""
    out: list[Section] = []
    before: dict[int | None, int] = {}
    for section in tracks.sections:
        first = before.get(section.disc, 0) + 1
        before[section.disc] = first - 1 + len(section.tracks)
        out.append(replace(section, first=first))
    return TrackList(tuple(out))


def on_sides(tracks: TrackList) -> TrackList:
    """The list of a record: by its sides, which are told where nobody wrote a heading, as on its labels."""
    if len(tracks.sections) != 1 or tracks.sections[0].heading or len(tracks) < 2:
        return tracks
    sides = sided(tracks)
    latin = all(writing.script(c) in ("Latn", "Zyyy") for side in sides for track in side.tracks for c in track.title)
    return TrackList(tuple(replace(side, heading=f"Side {side.side}" if latin else side.side or "") for side in sides))


def by_work(tracks: TrackList) -> TrackList:
    """The same with each work named once above its movements, where a side or disc holds nothing but such works.

    "Trio in D: I. Allegro", "Trio in D: II. Largo" become "Trio in D" above "I. Allegro" and "II. Largo".
    """
    out: list[Section] = []
    for section in tracks.sections:
        works = _works(section.tracks)
        if works is None:
            out.append(section)
            continue
        if section.heading:
            out.append(replace(section, tracks=(), plays=section.seconds))
        first = section.first
        for name, movements in works:
            out.append(replace(section, tracks=movements, heading=name, first=first))
            first += len(movements)
    return TrackList(tuple(out))


def works_alone(tracks: TrackList) -> TrackList | None:
    """The same with works for titles and without their movements, for what is too small for those; None where some
    titles are no movements.
    """
    out = []
    for section in tracks.sections:
        works = _works(section.tracks)
        if works is None:
            return None
        named = tuple(Track(name, replace(section, tracks=own, plays=None).seconds) for name, own in works)
        out.append(replace(section, tracks=named))
    return TrackList(tuple(out))


def _works(tracks: Sequence[Track]) -> list[tuple[str, tuple[Track, ...]]] | None:
    """Works and their movements; None unless every track is one of two or more movements that count from the first."""
    found = [_MOVEMENT.match(track.title) for track in tracks]
    parts = [(m["work"], m["number"], replace(track, title=m["name"])) for m, track in zip(found, tracks, strict=True)
             if m]  # fmt: skip
    if len(parts) < len(tracks) or not parts:
        return None
    out = []
    for work, run in groupby(parts, key=lambda part: part[0]):
        movements = list(run)
        numbers = [number for _, number, _ in movements]
        counted = (list(_ROMAN[: len(numbers)]), [str(i + 1) for i in range(len(numbers))])
        if len(numbers) < 2 or numbers not in counted:
            return None
        out.append((work, tuple(track for *_, track in movements)))
    return out
