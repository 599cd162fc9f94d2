"""A made-up world of genres, artists and albums. Each is made from its number when somebody looks at it, so 100,000
artists cost nothing, and the same seed is the same world.

Numbers: the artists of genre g are g * N to g * N + N - 1. Every fifth place of a genre's list is taken by an artist of
the next genre, so some artists stand in two lists and some in none: those are found as relatives only.
"""

from __future__ import annotations

import functools
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np

__all__ = ["KINDS", "PICTURES", "STATES", "MadeAlbum", "State", "Wire", "World", "bomb", "document", "page_limits",
           "picture", "zip_bomb"]  # fmt: skip

DOCUMENTS = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "api" / "openapi"

GENRES = ("dream pop", "black metal", "música popular", "r&b", "chanson française", "j-rock", "детская музыка")
KINDS = ("album", "single", "compilation")
WORDS = (
    "Björk", "坂本", "Мумий", "Ñandú", "Razor", "مرآة", "O'Neil", 'the "Quiet"', "AC/DC", "Ω", "Duck 🦆", "café",
    "& Sons", "Şebnem", "ไทย", "Łódź", "Nine", "Velvet", "Cathedral", "Rust", "100%", "한강", "Sigur", "e\u0301toile",
)  # fmt: skip
FIRST_COUNTS = (53, 0, 120, 10, 50)
"""Albums of the first artists: more than a page of 50, none, the most, just a page of 10, just a page of 50."""
SINGLES = 2
"""Singles that each artist has besides."""
PICTURES = 256
"""Distinct covers; what there is beyond them looks like one of these."""


def _digest(*words: object) -> str:
    return hashlib.blake2b(":".join(map(str, words)).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True)
class State:
    """What the service tells. limits: path -> (default, most) results of a page, for want of the document.
    everything: related artists, genres, popularity and the like.
    """

    document: str
    limits: dict[str, tuple[int, int]]
    everything: bool


STATES = {
    "extended": State("spotify-2025-10-03", {"/search": (20, 50), "/artists/{id}/albums": (20, 50)}, True),
    "dev-2026": State("spotify-2026-05-30", {"/search": (5, 10), "/artists/{id}/albums": (5, 10)}, False),
}


@functools.cache
def document(state: str) -> dict[str, Any] | None:
    """The vendor's OpenAPI document of a state; None where it is not beside the checkout."""
    path = DOCUMENTS / f"{STATES[state].document}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def page_limits(state: str) -> dict[str, tuple[int, int]]:
    """Path -> (default, most) results of a page, as the document says."""
    openapi = document(state)
    if openapi is None:
        return STATES[state].limits
    found = {}
    for path in STATES[state].limits:
        for parameter in openapi["paths"][path]["get"]["parameters"]:
            named = parameter.get("$ref", "").rpartition("/")[2]
            parameter = openapi["components"]["parameters"][named] if named else parameter
            if parameter["name"] == "limit":
                found[path] = parameter["schema"]["default"], parameter["schema"]["maximum"]
    return found


@dataclass(frozen=True)
class MadeAlbum:
    """artists: numbers, in the order of the sleeve. sizes_px: of its pictures; widths_px: as they are stated, None for
    not; picture: which of the distinct ones it is.
    """

    id: str
    name: str
    kind: str
    artists: tuple[int, ...]
    date: str
    precision: str
    sizes_px: tuple[int, ...]
    widths_px: tuple[int | None, ...]
    tracks: int
    picture: int


