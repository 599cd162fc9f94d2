"""`Spotify` against a provider of our own in both states of its API, and against replies that others recorded."""

from __future__ import annotations

import asyncio
import base64
import copy
import json
import math
import time
import traceback
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import pytest
from provider import CLIENT_ID, CLIENT_SECRET, Fault, Provider

from duck_and_cover.sources.http import Broken, Http, NeedsUser, Refused, Reply, Unanswered, Wait
from duck_and_cover.sources.source import (
    Found,
    FoundAlbum,
    FoundArtist,
    FoundPicture,
    ReleaseDate,
    Source,
    Task,
    smallest_enough,
)
from duck_and_cover.sources.spotify import RIGHTS, Spotify, SpotifyKeys

Start = Callable[..., Provider]
T = TypeVar("T")
RECORDED = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "api" / "spotify"
STAGES = ("search", "related", "albums", "album", "artist")
KEYS = SpotifyKeys(CLIENT_ID, CLIENT_SECRET)


def spotify(
    provider: Provider, keys: SpotifyKeys = KEYS, noted: Mapping[str, str] | None = None, top: int = 50
) -> Spotify:
    return Spotify(keys, noted, top=top, api_url=provider.api_url, token_url=provider.token_url)


def run(provider: Provider, work: Callable[[Http], Awaitable[T]]) -> T:
    async def main() -> T:
        local = frozenset({provider.address})
        async with Http(frozenset(), {"127.0.0.1": math.inf}, "duck@pond.example", local=local) as http:
            return await work(http)

    return asyncio.run(main())


def ask(provider: Provider, source: Spotify, *tasks: Task) -> list[Found]:
    """One after the other."""

    async def work(http: Http) -> list[Found]:
        return [await source.ask(task, http) for task in tasks]

    return run(provider, work)


class Gathered:
    """All that follows from some genres, done in waves of many at a time, as the catalog would: each task once, and a
    stage that is missing is closed.
    """

    def __init__(self, provider: Provider, source: Spotify, wave: int = 16) -> None:
        self.found: dict[Task, Found] = {}
        self.failed: dict[Task, Unanswered] = {}
        run(provider, lambda http: self._all(http, source, provider.world.genre_names, wave))

    async def _all(self, http: Http, source: Spotify, genres: tuple[str, ...], wave: int) -> None:
        waiting = list(source.begin(genres))
        known = set(waiting)
        while waiting:
            now, waiting = waiting[:wave], waiting[wave:]
            await asyncio.gather(*(self._one(http, source, each) for each in now if each.stage not in self.missing()))
            for task in (follow for each in now if each in self.found for follow in self.found[each].tasks):
                if task not in known:
                    known.add(task)
                    waiting.append(task)

    async def _one(self, http: Http, source: Spotify, task: Task) -> None:
        try:
            self.found[task] = await source.ask(task, http)
        except Unanswered as error:
            self.failed[task] = error

    def artists(self, stage: str, item: str | None = None) -> list[FoundArtist]:
        return [a for task, found in self.found.items() if task.stage == stage and item in (None, task.item)
                for a in found.artists]  # fmt: skip

    def albums(self, artist: str) -> list[FoundAlbum]:
        return [a for task, found in self.found.items() if task.stage == "albums" and task.item == artist
                for a in found.albums]  # fmt: skip

    def noted(self, name: str) -> list[str]:
        return [found.noted[name] for found in self.found.values() if name in found.noted]

    def missing(self) -> list[str]:
        return [stage for found in self.found.values() for stage in found.missing]


@pytest.fixture(params=["dev-2026", "extended"])
def state(request: pytest.FixtureRequest) -> str:
    return request.param


def test_it_is_a_source_that_begins_with_searches_and_sends_nothing() -> None:
    source: Source = Spotify(KEYS)
    assert source.name == "spotify" and "spotify-content" in source.terms and min(source.rates.values()) > 0
    assert list(source.begin(["dream pop", "r&b"])) == [Task("search", "dream pop"), Task("search", "r&b")]
    assert set(source.rates) == set(Spotify.hosts)


