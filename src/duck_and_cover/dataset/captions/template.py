"""The captioner that needs no model: colours, light and composition as they are measured, in a few sentence shapes."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from duck_and_cover.album import Album
from duck_and_cover.cover import Found, Pixels
from duck_and_cover.dataset.captions.known import by_names, genre_words, time_words
from duck_and_cover.dataset.captions.words import colour_words, look_words
from duck_and_cover.dataset.measures import measure

__all__ = ["Template"]


@dataclass(frozen=True)
class Template:
    """Says what was measured and what is known; the cover's id chooses how, so the same cover reads the same always."""

    name: str = "template"
    revision: str = "1"
    prompt: str = ""

    def see(self, pictures: Sequence[Pixels]) -> list[str]:
        """Colours, an accent and looks of each picture: "black, blood red; gold; high contrast, minimalist"."""
        return [_seen(picture) for picture in pictures]

    def tell(self, seen: str, cover: Found, names: bool = False) -> str:
        """One line as people caption pictures: "thrash metal album cover, 1988, black and blood red, dark"."""
        colours, accent, looks = ([word for word in part.split(", ") if word] for part in seen.split("; "))
        luck = zlib.crc32(f"caption:{cover.id}".encode())
        return _sentence(luck, cover.album, colours, "".join(accent), looks, names)


def _seen(picture: Pixels) -> str:
    measures = measure(picture)
    colours, accent = colour_words(measures)
    return "; ".join((", ".join(colours), accent or "", ", ".join(look_words(measures))))


def _sentence(luck: int, album: Album, colours: Sequence[str], accent: str, looks: Sequence[str],
              names: bool) -> str:  # fmt: skip
    luck, shape = divmod(luck, 6)
    luck, vague = divmod(luck, 2)
    kind = ("album cover", "record sleeve", "cover art")[luck % 3]
    genre, inks, words = _listed(genre_words(album)), _inks(colours, accent), ", ".join(looks)
    when = time_words(album.year, not vague) if album.year else ""
    named = f"of {by_names(album)}" if names and by_names(album) else ""
    from_when = (f"from the {when}" if when.endswith("s") else f"from {when}") if when else ""
    record = f"{_article(genre)} {genre} record" if genre else "a record"
    match shape:
        case 0:
            return _joined(f"{genre} album cover {named}", when, inks, words)
        case 1:
            return _joined(f"album cover {named}", genre, when, words, inks)
        case 2:
            return _joined(
                f"{when} {genre} {kind} {named}", inks if inks.startswith("mostly ") else f"in {inks}", words
            )
        case 3:
            return _joined(words, inks) + ": " + _joined(f"{when} {genre} {kind} {named}")
        case 4:
            return _joined(f"cover of {record} {from_when}", named[3:]) + ": " + _joined(inks, words)
        case _:
            return _joined(f"{kind} {named}", f"{genre} {from_when}", inks, words)


def _joined(*parts: str) -> str:
    """What is there, with commas between and single spaces within."""
    return ", ".join(text for part in parts if (text := " ".join(part.split())))


def _listed(words: Sequence[str]) -> str:
    """One, "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _article(word: str) -> str:
    """As a genre is said: "an r&b", "an edm", "a uk garage", "a eurodance"."""
    spelled = word.startswith(("r&b", "rnb", "mpb", "nwobhm"))
    vowel = word[:1] in "aeiou" and not word.startswith(("eu", "uk", "us", "uni", "one"))
    return "an" if spelled or vowel else "a"


def _inks(colours: Sequence[str], accent: str) -> str:
    """Colours as a phrase, the largest first."""
    first, others = colours[0], colours[1:]
    phrase = f"{first} with {_listed(others)}" if first.startswith("mostly ") else _listed(colours)
    return f"{phrase}, touches of {accent}" if accent else phrase
