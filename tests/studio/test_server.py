"""The studio as a server: covers by their address, who is refused, what is too much, and a death in the middle."""

from __future__ import annotations

import io
import json
import socket
import struct
import threading
import time
import zipfile
import zlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import RECORD, Served, events
from duck_and_cover.studio.recipe import Recipe

COVER = {**RECORD, "seed": 7}


def test_the_address_is_the_recipe(studio: Served) -> None:
    from duck_and_cover.album import Album
    from duck_and_cover.sleeve import create

    status, told = studio.json(
        "/api/covers",
        {"artist": RECORD["artist"], "title": RECORD["title"], "genres": ["jazz"], "year": 1959, "seed": 7},
    )
    assert status == 200 and told["report"]["seed"] == 7
    first = studio.ask("/cover.jpg", told["recipe"] + "&px=300")[2]
    made = create(Album(RECORD["artist"], RECORD["title"], ("jazz",), 1959), seed=7, size_px=300, **told["looks"])
    shown = np.asarray(Image.open(io.BytesIO(first)).convert("RGB"), np.int16)
    assert np.abs(shown - made.pixels).mean() < 6  # what `duckcover create` makes of the same words, as a JPEG
    page = studio.ask("/", told["recipe"])[2].decode()
    assert "The Quiet Hour · Duck and Cover" in page and told["image"].replace("&", "&amp;") in page
    assert "another network" not in page
    assert "another network" in studio.ask("/", told["recipe"] + "&by=00000000")[2].decode()


def test_eight_drafts_differ_and_what_is_held_is_on_all(studio: Served) -> None:
    status, headers, data = studio.ask("/draw", {**COVER, "layout": "poster", "hold": "layout"})
    assert status == 200 and headers["content-type"].startswith("text/event-stream")
    drafts = [Recipe.of(value["query"]) for name, value in events(data) if name == "draft"]
    assert events(data)[-1] == ("done", {}) and len({each.seed for each in drafts}) == 8
    assert {each.looks["layout"] for each in drafts} == {"poster"} and len(
        {each.looks["finish"] for each in drafts}
    ) > 2


@pytest.mark.parametrize("axis", ["art", "finish", "palette", "type", "layout"])
def test_one_axis_is_drawn_anew_and_no_other(studio: Served, axis: str) -> None:
    _, before = studio.json("/api/covers", {"title": "Low Tide", "genres": ["ambient"], "seed": 3})
    status, _, data = studio.ask(f"/api/reroll/{axis}", {"recipe": before["recipe"]}, method="POST")
    after, own = json.loads(data), {axis} | ({"lettering"} if axis == "type" else set())
    assert status == 200 and after["recipe"] != before["recipe"]
    assert {name for name in after["looks"] if after["looks"][name] != before["looks"][name]} <= own
    was, now = before["report"]["seeds"], after["report"]["seeds"]
    assert {name for name in now if now[name] != was[name]} == {axis}
    if axis != "art":
        assert after["looks"][axis] != before["looks"][axis]


def test_the_art_goes_from_one_seed_to_another(studio: Served) -> None:
    def picture(**more: float) -> np.ndarray:
        query = {
            "title": "Low Tide",
            "seed": 3,
            "finish": "film",
            "palette": "art",
            "type": "anton",
            "lettering": "plain",
            "layout": "poster",
            "px": 128,
            **more,
        }
        return np.asarray(Image.open(io.BytesIO(studio.ask("/cover.jpg", query)[2])), np.float32)

    here, near, far, there = (
        picture(),
        picture(toward=4, along=0.15),
        picture(toward=4, along=0.8),
        picture(toward=4, along=1),
    )
    apart = np.abs(here - there).mean()
    assert np.abs(here - near).mean() < apart and 0 < np.abs(there - far).mean() < apart
    assert np.array_equal(there, picture(**{"art-seed": 4}))


def test_strangers_are_refused(studio: Served) -> None:
    for headers in (
        {"host": "evil.example"},
        {"host": f"evil.example:{studio.port}"},
        {"host": f"127.0.0.1:{studio.port + 1}"},
        {"host": ""},
    ):
        assert studio.ask("/", headers=headers)[0] == 421
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"origin": f"http://127.0.0.1:{studio.port + 1}"},
        {"sec-fetch-site": "same-site"},
    ):
        for method, path in (("POST", "/library/1/delete"), ("GET", "/api/sleeves"), ("DELETE", "/api/sleeves/1")):
            assert studio.ask(path, method=method, headers=headers)[0] == 403
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert studio.ask("/", headers=link)[0] == 200 and studio.ask("/library", headers=link)[0] == 403
    own = {"origin": f"http://localhost:{studio.port}", "host": f"localhost:{studio.port}"}
    assert studio.ask("/api/sleeves", headers=own)[0] == 200


def test_pages_load_nothing_from_elsewhere_and_carry_no_script_of_others(studio: Served) -> None:
    status, headers, data = studio.ask(
        "/", {"artist": "<script>alert(1)</script>", "title": '"><img onerror=x>', "seed": 1, "genre": "<b>"}
    )
    page = data.decode()
    assert (
        status == 200
        and "<script>alert" not in page
        and "<img onerror" not in page
        and "&lt;script&gt;alert(1)" in page
    )
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
    assert "://" not in page.replace("http://www.w3.org", "")
    assert studio.ask("/library", {"q": "<script>alert"})[2].decode().count("<script>") == 0


