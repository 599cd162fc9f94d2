"""Jamendo's API, version 3.0: albums of a genre, each with the address of its Creative Commons licence.

Albums have no tags there, tracks have; so tracks are searched, and one of each album is told. Errors come with status
200 and a code. Names come as HTML, "R&amp;B". A free client id may ask 35,000 times a month.

Reference: developer.jamendo.com/v3.0/tracks and /v3.0/response-codes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from duck_and_cover.errors import BadInput
from duck_and_cover.sources.http import Broken, Http, NeedsUser, Wait
from duck_and_cover.sources.source import Found, FoundAlbum, FoundArtist, ReleaseDate, Task, smallest_enough

__all__ = ["API_URL", "Jamendo"]

API_URL = "https://api.jamendo.com/v3.0"
API_HOST = "api.jamendo.com"
PICTURE_HOST = "usercontent.jamendo.com"

RATES: Mapping[str, float] = {API_HOST: 2.0, PICTURE_HOST: 8.0}

PAGE = 200
"""The most results that one page may have."""

WIDTHS_PX = (300, 100)
"""Widths that pictures are asked at, of those that are served."""

_SUCCESS = ("success", "succeed")  # answers say the one, the table of codes says the other
_RATE_LIMIT = "6"
_NOT_WITH_THIS_KEY = {"5": "the client id is unknown", "11": "the app is suspended"}


@dataclass(frozen=True)
class Jamendo:
    """client_id: of an app (devportal.jamendo.com); it is never shown."""

    client_id: str = field(repr=False)
    api_url: str = API_URL

    name = "jamendo"
    terms = ""
    hosts = frozenset(RATES)
    rates = RATES

    def __post_init__(self) -> None:
        if not self.client_id.strip():
            raise BadInput("Jamendo's client id is empty; get one at devportal.jamendo.com (JAMENDO_CLIENT_ID)")

    def begin(self, genres: Sequence[str]) -> Iterable[Task]:
        return (Task("search", genre) for genre in genres if _tag(genre))

    async def ask(self, task: Task, http: Http) -> Found:
        """One page of a genre's albums."""
        offset = int(task.page or 0)
        query = {"client_id": self.client_id, "format": "json", "tags": _tag(task.item), "groupby": "album_id",
                 "include": "musicinfo licenses", "limit": PAGE, "offset": offset}  # fmt: skip
        rows = _rows((await http.get(f"{self.api_url.rstrip('/')}/tracks/", query)).json())
        albums = [album for album in map(_album, rows) if album]
        artists = dict.fromkeys(FoundArtist(id, name, (), task.item) for album in albums for id, name in album.artists)
        # a page that is not full need not be the last where tracks are grouped after they are counted
        more = (Task("search", task.item, str(offset + PAGE)),) if rows else ()
        return Found(artists=tuple(artists), albums=tuple(albums), tasks=more)


def _tag(genre: str) -> str:
    """A genre as Jamendo tags it, in one word: "Drum & Bass" -> "drumnbass". A space would separate two tags."""
    return "".join(filter(str.isalnum, re.sub(r"&|\band\b", "n", genre.casefold())))


def _rows(body: Any) -> list[dict[str, Any]]:
    """The results of a reply that succeeded. What it says of a failure may name the key and is not repeated."""
    headers, rows = _in(body, "headers"), _in(body, "results")
    if not isinstance(headers, dict):
        raise Broken("200 with JSON of another shape")
    if headers.get("status") not in _SUCCESS:
        code = str(headers.get("code"))
        if code in _NOT_WITH_THIS_KEY:
            raise NeedsUser(f"Jamendo: {_NOT_WITH_THIS_KEY[code]} (code {code}); see JAMENDO_CLIENT_ID")
        if code == _RATE_LIMIT:
            raise Wait("Jamendo's quota is used up (code 6)", 200, None)
        raise Broken(f"200 with Jamendo's error {code}")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Broken("200 with JSON of another shape")
    return rows


def _album(row: Mapping[str, Any]) -> FoundAlbum | None:
    """The album of a track; None for a single, which has none, and where no licence is stated."""
    id, rights = str(row.get("album_id") or ""), str(row.get("license_ccurl") or "")
    if not id or not rights.startswith(("http://", "https://")):
        return None
    artist = (str(row.get("artist_id") or ""), html.unescape(str(row.get("artist_name") or "")))
    genres = _in(row, "musicinfo", "tags", "genres")
    image = str(row.get("album_image") or "")
    return FoundAlbum(
        id,
        html.unescape(str(row.get("album_name") or "")),
        (artist,) if all(artist) else (),
        ReleaseDate.of(str(row.get("releasedate") or "")),
        genres=tuple(map(str, genres)) if isinstance(genres, list) else (),
        rights=rights,
        pictures=smallest_enough((_resized(image, width), width) for width in WIDTHS_PX) if image else (),
    )


def _resized(image: str, width_px: int) -> str:
    """The address of a picture at another width, and without the track that led to it, so that an album has one."""
    parts = urlsplit(image)
    query = {**dict(parse_qsl(parts.query)), "width": str(width_px)}
    query.pop("trackid", None)
    return parts._replace(path=parts.path or "/", query=urlencode(query)).geturl()


def _in(body: Any, *names: str) -> Any:
    """What lies within nested JSON objects; None where one of them is something else, as PHP's empty ones are."""
    for name in names:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body