def test_everything_is_found_once(start: Start, state: str) -> None:
    provider = start(state=state, genres=2, artists=13)
    world, gathered = provider.world, Gathered(provider, spotify(provider), wave=1)
    for genre in world.genre_names:
        listed = gathered.artists("search", genre)
        assert [each.id for each in listed] == [world.artist_id(n) for n in world.members(genre)], "in their order"
        assert {each.asked_for for each in listed} == {genre}
    reached = {world.artist_of(each.id) for stage in ("search", "related") for each in gathered.artists(stage)}
    assert reached >= {n for genre in world.genre_names for n in world.members(genre)}
    for number in reached:
        assert number is not None
        wanted = [] if world.is_gone(number) else _albums(provider, number)
        assert [each.id for each in gathered.albums(world.artist_id(number))] == wanted
    for artist in gathered.artists("search"):
        number = world.artist_of(artist.id)
        assert number is not None and artist.name == world.artist_name(number)
        assert artist.genres == (world.genres_of(number) if state == "extended" else ())
    assert {error.status for error in gathered.failed.values()} == {404}
    assert {world.artist_of(task.item) for task in gathered.failed} == {8}, "the one that is gone"
    assert provider.repeats() == {}, "no page was asked for twice"


def test_related_artists_are_asked_for_their_albums_and_no_relatives(start: Start) -> None:
    provider = start(state="extended", genres=2, artists=13)
    world, gathered = provider.world, Gathered(provider, spotify(provider))
    asked = {task.item for task in (*gathered.found, *gathered.failed) if task.stage == "related"}
    listed = {world.artist_id(n) for genre in world.genre_names for n in world.members(genre)}
    assert asked == listed
    asking = [n for n in range(world.total) if world.artist_id(n) in listed and not world.is_gone(n)]
    wanted = {world.artist_id(other) for n in asking for other in world.related(n)}
    found = {each.id for each in gathered.artists("related")}
    assert found == wanted and found - listed, "some that no search finds"
    assert {task.item for task in (*gathered.found, *gathered.failed) if task.stage == "albums"} == found | listed
    assert {each.asked_for for each in gathered.artists("related")} == {None}
    assert set(gathered.noted("related")) == {"told"} and gathered.missing() == []


def test_what_is_found_does_not_depend_on_the_order(start: Start, state: str) -> None:
    provider = start(state=state, genres=2, artists=9, albums=25)
    one, many = (Gathered(provider, spotify(provider), wave=wave) for wave in (1, 24))

    def kept(gathered: Gathered) -> tuple[dict[Task, Any], set[Task]]:
        found = {task: (each.artists, each.albums) for task, each in gathered.found.items() if task.stage != "related"}
        return found, {task for task in gathered.failed if task.stage != "related"}

    assert kept(one) == kept(many)


def _albums(provider: Provider, artist: int) -> list[str]:
    return [provider.world.album_id(*key) for key in provider.world.albums_of(artist)]


def test_the_top_and_no_more(start: Start, state: str) -> None:
    provider = start(state=state, artists=40, albums=0)
    for top in (1, 7, 10, 12, 25):
        source, tasks, ids = spotify(provider, top=top), [Task("search", "dream pop")], []
        while tasks:
            found = ask(provider, source, tasks[0])[0]
            ids += [each.id for each in found.artists]
            tasks = [each for each in found.tasks if each.stage == "search"]
        members = provider.world.members("dream pop")
        assert ids == [provider.world.artist_id(n) for n in members[:top]]


def test_a_genre_that_nobody_plays(start: Start, state: str) -> None:
    provider = start(state=state)
    found = ask(provider, spotify(provider), Task("search", "dreampunk"))[0]
    assert found.artists == found.tasks == ()


def test_limits_are_found_out_once_and_noted(start: Start, state: str) -> None:
    provider = start(state=state, genres=1, artists=13, albums=53)
    source, most = spotify(provider), provider.limits["/search"][1]
    gathered = Gathered(provider, source, wave=1)
    assert gathered.noted("search limit") == gathered.noted("albums limit") == [str(most)]
    refused = [asked for asked in provider.log if asked.status == 400]
    assert len(refused) == (4 if state == "dev-2026" else 0), "50 and 20, of searches and of albums"
    assert provider.count(rf"/albums\?.*limit={most}$") == provider.count(r"/albums\?") - len(refused) // 2
    before = len(provider.log)
    later = Gathered(provider, spotify(provider, noted=source.noted), wave=1)
    assert later.noted("search limit") == later.noted("albums limit") == []
    assert not any(asked.status == 400 for asked in provider.log[before:]), "nor found out again in a later run"


