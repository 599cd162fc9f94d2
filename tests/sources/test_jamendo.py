"""Jamendo, by a recorded answer and by answers made after its table of codes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from duck_and_cover.errors import BadInput
from duck_and_cover.sources.http import Broken, NeedsUser, Reply, Wait
from duck_and_cover.sources.jamendo import Jamendo
from duck_and_cover.sources.source import Found, FoundArtist, FoundPicture, ReleaseDate, Source, Task

KEY = "k3y-of-a-test"
RECORDED = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "api" / "jamendo" / "tracks_docs_example.json"
SEARCH = Task("search", "hip hop")
LICENCE = "http://creativecommons.org/licenses/by-sa/3.0/"
ROW = {
    "id": "7", "album_id": "70", "album_name": "Rust", "artist_id": "5", "artist_name": "Both",
    "license_ccurl": LICENCE, "releasedate": "2011-02-03", "musicinfo": {"tags": {"genres": ["hiphop", "rap"]}},
    "album_image": "https://usercontent.jamendo.com?type=album&id=70&width=300&trackid=7",
}  # fmt: skip


class Canned:
    """Gives one answer and keeps what was asked."""

    def __init__(self, body: Any) -> None:
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def get(self, url: str, params: Mapping[str, Any] | None = None, headers: Any = None) -> Reply:
        self.asked.append((url, dict(params or {})))
        return Reply(200, {}, self.body, url)


def told(*rows: Mapping[str, Any], status: str = "success", code: int = 0, message: str = "") -> dict[str, Any]:
    return {"headers": {"status": status, "code": code, "error_message": message}, "results": list(rows)}


def ask(body: Any, task: Task = SEARCH) -> Found:
    return asyncio.run(Jamendo(KEY).ask(task, Canned(body)))  # type: ignore[arg-type]


def test_the_recorded_answer() -> None:
    if not RECORDED.is_file():
        pytest.skip(f"no recorded answers at {RECORDED.parent}")
    found = ask(RECORDED.read_bytes(), Task("search", "rock"))
    (album,) = found.albums
    assert (album.id, album.name, album.artists) == ("368084", "mañana será tarde", (("421168", "fankel"),))
    assert album.release == ReleaseDate("2021-04-11", "day", 2021)
    assert (album.kind, album.genres) == ("album", ("rock",))
    assert album.rights == "http://creativecommons.org/licenses/by-nc-nd/3.0/"
    address = "https://usercontent.jamendo.com/?type=album&id=368084&width="
    assert album.pictures == (FoundPicture(address + "300", 300, 300), FoundPicture(address + "100", 64, 100))
    assert found.artists == (FoundArtist("421168", "fankel", (), "rock"),)


def test_one_request_asks_for_one_page() -> None:
    http = Canned(told(ROW))
    asyncio.run(Jamendo(KEY, api_url="http://127.0.0.1:9/v3.0/").ask(Task("search", "hip hop", "400"), http))  # type: ignore[arg-type]
    (url, params), = http.asked  # fmt: skip
    assert url == "http://127.0.0.1:9/v3.0/tracks/"
    assert params == {"client_id": KEY, "format": "json", "tags": "hiphop", "groupby": "album_id", "limit": 200,
                      "include": "musicinfo licenses", "offset": 400}  # fmt: skip


def test_it_goes_on_until_a_page_is_empty() -> None:
    assert ask(told(ROW)).tasks == (Task("search", "hip hop", "200"),)
    assert ask(told(ROW), Task("search", "hip hop", "200")).tasks == (Task("search", "hip hop", "400"),)
    assert ask(told(), Task("search", "hip hop", "400")) == Found()


@pytest.mark.parametrize(
    ("genre", "tag"),
    [("Hip Hop", "hiphop"), ("r&b", "rnb"), ("Drum and Bass", "drumnbass"), ("post-rock", "postrock"),
     ("80s", "80s"), ("band", "band"), ("rock'n'roll", "rocknroll")],
)  # fmt: skip
def test_a_genre_becomes_one_tag(genre: str, tag: str) -> None:
    http = Canned(told())
    asyncio.run(Jamendo(KEY).ask(Task("search", genre), http))  # type: ignore[arg-type]
    assert http.asked[0][1]["tags"] == tag


def test_gathering_begins_with_a_search_a_genre() -> None:
    source: Source = Jamendo(KEY)
    assert list(source.begin(["rock", "!!!", "hip hop"])) == [Task("search", "rock"), Task("search", "hip hop")]
    assert source.name == "jamendo"
    assert set(source.rates) == Jamendo.hosts == {"api.jamendo.com", "usercontent.jamendo.com"}


@pytest.mark.parametrize("licence", ["", None, "own", "all rights reserved", "javascript:x"])
def test_what_states_no_licence_is_left_out(licence: str | None) -> None:
    found = ask(told({**ROW, "license_ccurl": licence}, {**ROW, "album_id": "71"}))
    assert [album.id for album in found.albums] == ["71"]


def test_a_single_has_no_album_and_is_left_out() -> None:
    found = ask(told({**ROW, "album_id": "", "album_name": "", "album_image": ""}))
    assert (found.albums, found.artists) == ((), ())
    assert found.tasks


def test_an_artist_of_several_albums_is_told_once() -> None:
    found = ask(told(ROW, {**ROW, "album_id": "71"}))
    assert len(found.albums) == 2
    assert found.artists == (FoundArtist("5", "Both", (), "hip hop"),)


def test_names_come_as_html() -> None:
    (album,) = ask(told({**ROW, "album_name": "Salt &amp; Rust", "artist_name": "D&#039;Or"})).albums
    assert (album.name, album.artists) == ("Salt & Rust", (("5", "D'Or"),))


@pytest.mark.parametrize(
    "lacking",
    [{"musicinfo": []}, {"musicinfo": {"tags": []}}, {"musicinfo": None, "album_image": ""}, {"artist_id": 0}],
)
def test_empty_parts_are_no_error(lacking: dict[str, Any]) -> None:
    (album,) = ask(told({**ROW, **lacking, "releasedate": "0000-00-00"})).albums
    assert (album.name, album.release.year) == ("Rust", None)
    assert album.genres == (() if "musicinfo" in lacking else ("hiphop", "rap"))
    assert bool(album.pictures) != ("album_image" in lacking)
    assert bool(album.artists) != ("artist_id" in lacking)


def test_an_album_has_one_address_whichever_track_led_to_it() -> None:
    other = {**ROW, "id": "8", "album_image": ROW["album_image"].replace("trackid=7", "trackid=8")}
    first, second = ask(told(ROW, other)).albums
    assert first.pictures == second.pictures != ()


@pytest.mark.parametrize("code", [5, 11])
def test_a_wrong_key_is_the_users_turn(code: int) -> None:
    with pytest.raises(NeedsUser, match="JAMENDO_CLIENT_ID") as error:
        ask(told(status="failed", code=code, message=f"Your credential {KEY} is not authorized."))
    assert KEY not in str(error.value)


def test_a_quota_is_waited_for() -> None:
    with pytest.raises(Wait) as error:
        ask(told(status="failed", code=6, message=f"{KEY} asked too often"))
    assert (error.value.seconds, error.value.status) == (None, 200)
    assert KEY not in str(error.value)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (told(status="failed", code=3, message=KEY), "200 with Jamendo's error 3"),
        (told(status="failed", code=0), "200 with Jamendo's error 0"),
        (b"<html>", "200 with something that is not JSON"),
        ([], "200 with JSON of another shape"),
        ({"headers": {"status": "success"}}, "200 with JSON of another shape"),
        ({"headers": {"status": "success"}, "results": ["x"]}, "200 with JSON of another shape"),
    ],
)
def test_anything_else_is_worth_another_try(body: Any, reason: str) -> None:
    with pytest.raises(Broken) as error:
        ask(body)
    assert error.value.reason == reason


def test_both_words_for_success_are_known() -> None:
    assert len(ask(told(ROW, status="succeed")).albums) == 1


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(Jamendo(KEY))
    with pytest.raises(BadInput, match="JAMENDO_CLIENT_ID"):
        Jamendo(" ")
