"""The provider that the others are tried on is itself right: as the vendor's documents say, and faulty as ordered."""

from __future__ import annotations

import base64
import http.client
import io
import json
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from provider import CLIENT_ID, CLIENT_SECRET, Fault, Provider
from world import STATES, World, bomb, document, page_limits

Start = Callable[..., Provider]
DREAM_POP = "/search?type=artist&q=" + quote('genre:"dream pop"')


class _Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any) -> None:
        return None


def fetch(url: str, headers: dict[str, str] | None = None, data: bytes | None = None) -> tuple[int, Any, bytes]:
    """Status, headers and body of one exchange."""
    opener = urllib.request.build_opener(_Unfollowed, urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, data, headers or {}), timeout=30) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def token(provider: Provider, pair: str = f"{CLIENT_ID}:{CLIENT_SECRET}") -> tuple[int, Any]:
    basic = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    status, _, body = fetch(provider.token_url, basic, b"grant_type=client_credentials")
    return status, json.loads(body)


def api(provider: Provider, path: str, bearer: str | None = None) -> tuple[int, Any]:
    bearer = token(provider)[1]["access_token"] if bearer is None else bearer
    status, _, body = fetch(provider.api_url + path, {"Authorization": f"Bearer {bearer}"})
    return status, json.loads(body)


def complaints(value: Any, schema: dict[str, Any], openapi: dict[str, Any], at: str = "$") -> list[str]:
    """What of a reply is not as the schema says. A required field may be missing once it is deprecated."""
    if "$ref" in schema:
        found = openapi
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return complaints(value, found, openapi, at)
    if value is None:
        return [] if schema.get("nullable") else [f"{at}: null"]
    wrong = [each for part in schema.get("allOf", ()) for each in complaints(value, part, openapi, at)]
    types = {"string": str, "integer": int, "array": list, "object": dict, "boolean": bool}
    if "type" in schema and (not isinstance(value, types[schema["type"]]) or value is True is not schema["type"]):
        return [*wrong, f"{at}: {type(value).__name__}, not {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{at}: {value!r}")
    if isinstance(value, list):
        wrong += [w for n, v in enumerate(value) for w in complaints(v, schema.get("items", {}), openapi, f"{at}[{n}]")]
    if isinstance(value, dict):
        known = _properties(schema, openapi)
        for name in schema.get("required", ()):
            if name not in value and not known[name].get("deprecated"):
                wrong.append(f"{at}.{name}: missing")
        for name, part in schema.get("properties", {}).items():
            if name in value:
                wrong += complaints(value[name], part, openapi, f"{at}.{name}")
    return wrong


def _properties(schema: dict[str, Any], openapi: dict[str, Any]) -> dict[str, Any]:
    """Of an object, its parts' included."""
    if "$ref" in schema:
        return _properties(openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]], openapi)
    inherited = [_properties(part, openapi) for part in schema.get("allOf", ())]
    return {name: value for part in [*inherited, schema.get("properties", {})] for name, value in part.items()}


@pytest.fixture(params=sorted(STATES))
def state(request: pytest.FixtureRequest) -> str:
    return request.param


def test_the_limits_known_by_heart_are_those_of_the_documents(state: str) -> None:
    if document(state) is None:
        pytest.skip("no OpenAPI documents beside this checkout")
    assert page_limits(state) == STATES[state].limits


def test_replies_are_as_the_document_says(start: Start, state: str) -> None:
    openapi = document(state)
    if openapi is None:
        pytest.skip("no OpenAPI documents beside this checkout")
    provider = start(state=state)
    bearer, world = token(provider)[1]["access_token"], provider.world
    artist, gone = world.artist_id(0), world.artist_id(8)
    asked = {
        "/search": [DREAM_POP, DREAM_POP + "&limit=3&offset=3", "/search?type=artist&q=" + quote('genre:"none"')],
        "/artists/{id}": [f"/artists/{artist}", f"/artists/{world.artist_id(3)}", f"/artists/{gone}"],
        "/artists/{id}/related-artists": [f"/artists/{world.artist_id(n)}/related-artists" for n in range(9)],
        "/artists/{id}/albums": [f"/artists/{artist}/albums?offset={n}&limit=10" for n in range(0, 60, 10)],
        "/albums/{id}": [f"/albums/{world.album_id(0, n)}" for n in (0, 3, 5, 7, 9, 54)],
    }
    statuses = set()
    for path, addresses in asked.items():
        answers = openapi["paths"][path]["get"]["responses"]
        for address in addresses:
            status, body = api(provider, address, bearer)
            statuses.add(status)
            answer = answers.get(str(status), answers["403"])  # 404 is not in the document; errors look alike
            schema = openapi["components"]["responses"][answer["$ref"].rpartition("/")[2]]["content"]
            wrong = complaints(body, schema["application/json"]["schema"], openapi)
            assert wrong == [], address
    assert statuses == ({200, 404} if state == "extended" else {200, 403, 404})


