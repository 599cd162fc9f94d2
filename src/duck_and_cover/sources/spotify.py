"""Spotify's Web API: the top artists of genres, the artists related to them, all their albums.

It is asked as it is now and as it was: how many results a page may have (50 once, 10 for most since March 2026) and
whether related artists are told (not to apps that are newer than November 2024) differs between apps and is found out
by asking. Both are noted, so that they are found out once.

Reference: the vendor's OpenAPI document; developer.spotify.com/documentation/web-api.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duck_and_cover.sources.http import Broken, Http, NeedsUser, Refused, Reply
from duck_and_cover.sources.source import Found, FoundAlbum, FoundArtist, ReleaseDate, Task, smallest_enough

__all__ = ["API_URL", "TOKEN_URL", "Spotify", "SpotifyKeys"]

API_URL = "https://api.spotify.com/v1"
TOKEN_URL = "https://accounts.spotify.com/api/token"
PICTURE_HOSTS = ".scdn.co"
RIGHTS = "spotify-content"

LIMITS = (50, 20, 10, 5)
"""Largest pages to try, in this order."""

REQUESTS_A_SECOND = 1.5
"""About 45 in the 30 seconds that the limit is counted over; its height is not published."""

TERMS = """Spotify's terms (Developer Policy, section III; Developer Terms, section IV) do not allow its content to be
used to train a machine-learning model, nor covers to be altered or kept beyond what the service needs. What is gathered
here is marked `spotify-content` and left out of training and publishing. You answer for what you do with it."""

_GONE = (403, 404)


@dataclass(frozen=True)
class SpotifyKeys:
    """An app's credentials; the secret is never shown."""

    client_id: str
    client_secret: str = field(repr=False)


class Spotify:
    """keys: of an app (developer.spotify.com/dashboard). noted: what earlier runs found out about the service.
    top: artists of a genre.
    """

    name = "spotify"
    terms = TERMS
    hosts = frozenset({"api.spotify.com", "accounts.spotify.com", PICTURE_HOSTS})
    rates: Mapping[str, float] = {
        "api.spotify.com": REQUESTS_A_SECOND,
        "accounts.spotify.com": 1.0,
        PICTURE_HOSTS: 20.0,
    }

    def __init__(self, keys: SpotifyKeys, noted: Mapping[str, str] | None = None, *, top: int = 50,
                 api_url: str = API_URL, token_url: str = TOKEN_URL) -> None:  # fmt: skip
        self.keys, self.noted, self.top = keys, dict(noted or {}), top
        self.api_url, self.token_url = api_url.rstrip("/"), token_url
        self._token, self._token_until, self._asking = "", 0.0, asyncio.Lock()

    def begin(self, genres: Sequence[str]) -> Iterable[Task]:
        return (Task("search", genre) for genre in genres)

    async def ask(self, task: Task, http: Http) -> Found:
        asked = {"search": self._search, "related": self._related, "albums": self._albums, "album": self._album,
                 "artist": self._artist}  # fmt: skip
        return await asked[task.stage](task, http)

    async def _search(self, task: Task, http: Http) -> Found:
        """One page of a genre's artists, by relevance."""
        offset = int(task.page or 0)
        query = {"q": f'genre:"{" ".join(task.item.split(chr(34)))}"', "type": "artist", "offset": offset}
        body, noted = await self._paged(http, "search", "/search", query, most=self.top - offset)
        page = _part(body, "artists")
        items = _items(page, "items")
        artists = tuple(_artist(each, task.item) for each in items if each)
        if artists and self.noted.get("genres") != "told":  # deprecated; the genre that was searched stands for them
            noted = {**noted, "genres": "told" if any(artist.genres for artist in artists) else "not told"}
            self.noted |= noted
        follow = [Task(stage, artist.id) for artist in artists for stage in ("related", "albums")]
        after = offset + len(items)
        more = (Task("search", task.item, str(after)),) if items and _more(page, after) else ()
        wanted = after < self.top
        return Found(artists=artists, tasks=(*follow, *more) if wanted else tuple(follow),
                     beyond=() if wanted else more, noted=noted)  # fmt: skip

    async def _related(self, task: Task, http: Http) -> Found:
        """The artists that listeners of one hear as well; their own relatives are not asked for."""
        try:
            reply = await self._get(http, f"/artists/{task.item}/related-artists")
        except Refused as error:
            if error.status not in _GONE or self.noted.get("related") == "told":
                raise
            await self._get(http, f"/artists/{task.item}")  # an artist that is gone says nothing about the service
            why = f"related artists are not told to this app ({error.status}); new apps get none since November 2024"
            return Found(missing={"related": why})
        artists = tuple(_artist(each) for each in _items(_part(reply.json(), None), "artists") if each)
        self.noted["related"] = "told"
        return Found(artists=artists, tasks=tuple(Task("albums", artist.id) for artist in artists),
                     noted={"related": "told"})  # fmt: skip

    async def _albums(self, task: Task, http: Http) -> Found:
        """One page of an artist's albums."""
        offset = int(task.page or 0)
        query = {"include_groups": "album", "offset": offset}
        page, noted = await self._paged(http, "albums", f"/artists/{task.item}/albums", query)
        items = _items(page, "items")
        after = offset + len(items)
        more = (Task("albums", task.item, str(after)),) if items and _more(page, after) else ()
        return Found(albums=tuple(_album(each) for each in items if each), tasks=more, noted=noted)

    async def _album(self, task: Task, http: Http) -> Found:
        """One album by its id, and its artists' genres next."""
        album = _album(_part((await self._get(http, f"/albums/{task.item}")).json(), None))
        return Found(albums=(album,), tasks=tuple(Task("artist", id) for id, _ in album.artists))

    async def _artist(self, task: Task, http: Http) -> Found:
        return Found(artists=(_artist(_part((await self._get(http, f"/artists/{task.item}")).json(), None)),))

    async def _paged(self, http: Http, name: str, path: str, query: Mapping[str, Any],
                     most: int = LIMITS[0]) -> tuple[dict[str, Any], dict[str, str]]:  # fmt: skip
        """A page as large as this app may have, and what was learned of that."""
        key = f"{name} limit"
        allowed, refused = int(self.noted.get(key, LIMITS[0])), False
        for limit in sorted({min(each, most) for each in LIMITS if each <= allowed}, reverse=True):
            try:
                reply = await self._get(http, path, {**query, "limit": limit})
            except Refused as error:
                if error.status != 400 or "limit" not in error.text.casefold():
                    raise
                refused = True
                continue
            learned = refused or limit == allowed
            noted = {key: str(limit)} if learned and self.noted.get(key) != str(limit) else {}
            self.noted |= noted
            return _part(reply.json(), None), noted
        raise Refused(f"no page size is allowed for {path}", 400)

    async def _get(self, http: Http, path: str, query: Mapping[str, Any] | None = None) -> Reply:
        """With a token; a new one is asked for once where the old one is refused."""
        refused = ""
        for _ in range(2):
            token = await self._authorised(http, refused)
            try:
                return await http.get(self.api_url + path, query, {"Authorization": f"Bearer {token}"})
            except Refused as error:
                if error.status == 403 and any(word in error.text.casefold() for word in ("premium", "blocked")):
                    raise NeedsUser(
                        "Spotify: this app is not served (403); its owner needs Premium, see its dashboard"
                    ) from error
                if error.status != 401:
                    raise
                refused = token
        raise NeedsUser("Spotify: a token that was given is refused (401); look at the app in its dashboard")

    async def _authorised(self, http: Http, refused: str) -> str:
        """A token that is not the refused one; many tasks that want one ask for one."""
        async with self._asking:
            if self._token != refused and time.monotonic() < self._token_until:
                return self._token
            pair = f"{self.keys.client_id}:{self.keys.client_secret}".encode()
            headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
            try:
                reply = await http.post(self.token_url, {"grant_type": "client_credentials"}, headers)
            except Refused as error:
                if error.status not in (400, 401):
                    raise
                raise NeedsUser(
                    f"Spotify: the credentials are wrong ({error.status}); see SPOTIPY_CLIENT_ID and "
                    "SPOTIPY_CLIENT_SECRET"
                ) from error
            body = _part(reply.json(), None)
            token, seconds = body.get("access_token"), body.get("expires_in", 3600)
            if not (isinstance(token, str) and token and isinstance(seconds, int | float)):
                raise Broken("200 with a token of another shape")
            self._token, self._token_until = token, time.monotonic() + seconds - 60
            return token


