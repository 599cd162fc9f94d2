"""Track lists on an axis and as paragraphs: for labels, flaps and whatever else is small or round.

A title is a line with its time behind it, or a part of one paragraph; lines are as long as the room is where they
stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from duck_and_cover.design import writing
from duck_and_cover.design.outline import Outline
from duck_and_cover.design.pieces.letters import PT_MM, Run, Text, Voice, scaled_down, wrapped
from duck_and_cover.design.pieces.listing import Block, Manner
from duck_and_cover.design.pieces.tracklist import Section, clock

__all__ = ["centred", "run_in"]

_PITCH, _PITCH_WITHIN, _PITCH_RUN = 1.36, 1.16, 1.3
"""Baseline distance in em of two titles, of the lines of one, and of a paragraph's."""


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
                    parts.insert(0, voice.figures(f"{at + 1}."))
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
    """A list as one paragraph, titles parted by a sign; a title stays whole where a line holds it. None where it does
    not fit. width_at as in `centred`; align 0.5 sets it on an axis at x = 0, 0 from an edge at x = 0.
    """
    least = voice.least_pt if least_pt is None else least_pt
    leftward = 2 * sum(_leftward(t.title) for t in section.tracks) > len(section.tracks)
    for size in scaled_down(max(most_pt, least), least):
        em = size * PT_MM
        pieces = [p for n, track in enumerate(section.tracks) for p in _words(track.title, track.seconds, voice,
                  joint if n < len(section.tracks) - 1 else "")]  # fmt: skip
        lines: list[list[tuple[Run, float]]] = [[]]
        y, used = em, 0.0
        for run, space in pieces:
            gap = space if lines[-1] else 0.0
            room = min(width_at(y - em), width_at(y)) / em
            if lines[-1] and used + gap + run.advance > room:
                lines.append([])
                y, used, gap = y + _PITCH_RUN * em, 0.0, 0.0
                room = min(width_at(y - em), width_at(y)) / em
            if run.advance > room:
                break
            lines[-1].append((run, gap))
            used += gap + run.advance
        else:
            if y + 0.3 * em <= height:
                shapes = [_line(line, align, leftward).scaled(em).moved(0.0, em * (1 + _PITCH_RUN * i))
                          for i, line in enumerate(lines)]  # fmt: skip
                text = Text(f" {joint} ".join(t.title for t in section.tracks), Outline.joined(shapes), size, "plain",
                            "tracks")  # fmt: skip
                left, _, right, _ = text.bounds
                return Block((text,), right - left, y + 0.3 * em, size)
    return None


def _words(title: str, seconds: int | None, voice: Voice, joint: str) -> list[tuple[Run, float]]:
    """The parts of a title in a paragraph with the space before each, em; its time stays with the last word."""
    words = title.split(" ") if not _leftward(title) else [title]
    runs = [voice.run(word, within=title) for word in words]
    tail = [voice.figures(clock(seconds))] if seconds else []
    tail += [voice.run(joint)] if joint else []
    last = _beside([runs[-1], *tail] if not _leftward(title) else [*tail[::-1], runs[-1]], 0.4, centre=False)
    runs[-1] = Run((last,), last.bounds[2])
    return [(run, 0.42 if i == 0 else 0.26) for i, run in enumerate(runs)]


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


def _line(parts: Sequence[tuple[Run, float]], align: float, leftward: bool) -> Outline:
    """A line of a paragraph, em."""
    shapes, pen = [], 0.0
    for run, gap in parts[::-1] if leftward else parts:
        shapes.append(run.outline.moved(pen + (0.0 if leftward else gap), 0.0))
        pen += run.advance + gap
    whole = Outline.joined(shapes)
    left, _, right, _ = whole.bounds
    return whole.moved(-(left + align * (right - left)), 0.0)
