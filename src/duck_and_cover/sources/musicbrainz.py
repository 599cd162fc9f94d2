"""MusicBrainz: artists by genre and all their albums, with relatives by ListenBrainz, covers by the Cover Art Archive.

Names, dates and types are CC0. Genres and tags are CC BY-NC-SA 3.0: a dataset that states them is not for commerce and
is passed on under the same terms. Pictures carry no licence at all.

Reference: musicbrainz.org/doc/MusicBrainz_API; the bodies in the server's own tests (t/lib/t/.../WS/2/JSON).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from duck_and_cover.sources.coverartarchive import COVERS_URL, RIGHTS, front_addresses
from duck_and_cover.sources.http import Broken, Http, Refused
from duck_and_cover.sources.listenbrainz import LISTENBRAINZ_URL, similar_artists
from duck_and_cover.sources.source import Found, FoundAlbum, FoundArtist, ReleaseDate, Task

__all__ = ["API_URL", "MusicBrainz", "album_of", "artists_of"]

API_URL = "https://musicbrainz.org/ws/2"
PAGE = 100
"""The largest page that is given."""

INCLUDED = "genres tags artist-credits"
"""Parts of a release group that are asked for; spaces travel as the `+` of the service's documentation."""

NOBODY = frozenset({
    "89ad4ac3-39f7-470e-963a-56509c546377",  # Various Artists
    "125ec42a-7229-4250-afc5-e057484327fe",  # [unknown]
    "f731ccc4-e22a-43af-a747-64213329e088",  # [anonymous]
    "33cf029c-63b0-41a0-9855-be2a3665fb3b",  # [data]
    "314e1c25-dde7-4e4d-b2f4-0a7b9f7c56dc",  # [dialogue]
    "eec63d3c-3b81-4ad4-b1e4-7c147d4d2b61",  # [no artist]
    "9be7f096-97ec-4615-8957-8d40b5dcbc41",  # [traditional]
})  # fmt: skip
"""Artists that stand for nobody and to whom hundreds of thousands of albums are credited: none follows from them.
Reference: musicbrainz.org/doc/Style/Unknown_and_untitled/Special_purpose_artist."""

_GONE = (400, 403, 404)


class MusicBrainz:
    """top: artists of a genre. The addresses are those of the services, or of mirrors."""

    name = "musicbrainz"
    terms = ""
    hosts = frozenset({
        "musicbrainz.org", "labs.api.listenbrainz.org", "coverartarchive.org", "archive.org", ".archive.org",
    })  # fmt: skip
    rates: Mapping[str, float] = {
        "musicbrainz.org": 1.0,
        "labs.api.listenbrainz.org": 1.0,
        "coverartarchive.org": 4.0,
        "archive.org": 4.0,
        ".archive.org": 4.0,
    }

    def __init__(self, *, top: int = 50, api_url: str = API_URL, listenbrainz_url: str = LISTENBRAINZ_URL,
                 covers_url: str = COVERS_URL) -> None:  # fmt: skip
        self.top, self.api_url = top, api_url.rstrip("/")
        self.listenbrainz_url, self.covers_url = listenbrainz_url, covers_url
        self._relatives_told, self._no_relatives = False, ""

    def begin(self, genres: Sequence[str]) -> Iterable[Task]:
        return (Task("search", genre) for genre in genres)

    async def ask(self, task: Task, http: Http) -> Found:
        asked = {"search": self._search, "related": self._related, "albums": self._albums, "album": self._album}
        return await asked[task.stage](task, http)

    async def _search(self, task: Task, http: Http) -> Found:
        """One page of the artists that carry a tag, in the service's order."""
        offset = int(task.page or 0)
        most = self.top - offset
        query = {"query": f'tag:"{_quoted(task.item)}"', "limit": min(PAGE, most), "offset": offset}
        rows, total = _page(await self._get(http, "/artist", query), "artists", "count")
        artists = tuple(_artist(row, task.item) for row in _rows(rows[:most], "id", "name") if row["id"] not in NOBODY)
        follow = [Task(stage, artist.id) for artist in artists for stage in ("related", "albums")]
        after = offset + len(rows[:most])
        more = (Task("search", task.item, str(after)),) if rows and after < total else ()
        wanted = after < self.top
        return Found(artists=artists, tasks=tuple(dict.fromkeys([*follow, *more] if wanted else follow)),
                     beyond=() if wanted else more)  # fmt: skip

    async def _related(self, task: Task, http: Http) -> Found:
        """The artists heard together with one, but not their relatives. That none are told at all is asked once."""
        if self._no_relatives:
            return Found(missing={"related": self._no_relatives})
        try:
            similar = await similar_artists(task.item, http, self.listenbrainz_url)
        except Refused as error:
            if error.status not in _GONE or self._relatives_told:
                raise
            why = f"ListenBrainz tells no similar artists ({error.status}); its algorithms may have other names now"
            self._no_relatives = self._no_relatives or why  # the first of several that were under way
            return Found(missing={"related": self._no_relatives})
        self._relatives_told = True
        artists = tuple(artist for artist in similar if artist.id not in NOBODY)
        return Found(artists=artists, tasks=tuple(dict.fromkeys(Task("albums", artist.id) for artist in artists)))

    async def _albums(self, task: Task, http: Http) -> Found:
        """One page of an artist's albums; live albums, compilations and the like among them, as their `kind` says."""
        offset = int(task.page or 0)
        query = {"artist": task.item, "type": "album", "limit": PAGE, "offset": offset, "inc": INCLUDED}
        rows, total = _page(await self._get(http, "/release-group", query), "release-groups", "release-group-count")
        albums = tuple(album_of(row, self.covers_url) for row in _rows(rows, "id", "title"))
        after = offset + len(rows)
        more = (Task("albums", task.item, str(after)),) if rows and after < total else ()
        return Found(albums=albums, tasks=more)

    async def _album(self, task: Task, http: Http) -> Found:
        """One album by the id of its release group, and the artists it is credited to."""
        body = await self._get(http, f"/release-group/{quote(task.item, safe='')}", {"inc": INCLUDED})
        return Found(albums=(album_of(body, self.covers_url),), artists=artists_of(body))

    async def _get(self, http: Http, path: str, query: Mapping[str, str | int]) -> Any:
        return (await http.get(self.api_url + path, {**query, "fmt": "json"})).json()


