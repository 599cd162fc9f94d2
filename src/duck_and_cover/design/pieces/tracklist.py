"""Track lists: lines as people type them become sides and discs of titles and times.

    read(("A1 So What 9:22", "A2 Freddie Freeloader 9:46", "B1 Blue in Green 5:37"))
    read(("Disc 1", "1. Allegro (7:12)", "2. Adagio (11:03)", "Disc 2", "1. Scherzo (6:40)"))

What looks like a mark is taken for one only where the whole list agrees, because titles hold numbers, too: "99
Luftballons", "John 3:16". A `Track` is never read into.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from duck_and_cover.album import Track
from duck_and_cover.design.type import writing
from duck_and_cover.errors import BadInput

__all__ = ["MOST_TRACKS", "Section", "TrackList", "clock", "read", "sided"]

MOST_TRACKS = 40
"""More titles than this cannot be read on the back of a compact disc."""

_DISCS = "disc|disk|cd|lp|disque|disco|диск|ディスク|디스크|قرص|דיסק"
_SIDES = "side|seite|face|lado|lato|kant|сторона|πλευρά|面|サイド|사이드|وجه|צד"
_HEADING = re.compile(
    rf"^(?:(?:{_DISCS})\s*#?(?P<disc>\d{{1,2}}))?(?P<joint>\s*[,·/–—-]?\s*)(?:(?:{_SIDES})\s*(?P<side>[A-Z]))?"
    r"(?:\s*[:–—]\s*(?P<name>\S.*))?$",
    re.IGNORECASE,
)
_CLOCK = r"\d{1,3}(?::\d{1,3}){1,2}"
_TIMED = re.compile(
    rf"^(?P<title>.*?\S)(?:\s*[(\[](?P<inside>{_CLOCK})[)\]]|\s+[-–—]\s*(?P<dashed>{_CLOCK})|\s+(?P<bare>{_CLOCK})"
    r"|\s+[-–—(\[]?\s*(?P<primes>\d{1,3}\s?[’'′]\s?\d{1,2}\s?(?:[\"”″]|''))[)\]]?)$"
)
_SIDE_MARK = re.compile(r"^(?P<side>[A-Z])(?P<number>\d{1,2})[.):]?\s+(?P<title>\S.*)$")
_DISC_MARK = re.compile(r"^(?P<disc>\d{1,2})[-.](?P<number>\d{1,2})[.):]?\s+(?P<title>\S.*)$")
_NUMBER = re.compile(r"^(?P<number>\d{1,3})(?P<stop>[.)](?!\d)\s*|\s+)(?P<title>\S.*)$")

_NOTHING = "no tracks stand below {!r}; leave the heading out, or give a Track of that name"


@dataclass(frozen=True)
class Section:
    """A side, disc or work: its heading as printed, "" for none, and its tracks in order.

    first:  number of its first track.    plays: seconds; None for those of its tracks.
    """

    tracks: tuple[Track, ...]
    heading: str = ""
    side: str | None = None
    disc: int | None = None
    first: int = 1
    plays: int | None = None

    @property
    def seconds(self) -> int | None:
        """How long it plays, where the times of all its tracks are known."""
        if self.plays:
            return self.plays
        times = [track.seconds for track in self.tracks]
        return None if None in times or not times else sum(t for t in times if t is not None)


@dataclass(frozen=True)
class TrackList:
    """The sides and discs of a record in order; none for a record without titles."""

    sections: tuple[Section, ...] = ()

    def __len__(self) -> int:
        return sum(len(section.tracks) for section in self.sections)

    @property
    def rightward(self) -> bool:
        """Whether most of its titles run from left to right."""
        titles = [track.title for section in self.sections for track in section.tracks]
        return 2 * sum(map(writing.base_level, titles)) <= len(titles)

    @property
    def discs(self) -> tuple[int | None, ...]:
        """Numbers of its discs in order; (None,) for a single one."""
        return tuple(dict.fromkeys(s.disc for s in self.sections)) or (None,)


def clock(seconds: int) -> str:
    """A playing time as printed.

    >>> clock(225), clock(3905)
    ('3:45', '1:05:05')
    """
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def read(tracks: Sequence[str | Track]) -> TrackList:
    """The track list that lines tell.

    tracks:  titles in order, at most 40. Texts may begin with "A1", "1." or "2-05", end with a time ("3:45", "(3:45)",
             "- 3:45", "1:02:10") and be headings ("Disc 2", "Side B", "CD 1: At sea"), in several languages.
    Times without a dash or brackets count where half of the lines have one, numbers where they count the tracks.
    Raises `BadInput` for more than 40 tracks, a time that is no time, numbers in no order, a heading without tracks.
    """
    rows: list[Track | re.Match[str]] = []
    texts = [line for line in tracks if isinstance(line, str) and not _heading(line)]
    timed = sum(bool(_TIMED.match(line)) for line in texts)
    for line in tracks:
        head = _heading(line) if isinstance(line, str) else None
        if head:
            rows.append(head)
        elif isinstance(line, str):
            rows.append(_timed(line, bare=2 * timed >= len(texts)))
        else:
            rows.append(line)
    written = [i for i, line in enumerate(tracks) if isinstance(line, str) and not isinstance(rows[i], re.Match)]
    _strip_marks(rows, written)
    count = sum(isinstance(row, Track) for row in rows)
    if count > MOST_TRACKS:
        raise BadInput(f"there are {count} tracks; wanted at most {MOST_TRACKS}, so that they can be read when printed")
    return TrackList(_sections(rows))


def _heading(line: str) -> re.Match[str] | None:
    found = _HEADING.match(line)
    return found if found and (found["disc"] or found["side"]) else None


def _timed(line: str, bare: bool) -> Track:
    found = _TIMED.match(line)
    if not found or (found["bare"] and not bare):
        return Track(line)
    time = found["inside"] or found["dashed"] or found["bare"] or found["primes"]
    return Track(found["title"], _seconds(time, found["title"]))


def _seconds(time: str, title: str) -> int:
    parts = re.findall(r"\d+", time)
    seconds = sum(int(part) * 60**i for i, part in enumerate(reversed(parts)))
    if any(int(part) > 59 or len(part) != 2 for part in parts[1:]) or not seconds:
        raise BadInput(f"{title!r} plays {time!r}, which is no time; wanted minutes and seconds like 3:45, or 1:02:10")
    return seconds


def _strip_marks(rows: list[Track | re.Match[str]], written: Sequence[int]) -> None:
    """Take the numbers off titles, in place, where all have one and they count."""
    titles = [row.title for i in written if isinstance(row := rows[i], Track)]
    for pattern, group in ((_SIDE_MARK, "side"), (_DISC_MARK, "disc")):
        found = [pattern.match(title) for title in titles]
        marks = [m for m in found if m]
        if marks and len(marks) == len(found) and _counts([(m[group], int(m["number"])) for m in marks]):
            for i, m in zip(written, marks, strict=True):
                disc, side = (int(m["disc"]), None) if group == "disc" else (None, m["side"])
                rows[i] = replace(_track(rows[i]), title=m["title"], side=side, disc=disc)
            return
    found = [_NUMBER.match(title) for title in titles]
    marks = [m for m in found if m]
    if not marks or len(marks) < len(found):
        return
    numbers = [int(m["number"]) for m in marks]
    section = [sum(isinstance(row, re.Match) for row in rows[:i]) for i in written]
    told = all(m["stop"].strip() or m["number"].startswith("0") for m in marks)
    if not (numbers == list(range(1, len(numbers) + 1)) or _counts(list(zip(section, numbers, strict=True)))):
        if told and len(numbers) > 1:
            raise BadInput(f"tracks are numbered {', '.join(map(str, numbers[:8]))}; wanted 1, 2, 3 and so on, or none")
        return
    if told or len(numbers) > 1:
        for i, m in zip(written, marks, strict=True):
            rows[i] = replace(_track(rows[i]), title=m["title"])


def _track(row: Track | re.Match[str]) -> Track:
    assert isinstance(row, Track)
    return row


def _counts(marks: Sequence[tuple[object, int]]) -> bool:
    """Whether numbers run 1, 2, 3 in each part, and each part is one run."""
    runs = [(part, [n for _, n in run]) for part, run in groupby(marks, lambda mark: mark[0])]
    return len({part for part, _ in runs}) == len(runs) and all(n == list(range(1, len(n) + 1)) for _, n in runs)


def _sections(rows: Sequence[Track | re.Match[str]]) -> tuple[Section, ...]:
    out: list[Section] = []
    heading, disc, side = "", None, None
    waiting = False
    latin = all(writing.script(c) in ("Latn", "Zyyy") for r in rows if isinstance(r, Track) for c in r.title)
    for row in rows:
        if isinstance(row, re.Match):
            if waiting and (side or not row["side"] or row["disc"]):
                raise BadInput(_NOTHING.format(heading))
            if waiting:  # a side of the disc whose heading stands above it
                heading = f"{heading} · {row[0]}"
                out.pop()
            else:
                heading = row[0]
            waiting = True
            disc = int(row["disc"]) if row["disc"] else disc
            side = row["side"].upper() if row["side"] else None
            out.append(Section((), heading, side, disc))
            continue
        told = (row.side or side, row.disc or disc)
        if not out or told != (out[-1].side, out[-1].disc):
            name = " · ".join(
                (f"{word} {mark}" if latin else f"{mark}")
                for word, mark in (("Disc", told[1]), ("Side", told[0])) if mark and (word == "Side" or not told[0])
            )  # fmt: skip
            out.append(Section((), name, *told))
        out[-1] = replace(out[-1], tracks=(*out[-1].tracks, row))
        waiting = False
    if waiting:
        raise BadInput(_NOTHING.format(heading))
    return tuple(out)


def sided(tracks: TrackList) -> tuple[Section, ...]:
    """The sides of a record or cassette; where nobody told them, each disc is turned nearest to half of its time, or
    of its titles where times are missing. Two empty sides for a record without titles.
    """
    if tracks.sections and all(section.side for section in tracks.sections):
        return tracks.sections
    out: list[Section] = []
    for disc in tracks.discs:
        own = [track for section in tracks.sections if section.disc == disc for track in section.tracks]
        known = all(track.seconds for track in own)
        lengths = [(track.seconds or 0) if known else 1 for track in own]
        turn = min(range(1, len(own) + 1), key=lambda i: abs(2 * sum(lengths[:i]) - sum(lengths) - 0.1), default=0)
        for part in (own[:turn], own[turn:]):
            letter = chr(ord("A") + len(out))
            out.append(Section(tuple(part), "", letter, disc))
    return tuple(out)
