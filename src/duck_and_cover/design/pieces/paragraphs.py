"""Track lists on an axis and as paragraphs: for labels, flaps and whatever else is small or round.

A title is a line with its time behind it, or a part of one paragraph; lines are as long as the room is where they
stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from duck_and_cover.design.pieces.letters import PT_MM, Run, Text, Voice, scaled_down, wrapped
from duck_and_cover.design.pieces.listing import Block, Manner
from duck_and_cover.design.pieces.tracklist import Section, clock
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.type import writing

__all__ = ["centred", "run_in"]

_PITCH, _PITCH_WITHIN, _PITCH_RUN = 1.36, 1.16, 1.3
"""Baseline distance in em of two titles, of the lines of one, and of a paragraph's."""


_SIGN_GAP = 0.42
"""White on both sides of the sign between titles, em."""

_WORTH = 0.84
"""Whole titles are worth type as much smaller than broken ones'."""

_Part = tuple[Run, float]
"""A part of a line and the white before it, em."""


def centred(section: Section, voice: Voice, width_at: Callable[[float], float], height: float, *, most_pt: float,
            manner: Manner = Manner(), least_pt: float | None = None) -> Block | None:  # noqa: B008  # fmt: skip
    """A list on an axis at x = 0, a title a line with its time behind it; None where it does not fit.

    width_at:  y from the top of the block, mm -> room there, mm; labels are round.
    """
    least = voice.least_pt if least_pt is None else least_pt
    for size in scaled_down(max(most_pt, least), least):
        em = size * PT_MM
        y, texts = 0.0, []
        for at, track in enumerate(section.tracks):
            lines = wrapped(track.title, voice, max(width_at(y), width_at(y + 2 * em)) / em - 4.5, most_lines=3)
            if lines is None:
                break
            shapes: list[Outline] = []
            for i, line in enumerate(lines):
                parts = [voice.run(line, within=track.title)]
                if i == 0 and manner.numbers and len(section.tracks) > 1:
                    parts.insert(0, voice.figures(f"{section.first + at}."))
                if i == len(lines) - 1 and track.seconds:
                    parts.append(voice.figures(clock(track.seconds)))
                y += em * (1.0 if not texts and i == 0 else _PITCH_WITHIN if i else _PITCH)
                shape = _beside(parts if not _leftward(track.title) else parts[::-1], 0.45)
                wide = (shape.bounds[2] - shape.bounds[0]) * em
                if wide > min(width_at(y - em), width_at(y)):
                    break
                shapes.append(shape.scaled(em).moved(0.0, y))
            if len(shapes) < len(lines):
                break
            texts.append(Text(track.title, Outline.joined(shapes), size, "plain", "track"))
        if len(texts) == len(section.tracks) and y + 0.3 * em <= height:
            return Block(tuple(texts), max(t.bounds[2] - t.bounds[0] for t in texts), y + 0.3 * em, size)
    return None


def run_in(section: Section, voice: Voice, width_at: Callable[[float], float], height: float, *, most_pt: float,
           joint: str = "·", align: float = 0.5, least_pt: float | None = None) -> Block | None:  # fmt: skip
    """A list as one paragraph, titles parted by a sign but at the ends of lines. None where it does not fit.

    Titles stay whole unless the type would be much smaller for it. width_at as in `centred`; align 0.5 sets it on an
    axis at x = 0, 0 from an edge at x = 0.
    """
    least = voice.least_pt if least_pt is None else least_pt
    titles, sign = [_words(track.title, track.seconds, voice) for track in section.tracks], voice.run(joint)
    best: tuple[float, list[list[_Part]]] | None = None
    for whole in (False, True):
        for size in scaled_down(max(most_pt, least), least):
            em = size * PT_MM

            def room(row: int, em: float = em) -> float:
                y = em * _PITCH_RUN * row
                return min(width_at(y), width_at(y + em)) / em

            lines = _filled(titles, sign, room, whole)
            if lines and em * (1.3 + _PITCH_RUN * (len(lines) - 1)) <= height:
                best = (size, lines) if best is None or size > _WORTH * best[0] else best
                break
    if best is None:
        return None
    size, lines = best
    em = size * PT_MM
    leftward = 2 * sum(_leftward(t.title) for t in section.tracks) > len(section.tracks)
    shapes = [_line(line, align, leftward).scaled(em).moved(0.0, em * (1 + _PITCH_RUN * i))
              for i, line in enumerate(lines)]  # fmt: skip
    text = Text(f" {joint} ".join(t.title for t in section.tracks), Outline.joined(shapes), size, "plain", "tracks")
    left, _, right, _ = text.bounds
    return Block((text,), right - left, em * (1.3 + _PITCH_RUN * (len(lines) - 1)), size)


def _filled(titles: Sequence[Sequence[_Part]], sign: Run, room: Callable[[int], float],
            whole: bool) -> list[list[_Part]] | None:  # fmt: skip
    """Lines as full as they go, em; None where one does not hold a word or, if whole, a title. room: of a row."""
    lines: list[list[_Part]] = [[]]
    used = 0.0
    for title in titles:
        wide = sum(run.advance + gap for run, gap in title) - title[0][1]
        for at, (run, gap) in enumerate(title):
            parted = bool(lines[-1]) and at == 0
            before = gap + (_SIGN_GAP + sign.advance if parted else 0.0) if lines[-1] else 0.0
            if lines[-1] and used + before + (wide if whole and at == 0 else run.advance) > room(len(lines) - 1):
                lines.append([])
                used, before, parted = 0.0, 0.0, False
                if whole and at:
                    return None
            if run.advance > room(len(lines) - 1):
                return None
            if parted:
                lines[-1].append((sign, _SIGN_GAP))
            lines[-1].append((run, gap if lines[-1] else 0.0))
            used += before + run.advance
    return lines


def _words(title: str, seconds: int | None, voice: Voice) -> list[_Part]:
    """The parts of a title in a paragraph with the space before each, em; its time stays with the last word."""
    words = title.split(" ") if not _leftward(title) else [title]
    runs = [voice.run(word, within=title) for word in words]
    if seconds:
        time = voice.figures(clock(seconds))
        last = _beside([runs[-1], time] if not _leftward(title) else [time, runs[-1]], 0.4, centre=False)
        runs[-1] = Run((last,), last.bounds[2])
    return [(run, _SIGN_GAP if i == 0 else 0.26) for i, run in enumerate(runs)]


def _leftward(text: str) -> bool:
    return bool(writing.base_level(text))


def _beside(runs: Sequence[Run], gap: float, centre: bool = True) -> Outline:
    """Runs side by side from x = 0, or about it, em."""
    shapes, pen = [], 0.0
    for run in runs:
        shapes.append(run.outline.moved(pen, 0.0))
        pen += run.advance + gap
    whole = Outline.joined(shapes)
    left, _, right, _ = whole.bounds
    return whole.moved(-(left + right) / 2, 0.0) if centre else whole


def _line(parts: Sequence[_Part], align: float, leftward: bool) -> Outline:
    """A line of a paragraph, em."""
    shapes, pen = [], 0.0
    for run, gap in parts[::-1] if leftward else parts:
        shapes.append(run.outline.moved(pen + (0.0 if leftward else gap), 0.0))
        pen += run.advance + gap
    whole = Outline.joined(shapes)
    left, _, right, _ = whole.bounds
    return whole.moved(-(left + align * (right - left)), 0.0)