def _huge_png() -> bytes:
    """A PNG of a few kilobytes that opens to 900 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000))
        + chunk(b"IEND", b"")
    )


def test_what_is_dropped_does_no_harm(studio: Served) -> None:
    def drop(body: bytes, path: str = "/uploads/art", **headers: str) -> tuple[int, dict[str, str]]:
        status, _, data = studio.ask(path, method="POST", body=body, headers=headers)
        return status, json.loads(data) if data.startswith(b"{") else {"fault": data.decode()}

    assert drop(b"%PDF-1.4 no picture")[0] == 422
    status, told = drop(_huge_png())
    assert status == 422 and "64 million" in told["fault"]
    assert drop(b"")[1]["fault"] == "the file is empty"
    status, told = drop(b"no music", "/uploads/tags", **{"x-name": "..%2F..%2Fetc%2Fpasswd.mp3"})
    assert status == 422 and "/" not in told["fault"]
    picture = io.BytesIO()
    Image.new("RGB", (90, 70), "teal").save(picture, "PNG")
    status, told = drop(picture.getvalue())
    assert status == 200 and (studio.folder / "pictures" / f"{told['art']}.png").is_file()
    assert list((studio.folder / "incoming").iterdir()) == []  # nothing that was dropped stays
    assert studio.ask("/cover.jpg", {"seed": 1, "art": told["art"], "px": 200})[0] == 200
    assert studio.ask("/cover.jpg", {"seed": 1, "art": "0" * 64})[0] == 422


def test_a_gigabyte_is_refused_without_being_read(studio: Served) -> None:
    status, _, data = studio.ask("/uploads/art", method="POST", headers={"content-length": "1000000000"})
    assert status == 413 and b"60 MB" in data
    with socket.create_connection(("127.0.0.1", studio.port)) as raw:  # one that does not say how much it is
        raw.sendall(
            f"POST /api/covers HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nTransfer-Encoding: chunked\r\n"
            "Content-Type: application/json\r\n\r\n".encode()
        )
        piece = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
        sent = 0
        try:
            while sent < 100_000_000:
                raw.sendall(piece)
                sent += len(piece)
        except OSError:
            pass
        raw.settimeout(5)
        try:
            answer = raw.recv(200)
        except OSError:
            answer = b""
    assert sent < 20_000_000 and (answer == b"" or b" 413 " in answer)
    assert studio.ask("/api/genres", {"q": "doom"})[0] == 200


def test_wrong_words_are_told_and_never_a_traceback(studio: Served) -> None:
    for path, query in (
        ("/desk", {"year": "x"}),
        ("/draw", {"year": 20000}),
        ("/cover.jpg", {"seed": "x"}),
        ("/cover.jpg", {"seed": 1, "finish": "gold"}),
        ("/reroll/soul", {"seed": 1}),
        ("/cover.jpg", {"seed": 1, "palette": "own fff"}),
        ("/cover.jpg", {"seed": 1, "engine": "/etc"}),
        ("/cover.jpg", {"seed": 1, "title": "x", "layout": "poster@lead+9"}),
        ("/choices/soul", {}),
        ("/cover.jpg", {"px": 100000}),
        ("/file/cover.exe", {"seed": 1}),
        ("/check", {"seed": "-"}),
        ("/proof", {"seed": 1, "piece": "../x"}),
        (f"/sleeves/{10**30}.jpg", {}),
        ("/desk", {"year": "x", "tracks": "ы" * 39_000}),  # an address of 234 kB
    ):
        status, _, data = studio.ask(path, query)
        assert status == 422, (path, data)
        assert b"Traceback" not in data and b"/src/" not in data and {"fault", "faults"} & json.loads(data).keys()
    page = studio.ask("/", {"seed": 1, "finish": "gold", "album": "Low Tide", "mood": "<i>sad"})[2].decode()
    assert "no finish is called" in page and 'value="Low Tide"' in page and "also says “mood”" in page
    assert json.loads(studio.ask("/nowhere")[2])["fault"] == "there is nothing at this address"
    assert b"Back to the studio" in studio.ask("/nowhere", headers={"accept": "text/html"})[2]
    assert studio.json("/api/covers", {"colour": "red"})[0] == 422 and studio.ask("/exports/x/y")[0] == 404


def test_a_sleeve_that_was_only_looked_at_is_a_draft_until_it_is_picked(studio: Served) -> None:
    cover = {"title": "Only Looked At", "seed": 11}
    assert studio.ask("/cover.jpg", cover)[0] == 200
    assert json.loads(studio.ask("/api/sleeves", {"q": "only looked"})[2]) == []
    status, headers, _ = studio.ask("/desk", cover)
    assert status == 200 and "by=" in headers["x-query"]
    (found,) = json.loads(studio.ask("/api/sleeves", {"q": "only looked"})[2])
    assert found["picked"] and Recipe.of(headers["x-query"]).plain.query == found["recipe"]


def test_the_api_describes_itself(studio: Served) -> None:
    told = json.loads(studio.ask("/api/openapi.json")[2])
    assert {"/api/covers", "/api/drafts", "/api/kits", "/api/sleeves", "/api/check"} <= told["paths"].keys()
    assert all("/api/" in path for path in told["paths"])
    status, made = studio.json("/api/drafts", {"title": "Low Tide", "count": 2, "seed": 5})
    assert status == 200 and len({each["recipe"] for each in made}) == 2
    found = json.loads(studio.ask("/api/sleeves", {"q": "low tide", "drafts": "true"})[2])
    number = next(each["id"] for each in found if each["recipe"] == made[1]["recipe"])
    assert studio.ask(f"/sleeves/{number}.jpg")[2][:2] == b"\xff\xd8"
    assert studio.ask(f"/api/sleeves/{number}", method="DELETE")[0] == 204
    assert studio.ask(f"/api/sleeves/{number}", method="DELETE")[0] == 404


def test_ten_browsers_at_once_each_get_their_first_draft_soon(studio: Served) -> None:
    first: dict[int, float] = {}

    def browse(number: int) -> None:
        with socket.create_connection(("127.0.0.1", studio.port), timeout=60) as raw:
            raw.sendall(
                f"GET /draw?title=T{number}&seat=s{number} HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\n\r\n".encode()
            )
            data = b""
            while b"event: draft" not in data:
                data += raw.recv(65536)
            first[number] = time.monotonic() - started  # and hangs up: the other seven are given up

    started = time.monotonic()
    threads = [threading.Thread(target=browse, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(first) == 10
    alone = time.monotonic()
    assert studio.ask("/cover.jpg", {"title": "after", "seed": 1, "px": 100})[0] == 200
    assert time.monotonic() - alone < max(first.values())  # nobody's drafts are made any more


@pytest.mark.slow
def test_a_server_killed_while_exporting_leaves_no_half_file(studio: Served, tmp_path: Path) -> None:
    served = Served(tmp_path)
    try:
        query = Recipe.of(
            "title=Low+Tide&seed=5&layout=poster&finish=halftone&palette=blue+hour&type=anton&lettering=plain"
        ).query
        assert served.ask("/desk", query)[0] == 200
        picture = served.ask("/cover.jpg", query)[2]  # another machine: nothing in common but the address
        assert picture[:2] == b"\xff\xd8" and picture == studio.ask("/cover.jpg", query)[2]
        with socket.create_connection(("127.0.0.1", served.port), timeout=60) as raw:
            raw.sendall(
                f"GET /kit?{query}&without=print&without=moving HTTP/1.1\r\n"
                f"Host: 127.0.0.1:{served.port}\r\n\r\n".encode()
            )
            data = b""
            while data.count(b"event: file") < 2:
                data += raw.recv(65536)
            served.kill()
        time.sleep(0.3)
        served.start()
        assert list((tmp_path / "exports").iterdir()) == []
        assert [each["title"] for each in json.loads(served.ask("/api/sleeves")[2])] == ["Low Tide"]
        status, kit = served.json("/api/kits", {"recipe": query, "without": ["print", "moving"]})
        assert status == 200 and {"cover.jpg", "cover.svg", "art.png"} <= {each["name"] for each in kit["files"]}
        packed = zipfile.ZipFile(io.BytesIO(served.ask(kit["zip"])[2]))
        assert packed.testzip() is None and "report.html" in packed.namelist()
        status, headers, _ = served.ask(f"/exports/{kit['id']}/report.html")
        assert status == 200 and headers["content-security-policy"].startswith("sandbox")
    finally:
        served.stop()


def test_an_interrupt_ends_it_without_a_word_while_it_draws(tmp_path: Path) -> None:
    served = Served(tmp_path / "studio")
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as raw:
        raw.sendall(f"GET /draw?title=Low+Tide HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n\r\n".encode())
        assert b"200 OK" in raw.recv(4096)
        began = time.monotonic()
        served.stop()
        assert time.monotonic() - began < 10 and served.process.returncode == 0
        assert b"event: fault" in raw.recv(65536)  # who waits is told
    assert served.window.read_text() == ""


def test_stores_and_proofs_are_told(studio: Served) -> None:
    stores = studio.ask("/check", COVER)[2].decode()
    assert "stores take it" in stores and "Apple Music" in stores
    assert ("Not looked at" in stores) == (find_spec("rapidocr") is None)  # words are read where something reads
    proof = studio.ask("/proof", {**COVER, "piece": "cd-tray"})[2].decode()
    assert "data:image/jpeg;base64," in proof and "CIEDE2000" in proof
    assert proof != studio.ask("/proof", {**COVER, "piece": "cd-tray", "catalogue": "QH 001"})[2].decode()
    status, headers, data = studio.ask("/file/cover.svg", COVER)
    assert (
        status == 200
        and data.startswith(b"<")
        and 'filename="otis-marlowe-quartet-the-quiet-hour.svg"' in headers["content-disposition"]
    )
