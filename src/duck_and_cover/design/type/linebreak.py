"""Where a title may be broken, and which breaks make lines of even length.

The rules are neutral towards languages: break at spaces, prefer not to leave a short word dangling at the end
of a line or alone on the last one; Chinese and Japanese break between any two characters that may part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from duck_and_cover.design.type import writing

__all__ = ["Piece", "balanced", "joined", "pieces", "ugliness"]

NOT_FIRST = frozenset(
    "、。，．・：；？！!?,.:;)）」』】〕〉》〟’”…‥ーァィゥェォッャュョヮぁぃぅぇぉっゃゅょゎ々〜～%％"
)
"""Characters that do not begin a line (kinsoku shori, the basics)."""

NOT_LAST = frozenset("(（「『【〔〈《〝‘“¥￥$＄#＃")
"""Characters that do not end a line."""

_OPENS, _CLOSES = "([（［「『", ")]）］」』"
_AFTER = "-‐–—/・"
_SHORT = 3
_WIDOW, _DANGLING, _ALONE = 0.35, 0.18, 0.5
_LONG = 8
"""Texts of more words than this are paragraphs: a dangling word hurts them less, one line among many."""

_ASIAN, _APART, _SLASH, _HYPHEN = 0.05, 0.3, 0.2, 0.45
_COMPOUND = 0.2
"""What a break between two ideographs costs beside one after kana, where a word of Japanese often ends."""

_BRACKETED = 0.4


@dataclass(frozen=True)
class Piece:
    """An unbreakable part of a text.

    text:   its characters.
    space:  whether a space stands before it on the same line.
    cost:   how much a break before it hurts; 1 is as bad as doubling a line's length.
    """

    text: str
    space: bool
    cost: float


def pieces(text: str, *, anywhere: bool = False) -> tuple[Piece, ...]:
    """The parts between which `text` may be broken.

    anywhere:  also between any two graphemes of words; the last resort for a word that fits no line.
    """
    out: list[Piece] = []
    words = [word for word in text.split(" ") if word]
    dangle = _DANGLING * min(1.0, _LONG / max(len(words), 1))
    inside = _ASIAN if len(words) == 1 or anywhere else _APART
    depth = 0
    for word in words:
        parts = _parts(word, anywhere)
        dangling = out and len(out[-1].text) <= _SHORT and out[-1].text[-1].isalpha()
        cost = dangle if dangling or word in _AFTER else 0.0
        out.append(Piece(parts[0], True, cost + _BRACKETED * min(depth, 1)))
        out += [
            Piece(part, False, {"/": _SLASH, "-": _HYPHEN}.get(before[-1], inside + _compound(before, part)))
            for before, part in pairwise(parts)
        ]
        depth = max(0, depth + sum(char in _OPENS for char in word) - sum(char in _CLOSES for char in word))
    return tuple(out)


def _compound(before: str, after: str) -> float:
    """What is added where both sides are ideographs: kana between them would have ended a word."""
    return _COMPOUND if all("\u4e00" <= char <= "\u9fff" for char in (before[-1], after[0])) else 0.0


def _parts(word: str, anywhere: bool) -> list[str]:
    """A word cut where it may be cut; one part for most words."""
    clusters = writing.graphemes(word)
    out = [clusters[0]]
    for i in range(1, len(clusters)):
        before, after = clusters[i - 1], clusters[i]
        asian = "Hani" in (writing.script(before), writing.script(after)) or (before in NOT_FIRST and out[-1] == before)
        joint = before in _AFTER and 2 < i < len(clusters) - 2 and after not in _AFTER
        if (asian or joint or anywhere) and after not in NOT_FIRST and before not in NOT_LAST:
            out.append(after)
        else:
            out[-1] += after
    return out


def balanced(
    parts: Sequence[Piece], widths: Sequence[float], space: float, lines: int, care: float = 1.0
) -> tuple[tuple[int, int], ...]:
    """The breaks into exactly `lines` lines with the shortest longest line and little raggedness.

    widths:  of each part, in any unit; `space` is that of a word space in the same unit.
    care:    how much a bad break weighs against uneven lines.
    Returns (first, last + 1) part numbers of each line. Penalties: see `Piece.cost`; a short last line of one
    word under several longer ones is a widow and costs extra.
    """
    n = len(parts)
    gaps = np.array([space if p.space else 0.0 for p in parts])
    ends = np.concatenate([[0.0], np.cumsum(np.asarray(widths) + gaps)])
    ideal = max(float(ends[-1]) / lines, 1e-9)
    cost_before = care * np.array([p.cost for p in parts])
    best = np.full((lines + 1, n + 1), np.inf)
    choice = np.zeros((lines + 1, n + 1), np.int64)
    best[0, 0] = 0.0
    words = sum(p.space for p in parts)
    for line in range(1, lines + 1):
        for end in range(line, n - (lines - line) + 1):
            begin = np.arange(line - 1, end)
            length = (ends[end] - ends[begin] - gaps[begin]) / ideal
            cost = best[line - 1, begin] + length**4 + np.where(begin > 0, cost_before[begin], 0.0)
            if lines > 1 and words > 2:
                alone = (begin == end - 1) & (length < 0.5)
                lone = _WIDOW if end == n else _ALONE * (len(parts[end - 1].text) <= _SHORT)
                cost = cost + np.where(alone, care * lone, 0.0)
            at = int(np.argmin(cost))
            best[line, end], choice[line, end] = cost[at], begin[at]
    out: list[tuple[int, int]] = []
    end = n
    for line in range(lines, 0, -1):
        out.append((int(choice[line, end]), end))
        end = out[-1][0]
    return tuple(out[::-1])


def ugliness(parts: Sequence[Piece], widths: Sequence[float], lines: Sequence[tuple[int, int]]) -> float:
    """What a chosen break costs beyond its size: widows, dangling words, broken words; 0 when it has none."""
    cost = sum(parts[first].cost for first, _ in lines[1:])
    longest = max(sum(widths[a:b]) for a, b in lines)
    words = sum(p.space for p in parts)
    if len(lines) > 1 and words > 2:
        for at, (first, end) in enumerate(lines):
            if end - first == 1 and widths[first] < 0.5 * longest:
                cost += _WIDOW if at == len(lines) - 1 else _ALONE * (len(parts[first].text) <= _SHORT)
    return cost


def joined(parts: Sequence[Piece]) -> str:
    """The text of one line."""
    return "".join((" " if p.space and i else "") + p.text for i, p in enumerate(parts))
