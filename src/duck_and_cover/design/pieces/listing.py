"""Setting track lists as a typesetter does: columns by number and length, numbers hung, times below each other.

A list is set at one em per line first; every size of the scale and every number of columns is then tried by arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from duck_and_cover.design.pieces.letters import PT_MM, Run, Text, Tone, Voice, scaled_down, wrapped
from duck_and_cover.design.pieces.tracklist import TrackList, clock
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.errors import BadInput

__all__ = ["Block", "Manner", "columns"]

_LEADINGS = ((1.42, 1.16, 0.0), (1.28, 1.1, 0.06), (1.17, 1.04, 0.16))
"""Baseline distance in em of two titles and of the lines of one, and how little each is liked: long lists are set
closer before they are set smaller than that is worth.
"""
_ABOVE_HEADING, _BELOW_HEADING = 0.9, 1.16
_NUMBER_GAP, _TIME_GAP, _GUTTER = 0.7, 1.3, 2.3
_WIDEST = 34.0
"""A column is never wider, in em: the eye would lose the line on its way to the time."""
_FEWEST_DOTS = 3
"""Fewer dots between a title and its time lead nobody."""
_MOST_COLUMNS = 4
_MOST_ROWS = 12
"""A column of more is liked less."""


@dataclass(frozen=True)
class Manner:
    """How a style sets its lists.

    numbers:  whether titles are numbered.    leaders: dots between a title and its time.
    """

    numbers: bool = True
    leaders: bool = False


@dataclass(frozen=True)
class Block:
    """A set list: its texts from the corner 0, 0, and the room it takes, mm."""

    texts: tuple[Text, ...]
    width: float
    height: float
    size_pt: float
    columns: int = 1

    def moved(self, dx: float, dy: float) -> Block:
        """The same elsewhere, mm."""
        return replace(self, texts=tuple(text.moved(dx, dy) for text in self.texts))


@dataclass(frozen=True)
class _Measure:
    """What the parts of a list take beside its titles, and its baseline distances, em."""

    number: float
    time: float
    longest: float
    pitch: float
    within: float


@dataclass(frozen=True)
class _Row:
    """A line of a list before its size is known: what stands in front, the text in lines, the time."""

    number: Run | None
    lines: tuple[Run, ...]
    time: Run | None
    text: str
    heading: bool = False
    keep: bool = False

    def height(self, measure: _Measure) -> float:
        first = measure.pitch * _BELOW_HEADING if self.heading else measure.pitch
        return first + measure.within * (len(self.lines) - 1)


def columns(
    tracks: TrackList,
    voice: Voice,
    width: float,
    height: float,
    *,
    most_pt: float,
    manner: Manner = Manner(),
    least_pt: float | None = None,
) -> Block:
    """A list in as many columns as suit it, as large as a box of millimetres and the scale allow.

    Titles keep to one edge, numbers hang outside it, times stand below each other at the other; mirrored where most
    titles run from right to left. A heading never ends a column. Raises `BadInput` where it cannot be read in the box.
    """
    least = voice.least_pt if least_pt is None else least_pt
    best = None
    for hard in (False, True):
        best = best or _best(tracks, voice, (width, height), most_pt, least, manner=manner, hard=hard)
    if best is None:
        raise BadInput(
            f"the {len(tracks)} tracks do not fit {width:.0f} x {height:.0f} mm at {least:.1f} pt, the least that is "
            "read; shorten their titles, or leave some out"
        )
    _, size, room, parts, measure = best
    used = min(room, max(measure.number + measure.longest + measure.time, 8.0))
    return _placed(parts, size, used, measure, rightward=tracks.rightward, manner=manner, voice=voice)


def _best(tracks: TrackList, voice: Voice, box: tuple[float, float], most_pt: float, least: float, *, manner: Manner,
          hard: bool) -> tuple[float, float, float, list[list[_Row]], _Measure] | None:  # fmt: skip
    """Cost, size, width of a column, rows by column and measures of the arrangement that reads best."""
    width, height = box
    best: tuple[float, float, float, list[list[_Row]], _Measure] | None = None
    rows_of = _rows(tracks, voice, manner, hard)
    titles = [voice.run(track.title).advance for section in tracks.sections for track in section.tracks]
    beside = 4.0 if any(track.seconds for section in tracks.sections for track in section.tracks) else 1.0

    def _least_height(room: float) -> float:
        """What the list takes in one column at the very least, em: no break is perfect, so none is tried for less."""
        return sum(np.ceil(title / max(room - beside + 1.0, 1.0)) for title in titles) * _LEADINGS[-1][1] - 1.0

    for size in scaled_down(max(most_pt, least), least):
        em = size * PT_MM
        for count in range(1, min(_MOST_COLUMNS, len(tracks)) + 1):
            room = min((width / em - _GUTTER * (count - 1)) / count, _WIDEST)
            if _least_height(room) * em > height * count:
                continue
            made = rows_of(room)
            if made is None:
                continue
            rows, measures = made
            wraps = sum(len(row.lines) > 1 for row in rows) / len(rows)
            for measure, disliked in measures:
                parts = _parted(rows, count, measure)
                if parts is None or max(_height(part, measure) for part in parts) * em > height:
                    continue
                heights = [_height(part, measure) for part in parts]
                ragged = (max(heights) - min(heights)) / max(heights)
                cost = -np.log(size) + 0.7 * wraps + 0.06 * (count - 1) + 0.12 * ragged + disliked
                cost += 0.1 * max(0.0, max(map(len, parts)) - _MOST_ROWS) / 10
                if best is None or cost < best[0] - 1e-9:
                    best = (cost, size, room, parts, measure)
                break
    return best


_Made = tuple[list[_Row], tuple[tuple[_Measure, float], ...]]
"""Rows, and how close they may be set."""


def _rows(tracks: TrackList, voice: Voice, manner: Manner, hard: bool) -> Callable[[float], _Made | None]:
    """What makes the rows of a list for columns of so many em; None where a title cannot be broken to fit."""
    numbered = manner.numbers and len(tracks) > 1
    heads = replace(voice, spacing=voice.spacing + (0.0 if voice.face.joined else 0.04))
    numbers = [str(s.first + i) for s in tracks.sections for i in range(len(s.tracks))]
    number = max((voice.figures(n).advance for n in numbers), default=0.0) + _NUMBER_GAP if numbered else 0.0
    times = [clock(t.seconds) for s in tracks.sections for t in s.tracks if t.seconds]
    times += [clock(s.seconds) for s in tracks.sections if s.seconds and s.heading]
    time = max((voice.figures(t).advance for t in times), default=0.0) + (_TIME_GAP if times else 0.0)

    def of_width(room: float) -> _Made | None:
        rows: list[_Row] = []
        for section in tracks.sections:
            if section.heading:
                lines = wrapped(section.heading, heads, room - time, hard=hard)
                if lines is None:
                    return None
                total = voice.figures(clock(section.seconds)) if section.seconds else None
                runs = tuple(heads.run(line, within=section.heading) for line in lines)
                rows.append(_Row(None, runs, total, section.heading, heading=True, keep=True))
            for at, track in enumerate(section.tracks):
                left = room - number - time
                lines = wrapped(track.title, voice, left, hard=hard) if left > 3 else None
                if lines is None:
                    return None
                own = str(section.first + at) if numbered else ""
                rows.append(_Row(
                    voice.figures(own) if numbered else None,
                    tuple(voice.run(line, within=track.title) for line in lines),
                    voice.figures(clock(track.seconds)) if track.seconds else None,
                    " ".join(filter(None, (own, track.title,
                                           clock(track.seconds) if track.seconds else ""))),
                    keep=at == 0 and len(section.tracks) > 1,
                ))  # fmt: skip
        tall = max(-line.ink[1] for row in rows for line in row.lines)
        deep = max(line.ink[3] for row in rows for line in row.lines)
        longest = max(line.ink[2] - (number if row.heading else 0.0)
                      for row in rows for line in row.lines)  # fmt: skip
        return rows, tuple(
            (_Measure(number, time, longest, max(pitch, tall + deep + 0.1), max(within, tall + deep + 0.03)), disliked)
            for pitch, within, disliked in _LEADINGS
        )

    return of_width


def _height(rows: Sequence[_Row], measure: _Measure) -> float:
    """Of a column, em; space above a heading only between rows."""
    above = sum(_ABOVE_HEADING for row in rows[1:] if row.heading)
    return sum(row.height(measure) for row in rows) + above - (measure.pitch - 1.0)


def _parted(rows: list[_Row], count: int, measure: _Measure) -> list[list[_Row]] | None:
    """Rows in so many columns with the lowest tallest one, none empty; a row that keeps the next ends no column, and
    no title stands alone in a column of a longer list.
    """
    n = len(rows)
    if count == 1:
        return [rows]
    starts = [i for i, row in enumerate(rows) if row.heading]
    if len(starts) == count and starts[0] == 0:  # a side a column, unless they are too unlike
        parts = [rows[a:b] for a, b in pairwise([*starts, n])]
        if max(_height(part, measure) for part in parts) < 1.4 * _height(rows, measure) / count:
            return parts
    low, high = _height(rows, measure) / count * 0.9, _height(rows, measure) + measure.pitch
    found: list[list[_Row]] | None = None
    for _ in range(14):
        limit, parts, at = (low + high) / 2, [], 0
        while at < n and len(parts) < count:
            end = at + 1
            while end < n and _height(rows[at : end + 1], measure) <= limit:
                end += 1
            while end < n and end > at + 1 and rows[end - 1].keep:
                end -= 1
            parts.append(rows[at:end])
            at = end
        if at == n and len(parts) == count and all(len(part) > 1 or n == count for part in parts):
            found, high = parts, limit
        elif at == n and len(parts) < count:
            high = limit
        else:
            low = limit
    return found


def _placed(parts: list[list[_Row]], size: float, room: float, measure: _Measure, *, rightward: bool, manner: Manner,
            voice: Voice) -> Block:  # fmt: skip
    em = size * PT_MM
    step = room + _GUTTER
    wide = len(parts) * step - _GUTTER
    tall = max(max(-line.ink[1] for line in part[0].lines) for part in parts)
    texts: list[Text] = []
    lowest = 0.0
    for number, part in enumerate(parts):
        left = number * step if rightward else wide - number * step - room
        y = tall
        for at, row in enumerate(part):
            y += _ABOVE_HEADING if row.heading and at else 0.0
            shapes, tone = _row(row, room, measure, rightward, manner=manner, voice=voice)
            outline = Outline.joined(shapes).scaled(em).moved(left * em, y * em)
            texts.append(Text(row.text, outline, size, tone, "track"))
            lowest = max(lowest, outline.bounds[3])
            y += row.height(measure)
    return Block(tuple(texts), wide * em, lowest, size, len(parts))


def _row(row: _Row, room: float, measure: _Measure, rightward: bool, *, manner: Manner,
         voice: Voice) -> tuple[list[Outline], Tone]:  # fmt: skip
    """The shapes of a row on a first baseline at y = 0 in a column from x = 0, em."""
    inset = 0.0 if row.heading else measure.number
    shapes: list[Outline] = []
    for i, line in enumerate(row.lines):
        x = inset - line.ink[0] if rightward else room - inset - line.ink[2]
        shapes.append(line.outline.moved(x, i * measure.within))
    if row.number is not None:
        x = (inset - _NUMBER_GAP - row.number.ink[2]) if rightward else (room - inset + _NUMBER_GAP - row.number.ink[0])
        shapes.append(row.number.outline.moved(x, 0.0))
    if row.time is not None:
        x = room - row.time.advance if rightward else 0.0
        shapes.append(row.time.outline.moved(x, 0.0))
        if manner.leaders and not row.heading and len(row.lines) == 1:
            dot = voice.run(".")
            ends = inset + row.lines[0].ink[2] - row.lines[0].ink[0]
            begin, end = (ends + 0.5, room - measure.time + _TIME_GAP - 0.6)
            steps = np.arange(end, begin, -0.55)
            steps = steps if len(steps) >= _FEWEST_DOTS else steps[:0]
            xs = steps if rightward else room - steps
            shapes += [dot.outline.moved(float(x), 0.0) for x in xs]
    return shapes, "loud" if row.heading else "plain"
