"""Arranging: an album's words set into a layout, where the picture leaves them room.

Texts of one block are set as a group: the leading one first, as large as its share allows, the other clearly
smaller, the space of a missing one re-used. Words that float on a picture choose its calmest place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.album import Album
from duck_and_cover.design.layouts.layout import (
    LEAST_MARGIN,
    Block,
    Item,
    Layout,
    Mark,
    Name,
    Part,
    Picture,
    Placed,
    Plan,
    Tone,
    Voices,
)
from duck_and_cover.design.layouts.seeing import View
from duck_and_cover.design.shapes.outline import Box, Outline
from duck_and_cover.design.type import bends, writing
from duck_and_cover.design.type.lettering import PLAIN, Lettered, lettered, lettering_named
from duck_and_cover.design.type.typography import Align, DoesNotFit, Setting, cased, fit
from duck_and_cover.design.type.writing import Case

__all__ = ["arranged", "names"]

LEAD_OVER_SECOND = 0.62
"""The second text's capitals are at most this tall beside the leading one's: a clear order of reading."""

_RING: Mapping[Part, float] = {"lead": 2.9, "second": 2.1}
"""How far round a circle a text may go, radians."""

LEAST_SIZE = 0.02
"""The smallest em of any text on a front, in cover units."""


def names(layout: Layout, album: Album) -> dict[Part, tuple[Name, str]]:
    """Which name takes which part; a lone name leads, none gives an empty table."""
    order: tuple[Name, Name] = ("artist", "title") if layout.lead == "artist" else ("title", "artist")
    known: list[tuple[Name, str]] = [(name, text) for name in order if (text := getattr(album, name))]
    parts: tuple[Part, Part] = ("lead", "second")
    return dict(zip(parts, known, strict=False))


def arranged(layout: Layout, album: Album, voices: Voices, view: View, seed: int, *, patience: int = 0) -> Plan:
    """Set an album's words into a layout.

    patience: 0 as the layout wishes; 1 allows more lines and smaller type; 2 whatever is still readable.
    Raises DoesNotFit when a text cannot be read at the size its box leaves, MissingGlyphs when no face has it.
    """
    words = names(layout, album)
    made: list[_Group | None] = [None] * len(layout.blocks)
    lead_cap: float | None = None
    leads_first = sorted(range(len(made)), key=lambda k: all(i.part != "lead" for i in layout.blocks[k].items))
    for at in leads_first:
        block = _settled(layout.blocks[at], view) if layout.floats else layout.blocks[at]
        if any(i.part in words for i in block.items):
            flat = not layout.floats or any(mark.hugs == at and not mark.frame for mark in layout.marks)
            if block.ring:
                group = made[at] = _ringed(block, words, voices, lead_cap=lead_cap, patience=patience)
                lead_cap = next((t.setting.cap_height for t in group.texts if t.lead), lead_cap)
                continue
            group = made[at] = _block(block, words, voices, lead_cap=lead_cap, patience=patience, flat=flat)
            lead_cap = next((t.setting.cap_height for t in group.texts if t.lead), lead_cap)
    if layout.moved:
        made = [group and _moved(group, layout.moved) for group in made]
    groups = [group for group in made if group is not None]
    inks = [group.ink if group else None for group in made]
    pictures = tuple(_picture(p, layout, [g.ink for g in groups], seed) for p in layout.pictures)
    made_marks = [(mark, m) for mark in layout.marks if (m := _mark(mark, inks, seed)) is not None]
    panels = tuple(outline.bounds for mark, (outline, _) in made_marks if not mark.frame)
    rules: list[tuple[Outline, Tone]] = [(rule, "key") for group in groups for rule in group.rules]
    marks = (*(m for _, m in made_marks), *rules)
    return Plan(layout, pictures, marks, tuple(t for group in groups for t in group.texts), panels)


@dataclass(frozen=True)
class _Group:
    """A block with its words in place: the texts, the box round their ink, the rules between them."""

    texts: tuple[Placed, ...]
    ink: Box
    rules: tuple[Outline, ...]


def _moved(group: _Group, by: Mapping[Part, tuple[float, float]]) -> _Group:
    """The group moved as its texts are, all together, as far as the margins allow."""
    parts = {text.item.part for text in group.texts}
    moves = [move for part, move in by.items() if part in parts]
    dx, dy = (sum(move[axis] for move in moves) for axis in (0, 1))
    left, top, right, bottom = group.ink
    dx = max(min(dx, 1 - LEAST_MARGIN - right), LEAST_MARGIN - left) if dx else 0.0
    dy = max(min(dy, 1 - LEAST_MARGIN - bottom), LEAST_MARGIN - top) if dy else 0.0
    texts = tuple(
        replace(text, outline=text.outline.moved(dx, dy), behind=text.behind and text.behind.moved(dx, dy))
        for text in group.texts
    )
    ink = (left + dx, top + dy, right + dx, bottom + dy)
    return _Group(texts, ink, tuple(rule.moved(dx, dy) for rule in group.rules))


def _settled(block: Block, view: View) -> Block:
    """The block in the place where the picture misses it least; the first is kept unless another is clearly better."""
    if not block.others:
        return block
    places = [(block.box, block.align, block.valign), *block.others]
    cost = [(view.unrest(box) + view.attention(box)) * (1.12 if i else 1.0) for i, (box, _, _) in enumerate(places)]
    box, align, valign = places[int(np.argmin(cost))]
    return replace(block, box=box, align=align, valign=valign)


def _set(
    item: Item, text: str, voices: Voices, room: tuple[float, float], *, align: Align, cap: float | None, patience: int
) -> Setting:
    """One text in a room of width and height; `cap` is the height of the leading text's capitals."""
    leads = item.voice == "lead" and (item.part == "lead" or voices.small)
    face, weight = voices.lead if leads else voices.second
    if item.heavy is not None:
        weight = face.weights[-1] if item.heavy else face.weights[0]
    case = item.case or (voices.case if leads else "as typed")
    if face.joined and case == "upper":
        case = "as typed"
    tracking = None if face.joined else item.tracking
    lines = item.max_lines + (0, 3, 4)[patience]
    least = max(item.min_size * (1.0, 0.7, 0.0)[patience], LEAST_SIZE)
    most = item.max_size
    if cap is not None and item.part == "second":
        probe = fit("H", face, 1.0, 1.0, weight=weight, max_size=0.1)
        most = min(most, max(cap * LEAD_OVER_SECOND / max(probe.cap_height / 0.1, 0.2), LEAST_SIZE * 1.1))
        least = min(least, most)

    def set_in(case: Case) -> Setting:
        return fit(
            cased(text, case),
            face,
            *room,
            weight=weight,
            tracking=tracking,
            max_lines=lines,
            align=align,
            valign="top",
            leading=item.leading,
            max_size=max(most, least),
            min_size=least,
            justify=item.justify,
        )

    setting = set_in(case)
    if case == "upper" and item.case is None and setting.face.id != face.id and setting.face.case != "upper":
        return set_in("as typed")  # capitals were the wanted face's manner; its sibling may be a blackletter
    return setting