def test_a_limit_that_shrinks_is_noticed(start: Start) -> None:
    provider = start(state="dev-2026", artists=12)
    source = spotify(provider, noted={"search limit": "50"})
    found = ask(provider, source, Task("search", "dream pop"))[0]
    assert found.noted["search limit"] == "10" and len(found.artists) == 10


def test_a_page_size_that_was_not_tried_is_not_noted(start: Start) -> None:
    provider = start(state="dev-2026", artists=12)
    found = ask(provider, spotify(provider, top=5), Task("search", "dream pop"))[0]
    assert len(found.artists) == 5
    assert int(found.noted.get("search limit", 5)) <= 10


def test_a_page_size_that_was_refused_is_not_asked_for_again(start: Start) -> None:
    provider = start(state="dev-2026", artists=30)
    ask(provider, spotify(provider, top=15), Task("search", "dream pop"))
    asked = [each.path for each in provider.log if each.path.startswith("/v1/search")]
    assert len(set(asked)) == len(asked)


def test_other_bad_requests_are_refusals(start: Start) -> None:
    provider = start(state="extended", artists=12)
    with pytest.raises(Refused) as caught:
        ask(provider, spotify(provider, top=2000), Task("search", "dream pop", "990"))
    assert caught.value.status == 400 and provider.count("/search") == 1


def test_missing_relatives_are_noticed_once_and_the_artist_exists(start: Start) -> None:
    provider = start(state="dev-2026")
    source, artist = spotify(provider), provider.world.artist_id(0)
    found = ask(provider, source, Task("related", artist))[0]
    assert set(found.missing) == {"related"} and "403" in found.missing["related"]
    assert found.artists == found.tasks == ()
    assert provider.count(f"/artists/{artist}$") == 1, "that the artist exists was looked up"
    before = provider.count("related")
    gathered = Gathered(provider, spotify(provider), wave=1)
    assert gathered.missing() == ["related"] and provider.count("related") == before + 1


@pytest.mark.parametrize("status", ["403", "404"])
def test_a_refusal_where_relatives_were_told_says_nothing_about_the_service(start: Start, status: str) -> None:
    provider = start(state="extended", faults=[Fault("related", status, first=1)])
    tasks = [Task("related", provider.world.artist_id(n)) for n in (0, 1)]
    source = spotify(provider)
    assert ask(provider, source, tasks[0])[0].noted == {"related": "told"}
    with pytest.raises(Refused) as caught:
        ask(provider, source, tasks[1])
    assert caught.value.status == int(status)


def test_an_artist_that_is_gone(start: Start, state: str) -> None:
    provider = start(state=state)
    gone = next(n for n in range(provider.world.total) if provider.world.is_gone(n))
    for stage in ("related", "albums", "artist"):
        with pytest.raises(Refused) as caught:
            ask(provider, spotify(provider), Task(stage, provider.world.artist_id(gone)))
        assert caught.value.status == 404
    with pytest.raises(Refused) as caught:
        ask(provider, spotify(provider), Task("album", "B" * 22))
    assert caught.value.status == 404


def test_one_album_and_its_artists(start: Start) -> None:
    provider = start(state="extended")
    world = provider.world
    found = ask(provider, spotify(provider), Task("album", world.album_id(5, 9)), Task("artist", world.artist_id(5)))
    made = world.album(5, 9)
    assert [(each.id, each.name, each.rights, each.kind) for each in found[0].albums] == [
        (made.id, made.name, RIGHTS, made.kind)]  # fmt: skip
    assert found[0].albums[0].artists == tuple((world.artist_id(n), world.artist_name(n)) for n in made.artists)
    assert found[0].tasks == tuple(Task("artist", world.artist_id(n)) for n in made.artists)
    assert found[1].artists == (FoundArtist(world.artist_id(5), world.artist_name(5), world.genres_of(5)),)


def test_albums_dates_and_pictures(start: Start, state: str) -> None:
    provider = start(state=state)
    world = provider.world
    albums = {each.id: each for each in Gathered(provider, spotify(provider)).albums(world.artist_id(0))}
    precisions = set()
    for key in world.albums_of(0):
        made, found = world.album(*key), albums[world.album_id(*key)]
        assert (found.name, found.kind, found.rights) == (made.name, "album", RIGHTS)
        assert found.artists == tuple((world.artist_id(n), world.artist_name(n)) for n in made.artists)
        if made.date in ("", "0000"):
            assert found.release == ReleaseDate(made.date)
        else:
            assert found.release == ReleaseDate(made.date, made.precision, int(made.date[:4]))
            precisions.add(made.precision)
        address = {size: provider.image_url(made.id, size) for size in made.sizes_px}
        if not made.sizes_px:
            assert found.pictures == ()
        elif None in made.widths_px:
            assert found.pictures == (FoundPicture(address[640], 300), FoundPicture(address[640], 64))
        else:
            assert found.pictures == (FoundPicture(address[300], 300, 300), FoundPicture(address[64], 64, 64))
    assert precisions == {"year", "month", "day"}