def test_the_check_of_replies_can_fail(start: Start) -> None:
    openapi = document("extended")
    if openapi is None:
        pytest.skip("no OpenAPI documents beside this checkout")
    provider = start(state="extended")
    body = api(provider, f"/albums/{provider.world.album_id(0, 0)}")[1]
    schema = {"$ref": "#/components/schemas/AlbumObject"}
    assert complaints(body, schema, openapi) == []
    assert complaints(body | {"name": None}, schema, openapi) == ["$.name: null"]
    assert complaints(body | {"total_tracks": "9"}, schema, openapi) == ["$.total_tracks: str, not integer"]
    assert complaints(body | {"album_type": "ep"}, schema, openapi) == ["$.album_type: 'ep'"]
    assert complaints(body | {"images": [{"url": "x", "width": 1}]}, schema, openapi) == ["$.images[0].height: missing"]
    del body["label"]
    assert complaints(body, schema, openapi) == ["$.label: missing"]


def test_what_each_state_tells(start: Start) -> None:
    for state in STATES:
        provider = start(state=state)
        body = api(provider, f"/artists/{provider.world.artist_id(0)}")[1]
        album = api(provider, f"/artists/{provider.world.artist_id(0)}/albums")[1]["items"][0]
        if state == "extended":
            assert body["genres"] and "popularity" in body and "followers" in body
            assert "available_markets" in album and "album_group" in album
        else:
            assert body["genres"] == [] and "popularity" not in body and "followers" not in body
            assert "available_markets" not in album and "album_group" not in album


@pytest.mark.parametrize("path", [DREAM_POP + "&x=1", "/artists/ARTIST/albums?x=1"])
def test_pages(start: Start, state: str, path: str) -> None:
    provider = start(state=state, artists=70)
    bearer = token(provider)[1]["access_token"]
    path = path.replace("ARTIST", provider.world.artist_id(2))
    default, most = provider.limits["/search"]

    def page(query: str) -> tuple[int, Any]:
        status, body = api(provider, path + query, bearer)
        return status, body.get("artists", body)

    assert page("")[1]["limit"] == len(page("")[1]["items"]) == default
    assert page(f"&limit={most}")[0] == 200
    for limit in (most + 1, 0, -1):
        assert page(f"&limit={limit}") == (400, {"error": {"status": 400, "message": "Invalid limit"}})
    assert page("&limit=5&offset=995")[0] == 200
    assert page("&limit=5&offset=996")[0] == page("&offset=-1")[0] == page("&limit=many")[0] == 400
    found = []
    for offset in range(0, 200, most):
        body = page(f"&limit={most}&offset={offset}")[1]
        found += [each["id"] for each in body["items"]]
        assert bool(body["next"]) is (offset + most < body["total"]) and bool(body["previous"]) is (offset > 0)
        assert body["total"] == (70 if "search" in path else 122)
    assert len(set(found)) == len(found) == (70 if "search" in path else 122)


def test_groups_of_albums(start: Start) -> None:
    provider = start(state="extended")
    path = f"/artists/{provider.world.artist_id(0)}/albums?limit=50"
    assert [api(provider, f"{path}&include_groups={groups}")[1]["total"] for groups in (
        "album", "single", "album,single", "compilation", "")] == [53, 2, 55, 0, 0]  # fmt: skip


def test_tokens(start: Start) -> None:
    provider = start(token_uses=2)
    status, body = token(provider, f"{CLIENT_ID}:wrong")
    assert (status, body["error"]) == (400, "invalid_client")
    first = token(provider)[1]["access_token"]
    path = f"/artists/{provider.world.artist_id(0)}"
    assert [api(provider, path, first)[0] for _ in range(4)] == [200, 200, 401, 401]
    second = token(provider)[1]["access_token"]
    assert api(provider, path, second)[0] == 200
    provider.expire_tokens()
    assert api(provider, path, second)[0] == api(provider, path, "")[0] == api(provider, path, "made-up")[0] == 401