def _block(
    block: Block,
    words: Mapping[Part, tuple[Name, str]],
    voices: Voices,
    *,
    lead_cap: float | None,
    patience: int,
    flat: bool,
) -> _Group:
    """Set a block's texts, the leading one first, and stack them. flat: whether they stand on paper or a panel."""
    items = tuple(i for i in block.items if i.part in words)
    left, top, right, bottom = block.box
    wide, tall = right - left, bottom - top
    if block.turn % 2:
        wide, tall = tall, wide
    align = block.align
    lead_text = words[items[0].part][1] if "lead" not in {i.part for i in items} else words["lead"][1]
    if writing.base_level(lead_text) and align == "left":
        align = "right"
    gaps = block.gap * (len(items) - 1)
    shares = sum(i.share for i in items)
    whole = sum(i.share for i in block.items)
    spare = (tall - gaps) / max(shares, whole if len(block.items) == len(items) else shares)
    made: dict[int, Lettered] = {}
    for at in sorted(range(len(items)), key=lambda k: items[k].part != "lead"):
        item = items[at]
        taken = sum(each.height for each in made.values())
        height = item.share * spare if len(made) < len(items) - 1 else tall - gaps - taken
        room = (wide, height)
        setting = _set(item, words[item.part][1], voices, room, align=align, cap=lead_cap, patience=patience)
        treated = item.part == "lead" and not block.turn and (not item.cased or block.lettering)
        name = (block.lettering or voices.lettering) if treated else PLAIN
        made[at] = lettered(setting, lettering_named(name), room, align, flat=flat)
        if item.part == "lead":
            lead_cap = made[at].setting.cap_height
    heights = [made[k].height for k in range(len(items))]
    slack = tall - gaps - sum(heights)
    y = slack * {"top": 0.0, "middle": 0.5, "bottom": 1.0}[block.valign]
    placed: list[Placed] = []
    rules: list[Outline] = []
    for k, (item, height) in enumerate(zip(items, heights, strict=True)):
        one = made[k]
        face, behind = (shape and _turned(shape.moved(0.0, y), block) for shape in (one.face, one.behind))
        assert face is not None
        placed.append(Placed(words[item.part][0], item.part == "lead", item, one.setting, face, behind, one.name))
        y += height
        if k < len(heights) - 1:
            if block.rule:
                middle = y + block.gap / 2
                length = min(0.16, wide) if align == "center" else wide
                start = (wide - length) / 2
                rules.append(Outline.rectangle(start, middle - block.rule / 2, start + length, middle + block.rule / 2))
            y += block.gap
    bounds = np.array([item.bounds for item in placed])
    left, top = bounds[:, :2].min(0).tolist()
    right, bottom = bounds[:, 2:].max(0).tolist()
    return _Group(tuple(placed), (left, top, right, bottom), tuple(_turned(r, block) for r in rules))