def album_of(body: Any, covers_url: str = COVERS_URL) -> FoundAlbum:
    """A release group, as the service and its dumps write it; raises `Broken` for what has no id or no title.

    Everything else may be null or missing. Artists are named as credited on the sleeve; genres are those of the
    service, or else tags, most votes first. `kind` is the type and, in the order of the alphabet, what it is besides:
    "album", "ep", "album+compilation+live"; "unknown" for none.
    """
    if not _rows([body], "id", "title"):
        raise Broken("200 with JSON of another shape")
    types = body.get("secondary-types")
    besides = sorted(each.casefold() for each in types if _is_text(each)) if isinstance(types, list) else []
    first = body["primary-type"].casefold() if _is_text(body.get("primary-type")) else "unknown"
    date = body.get("first-release-date")
    return FoundAlbum(
        body["id"], body["title"],
        tuple((artist["id"], name) for artist, name in _credit(body)),
        ReleaseDate.of(date if _is_text(date) else None),
        "+".join([first, *besides]), _genres(body), RIGHTS, front_addresses(body["id"], covers_url),
    )  # fmt: skip


def artists_of(body: Mapping[str, Any]) -> tuple[FoundArtist, ...]:
    """The artists that a release group is credited to, each once and by their own names."""
    return tuple({artist["id"]: _artist(artist) for artist, _ in _credit(body)}.values())


def _artist(body: Mapping[str, Any], asked_for: str | None = None) -> FoundArtist:
    return FoundArtist(body["id"], body["name"], _genres(body), asked_for)


def _credit(body: Mapping[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """(artist, name on the sleeve) in order. Search leaves out a name that is the artist's own."""
    parts = [(artist, part) for part in _rows(body.get("artist-credit"))
             for artist in _rows([part.get("artist")], "id", "name")]  # fmt: skip
    return [(artist, part["name"] if _is_text(part.get("name")) else artist["name"]) for artist, part in parts]


def _genres(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Genres, or else tags, by votes; those that were voted down are left out."""
    for stated in ("genres", "tags"):
        votes = [(row["name"], row.get("count")) for row in _rows(body.get(stated), "name")]
        counted = [(name, count if isinstance(count, int) else 1) for name, count in votes]
        liked = sorted((pair for pair in counted if pair[1] > 0), key=lambda pair: pair[1], reverse=True)
        if liked:
            return tuple(name for name, _ in liked)
    return ()


def _page(body: Any, name: str, total: str) -> tuple[list[Any], int]:
    """The results of a page and how many there are in all; raises `Broken` for another shape."""
    rows, count = (body.get(name), body.get(total)) if isinstance(body, dict) else (None, None)
    if not isinstance(rows, list) or not isinstance(count, int):
        raise Broken("200 with JSON of another shape")
    return rows, count


def _rows(found: Any, *wanted: str) -> list[dict[str, Any]]:
    """The objects of a JSON list in which all that is wanted is text; null is an empty list."""
    rows = found if isinstance(found, list) else ()
    return [row for row in rows if isinstance(row, dict) and all(_is_text(row.get(name)) for name in wanted)]


def _is_text(value: Any) -> bool:
    """Whether this is text with something in it that can be written down; half of a surrogate pair cannot."""
    return isinstance(value, str) and bool(value.strip()) and not re.search("[\ud800-\udfff]", value)


def _quoted(text: str) -> str:
    """Text between the quotes of a query, where only these two characters mean something to Lucene."""
    return text.replace("\\", r"\\").replace('"', r"\"")
