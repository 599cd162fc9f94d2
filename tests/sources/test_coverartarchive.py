"""The Cover Art Archive: indices of both shapes, and addresses that need none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from duck_and_cover.sources.coverartarchive import COVERS_URL, front_addresses, front_pictures
from duck_and_cover.sources.http import Broken, Reply
from duck_and_cover.sources.source import FoundPicture

MBID = "f32fab67-77dd-3937-addc-9062e28e4c37"
IMAGE = "https://coverartarchive.org/release/r/1"


def front(**fields: Any) -> dict[str, Any]:
    """An image of an index, as old ones are."""
    thumbnails = {"small": f"{IMAGE}-250.jpg", "large": f"{IMAGE}-500.jpg"}
    return {"id": "1", "front": True, "approved": True, "image": f"{IMAGE}.jpg", "thumbnails": thumbnails} | fields


@pytest.fixture(scope="module")
def recorded() -> Path:
    """Replies of the real service, which lie beside a checkout, never in it."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "api" / "coverartarchive"
    if not folder.is_dir():
        pytest.skip(f"no recorded replies at {folder}")
    return folder


def test_addresses_of_a_front_need_no_request() -> None:
    assert front_addresses(MBID) == (
        FoundPicture(f"{COVERS_URL}/release-group/{MBID}/front-500", 300, 500),
        FoundPicture(f"{COVERS_URL}/release-group/{MBID}/front-250", 64, 250),
    )


def test_addresses_at_a_mirror_stay_below_it() -> None:
    first, _ = front_addresses("../x?y", "http://127.0.0.1:5000/")
    assert first.url == "http://127.0.0.1:5000/release-group/..%2Fx%3Fy/front-500"


@pytest.mark.parametrize(
    ("name", "image"),
    [
        ("release_old_shape_3images.json", "76df3287-6cda-33eb-8e9a-044b5e15ffdd/829521842"),
        ("release_lastfm.json", "76df3287-6cda-33eb-8e9a-044b5e15ffdd/829521842"),
        ("release_new_shape.json", "8745795a-190f-4be5-84fd-a8cfe5365cc6/31935858269"),
    ],
)
def test_recorded_indices_give_their_front(recorded: Path, name: str, image: str) -> None:
    reply = Reply(200, {}, (recorded / name).read_bytes(), "")
    url = f"https://coverartarchive.org/release/{image}"
    assert front_pictures(reply.json()) == (
        FoundPicture(f"{url}-500.jpg", 300, 500),
        FoundPicture(f"{url}-250.jpg", 64, 250),
    )


def test_every_recorded_reply_is_read_or_refused(recorded: Path) -> None:
    refused, files = [], sorted(recorded.iterdir())
    for file in files:
        try:
            assert front_pictures(Reply(200, {}, file.read_bytes(), "").json())
        except Broken:
            refused.append(file.name)
    assert refused == ["error_400.html", "error_404.html"]
    assert len(files) > len(refused)


@pytest.mark.parametrize(
    ("image", "urls"),
    [
        (front(), [f"{IMAGE}-500.jpg", f"{IMAGE}-250.jpg"]),
        (front(thumbnails={"1200": f"{IMAGE}-1200.jpg"}), [f"{IMAGE}-1200.jpg"] * 2),
        (front(thumbnails={"250": f"{IMAGE}-250.jpg"}), [f"{IMAGE}-250.jpg"] * 2),
        (front(thumbnails={"9" * 5000: f"{IMAGE}-x.jpg", "250": f"{IMAGE}-250.jpg"}), [f"{IMAGE}-250.jpg"] * 2),
        (front(approved=None), [f"{IMAGE}-500.jpg", f"{IMAGE}-250.jpg"]),
        (front(approved=False), []),
        (front(front=False), []),
        (front(front=None), []),
        (front(thumbnails={}), [f"{IMAGE}.jpg"] * 2),
        (front(thumbnails=None), [f"{IMAGE}.jpg"] * 2),
        (front(thumbnails={"large": None}), [f"{IMAGE}.jpg"] * 2),
        (front(thumbnails={}, image=f"{IMAGE}.PDF"), []),
        (front(thumbnails={}, image=None), []),
        (front(thumbnails={"large": "file:///etc/passwd"}, image="ftp://x.org/1.jpg"), []),
        (dict.fromkeys(front()), []),
        (None, []),
    ],
)
def test_what_an_image_of_an_index_gives(image: Any, urls: list[str]) -> None:
    assert [picture.url for picture in front_pictures({"images": [image]})] == urls


def test_an_original_has_no_stated_width() -> None:
    assert [picture.width_px for picture in front_pictures({"images": [front(thumbnails={})]})] == [None, None]


def test_plain_addresses_become_secure_ones() -> None:
    plain = front(thumbnails={"500": "http://coverartarchive.org/http://x.jpg"})
    assert {picture.url for picture in front_pictures({"images": [plain]})} == {
        "https://coverartarchive.org/http://x.jpg"
    }


def test_an_approved_front_wins_over_one_that_is_not() -> None:
    waiting = front(approved=False, thumbnails={"500": f"{IMAGE}-waiting.jpg"})
    assert front_pictures({"images": [waiting, front()]})[0].url == f"{IMAGE}-500.jpg"


@pytest.mark.parametrize("index", [None, [], {}, {"images": None}, {"images": {}}, {"error": "Not Found"}, "images"])
def test_what_is_no_index_is_broken(index: Any) -> None:
    with pytest.raises(Broken, match="another shape"):
        front_pictures(index)