@pytest.mark.parametrize(("text", "precision", "year", "read"), [
    ("1987", None, 1987, "year"), ("1987-05", None, 1987, "month"), ("1987-05-11", None, 1987, "day"),
    ("1987", "year", 1987, "year"), ("1987-05", "hour", 1987, "month"),
    ("1987-01-01", "year", 1987, "year"), (" 1987 ", None, 1987, "year"),
    ("0000", "year", None, ""), ("", "year", None, ""), (None, None, None, ""), ("unknown", "day", None, ""),
    ("0000-00-00", "day", None, ""), ("19", None, None, ""), ("9999", None, None, ""),
])  # fmt: skip
def test_dates(text: str | None, precision: str | None, year: int | None, read: str) -> None:
    found = ReleaseDate.of(text, precision)
    assert (found.text, found.year, found.precision) == ((text or "").strip(), year, read)


@pytest.mark.parametrize(("widths", "chosen"), [
    ((640, 300, 64), (300, 64)), ((64, 300, 640), (300, 64)), ((640,), (640, 640)), ((1000, 200), (1000, 200)),
    ((50,), (50, 50)), ((299, 301), (301, 299)), ((None, 640), (640, 640)), ((None, None), (None, None)), ((), ()),
])  # fmt: skip
def test_the_smallest_picture_that_is_large_enough(
    widths: tuple[int | None, ...], chosen: tuple[int | None, ...]
) -> None:
    pictures = [(f"{number}:{width}", width) for number, width in enumerate(widths)]
    found = smallest_enough(pictures)
    assert [each.size_px for each in found] == [300, 64][: len(chosen)]
    assert tuple(each.width_px for each in found) == chosen
    assert all(each.url.endswith(f":{each.width_px}") for each in found)


# tokens


def test_a_token_that_expired_is_replaced(start: Start) -> None:
    provider = start(genres=1, artists=6, albums=12, token_uses=5)
    gathered = Gathered(provider, spotify(provider), wave=1)
    assert gathered.failed == {}
    assert [each.id for each in gathered.albums(provider.world.artist_id(0))] == _albums(provider, 0)
    good = sum(1 for asked in provider.log if asked.path.startswith("/v1/") and asked.status != 401)
    assert provider.count("/api/token") == math.ceil(good / 5)


def test_many_that_lose_a_token_ask_for_one(start: Start) -> None:
    provider = start(state="extended", artists=20)
    source = spotify(provider)
    tasks = [Task("artist", provider.world.artist_id(n)) for n in range(20) if not provider.world.is_gone(n)]

    async def work(http: Http) -> None:
        await asyncio.gather(*(source.ask(task, http) for task in tasks))
        provider.expire_tokens()
        await asyncio.gather(*(source.ask(task, http) for task in tasks))

    run(provider, work)
    assert provider.count("/api/token") == 2 == len(provider.tokens)


def test_a_token_is_replaced_before_it_expires(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = start()
    source, task = spotify(provider), Task("artist", provider.world.artist_id(0))
    ask(provider, source, task, task)
    assert provider.count("/api/token") == 1
    now = time.monotonic
    monkeypatch.setattr("duck_and_cover.sources.spotify.time.monotonic", lambda: now() + 3590)
    ask(provider, source, task)
    assert provider.count("/api/token") == 2 and all(asked.status == 200 for asked in provider.log)


def test_wrong_credentials_need_the_user_and_are_not_shown(start: Start) -> None:
    provider = start()
    keys = SpotifyKeys("an-id", "hush-hush")
    source = spotify(provider, keys)
    with pytest.raises(NeedsUser) as caught:
        ask(provider, source, Task("search", "dream pop"))
    assert "SPOTIPY_CLIENT_SECRET" in str(caught.value) and not isinstance(caught.value, Unanswered)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__cause__.__dict__)
    hidden = ("hush-hush", base64.b64encode(b"an-id:hush-hush").decode())
    for text in (told, str(keys), repr(keys), repr(source), f"{keys}", repr(caught.value)):
        assert not any(each in text for each in hidden)
    assert provider.count("/api/token") == 1, "they are not tried again"


