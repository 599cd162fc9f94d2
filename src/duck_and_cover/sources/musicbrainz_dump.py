"""MusicBrainz's dump of release groups: millions of albums without a request.

`release-group.tar.xz` is read as it lies, a line at a time, with the memory of one line. Each line is a document like
those of the service (`musicbrainz.py`, where the licences of its parts are told).

Reference: wiki.musicbrainz.org/Development/JSON_Data_Dumps.
"""

from __future__ import annotations

import json
import lzma
import tarfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO

from duck_and_cover.errors import BadInput
from duck_and_cover.sources.coverartarchive import COVERS_URL
from duck_and_cover.sources.http import Broken
from duck_and_cover.sources.musicbrainz import album_of, artists_of
from duck_and_cover.sources.source import FoundAlbum, FoundArtist

__all__ = ["DUMPS_URL", "ReleaseGroupDump"]

DUMPS_URL = "https://data.metabrainz.org/pub/musicbrainz/data/json-dumps"
MEMBER = "mbdump/release-group"

LONGEST_LINE_BYTES = 16 << 20
"""Release groups take 4 KB on average; a longer line is damaged."""

ENOUGH_LINES = 1000
"""If so many lines at the beginning are all damaged, this is another kind of file."""

LINES_NAMED = 10


class ReleaseGroupDump:
    """Iterate over it for albums, each with the artists it is credited to.

    path:           of `release-group.tar.xz`.
    types:          primary types that are wanted, in lower case: "album", "ep", "single", "unknown" ...
    lines:          read so far, damaged ones and other types included.
    damaged:        how many of them were no release group and were skipped.
    damaged_lines:  numbers of the first ten of them, counted from 1.

    Iterating raises `BadInput` where the file is not there, is no such dump, or ends early.
    """

    def __init__(self, path: Path, *, types: Collection[str] = ("album",), covers_url: str = COVERS_URL) -> None:
        self.path, self.types, self.covers_url = path, frozenset(types), covers_url
        self.lines = self.damaged = 0
        self.damaged_lines: list[int] = []

    def __iter__(self) -> Iterator[tuple[FoundAlbum, tuple[FoundArtist, ...]]]:
        self.lines = self.damaged = 0
        self.damaged_lines = []
        try:
            # tarfile's own "r|xz" holds all that one block unpacks to, however much that is
            with lzma.open(self.path) as unpacked, tarfile.open(fileobj=unpacked, mode="r|") as archive:
                for member in archive:
                    file = archive.extractfile(member) if member.name.removeprefix("./") == MEMBER else None
                    if file is not None:
                        yield from self._albums(file)
                        return
        except FileNotFoundError as error:
            raise BadInput(f"there is no {self.path}; fetch release-group.tar.xz from {DUMPS_URL}") from error
        except (OSError, EOFError, lzma.LZMAError, tarfile.TarError) as error:
            if self.lines:
                raise BadInput(f"{self.path} breaks off after line {self.lines}; fetch it again") from error
            raise self._other(f"it is no tar.xz that can be read ({' '.join(str(error).split())})") from error
        raise self._other(f"it holds no {MEMBER}")

    def _albums(self, file: IO[bytes]) -> Iterator[tuple[FoundAlbum, tuple[FoundArtist, ...]]]:
        for line in self._lines(file):
            try:
                body = json.loads(line)
                album, artists = album_of(body, self.covers_url), artists_of(body)
            except (ValueError, RecursionError, Broken):
                self.damaged += 1
                if len(self.damaged_lines) < LINES_NAMED:
                    self.damaged_lines.append(self.lines)
                if self.damaged == self.lines == ENOUGH_LINES:
                    break
                continue
            if album.kind.partition("+")[0] in self.types:
                yield album, artists
        if self.damaged == self.lines:
            raise self._other(f"none of its first {self.lines} lines is a release group")

    def _lines(self, file: IO[bytes]) -> Iterator[bytes]:
        """Lines, counted; empty for one that is too long."""
        while line := file.readline(LONGEST_LINE_BYTES):
            self.lines += 1
            too_long = False
            while len(line) == LONGEST_LINE_BYTES and not line.endswith(b"\n"):
                line, too_long = file.readline(LONGEST_LINE_BYTES), True
            yield b"" if too_long else line

    def _other(self, found: str) -> BadInput:
        return BadInput(f"{self.path} is not MusicBrainz's dump of release groups: {found}; fetch "
                        f"release-group.tar.xz from {DUMPS_URL}")  # fmt: skip