def test_pictures_are_real_and_distinct(start: Start) -> None:
    provider = start()
    bodies = []
    for number in range(2):
        for size in (640, 300, 64):
            status, headers, body = fetch(provider.image_url(provider.world.album_id(0, number), size))
            picture = Image.open(io.BytesIO(body))
            picture.load()
            assert (status, headers["Content-Type"], picture.format, picture.size) == (
                200, "image/jpeg", "JPEG", (size, size))  # fmt: skip
            bodies.append(body)
    assert len(set(bodies)) == len(bodies)
    url = provider.image_url(provider.world.album_id(0, 0), 300)
    etag = fetch(url)[1]["ETag"]
    assert fetch(url, {"If-None-Match": etag})[::2] == (304, b"")
    assert fetch(url, {"If-None-Match": '"old"'})[0] == 200
    assert fetch(provider.image_url(provider.world.album_id(0, 0), 65))[0] == 404
    assert fetch(provider.image_url("B" * 22, 64))[0] == fetch(provider.url + "/nothing")[0] == 404


def test_the_world_is_the_seeds_and_has_its_corners() -> None:
    world, same, other = World(seed=1), World(seed=1), World(seed=2)
    ids = [world.artist_id(n) for n in range(world.total)]
    assert ids == [same.artist_id(n) for n in range(same.total)] != [other.artist_id(n) for n in range(other.total)]
    assert [world.artist_of(id) for id in ids] == list(range(world.total))
    assert world.artist_of(ids[0][:-1] + "z") is world.artist_of("") is world.album_of(ids[0]) is None
    lists = [world.members(genre) for genre in world.genre_names]
    listed = [each for members in lists for each in members]
    assert all(len(set(members)) == len(members) == 12 for members in lists)
    assert len(listed) > len(set(listed)), "some artists stand under several genres"
    assert any(len(world.genres_of(n)) == 2 for n in range(world.total))
    assert set(range(world.total)) - set(listed), "some are only found as relatives"
    assert {each for n in range(world.total) for each in world.related(n)} - set(listed)
    assert sum(map(world.is_gone, range(world.total))) == 2
    counts = [len(world.albums_of(n)) for n in range(world.total)]
    assert {0, 10, 50, 53, 120} <= set(counts) and max(counts) <= 132
    albums = [world.album(*key) for n in range(world.total) for key in world.albums_of(n, ("album", "single"))]
    assert {each.precision for each in albums} == {"year", "month", "day"}
    assert {"0000", ""} <= {each.date for each in albums}
    assert {each.kind for each in albums} == {"album", "single"} and {len(each.artists) for each in albums} == {1, 2}
    assert any(each.sizes_px == () for each in albums) and any(None in each.widths_px for each in albums)
    assert any(not each.name.isascii() for each in albums)


def test_a_hundred_thousand_artists_cost_nothing(start: Start) -> None:
    began = time.process_time()
    provider = start(genres=2000, artists=50)
    last = provider.world.members(provider.world.genre_names[-1])[-1]
    assert api(provider, f"/artists/{provider.world.artist_id(last)}")[0] == 200
    assert time.process_time() - began < 1


def faulty(start: Start, kind: str, **options: Any) -> tuple[Provider, str]:
    """A provider whose picture at this address has a fault."""
    provider = start(faults=[Fault(r"^/image/", kind, **options)])
    return provider, provider.image_url(provider.world.album_id(0, 0), 64)


def test_which_requests_a_fault_hits(start: Start) -> None:
    provider = start(faults=[Fault("/64$", "404", first=1, count=2, every=3), Fault("/300$", "500", each=True)])
    urls = [provider.image_url(provider.world.album_id(0, n), 64) for n in (0, 1, 2, 3, 4, 6, 7, 8, 9)]
    assert [fetch(url)[0] for url in urls] == [200, 404, 200, 200, 404, 200, 200, 200, 200]
    for number in (0, 1):
        url = provider.image_url(provider.world.album_id(0, number), 300)
        assert [fetch(url)[0] for _ in range(3)] == [500, 200, 200]