@dataclass(frozen=True)
class World:
    """genres: how many; artists: of each; albums: the most that one artist has."""

    seed: int = 1
    genres: int = 3
    artists: int = 12
    albums: int = 120

    @property
    def total(self) -> int:
        """Artists in the whole world."""
        return self.genres * self.artists

    @functools.cached_property
    def genre_names(self) -> tuple[str, ...]:
        return tuple(GENRES[n] if n < len(GENRES) else f"genre {n}" for n in range(self.genres))

    def members(self, genre: str) -> list[int]:
        """Artists of a genre by relevance; none of an unknown genre."""
        if genre not in self.genre_names:
            return []
        number = self.genre_names.index(genre)
        return [self._member(number, place) for place in range(self.artists)]

    def _member(self, genre: int, place: int) -> int:
        if place % 5 == 4 and self.genres > 1:
            return (genre + 1) % self.genres * self.artists + place - 1
        return genre * self.artists + place

    def genres_of(self, artist: int) -> tuple[str, ...]:
        """As the service states them: its lists, own first; none for every seventh artist."""
        genre, place = divmod(artist, self.artists)
        listed = [genre] if self._member(genre, place) == artist else []
        if self.genres > 1 and place % 5 == 3 and place + 1 < self.artists:
            listed.append((genre - 1) % self.genres)
        return tuple(self.genre_names[each] for each in listed) if artist % 7 != 6 else ()

    def artist_id(self, artist: int) -> str:
        return f"A{artist:07d}{_digest(self.seed, 'artist', artist)[:14]}"

    def artist_of(self, id: str) -> int | None:
        """The number of an artist; None for an id that nobody has."""
        artist = int(id[1:8]) if len(id) == 22 and id[0] == "A" and id[1:8].isdecimal() else -1
        return artist if 0 <= artist < self.total and self.artist_id(artist) == id else None

    def artist_name(self, artist: int) -> str:
        draw = Random(f"{self.seed}:name:{artist}")
        return f"{draw.choice(WORDS)} {draw.choice(WORDS)} {artist}"

    def is_gone(self, artist: int) -> bool:
        """Whether the service lists it and answers 404 when asked about it."""
        return artist % 23 == 8

    def related(self, artist: int) -> tuple[int, ...]:
        """Up to six others, each once."""
        draw = Random(f"{self.seed}:related:{artist}")
        drawn = (draw.randrange(self.total) for _ in range(draw.randrange(7)))
        return tuple(dict.fromkeys(each for each in drawn if each != artist))

    def _own(self, artist: int) -> int:
        if artist < len(FIRST_COUNTS):
            return min(self.albums, FIRST_COUNTS[artist])
        return int((self.albums + 1) * Random(f"{self.seed}:albums:{artist}").random() ** 3)

    def albums_of(self, artist: int, kinds: Sequence[str] = ("album",)) -> list[tuple[int, int]]:
        """(first artist, number) of its albums: own ones, the singles after them, and those it is a guest on."""
        own = self._own(artist)
        found = [(artist, number) for number in range(own + SINGLES)]
        if artist % 7 == 6:
            found += [(artist - 1, number) for number in range(9, self._own(artist - 1), 10)]
        return [key for key in found if self.kind(*key) in kinds]

    def kind(self, artist: int, number: int) -> str:
        return "single" if number >= self._own(artist) else "album"

    def album_id(self, artist: int, number: int) -> str:
        return f"B{artist:07d}{number:03d}{_digest(self.seed, 'album', artist, number)[:11]}"

    def album_of(self, id: str) -> tuple[int, int] | None:
        """(first artist, number) of an album; None for an id that none has."""
        if len(id) != 22 or id[0] != "B" or not id[1:11].isdecimal():
            return None
        key = int(id[1:8]), int(id[8:11])
        exists = key[0] < self.total and key[1] < self._own(key[0]) + SINGLES
        return key if exists and self.album_id(*key) == id else None

    def album(self, artist: int, number: int) -> MadeAlbum:
        draw = Random(f"{self.seed}:album:{artist}:{number}")
        year, month, day = 1950 + draw.randrange(75), 1 + draw.randrange(12), 1 + draw.randrange(28)
        dates = {0: ("0000", "year"), 1: ("", "year"), 2: (f"{year}", "year"), 3: (f"{year}-{month:02d}", "month")}
        date, precision = dates.get(number % 10, (f"{year}-{month:02d}-{day:02d}", "day"))
        guest = artist % 7 == 5 and number % 10 == 9 and artist + 1 < self.total
        sizes = () if number % 13 == 5 else (640, 300, 64)
        return MadeAlbum(
            self.album_id(artist, number), f"{draw.choice(WORDS)} {draw.choice(WORDS)} vol. {number}",
            self.kind(artist, number), (artist, artist + 1) if guest else (artist,), date, precision, sizes,
            tuple(None if number % 13 == 7 else size for size in sizes), draw.randrange(1, 15),
            draw.randrange(PICTURES),
        )  # fmt: skip


