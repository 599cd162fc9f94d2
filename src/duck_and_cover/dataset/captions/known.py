"""What is known of a record, in words: its genres, its time, its names if they are wanted."""

from __future__ import annotations

import re

from duck_and_cover.album import Album
from duck_and_cover.genres import families_of, known_genres, normal, words_of

__all__ = ["by_names", "genre_words", "known_part", "time_words", "without_names"]

MOST_GENRES = 3
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_QUOTED = re.compile(r"[\"“”«»„]|(?<!\w)['‘][^'’]*['’](?!\w)")


def genre_words(album: Album) -> tuple[str, ...]:
    """At most `MOST_GENRES` genres, in order, without those that another says more exactly ("metal", "black metal") and
    without an artist's or a title's name among them, as listeners like to tag it.

    >>> genre_words(Album("Razormouth", genres=("metal", "thrash metal", "razormouth")))
    ('thrash metal',)
    """
    listed = list(dict.fromkeys(" ".join(genre.casefold().split()) for genre in album.genres))
    listed = [genre for genre in listed if _is_genre(genre, album)]
    words = {genre: set(words_of(genre)) for genre in listed}
    exact = [genre for genre in listed if not any(words[genre] < words[other] for other in listed)]
    return tuple(exact[:MOST_GENRES])


def _is_genre(genre: str, album: Album) -> bool:
    """Whether a text is none of an album's names, or is a listed genre all the same, as "Jazz" may be."""
    if not any(_holds(genre, name) for name in (album.artist, album.title) if name):
        return True
    return genre in known_genres() and bool(families_of(genre))


def time_words(year: int, exactly: bool) -> str:
    """ "1988", or "late 1980s" where it is not told exactly."""
    if exactly:
        return str(year)
    part = ("early ", "early ", "early ", "", "mid-", "mid-", "mid-", "late ", "late ", "late ")[year % 10]
    return f"{part}{year // 10 * 10}s"


def by_names(album: Album) -> str:
    """Title and artist as they are written: '"Cathedral of Rust" by Razormouth'; "" where neither is known."""
    title = f'"{album.title}"' if album.title else ""
    return " by ".join(part for part in (title, album.artist or "") if part)


def known_part(album: Album, names: bool = False) -> str:
    """Everything that is known, plainly: "album cover, thrash metal, 1988"."""
    first = f"album cover of {by_names(album)}" if names and by_names(album) else "album cover"
    return ", ".join((first, *genre_words(album), *([str(album.year)] if album.year else [])))


def without_names(text: str, album: Album) -> str:
    """`text` without the sentences that hold the artist or the title, or quote anything: what is quoted was read off
    the cover, and that is nearly always one of the two. A name of one letter is not looked for."""
    kept = [
        sentence
        for sentence in _SENTENCE.split(text)
        if not _QUOTED.search(sentence)
        and not any(_holds(sentence, name) for name in (album.artist, album.title) if name)
    ]
    return " ".join(kept)


def _holds(text: str, name: str) -> bool:
    """Whether the letters and digits of a name stand in a text as words in a row, whatever case, accents, hyphens."""
    sought = _plain(name)
    return len(sought) > 1 and f" {sought} " in f" {_plain(text)} "


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", normal(text).replace("&", " and ")))
