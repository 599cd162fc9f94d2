"""What is written on a cover, held against what stores refuse and against the record's names.

Words are read by someone else (`Reader`): the design room knows no reader of its own.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from duck_and_cover.album import Album
from duck_and_cover.cover import Pixels

__all__ = ["FORBIDDEN", "Line", "Reader", "foreign", "letters", "misspelt", "offences", "unread_script"]


class Line(Protocol):
    """A line that was read: its words, how sure the reader is (0 to 1), and where it stands, in cover units."""

    @property
    def text(self) -> str:
        """The words, "" where they could not be read."""
        ...

    @property
    def score(self) -> float:
        """How sure the reader is."""
        ...

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        ...


Reader = Callable[[Pixels], Sequence[Line]]
"""uint8 (H, W, 3) -> the lines on it."""

_SERVICES = ("itunes", r"apple\s*(?:music|inc)\b", "spotify", "deezer", "soundcloud", "bandcamp", "youtube", "napster",
             "qobuz", "beatport", "tik ?tok", r"amazon\s*(?:music|mp3|edition|exclusive)",
             r"on\s+(?:tidal|amazon|pandora)", r"google\s*play")  # fmt: skip

FORBIDDEN: dict[str, re.Pattern[str]] = {
    name: re.compile("|".join(f"(?:{part})" for part in parts), re.IGNORECASE)
    for name, parts in {
        "addresses": (r"https?:\S*", r"\bwww\s?\.\s?\S+", r"[\w.+-]+@[\w-]+\.\w+", r"(?<!\w)@\w{2,}",
                      r"\b[\w-]{2,}\.(?:com|net|org|info|fm|co\.uk)\b(?:/\S*)?", r"\bfacebook\b", r"\binstagram\b",
                      r"\btwitter\b", r"(?<!\d)\+?(?:\d[ ().-]{0,2}){9,}"),
        "prices": (r"[$€£¥]\s?\d+(?:[.,]\d+)?", r"\b\d+[.,]\d\d\s?(?:[$€£¥]|eur\b|usd\b|gbp\b)",
                   r"\b(?:low|reduced|discount(?:ed)?|special|half)\s*price", r"\bon\s+sale\b", r"\bfor\s+free\b"),
        "dates": (r"\b(?:19|20)\d\d\b", r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"),
        "store names": _SERVICES,
        "carriers": (r"\bcds?\b", r"\bcompact\s*dis[ck]s?\b", r"\bdvds?\b", r"\bvinyl\b", r"\bcassettes?\b",
                     r"\bdis[ck]\s*\d\b", r"\bdigital\s*(?:version|exclusive|edition|download|album)\b"),
        "promotion": (r"\bexclusive\b", r"\blimited\s*edition\b", r"\bout\s*now\b", r"\blatest\s*single\b",
                      r"\bnew\s*(?:release|album|single)\b", r"\bpromo(?:tional)?\s*use\b", r"\bfor\s*promo\w*\b",
                      r"\binclud(?:es|ed|ing)\s*(?:dvd|lyrics|free|bonus|poster)\b"),
        "sound formats": (r"\bdolby\b", r"\bspatial\s*audio\b", r"\blossless\b", r"\bhi(?:gh)?[ -]?res(?:olution)?\b",
                          r"\b24[ -]?bit\b", r"\b\d{2,3}\s?khz\b"),
    }.items()
}  # fmt: skip
"""Rule -> what breaks it, in any letter case: the words that the pages of `stores.STORES` name, and their like."""

_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "p", "ı": "i"})
_TWINS = str.maketrans({"0": "o", "1": "i", "l": "i", "5": "s", "|": "i"})
_READ = ("LATIN", "CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH", "FEMININE", "MASCULINE")
"""How Unicode's names of letters begin that readers of covers know; others they take for look-alikes of these."""

_SURE, _LONG_ENOUGH, _AKIN, _SAME = 0.9, 5, 0.55, 0.97


def letters(text: str) -> str:
    """What counts of a name: letters and digits, without accents or case, and 0 like O, 1 and l like I, 5 like S.

    >>> letters("Señor Ñandú, No. 2")
    'senornanduno2'
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    return "".join(c for c in plain if c.isalnum()).translate(_TWINS)


def unread_script(album: Album) -> str | None:
    """The script of a letter in the record's names that readers do not know, None where they know all: "Cyrillic"."""
    for name in _names(album):
        for letter in filter(str.isalpha, name):
            script = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
            if script and script not in _READ:
                return script.capitalize()
    return None


def offences(rule: str, lines: Iterable[Line], album: Album) -> list[str]:
    """The words that break a rule of `FORBIDDEN`, as they were read; none that belong to the record's names."""
    own = [letters(name) for name in _names(album)]
    found = [match.group().strip() for line in lines for match in FORBIDDEN[rule].finditer(line.text)]
    return list(dict.fromkeys(text for text in found if not any(letters(text) in name for name in own)))


def foreign(lines: Iterable[Line], album: Album) -> list[str]:
    """Lines that were read with certainty and hold neither artist nor title nor a part or a near spelling of them."""
    own = [letters(name) for name in _names(album)]
    return [line.text for line in _certain(lines) if all(_kinship(letters(line.text), name) < _AKIN for name in own)]


def misspelt(lines: Iterable[Line], album: Album) -> list[str]:
    """Lines that were read with certainty and are nearly a name or a part of one, with letters too many or too few:
    "Razormoth". One letter for another is what readers do to ornate type, and counts for nothing.
    """
    own = [letters(name) for name in _names(album)]
    found = []
    for line in _certain(lines):
        read = letters(line.text)
        if any(pattern.search(line.text) for pattern in FORBIDDEN.values()):
            continue  # another rule's matter
        if max((_kinship(read, name) for name in own), default=0.0) < _AKIN:
            continue
        if line.score >= _SAME and not _is_of(read, own) and not any(_misread(read, name) for name in own):
            found.append(line.text)
    return found


def _certain(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.score >= _SURE and len(letters(line.text)) >= _LONG_ENOUGH]


_ALIKE = ("nmhru", "il1jt", "o0qcedg", "uvwy", "ft", "bh6", "s5", "z2")
"""Letters that differ by a stroke, which inlines and shadows add and hairlines lose."""


def _names(album: Album) -> list[str]:
    return [name for name in (album.artist, album.title) if name]


def _is_of(read: str, own: Sequence[str]) -> bool:
    """Whether a line is within a name, or is made of whole names."""
    if any(read in name for name in own):
        return True
    for name in sorted(own, key=len, reverse=True):
        read = read.replace(name, "")
    return not read


def _misread(read: str, name: str) -> bool:
    """Whether a stretch of a name differs from what was read in every fifth letter at most, and in none else. Letters
    that ornate type makes alike count half."""
    stretches = (name[at : at + len(read)] for at in range(len(name) - len(read) + 1))
    return any(5 * sum(map(_unlike, read, each)) <= len(read) for each in stretches)


def _unlike(a: str, b: str) -> float:
    return 0.0 if a == b else 0.5 if any(a in group and b in group for group in _ALIKE) else 1.0


def _kinship(read: str, name: str) -> float:
    """The share of a line's letters that follow each other in a name, or of the name's in the line: 0 to 1."""
    blocks = difflib.SequenceMatcher(None, read, name, autojunk=False).get_matching_blocks()
    common = sum(block.size for block in blocks if block.size >= 2)
    return common / max(1, min(len(read), len(name)))