@dataclass(frozen=True)
class Wire:
    """The world in the service's own words, as JSON. everything: as in `State`; url: where the service is."""

    world: World
    everything: bool
    url: str

    def _named(self, kind: str, id: str, name: str) -> dict[str, Any]:
        return {
            "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{id}"}, "id": id, "name": name, "type": kind,
            "href": f"{self.url}/v1/{kind}s/{id}", "uri": f"spotify:{kind}:{id}",
        }  # fmt: skip

    def _credit(self, artist: int) -> dict[str, Any]:
        return self._named("artist", self.world.artist_id(artist), self.world.artist_name(artist))

    def artist(self, artist: int) -> dict[str, Any]:
        """An ArtistObject."""
        body = self._credit(artist) | {"images": [], "genres": []}
        if not self.everything:
            return body
        followers = {"href": None, "total": 10 * artist}
        return body | {"genres": list(self.world.genres_of(artist)), "popularity": artist % 101, "followers": followers}

    def album(self, artist: int, number: int) -> dict[str, Any]:
        """An ArtistDiscographyAlbumObject."""
        album = self.world.album(artist, number)
        images = [{"url": f"{self.url}/image/{album.id}/{size}", "height": width, "width": width}
                  for size, width in zip(album.sizes_px, album.widths_px, strict=True)]  # fmt: skip
        body = self._named("album", album.id, album.name) | {
            "album_type": album.kind, "total_tracks": album.tracks, "images": images, "release_date": album.date,
            "release_date_precision": album.precision, "artists": [self._credit(each) for each in album.artists],
        }  # fmt: skip
        return body | ({"available_markets": ["DE", "JP"], "album_group": album.kind} if self.everything else {})

    def whole_album(self, artist: int, number: int) -> dict[str, Any]:
        """An AlbumObject."""
        body = self.album(artist, number)
        body.pop("album_group", None)
        names = [(f"{body['id'][:20]}{track:02d}", f"№ {track}") for track in range(1, body["total_tracks"] + 1)]
        tracks = [self._named("track", *name) | {"artists": body["artists"], "disc_number": 1, "track_number": at + 1}
                  for at, name in enumerate(names)]  # fmt: skip
        page = {"href": f"{body['href']}/tracks", "items": tracks, "limit": 50, "next": None, "offset": 0,
                "previous": None, "total": len(tracks)}  # fmt: skip
        rights = {"copyrights": [{"text": "2020 Pond", "type": "P"}], "external_ids": {"upc": f"{artist:012d}"}}
        more = {"label": "Pond", "popularity": number % 101} if self.everything else {}
        return body | {"tracks": page, "genres": []} | rights | more


@functools.cache
def picture(number: int, size_px: int) -> tuple[bytes, str]:
    """A cover as JPEG, and its ETag: soft blobs with some grain, so that it weighs about what a cover does."""
    rng = np.random.default_rng(number)
    coarse = rng.integers(0, 256, (6, 6, 3)).astype(np.float32)
    soft = cv2.resize(coarse, (size_px, size_px), interpolation=cv2.INTER_CUBIC)
    grainy = np.clip(soft + rng.integers(-9, 10, soft.shape, np.int8), 0, 255).astype(np.uint8)
    body = cv2.imencode(".jpg", grainy, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def _zeros(count: int) -> bytes:
    """So many MiB of zeros, as deflate without a head."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * count + packer.flush()


@functools.cache
def bomb() -> bytes:
    """A black PNG of 30000 x 30000 px: 110 kB that a decoder makes 900 MB of."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    header = (30_000).to_bytes(4) * 2 + bytes((1, 0, 0, 0, 0))  # one bit a pixel: 3751 bytes a row
    size = (size_mib := 108) << 20
    assert size >= 30_000 * 3751
    rows = b"\x78\xda" + _zeros(size_mib) + (size % 65521).to_bytes(2) + b"\0\1"  # Adler-32 of zeros
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@functools.cache
def zip_bomb() -> bytes:
    """100 MiB of nothing, as gzip."""
    checksum = 0
    for _ in range(100):
        checksum = zlib.crc32(bytes(1 << 20), checksum)
    head = b"\x1f\x8b\x08" + bytes(5) + b"\x02\xff"
    return head + _zeros(100) + checksum.to_bytes(4, "little") + (100 << 20).to_bytes(4, "little")