def test_a_token_that_is_refused_again_needs_the_user(start: Start) -> None:
    provider = start(faults=[Fault("/v1/", "401", count=None)])
    with pytest.raises(NeedsUser, match="401"):
        ask(provider, spotify(provider), Task("search", "dream pop"))
    assert provider.count("/api/token") == 2 == provider.count("/v1/")


def test_an_app_that_is_not_served_needs_the_user(start: Start) -> None:
    for text in ("Active premium subscription required for the owner of the app.", "Your application is blocked"):
        provider = start(faults=[Fault("/v1/", "403", value=text)])
        with pytest.raises(NeedsUser, match="Premium"):
            ask(provider, spotify(provider), Task("search", "dream pop"))


@pytest.mark.parametrize(("kind", "value", "error"), [
    ("429", 7200, Wait), ("503", None, Wait), ("500", None, Broken), ("html", None, Broken), ("cut", None, Broken),
    ("empty", None, Broken), ("truncated", None, Broken), ("404", None, Refused),
])  # fmt: skip
def test_what_goes_wrong_comes_through(start: Start, kind: str, value: Any, error: type[Unanswered]) -> None:
    provider = start(faults=[Fault("/v1/search", kind, value=value)])
    with pytest.raises(error):
        ask(provider, spotify(provider), Task("search", "dream pop"))
    assert len(provider.log) == 2, "a token and one request"


@pytest.mark.parametrize(("kind", "error"), [
    ("429", Wait), ("503", Wait), ("500", Broken), ("html", Broken),
    ("404", Unanswered), ("redirect", Unanswered),
])  # fmt: skip
def test_a_token_that_does_not_come_is_not_the_users_fault(start: Start, kind: str, error: type[Unanswered]) -> None:
    provider = start(faults=[Fault("/api/token", kind)])
    with pytest.raises(error):
        ask(provider, spotify(provider), Task("search", "dream pop"))
    assert provider.count("/v1/") == 0


# replies that others recorded, and such as nobody should send


class Canned(Http):
    """Every question has the same answer."""

    def __init__(self, body: bytes, token: bytes = b'{"access_token": "t", "expires_in": 3600}') -> None:
        self.body, self.token = body, token

    async def get(self, url: str, *arguments: Any, **named: Any) -> Reply:
        return Reply(200, {}, self.body, url)

    async def post(self, url: str, *arguments: Any, **named: Any) -> Reply:
        return Reply(200, {}, self.token, url)


def canned(stage: str, body: bytes, **options: Any) -> Found:
    return asyncio.run(Spotify(KEYS).ask(Task(stage, "x"), Canned(body, **options)))