def _part(body: Any, name: str | None) -> dict[str, Any]:
    """A JSON object, or the named one in it; raises `Broken` for anything else."""
    found = body if name is None else body.get(name) if isinstance(body, dict) else None
    if not isinstance(found, dict):
        raise Broken("200 with JSON of another shape")
    return found


def _items(body: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects, null among them where the service knows nothing; raises `Broken` for anything else."""
    found = body.get(name)
    if not isinstance(found, list) or not all(each is None or isinstance(each, dict) for each in found):
        raise Broken("200 with JSON of another shape")
    return found


def _text(body: Mapping[str, Any], name: str) -> str:
    if not isinstance(found := body.get(name), str) or not found:
        raise Broken("200 with JSON of another shape")
    return found


def _texts(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Of a list that may be missing."""
    found = body.get(name)
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def _more(page: Mapping[str, Any], after: int) -> bool:
    """Whether there are results after the first `after`. The total is approximate, so the next page counts as well."""
    total = page.get("total")
    return bool(page.get("next")) or (isinstance(total, int) and after < total)


def _artist(body: Mapping[str, Any], asked_for: str | None = None) -> FoundArtist:
    return FoundArtist(_text(body, "id"), _text(body, "name"), _texts(body, "genres"), asked_for)


def _album(body: Mapping[str, Any]) -> FoundAlbum:
    images = [each for each in (_items(body, "images") if body.get("images") else ()) if each and each.get("url")]
    widths = [width if isinstance(width := image.get("width"), int) else None for image in images]
    pictures = [(_text(image, "url"), width) for image, width in zip(images, widths, strict=True)]
    artists = [each for each in (_items(body, "artists") if body.get("artists") else ()) if each and each.get("id")]
    date, precision = body.get("release_date"), body.get("release_date_precision")
    return FoundAlbum(
        _text(body, "id"), _text(body, "name"), tuple((_text(each, "id"), _text(each, "name")) for each in artists),
        ReleaseDate.of(date if isinstance(date, str) else None, precision if isinstance(precision, str) else None),
        kind.casefold() if isinstance(kind := body.get("album_type"), str) else "album", _texts(body, "genres"), RIGHTS,
        smallest_enough(pictures),
    )  # fmt: skip
