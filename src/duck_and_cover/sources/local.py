"""Covers that are here already: a folder of tagged music, or of pictures that are named after their albums."""

from __future__ import annotations

import hashlib
import io
import os
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from duck_and_cover.errors import BadInput, MissingExtra
from duck_and_cover.sources.http import MOST_BYTES
from duck_and_cover.sources.netlabels import front_rank
from duck_and_cover.sources.source import FoundAlbum, ReleaseDate

if TYPE_CHECKING:
    from tinytag import TinyTag

__all__ = ["Skipped", "local_albums"]

RIGHTS = "own"
AUDIO = frozenset({
    ".aif", ".aifc", ".aiff", ".flac", ".m4a", ".m4b", ".mp2", ".mp3", ".oga", ".ogg", ".opus", ".spx", ".wav", ".wma",
})  # fmt: skip
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})
MOST_PIXELS = 25_000_000

_NAMED = re.compile(r"(?:(?P<artist>.+?) [-–—] )?(?P<title>.+?)(?: [(\[](?P<year>(?:19|20)\d\d)[)\]])?")

Skipped = Callable[[Path, str], None]
"""Told of each file that brings nothing, and why."""


@dataclass
class _Folder:
    path: Path
    audio: list[Path]
    pictures: list[Path]


@dataclass
class _Tracks:
    """Files that are one album by their tags."""

    artist: str
    title: str
    files: list[Path] = field(default_factory=list)
    release: ReleaseDate = field(default_factory=ReleaseDate)
    genres: dict[str, None] = field(default_factory=dict)