async def leaks(stage: str, bodies: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """What comes through besides clean refusals, and with which of the named bodies."""
    found = {}
    for name, body in bodies:
        try:
            await Spotify(KEYS).ask(Task(stage, "x"), Canned(body))
        except Unanswered as error:
            assert len(str(error)) < 80
        except Exception as error:
            found[repr(error)] = name
    return found


def recorded(name: str) -> bytes:
    path = RECORDED / name
    if not path.is_file():
        pytest.skip("no recorded replies beside this checkout")
    return path.read_bytes()


def test_recorded_album() -> None:
    found = canned("album", recorded("album.json")).albums[0]
    assert found.name == "Despicable Me 2 (Original Motion Picture Soundtrack)" and found.kind == "compilation"
    assert found.artists == (("0LyfQWJT6nXafLPZqxe9Of", "Various Artists"),)
    assert [(each.size_px, each.width_px, each.url[-40:-32]) for each in found.pictures] == [
        (300, 300, "ab67616d"), (64, 64, "ab67616d")]  # fmt: skip
    assert found.release.year == 2013
    both = canned("album", recorded("album_multiartist.json"))
    assert len(both.albums[0].artists) == 2 == len(both.tasks)


def test_recorded_pages() -> None:
    related = canned("related", recorded("kaaes_artist-related-artists.json"))
    assert related.artists[0].name == "Jenny Lewis" and len(related.artists) == len(related.tasks)
    artist = canned("artist", recorded("kaaes_artist.json")).artists
    assert artist == (FoundArtist("0LcJLqbBmaGUft1e9Mm8HV", "ABBA"),)
    search = canned("search", recorded("kaaes_search-artist.json"))
    assert [each.name for each in search.artists] == ["Tania Bowra"]
    assert [each.stage for each in search.tasks] == ["related", "albums"]
    albums = canned("albums", recorded("kaaes_artist-album.json"))
    assert albums.albums and all(each.kind == "single" for each in albums.albums)
    assert albums.tasks == (Task("albums", "x", str(len(albums.albums))),)


NAMES = sorted(path.name for path in RECORDED.glob("*.json"))


@pytest.mark.parametrize("stage", STAGES)
def test_any_recorded_reply_to_any_question_parses_or_is_refused(stage: str) -> None:
    if not NAMES:
        pytest.skip("no recorded replies beside this checkout")
    assert asyncio.run(leaks(stage, ((name, recorded(name)) for name in NAMES))) == {}


def damaged(body: Any) -> Iterator[Any]:
    """Copies in which one value is missing or another thing; for each value and each of many things."""
    places = []

    def walk(value: Any, *path: Any) -> None:
        for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            places.append((*path, key))
            walk(value[key], *path, key)

    walk(body)
    for *path, key in places:
        for value in (..., None, 0, 1.5, "x", [], ["x"], [None], {"a": 1}, True):
            holder = whole = copy.deepcopy(body)
            for each in path:
                holder = holder[each]
            if value is ...:
                del holder[key]
            else:
                holder[key] = value
            yield whole


def good_reply(provider: Provider, stage: str) -> Any:
    wire, world = provider._wire, provider.world
    page = {"href": "", "limit": 10, "next": None, "offset": 0, "previous": None, "total": 2}
    album = wire.whole_album(0, 3)
    album["tracks"]["items"] = []
    return {
        "search": {"artists": page | {"items": [wire.artist(n) for n in range(2)]}},
        "related": {"artists": [wire.artist(n) for n in range(2)]},
        "albums": page | {"items": [wire.album(*key) for key in world.albums_of(0)[:2]]},
        "album": album,
        "artist": wire.artist(3),
    }[stage]


@pytest.mark.parametrize("stage", STAGES)
def test_damaged_replies_parse_or_are_refused(start: Start, stage: str) -> None:
    good = good_reply(start(state="extended"), stage)
    canned(stage, json.dumps(good).encode())
    for body in (b"null", b"[]", b"3", b'"x"', b"true"):
        with pytest.raises(Broken):
            canned(stage, body)
    bodies = ((str(body)[:300], json.dumps(body).encode()) for body in damaged(good))
    assert asyncio.run(leaks(stage, bodies)) == {}


@pytest.mark.parametrize("stage", STAGES)
def test_an_empty_object_is_no_answer(stage: str) -> None:
    with pytest.raises(Broken):
        canned(stage, b"{}")


@pytest.mark.parametrize("name", ["id", "name"])
@pytest.mark.parametrize("stage", ["artist", "album"])
def test_nobody_is_called_none(start: Start, stage: str, name: str) -> None:
    body = good_reply(start(state="extended"), stage) | {name: None}
    with pytest.raises(Broken):
        canned(stage, json.dumps(body).encode())


@pytest.mark.parametrize("token", [
    b"[]", b"null",
    b"{}", b'{"access_token": null}',
    *(b'{"access_token": "t", "expires_in": ' + value + b"}" for value in (b"null", b'"soon"', b"[]")),
])  # fmt: skip
def test_a_token_of_another_shape(start: Start, token: bytes) -> None:
    with pytest.raises(Unanswered):
        canned("artist", json.dumps(good_reply(start(), "artist")).encode(), token=token)


@pytest.mark.parametrize("genre", [
    "r&b", "música popular", "100%", "a+b c", "#1", "日本", 'x" OR artist:"y',
])  # fmt: skip
def test_words_of_a_genre_stay_one_genre(start: Start, genre: str) -> None:
    provider = start(state="extended")
    ask(provider, spotify(provider), Task("search", genre))
    asked = dict(parse_qsl(provider.log[-1].path.partition("?")[2]))
    assert asked["q"].startswith('genre:"') and asked["q"].count('"') == 2
    assert asked["q"][7:-1] == " ".join(genre.replace('"', " ").split()) or '"' in genre
