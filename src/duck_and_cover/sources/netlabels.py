"""Netlabels at the Internet Archive: albums that small labels give away, most under Creative Commons licences.

A search tells which items there are, the item itself everything else: its facts, its licence and its files, one of
which is the cover. Which one has to be guessed from their names.

Reference: archive.org/services/swagger (search/v1/scrape), archive.org/developers/metadata.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from duck_and_cover.sources.http import MOST_BYTES, Broken, Http
from duck_and_cover.sources.source import Found, FoundAlbum, FoundArtist, ReleaseDate, Task, smallest_enough

__all__ = ["API_URL", "Netlabels", "front_rank"]

API_URL = "https://archive.org"

RATES: Mapping[str, float] = {"archive.org": 4.0, ".archive.org": 4.0}
"""The second stands for the machines that files lie on."""

PAGE = 1000

ENOUGH_BYTES = 30_000
"""A JPEG of 300 px has about so many. Of several covers the smallest that has them is taken: some have 15 MB."""

_PICTURE = re.compile(r"\.(jpe?g|png)$", re.I)
_NEVER = re.compile(r"thumb|spectrogram|inlay|inside|tray|booklet")
_BACK = re.compile(r"(?<![a-z])back(?:cover|side)?(?![a-z])|coverback")
_DISC = re.compile(r"(?<![a-z])(?:cd|dvd|disc|disk|logo)\d?(?![a-z\d])")
_DAY = len("2008-03-01")


@dataclass(frozen=True)
class Netlabels:
    """api_url: of the Archive or a mirror of it."""

    api_url: str = API_URL

    name = "netlabels"
    terms = ""
    hosts = frozenset(RATES)
    rates = RATES

    def begin(self, genres: Sequence[str]) -> Iterable[Task]:
        return (Task("search", genre) for genre in genres)

    async def ask(self, task: Task, http: Http) -> Found:
        asked = {"search": self._search, "item": self._item}
        return await asked[task.stage](task, http)

    async def _search(self, task: Task, http: Http) -> Found:
        """One page of the licensed items under a subject, and their artists; the albums follow from the items."""
        subject = re.sub(r'["\\]', " ", task.item)
        query = {
            "q": f'collection:netlabels AND mediatype:audio AND subject:"{subject}"',
            "fields": "identifier,creator,licenseurl",
            "count": PAGE,
        }
        if task.page:
            query["cursor"] = task.page
        body = (await http.get(f"{self._url}/services/search/v1/scrape", query)).json()
        items = body.get("items") if isinstance(body, dict) else None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise Broken("200 with JSON of another shape")
        licensed = [item for item in items if item.get("identifier") and _licence(item)]
        names = dict.fromkeys(name for item in licensed for name in _texts(item.get("creator")))
        tasks = [Task("item", str(item["identifier"])) for item in licensed]
        if items and body.get("cursor"):
            tasks.append(Task("search", task.item, str(body["cursor"])))
        return Found(artists=tuple(FoundArtist(name, name, (), task.item) for name in names), tasks=tuple(tasks))

    async def _item(self, task: Task, http: Http) -> Found:
        """One album. Removed and hidden items are told as empty ones; they and unlicensed ones bring nothing."""
        body = (await http.get(f"{self._url}/metadata/{quote(task.item, safe='')}")).json()
        if not isinstance(body, dict):
            raise Broken("200 with JSON of another shape")
        if not body or body.get("is_dark"):
            return Found()
        facts, files = body.get("metadata"), body.get("files")
        if not isinstance(facts, dict) or not isinstance(files, list):
            raise Broken("200 with JSON of another shape")
        if not _licence(facts):
            return Found()
        cover = _cover(files)
        address = f"{self._url}/download/{quote(task.item, safe='')}/{quote(cover)}"
        subjects = (part.strip() for text in _texts(facts.get("subject")) for part in re.split("[;,]", text))
        album = FoundAlbum(
            task.item,
            _text(facts.get("title")) or task.item,
            tuple((name, name) for name in _texts(facts.get("creator"))),
            ReleaseDate.of(_text(facts.get("date"))[:_DAY]),
            genres=tuple(dict.fromkeys(subject for subject in subjects if subject)),
            rights=_licence(facts),
            pictures=smallest_enough([(address, None)] if cover else ()),
        )
        return Found(albums=(album,))

    @property
    def _url(self) -> str:
        return self.api_url.rstrip("/")


def front_rank(name: str) -> int | None:
    """How sure a picture's file name is of being the front: 0 for sure, None for another side of the sleeve.

    >>> [front_rank(name) for name in ("front.jpg", "Cover.PNG", "mask.jpg", "cover_back.jpg", "cd1.jpg")]
    [0, 1, 2, None, None]
    """
    name = name.casefold()
    if _NEVER.search(name):
        return None
    if "front" in name:
        return 0
    if _BACK.search(name):
        return None
    if "cover" in name or "folder" in name:
        return 1
    return None if _DISC.search(name) else 2


def _cover(files: Iterable[Any]) -> str:
    """The name of the file that is most likely the cover; "" for none."""
    found = []
    for file in files:
        if not isinstance(file, dict) or file.get("source") != "original" or file.get("private") == "true":
            continue
        name, size = str(file.get("name") or ""), str(file.get("size") or "")
        rank, size = front_rank(name), int(size) if size.isdecimal() else 0
        if _PICTURE.search(name) and rank is not None and size <= MOST_BYTES:
            found.append((rank, size < ENOUGH_BYTES, size if size >= ENOUGH_BYTES else -size, name))
    return min(found)[-1] if found else ""


def _licence(facts: Mapping[str, Any]) -> str:
    """The address of a licence; "" for none, and for other text: strangers write it, and it becomes a right."""
    stated = _text(facts.get("licenseurl"))
    return stated if stated.startswith(("http://", "https://")) else ""


def _text(value: Any) -> str:
    """The first text of a field; "" for none."""
    return next(iter(_texts(value)), "")


def _texts(value: Any) -> list[str]:
    """A field that may be missing, one text or several."""
    values = value if isinstance(value, list) else [value]
    return [text for text in (str(each).strip() for each in values if each is not None) if text]
