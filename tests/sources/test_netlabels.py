"""The Internet Archive's netlabels, by answers made after its documentation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from duck_and_cover.sources.http import Broken, Reply
from duck_and_cover.sources.netlabels import Netlabels, front_rank
from duck_and_cover.sources.source import Found, FoundArtist, FoundPicture, ReleaseDate, Source, Task

LICENCE = "http://creativecommons.org/licenses/by-nc/2.5/"
SEARCH = "https://archive.org/services/search/v1/scrape"
ITEM = Task("item", "dust-012")
FACTS = {
    "identifier": "dust-012", "title": "Salt / Rust", "creator": "Both", "date": "2008-03-01T00:00:00Z",
    "subject": ["dub; techno", "Dub techno, netlabel", "techno"], "licenseurl": LICENCE, "mediatype": "audio",
}  # fmt: skip


class Canned:
    """Gives one answer and keeps what was asked."""

    def __init__(self, body: Any) -> None:
        self.body, self.asked = json.dumps(body).encode(), []

    async def get(self, url: str, params: Mapping[str, Any] | None = None, headers: Any = None) -> Reply:
        self.asked.append((url, dict(params or {})))
        return Reply(200, {}, self.body, url)


def ask(body: Any, task: Task = ITEM) -> Found:
    return asyncio.run(Netlabels().ask(task, Canned(body)))  # type: ignore[arg-type]


def picture(name: str, size: int = 50_000, **more: str) -> dict[str, str]:
    return {"name": name, "source": "original", "format": "JPEG", "size": str(size), **more}


def item(*files: Any, **facts: Any) -> dict[str, Any]:
    return {"metadata": {**FACTS, **facts}, "files": list(files), "server": "ia800101.us.archive.org"}


def cover(*files: Any) -> str | None:
    """The name, as written in an address, of the file that is taken for the cover."""
    (album,) = ask(item(*files)).albums
    return album.pictures[0].url.removeprefix("https://archive.org/download/dust-012/") if album.pictures else None


# ---------------------------------------------------------------- search


def test_a_search_asks_for_a_subject() -> None:
    http = Canned({"items": []})
    asyncio.run(Netlabels().ask(Task("search", 'drum "n" bass\\'), http))  # type: ignore[arg-type]
    (url, params), = http.asked  # fmt: skip
    assert url == SEARCH
    assert params["q"] == 'collection:netlabels AND mediatype:audio AND subject:"drum  n  bass "'
    assert params["count"] == 1000
    assert "cursor" not in params
    assert {"identifier", "creator", "licenseurl"} <= set(params["fields"].split(","))


def test_a_page_plans_its_licensed_items_and_the_next_page() -> None:
    body = {
        "items": [
            {"identifier": "a", "creator": "Both", "licenseurl": LICENCE},
            {"identifier": "b", "creator": ["Both", "Either"], "licenseurl": [LICENCE, "x"]},
            {"identifier": "c", "creator": "Nobody"},
            {"identifier": "d", "creator": "Nobody", "licenseurl": "own"},
        ],
        "cursor": "W3si==", "total": 4000,
    }  # fmt: skip
    found = ask(body, Task("search", "dub"))
    assert found.tasks == (Task("item", "a"), Task("item", "b"), Task("search", "dub", "W3si=="))
    assert found.artists == (FoundArtist("Both", "Both", (), "dub"), FoundArtist("Either", "Either", (), "dub"))
    assert found.albums == ()


def test_a_cursor_is_handed_back_and_its_absence_ends() -> None:
    http = Canned({"items": [{"identifier": "a", "licenseurl": LICENCE}], "total": 1})
    found = asyncio.run(Netlabels(api_url="http://127.0.0.1:9/").ask(Task("search", "dub", "W3si=="), http))  # type: ignore[arg-type]
    (url, params), = http.asked  # fmt: skip
    assert (url, params["cursor"]) == ("http://127.0.0.1:9/services/search/v1/scrape", "W3si==")
    assert found.tasks == (Task("item", "a"),)


def test_an_empty_page_is_the_last_whatever_it_says() -> None:
    assert ask({"items": [], "cursor": "W3si=="}, Task("search", "dub")) == Found()


@pytest.mark.parametrize("body", [[], {"error": "x", "errorType": "y"}, {"items": None}, {"items": ["x"]}])
def test_a_search_of_another_shape_is_broken(body: Any) -> None:
    with pytest.raises(Broken, match="another shape"):
        ask(body, Task("search", "dub"))


def test_gathering_begins_with_a_search_a_genre() -> None:
    source: Source = Netlabels()
    assert list(source.begin(["dub", "techno"])) == [Task("search", "dub"), Task("search", "techno")]
    assert (source.name, source.terms, source.rates["archive.org"]) == ("netlabels", "", 4.0)
    assert set(source.rates) == Netlabels.hosts


# ---------------------------------------------------------------- item


def test_an_item_is_an_album() -> None:
    http = Canned(item(picture("My Artwork/cover #1.jpg")))
    found = asyncio.run(Netlabels().ask(Task("item", "dust 012/é"), http))  # type: ignore[arg-type]
    assert http.asked == [("https://archive.org/metadata/dust%20012%2F%C3%A9", {})]
    (album,) = found.albums
    assert (album.id, album.name, album.artists) == ("dust 012/é", "Salt / Rust", (("Both", "Both"),))
    assert album.release == ReleaseDate("2008-03-01", "day", 2008)
    assert album.genres == ("dub", "techno", "Dub techno", "netlabel")
    assert (album.rights, album.kind) == (LICENCE, "album")
    address = "https://archive.org/download/dust%20012%2F%C3%A9/My%20Artwork/cover%20%231.jpg"
    assert album.pictures == (FoundPicture(address, 300), FoundPicture(address, 64))
    assert found.tasks == ()


@pytest.mark.parametrize(
    ("date", "precision"),
    [("2008", "year"), ("2008-03", "month"), (["2008-03-01 10:11:12", "2009"], "day"), (None, "")],
)
def test_dates_in_the_forms_that_they_come_in(date: Any, precision: str) -> None:
    (album,) = ask(item(date=date)).albums
    assert (album.release.precision, album.release.year) == (precision, 2008 if precision else None)


@pytest.mark.parametrize("body", [{}, {"is_dark": True, "metadata": FACTS, "files": []}, item(licenseurl=None),
                                  item(picture("cover.jpg"), licenseurl="own")])  # fmt: skip
def test_what_is_gone_or_unlicensed_brings_nothing(body: Any) -> None:
    assert ask(body) == Found()


@pytest.mark.parametrize("body", [[], {"error": "busy"}, {"metadata": FACTS}, {"metadata": [], "files": []}])
def test_an_item_of_another_shape_is_broken(body: Any) -> None:
    with pytest.raises(Broken, match="another shape"):
        ask(body)


def test_facts_that_are_missing() -> None:
    (album,) = ask(item(title=None, creator=None, subject=None)).albums
    assert (album.name, album.artists, album.genres, album.pictures) == ("dust-012", (), (), ())


def test_several_artists() -> None:
    (album,) = ask(item(creator=["Both", " Either "])).albums
    assert album.artists == (("Both", "Both"), ("Either", "Either"))


# ---------------------------------------------------------------- which file is the cover


@pytest.mark.parametrize(
    "name",
    ["cover.jpg", "Dust012_Cover.JPEG", "front.png", "folder.jpg", "cd_cover.jpg", "frontcover.jpg",
     "flashback-cover.jpg", "art/front-back-in-time.jpg"],
)  # fmt: skip
def test_a_name_that_says_cover_goes_before_any_other(name: str) -> None:
    assert cover(picture("a-mask.jpg"), picture(name), picture("z.png")) == name


@pytest.mark.parametrize(
    "name",
    ["back.jpg", "cover_back.jpg", "coverback.jpg", "backcover.jpg", "cd.jpg", "cd1.jpg", "disc.png", "__ia_thumb.jpg",
     "cover_thumb.jpg", "front_thumb.jpg", "01_spectrogram.png", "inlay.jpg", "label/logo.png", "cover.pdf",
     "cover.gif", "cover.jpg.txt"],
)  # fmt: skip
def test_another_side_of_the_sleeve_is_never_taken(name: str) -> None:
    assert cover(picture(name)) is None
    assert cover(picture(name), picture("mask.jpg")) == "mask.jpg"


def test_front_goes_before_cover_before_the_rest() -> None:
    assert cover(picture("cover.jpg"), picture("front.jpg")) == "front.jpg"
    assert cover(picture("dust012.jpg"), picture("cover.jpg")) == "cover.jpg"
    assert front_rank("FRONT.jpg") == 0


def test_derived_private_and_huge_files_are_not_taken() -> None:
    assert cover(picture("cover.jpg", source="derivative")) is None
    assert cover(picture("cover.jpg", private="true")) is None
    assert cover(picture("cover.jpg", size=20_000_001)) is None
    assert cover(picture("cover.jpg", size=20_000_001), picture("mask.jpg")) == "mask.jpg"


def test_the_smallest_that_is_large_enough() -> None:
    sizes = [("cover_1.jpg", 9_000), ("cover_2.jpg", 80_000), ("cover_3.jpg", 15_000_000)]
    files = [picture(name, size) for name, size in sizes]
    assert cover(*files) == cover(*reversed(files)) == "cover_2.jpg"
    assert cover(picture("cover_1.jpg", 9_000), picture("cover_2.jpg", 12_000)) == "cover_2.jpg"


def test_odd_files_are_passed_over() -> None:
    odd = [None, {}, {"name": None, "source": "original"}, picture("cover.jpg") | {"size": "?"}]
    assert cover(*odd) == "cover.jpg"