def test_faults_are_counted_right_from_many_threads(start: Start) -> None:
    provider = start(faults=[Fault("/64$", "500", count=10, every=2)])
    urls = [provider.image_url(provider.world.album_id(0, n % 4), 64) for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        statuses = [status for status, _, _ in pool.map(fetch, urls)]
    assert statuses.count(500) == 10 and statuses.count(200) == 30
    assert len(provider.log) == provider.count("/image/") == 40


@pytest.mark.parametrize("status", [204, 401, 403, 404, 410, 500, 502])
def test_faults_that_are_a_status(start: Start, status: int) -> None:
    provider, url = faulty(start, str(status), value="because")
    found, _, body = fetch(url)
    assert found == status == provider.log[0].status
    assert body == b"" if status == 204 else json.loads(body)["error"] == {"status": status, "message": "because"}
    assert fetch(url)[0] == 200


def test_faults_of_the_content(start: Start) -> None:
    whole = fetch(faulty(start, "404", count=0)[1])[2]
    found = {kind: fetch(faulty(start, kind)[1]) for kind in ("html", "empty", "garbage", "cut", "zip-bomb", "bomb")}
    assert {status for status, _, _ in found.values()} == {200}
    assert found["html"][1]["Content-Type"].startswith("text/html") and found["html"][2].startswith(b"<html")
    assert found["empty"][2] == b"" and found["cut"][2] == whole[: len(whole) // 2]
    assert found["garbage"][1]["Content-Type"] == "image/jpeg" and len(found["garbage"][2]) == 5000
    assert len(found["zip-bomb"][2]) < 200_000 and found["zip-bomb"][1]["Content-Encoding"] == "gzip"
    assert len(zlib.decompressobj(31).decompress(found["zip-bomb"][2], 1_000_000)) == 1_000_000
    assert found["bomb"][2] == bomb() and len(bomb()) < 130_000
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(bomb()))
    inflate = zlib.decompressobj()
    assert len(inflate.decompress(bomb()[41:], 1_000_000)) == 1_000_000


def test_faults_of_the_transport(start: Start) -> None:
    with pytest.raises(http.client.IncompleteRead):
        fetch(faulty(start, "truncated")[1])
    with pytest.raises((ConnectionError, urllib.error.URLError)):
        fetch(faulty(start, "reset")[1])
    provider, url = faulty(start, "slow", value=0.02)
    with urllib.request.urlopen(url) as reply:
        announced, began = int(reply.headers["Content-Length"]), time.perf_counter()
        assert len(reply.read(5)) == 5 and time.perf_counter() - began > 0.05
    assert announced > 500 and provider.log[0].fault == "slow"
    provider, url = faulty(start, "large")
    with urllib.request.urlopen(url) as reply:
        assert len(reply.read(1_000_000)) == 1_000_000
    with urllib.request.urlopen(faulty(start, "large", value=123_456_789)[1]) as reply:
        assert reply.headers["Content-Length"] == "123456789"


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/x", "http://169.254.169.254/", "file:///etc/hostname", "/nothing", ""]
)
def test_redirects(start: Start, target: str) -> None:
    _, url = faulty(start, "redirect", value=target)
    status, headers, _ = fetch(url)
    assert status == 302 and headers["Location"] == (target or url[url.index("/image/") :])


def test_windows(start: Start) -> None:
    provider = start(faults=[Fault("/64$", "429", value=2), Fault("/300$", "429", value=7200)])
    small, large = (provider.image_url(provider.world.album_id(0, 0), size) for size in (64, 300))
    status, headers, _ = fetch(small)
    assert (status, headers["Retry-After"]) == (429, "2")
    assert provider.inside_window() == [], "who is told to wait is not inside a window yet"
    assert fetch(small)[0] == 200
    assert token(provider)[0] == 200, "a window of the pictures is none of the rest"
    assert [asked.path for asked in provider.inside_window()] == ["/" + small.partition("//")[2].partition("/")[2]]
    assert provider.inside_window(grace_s=2) == []
    time.sleep(max(0.0, provider.log[0].time_s + 2.1 - time.monotonic()))
    assert fetch(small)[0] == 200 and len(provider.inside_window()) == 1
    assert fetch(large)[1]["Retry-After"] == "7200"
    fetch(small)
    assert len(provider.inside_window()) == 2


def test_503_without_a_time_opens_no_window(start: Start) -> None:
    provider, url = faulty(start, "503")
    status, headers, _ = fetch(url)
    assert status == 503 and "Retry-After" not in headers
    assert fetch(url)[0] == 200 and provider.inside_window() == []


def test_the_log(start: Start) -> None:
    provider = start(faults=[Fault("/64$", "cut"), Fault("/300$", "404")])
    small, middle, large = (provider.image_url(provider.world.album_id(0, 0), size) for size in (64, 300, 640))
    for url in (small, small, middle, middle, large, large, large):
        fetch(url, {"X-Duck": "quack"})
    assert [(asked.status, asked.fault) for asked in provider.log] == [
        (200, "cut"), (200, ""), (404, "404"), (200, ""), (200, ""), (200, ""), (200, "")]  # fmt: skip
    assert provider.repeats() == {"/" + large.split("/", 3)[3]: 3}
    assert provider.count("/640$") == 3 and provider.count("/image/") == 7 and provider.count("/v1/") == 0
    assert all(asked.method == "GET" and asked.headers["X-Duck"] == "quack" for asked in provider.log)
    times = [asked.time_s for asked in provider.log]
    assert times == sorted(times) and 0 <= time.monotonic() - times[-1] < 30


def test_delay(start: Start) -> None:
    provider = start(delay_s=0.05)
    began = time.perf_counter()
    fetch(provider.url)
    assert time.perf_counter() - began >= 0.05
