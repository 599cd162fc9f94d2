"""One line of text: which face draws which part, in which order, and where each glyph stands.

Lengths are in em; a line stands on the baseline y = 0 and its pen starts at x = 0.
"""

# pyright: reportAttributeAccessIssue=false
# (uharfbuzz is a compiled module without type stubs)

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import groupby

import uharfbuzz as hb

from duck_and_cover.design.shapes.outline import Box, Outline
from duck_and_cover.design.type import writing
from duck_and_cover.design.type.faces import FACES, Face
from duck_and_cover.design.type.fontfiles import FontFile, OpenFont, family_files, ignorable, opened
from duck_and_cover.errors import MissingGlyphs

__all__ = ["Glyph", "Line", "set_line"]

EMOJI = "noto-emoji"
_LIGATURES = ("liga", "clig", "dlig", "calt")


@dataclass(frozen=True)
class Glyph:
    """A glyph and its place on the line, in em.

    letter:  number, from the left, of the letter it is part of: a grapheme, or all that hangs together in a script.
    """

    font: OpenFont = field(repr=False)
    id: int
    x: float
    y: float
    letter: int


@dataclass(frozen=True)
class Line:
    """A set line at 1 em.

    text:      what was set.
    face:      the face that drew the words; a sibling when the wanted one lacks their script.
    weight:    as asked for.
    tracking:  as applied between letters, in em.
    faces:     every face used, in order of appearance; more than one for emoji, signs and mixed scripts.
    glyphs:    from left to right.
    advance:   distance the pen travels.
    """

    text: str
    face: Face
    weight: int
    tracking: float
    faces: tuple[Face, ...]
    glyphs: tuple[Glyph, ...] = field(repr=False)
    advance: float

    @cached_property
    def outline(self) -> Outline:
        """The ink."""
        return Outline.joined(g.font.outline(g.id).moved(g.x, g.y) for g in self.glyphs)

    @cached_property
    def letters(self) -> tuple[Outline, ...]:
        """The ink in the pieces that can be moved by themselves, from left to right, each in its place.

        A piece is a letter with its marks or, in a script that connects its letters, a word.
        """
        parts = (tuple(part) for _, part in groupby(self.glyphs, lambda g: g.letter))
        shapes = (Outline.joined(g.font.outline(g.id).moved(g.x, g.y) for g in part) for part in parts)
        return tuple(shape for shape in shapes if len(shape))

    @cached_property
    def ink(self) -> Box:
        """The box around the ink: left, top (negative above the baseline), right, bottom."""
        boxes = [(g.x, g.y, g.font.outline(g.id).bounds) for g in self.glyphs if len(g.font.outline(g.id))]
        if not boxes:
            return (0.0, 0.0, 0.0, 0.0)
        return (
            min(x + b[0] for x, _, b in boxes),
            min(y + b[1] for _, y, b in boxes),
            max(x + b[2] for x, _, b in boxes),
            max(y + b[3] for _, y, b in boxes),
        )

    @cached_property
    def x_height(self) -> float:
        """Height of the small letters of the first font, half an em where there are none."""
        return next((h for g in self.glyphs if (h := g.font.height("x"))), 0.5)

    @cached_property
    def cap_height(self) -> float:
        """Height of the capitals of the first font; that of the ink where there are none."""
        return next((h for g in self.glyphs if (h := g.font.height("H"))), max(-self.ink[1], 0.0))


def set_line(
    text: str,
    face: Face,
    weight: int | None = None,
    tracking: float | None = None,
    *,
    within: str | None = None,
) -> Line:
    """Set one line at 1 em.

    weight:    100 to 900, the nearest vendored one is taken; the face's title weight by default.
    tracking:  letter spacing in em, the face's own by default; ignored for connected letters.
    within:    the whole text this line is a part of; it decides direction and typefaces, so that lines agree.
    Raises MissingGlyphs.
    """
    text = writing.clean(text)
    whole = text if within is None else writing.clean(within)
    return _set(text, face, face.title_weight if weight is None else weight, tracking, whole)


@lru_cache(1024)
def _set(text: str, face: Face, weight: int, tracking: float | None, whole: str) -> Line:
    clusters = writing.graphemes(text)
    cast = _cast(clusters, face, weight, writing.graphemes(whole))
    used = tuple(dict.fromkeys(FACES[f.family] for f in cast))
    words = [FACES[f.family] for c, f in zip(clusters, cast, strict=True) if writing.is_word(c)]
    main = max(words, key=words.count) if words else used[0] if used else face
    tracking = main.tracking if tracking is None else tracking
    levels = writing.levels(clusters, writing.base_level(whole))
    keys = list(zip(levels, writing.scripts(clusters), cast, strict=True))
    runs = [(key, "".join(clusters[i] for i in part)) for key, part in groupby(range(len(clusters)), keys.__getitem__)]
    glyphs: list[Glyph] = []
    letter = 0
    pen = spacing = 0.0
    for at in writing.visual_order([level for (level, _, _), _ in runs]):
        (level, script, file), part = runs[at]
        manners = FACES[file.family]
        joined = manners.joined or script in writing.JOINED_SCRIPTS
        tracked = 0.0 if joined else tracking
        font = opened(file)
        for dx, dy, advance, glyph, ends, is_space in _shaped(font, part, script, level % 2 == 1, bool(tracked)):
            glyphs.append(Glyph(font, glyph, pen + dx, dy, letter))
            letter += (not joined and ends) or is_space
            spacing = tracked if ends else 0.0
            pen += advance + spacing + (manners.gap if is_space else 0.0)
        letter += joined
    return Line(text, main, weight, tracking, used, tuple(glyphs), pen - spacing)