def local_albums(folder: Path, skipped: Skipped = lambda path, reason: None) -> Iterator[tuple[FoundAlbum, bytes]]:
    """Every album in a folder and below, with the file of its cover; the same ones in the same order each time.

    Tracks are albums by their tags, wherever they lie; the cover is the embedded front, else a picture beside them that
    is called cover, front or folder. Where there is no music in, above or below a folder, each picture is an album by
    its name: "Artist - Title (1999).jpg", or just a title.

    Ids follow from artist and title, or from the path within the folder, so they survive a move.
    Raises `BadInput` where the folder is none or brings nothing, `MissingExtra` where tags cannot be read.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; wanted one with music or with pictures of covers")
    return _albums(folder, skipped)


def _albums(folder: Path, skipped: Skipped) -> Iterator[tuple[FoundAlbum, bytes]]:
    folders = list(_walk(folder, skipped))
    nothing = True
    for found in _from_tags(folders, skipped):
        nothing = False
        yield found
    for found in _from_names(folder, folders, skipped):
        nothing = False
        yield found
    if nothing:
        raise BadInput(f"{folder}: nothing in it can be used; wanted music with covers, or pictures of covers")


def _walk(top: Path, skipped: Skipped) -> Iterator[_Folder]:
    """Folders in the order of their names, each once however many links lead to it. Hidden names are passed over."""
    seen: set[tuple[int, int]] = set()

    def unreadable(error: OSError) -> None:
        skipped(Path(error.filename), _why(error))

    for name, folders, files in os.walk(top, followlinks=True, onerror=unreadable):
        place = Path(name).stat()
        if (place.st_dev, place.st_ino) in seen:
            folders.clear()
            continue
        seen.add((place.st_dev, place.st_ino))
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        paths = [Path(name, file) for file in sorted(files) if not file.startswith(".")]
        yield _Folder(Path(name), [path for path in paths if path.suffix.casefold() in AUDIO],
                      [path for path in paths if path.suffix.casefold() in PICTURES])  # fmt: skip


def _from_tags(folders: list[_Folder], skipped: Skipped) -> Iterator[tuple[FoundAlbum, bytes]]:
    albums: dict[str, _Tracks] = {}
    beside: dict[Path, list[Path]] = {}
    for folder in folders:
        beside[folder.path] = folder.pictures
        for path in folder.audio:
            tag = _tag(path, skipped)
            if tag is None:
                continue
            artist, title = _line(tag.albumartist or tag.artist), _line(tag.album)
            if not title:
                skipped(path, "its tags name no album")
                continue
            tracks = albums.setdefault(_id(artist, title), _Tracks(artist, title))
            tracks.files.append(path)
            if tracks.release.year is None:
                tracks.release = ReleaseDate.of(_line(tag.year)[: len("1999-12-31")])
            stated = ";".join([tag.genre or "", *tag.other.get("genre", ())])
            tracks.genres |= {_line(genre): None for genre in re.split("[;\0]", stated) if _line(genre)}
    for id, tracks in albums.items():
        cover = _embedded(tracks.files, skipped) or _beside(tracks.files, beside, skipped)
        if cover is None:
            skipped(tracks.files[0], "its album has no cover")
            continue
        artists = ((_id(tracks.artist), tracks.artist),) if tracks.artist else ()
        yield FoundAlbum(id, tracks.title, artists, tracks.release, genres=tuple(tracks.genres),
                         rights=RIGHTS), cover  # fmt: skip


def _from_names(top: Path, folders: list[_Folder], skipped: Skipped) -> Iterator[tuple[FoundAlbum, bytes]]:
    music = {folder.path for folder in folders if folder.audio}
    above_music = music.union(*(path.parents for path in music))
    for folder in folders:
        if folder.path in above_music or not music.isdisjoint(folder.path.parents):
            continue  # scans of a sleeve, a picture of an artist
        for path in folder.pictures:
            named = _NAMED.fullmatch(_line(path.stem))
            if not named or not _is_text(path.name):
                skipped(path, "its name is no text")
                continue
            data = _picture(path, skipped)
            if data is not None:
                artist = named["artist"] or ""
                place = unicodedata.normalize("NFC", path.relative_to(top).as_posix())
                yield FoundAlbum(
                    _id(place, fold=False), named["title"],
                    ((_id(artist), artist),) if artist else (), ReleaseDate.of(named["year"]), rights=RIGHTS,
                ), data  # fmt: skip


def _tag(path: Path, skipped: Skipped, *, image: bool = False) -> TinyTag | None:
    try:
        from tinytag import TinyTag, TinyTagException
    except ImportError as error:
        raise MissingExtra("reading tags", "gather") from error
    try:
        if not path.is_file():  # a pipe would be waited for
            raise OSError("not a file")
        return TinyTag.get(path, duration=False, image=image)
    except OSError as error:
        skipped(path, _why(error))
    except TinyTagException:
        skipped(path, "its tags cannot be read")
    return None


def _embedded(files: Iterable[Path], skipped: Skipped) -> bytes | None:
    """The first front cover that a file of an album carries, or the first picture of no stated kind."""
    for path in files:
        tag = _tag(path, skipped, image=True)
        image = tag and (tag.images.front_cover or next(iter(tag.images.other.get("generic", ())), None))
        if image:
            fault = _fault(image.data)
            if fault is None:
                return image.data
            skipped(path, f"its cover: {fault}")
    return None


def _beside(files: Iterable[Path], beside: dict[Path, list[Path]], skipped: Skipped) -> bytes | None:
    """The picture beside the tracks that is named most like a front."""
    for folder in dict.fromkeys(path.parent for path in files):
        ranked = sorted((rank, path) for path in beside[folder] if (rank := front_rank(path.name)) in (0, 1))
        for _, path in ranked:
            data = _picture(path, skipped)
            if data is not None:
                return data
    return None


def _picture(path: Path, skipped: Skipped) -> bytes | None:
    """The bytes of a picture file that can be read; anything else is reported."""
    try:
        if not path.is_file():
            raise OSError("not a file")
        if path.stat().st_size > MOST_BYTES:
            raise OSError(f"more than {MOST_BYTES // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        skipped(path, _why(error))
        return None
    fault = _fault(data)
    if fault is not None:
        skipped(path, fault)
        return None
    return data


def _fault(data: bytes) -> str | None:
    """Why a picture cannot be used; None where it can. JPEGs are decoded at an eighth: all is read, little is made."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit here is lower
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return f"more than {MOST_PIXELS // 1_000_000} million pixels"
                picture.draft("RGB", (64, 64))
                picture.load()
    except Exception:  # decoders raise all sorts of things at bytes that are none of theirs
        return "not a readable picture"
    return None


def _why(error: OSError) -> str:
    return error.strerror or str(error)


def _line(text: str | None) -> str:
    """One line of composed Unicode (NFC) with single spaces; file systems and taggers differ in both."""
    return " ".join(unicodedata.normalize("NFC", text or "").replace("\0", " ").split())


def _is_text(name: str) -> bool:
    """Whether a file's name is text; names are bytes to some file systems."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _id(*words: str, fold: bool = True) -> str:
    """The same for the same words, on every machine. fold: "ABBA" and "Abba" are the same."""
    text = "\n".join(word.casefold() if fold else word for word in words)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