def _ringed(
    block: Block, words: Mapping[Part, tuple[Name, str]], voices: Voices, *, lead_cap: float | None, patience: int
) -> _Group:
    """A block's one text on a circle about the middle of its box, each letter turned with it."""
    item = next(i for i in block.items if i.part in words)
    left, top, right, bottom = block.box
    name, text = words[item.part]
    room = (block.ring * _RING[item.part], (right - left) / 2 - block.ring)
    setting = _set(
        replace(item, max_lines=1), text, voices, room, align="center", cap=lead_cap, patience=min(patience, 1)
    )
    if len(setting.lines) != 1:  # a line feed was typed
        raise DoesNotFit(text, setting.size, item.min_size)
    head = block.valign == "top"
    radius = block.ring if head else block.ring + setting.cap_height
    letters = [letter.scaled(setting.size) for line in setting.lines for letter in line.letters]
    path = bends.circle((left + right) / 2, (top + bottom) / 2, radius, foot=not head)
    outline = bends.along(letters, path)
    return _Group((Placed(name, item.part == "lead", item, setting, outline),), outline.bounds, ())


def _turned(outline: Outline, block: Block) -> Outline:
    left, top, right, bottom = block.box
    if block.turn % 4 == 1:  # reads upwards
        return outline.transformed([[0, 1, left], [-1, 0, bottom]])
    if block.turn % 4 == 3:  # reads downwards
        return outline.transformed([[0, -1, right], [1, 0, top]])
    return outline.moved(left, top)


def _torn(outline: Outline, reach: float, seed: int) -> Outline:
    """An outline with a ragged edge; the wander comes from two octaves of smooth noise on the cover."""
    rng = np.random.default_rng((seed, 77))
    tables = [cv2.GaussianBlur(rng.standard_normal((1, 4096)).astype(np.float64), (0, 0), s)[0] for s in (9.0, 2.0)]
    tables = [t / (t.std() + 1e-9) for t in tables]

    def wander(points: NDArray[np.float64]) -> NDArray[np.float64]:
        along = ((points[:, 0] + 1.37 * points[:, 1]) * 1100).astype(np.int64) % 4096
        off = 0.7 * tables[0][along] + 0.3 * tables[1][along]
        other = 0.7 * tables[0][(along + 1777) % 4096] + 0.3 * tables[1][(along + 901) % 4096]
        return points + reach * 0.5 * np.column_stack([other, off])

    return outline.warped(wander, step=0.0025)


def _picture(picture: Picture, layout: Layout, inks: list[Box], seed: int) -> tuple[Box, Outline | None]:
    left, top, right, bottom = picture.box
    if layout.hug and inks:
        if layout.hug == "below":
            top = max(i[3] for i in inks) + layout.air
        else:
            bottom = max(min(i[1] for i in inks) - layout.air, 0.38)
    elif layout.hug:
        top, bottom = (left, bottom) if layout.hug == "below" else (top, 1 - left)
    box = (left, top, right, bottom)
    if picture.shape == "disc":
        turn = np.linspace(0, 2 * np.pi, 240, endpoint=False)
        radius = min(right - left, bottom - top) / 2
        centre = ((left + right) / 2, (top + bottom) / 2)
        disc = Outline.polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * radius + centre)
        square = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
        return square, disc
    if picture.torn:
        inset = picture.torn
        inner = Outline.rectangle(left + inset, top + inset, right - inset, bottom - inset)
        return box, _torn(inner, picture.torn, seed)
    return box, None


def _mark(mark: Mark, inks: list[Box | None], seed: int) -> tuple[Outline, Tone] | None:
    left, top, right, bottom = mark.box
    if mark.hugs is not None:
        ink = inks[mark.hugs]
        if ink is None:
            return None
        if "l" in mark.sides:
            left = max(left, ink[0] - mark.pad)
        if "r" in mark.sides:
            right = min(right, ink[2] + mark.pad)
        if "t" in mark.sides:
            top = max(top, ink[1] - mark.pad)
        if "b" in mark.sides:
            bottom = min(bottom, ink[3] + mark.pad)
    outline = Outline.rectangle(left, top, right, bottom)
    if mark.frame:
        t = mark.frame
        outline = outline + Outline.rectangle(left + t, top + t, right - t, bottom - t).reversed()
    return (_torn(outline, mark.torn, seed) if mark.torn else outline), mark.tone