def _shaped(
    font: OpenFont, text: str, script: str, leftward: bool, tracked: bool
) -> list[tuple[float, float, float, int, bool, bool]]:
    """Glyphs of one run from left to right.

    Each is (x offset, y offset, advance, glyph, last of its cluster, word space), lengths in em.
    """
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction = "rtl" if leftward else "ltr"
    buffer.script = script
    buffer.language = "und"
    hb.shape(font.font, buffer, dict.fromkeys(_LIGATURES, False) if tracked else {})
    infos, places = buffer.glyph_infos or [], buffer.glyph_positions or []
    missing = [text[i.cluster] for i in infos if not i.codepoint and not ignorable(text[i.cluster])]
    if missing:
        raise MissingGlyphs("".join(missing))
    em = 1 / font.upem
    out = []
    for i, (info, place) in enumerate(zip(infos, places, strict=True)):
        ends = i + 1 == len(infos) or infos[i + 1].cluster != info.cluster
        out.append(
            (
                place.x_offset * em,
                -place.y_offset * em,
                place.x_advance * em,
                info.codepoint,
                ends,
                text[info.cluster] == " ",
            )
        )
    return out


# -- casting: which file draws which grapheme ----------------------------------------------------------


@lru_cache(1024)
def _cast(clusters: tuple[str, ...], face: Face, weight: int, whole: tuple[str, ...]) -> tuple[FontFile, ...]:
    """The file for each grapheme of a line that is part of a whole text.

    Words stay together: the first face of the chain that covers every letter of the whole sets them all.
    Signs that it lacks are borrowed one by one, emoji come from the emoji face, and only a text that no face
    covers is mixed, by script.
    """
    chain = tuple(_files(FACES[id], face, weight) for id in dict.fromkeys((face.id, *face.siblings)))
    emoji = family_files(EMOJI, 500)
    homes = _homes(whole, chain)
    first = next(iter(homes.values()), chain[0])
    missing: list[str] = []
    out: list[FontFile] = []
    for cluster, script in zip(clusters, writing.scripts(clusters), strict=True):
        file = _covering(emoji, cluster) if writing.wants_emoji(cluster) else None
        file = file or _nearest(homes.get(script, first), cluster, out)
        if file is None:
            tried = (_covering(files, cluster) for files in (*chain, emoji))
            file = next((found for found in tried if found), None)
        if file is None:
            missing += _undrawn(cluster, (*chain, emoji))
        else:
            out.append(file)
    if missing:
        raise MissingGlyphs("".join(missing))
    return tuple(out)


def _homes(clusters: tuple[str, ...], chain: tuple[tuple[FontFile, ...], ...]) -> dict[str, tuple[FontFile, ...]]:
    """For each script of a text the face that sets it: one for all scripts if any face covers every word."""
    words = {c for c in clusters if writing.is_word(c) and not writing.wants_emoji(c)}
    names = dict.fromkeys(writing.scripts(clusters))
    found: dict[str, tuple[FontFile, ...]] = {}
    for name in names:
        own = [c for c in words if writing.script(c) in (name, "Zyyy")]
        for letters in (words, own):
            home = next((files for files in chain if all(_covering(files, c) for c in letters)), None)
            if home:
                found[name] = home
                break
    return found


def _undrawn(cluster: str, faces: tuple[tuple[FontFile, ...], ...]) -> list[str]:
    """The characters of a grapheme that no face has, or its marks when no file has them with their letter."""
    chars = [c for c in cluster if not ignorable(c)]
    return [c for c in chars if not any(_covering(files, c) for files in faces)] or chars[1:] or chars


def _files(stand_in: Face, face: Face, weight: int) -> tuple[FontFile, ...]:
    """A face's files; a sibling takes the weight that matches the colour of the face it stands in for."""
    return family_files(stand_in.id, weight if stand_in is face or face.heft is None else face.heft)


def _covering(files: tuple[FontFile, ...], cluster: str) -> FontFile | None:
    return next((f for f in files if f.has(cluster)), None)


def _nearest(files: tuple[FontFile, ...], cluster: str, before: list[FontFile]) -> FontFile | None:
    """The covering file, the one already in use if it can go on, so that kerning is not interrupted."""
    if before and before[-1] in files and before[-1].has(cluster):
        return before[-1]
    return _covering(files, cluster)
