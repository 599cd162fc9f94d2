"""Downloading: every cover looked at and in its place, whatever hosts and files are like."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from provider import Fault, Provider

from duck_and_cover.catalog.census import census, placeholders, verify
from duck_and_cover.catalog.download import wait_name
from duck_and_cover.catalog.gather import ATTEMPTS, Outcome
from duck_and_cover.catalog.shelf import Shelf
from duck_and_cover.catalog.store import Catalog, add_album
from duck_and_cover.sources.source import FoundAlbum, FoundPicture

Fetched = Callable[..., Outcome]
COUNT = 24


def over(catalog: Catalog) -> None:
    """Let the time pass that a service asked for."""
    with catalog.change() as c:
        c.execute("DELETE FROM notes WHERE name = 'not before'")


@pytest.fixture
def stocked(tmp_path: Path) -> Callable[[Provider], Catalog]:
    """`stocked(provider)`: a catalog of a few albums whose covers wait."""

    def stock(provider: Provider, name: str = "catalog.db") -> Catalog:
        catalog, taken = Catalog(tmp_path / name), 0
        with catalog.change() as c:
            for artist in range(40):
                for key in provider.world.albums_of(artist, ["album"])[:2]:
                    made = provider.world.album(*key)
                    if taken < COUNT and {300, 64} <= set(made.sizes_px):
                        pictures = tuple(FoundPicture(provider.image_url(made.id, px), px, px) for px in (300, 64))
                        add_album(
                            c, "spotify", FoundAlbum(made.id, "A", ((f"artist{artist}", "B"),), pictures=pictures)
                        )
                        taken += 1
        assert taken == COUNT
        return catalog

    return stock


def states(catalog: Catalog) -> dict[str, int]:
    return dict(catalog.rows("SELECT state, count(*) FROM pictures GROUP BY state"))


def test_covers_lie_by_content_and_are_seen_by_album(
    start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path
) -> None:
    provider = start()
    with stocked(provider) as catalog:
        outcome = fetched(provider, catalog, tmp_path)
        assert (outcome.answered, outcome.left, outcome.why) == (2 * COUNT, False, "")
        assert provider.repeats() == {}
        shelf, seen = Shelf(tmp_path), 0
        query = """SELECT c.size_px, a.artist_id, c.album_id, p.sha256, p.format, p.bytes, p.width_px FROM covers c
                   JOIN pictures p ON p.url = c.url JOIN album_artists a ON a.album_id = c.album_id"""
        for size, artist, album, sha256, format, length, width in catalog.rows(query):
            view = tmp_path / f"covers{size}" / artist / f"{album}.jpg"
            content = view.read_bytes()
            assert hashlib.sha256(content).hexdigest() == sha256
            assert len(content) == length and width == size == Image.open(io.BytesIO(content)).width
            assert view.samefile(shelf.object(sha256, format)), "linked, not copied"
            seen += 1
        assert seen == 2 * COUNT
    assert not list(tmp_path.rglob("*.partial"))


def test_fetched_again_nothing_is_sent_and_changes_are_asked_for(
    start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path
) -> None:
    provider = start()
    with stocked(provider) as catalog:
        fetched(provider, catalog, tmp_path)
        before = len(provider.log)
        assert fetched(provider, catalog, tmp_path).answered == 0
        assert len(provider.log) == before
        outcome = fetched(provider, catalog, tmp_path, again=True)
        assert outcome.answered == 2 * COUNT
        again = provider.log[before:]
        assert len(again) == 2 * COUNT
        assert {each.status for each in again} == {304}, "nothing that has not changed is sent again"
        assert states(catalog) == {"done": 2 * COUNT}


BAD = {
    "cut": ("refused", "a damaged picture"),
    "garbage": ("refused", "not a picture"),
    "bomb": ("refused", "more than 25 million pixels"),
    "empty": ("refused", "an empty file"),
    "large": ("refused", "larger than allowed"),
    "404": ("gone", "404"),
    "403": ("refused", "403"),
    "html": ("parked", "200 with a page instead of a picture"),
    "500": ("parked", "500 of the server"),
    "redirect": ("refused", "more than 5 redirects"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_wrong_for_ever_is_named_and_left(
    kind: str, start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path
) -> None:
    provider = start()
    with stocked(provider) as catalog:
        url = next(catalog.rows("SELECT url FROM pictures WHERE number = 3"))[0]
        value = 1 << 29 if kind == "large" else None
        provider.faults = [Fault(url.removeprefix(provider.url), kind, count=None, value=value)]
        outcome = fetched(provider, catalog, tmp_path)
        assert not outcome.left
        row = next(catalog.rows("SELECT state, reason FROM pictures WHERE url = ?", url))
        assert row == BAD[kind]
        assert states(catalog)["done"] == 2 * COUNT - 1, "the others came"
        asked = provider.count(url.removeprefix(provider.url))
        assert asked == {"parked": ATTEMPTS, "gone": 1, "refused": 6 if kind == "redirect" else 1}[row[0]]
    assert len(list((tmp_path / "objects").rglob("*.jpg"))) <= 2 * COUNT - 1


@pytest.mark.parametrize("target", ["http://10.0.0.1/x", "http://169.254.169.254/", "file:///etc/hostname",
                                    "https://192.168.1.1/a.jpg", "http://[::1]:1/x"])  # fmt: skip
def test_redirects_to_private_addresses_are_not_followed(
    target: str, start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path
) -> None:
    provider = start(faults=[Fault("/image", "redirect", count=1, value=target)])
    with stocked(provider) as catalog:
        fetched(provider, catalog, tmp_path)
        assert states(catalog) == {"done": 2 * COUNT - 1, "refused": 1}
        reason = next(catalog.rows("SELECT reason FROM pictures WHERE state = 'refused'"))[0]
        assert "not https" in reason or "not on the list" in reason


def test_faults_that_pass_leave_no_trace(start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path) -> None:
    faults = [Fault("/image", "429", first=5, count=2, every=20, value=1), Fault("/image", "503", first=9),
              Fault("/image", "reset", first=15, count=2), Fault("/image", "truncated", first=20, count=2),
              Fault("/image", "500", first=25, count=2)]  # fmt: skip
    provider = start(faults=faults)
    with stocked(provider) as catalog:
        assert not fetched(provider, catalog, tmp_path, workers=4).left
        assert states(catalog) == {"done": 2 * COUNT}
        assert provider.repeats() == {}
        assert provider.inside_window(grace_s=0.5) == []
        assert len({each.fault for each in provider.log} - {""}) == 5


def test_a_long_wait_closes_the_host_and_is_remembered(
    start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path
) -> None:
    provider = start(faults=[Fault("/image", "429", first=6, value=7200)])
    with stocked(provider) as catalog:
        outcome = fetched(provider, catalog, tmp_path, workers=1)
        assert outcome.left and outcome.answered == 6
        assert outcome.resume_after == pytest.approx(time.time() + 7200, abs=60)
        assert len(provider.log) == 7
        fetched(provider, catalog, tmp_path)
        assert len(provider.log) == 7, "started too early, nothing is sent"
        assert census(catalog).waits == {wait_name("spotify"): outcome.resume_after}
        over(catalog)
        assert not fetched(provider, catalog, tmp_path).left
        assert provider.repeats() == {}


def test_a_long_wait_does_not_hold_who_waits_for_a_turn(
    start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path
) -> None:
    provider = start(faults=[Fault("/image", "429", first=3, value=7200)])
    with stocked(provider) as catalog:
        began = time.monotonic()
        outcome = fetched(provider, catalog, tmp_path, rate=40.0)
        assert time.monotonic() - began < 20
        assert outcome.resume_after > time.time() + 7000
        assert len(provider.log) <= 6


def test_asked_again_nothing_that_is_here_is_lost(
    start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path
) -> None:
    provider = start()
    with stocked(provider) as catalog:
        fetched(provider, catalog, tmp_path)
        before = sorted(catalog.rows("SELECT url, sha256 FROM pictures"))
        provider.faults = [Fault("/image", kind, first=i, every=9, count=3) for i, kind in
                           enumerate(("404", "garbage", "500", "reset"))]  # fmt: skip
        fetched(provider, catalog, tmp_path, again=True)
        assert states(catalog) == {"done": 2 * COUNT}
        assert sorted(catalog.rows("SELECT url, sha256 FROM pictures")) == before


def test_shards_share_the_work(start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path) -> None:
    provider = start()
    with stocked(provider) as catalog:
        done = [fetched(provider, catalog, tmp_path, shard=(i, 3)).answered for i in range(3)]
        assert sum(done) == 2 * COUNT and min(done) > 0
        assert provider.repeats() == {}


def test_a_full_disk_ends_the_run_with_one_line(
    start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path
) -> None:
    (tmp_path / "objects").write_text("a file where a folder must be")
    provider = start()
    from duck_and_cover.errors import CannotWrite

    with stocked(provider) as catalog:
        with pytest.raises(CannotWrite, match="objects"):
            fetched(provider, catalog, tmp_path)
        (tmp_path / "objects").unlink()
        assert not fetched(provider, catalog, tmp_path).left
        assert states(catalog) == {"done": 2 * COUNT}


def test_verify_finds_what_was_changed(start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path) -> None:
    provider = start()
    with stocked(provider) as catalog:
        fetched(provider, catalog, tmp_path)
        kept = sorted((tmp_path / "objects").rglob("*.jpg"))
        assert verify(catalog, Shelf(tmp_path)) == (2 * COUNT, 0)
        kept[0].write_bytes(kept[0].read_bytes()[:-1] + b"x")
        kept[1].unlink()
        hurt = {path.stem for path in kept[:2]}
        queued = sum(row[0] in hurt for row in catalog.rows("SELECT sha256 FROM pictures"))
        assert verify(catalog, Shelf(tmp_path)) == (2 * COUNT, queued)
        assert fetched(provider, catalog, tmp_path).answered == queued
        assert verify(catalog, Shelf(tmp_path)) == (2 * COUNT, 0)


def test_a_picture_that_many_artists_share_is_a_placeholder(
    start: Callable, stocked: Callable, fetched: Fetched, tmp_path: Path
) -> None:
    provider = start()
    with stocked(provider) as catalog:
        fetched(provider, catalog, tmp_path)
        shared = next(catalog.rows("SELECT sha256 FROM pictures WHERE number = 1"))[0]
        before = placeholders(catalog)
        with catalog.change() as c:
            c.execute("UPDATE pictures SET sha256 = ? WHERE number % 4 = 1", (shared,))
        assert placeholders(catalog) - before == {shared}


def test_larger_and_other_pictures_are_made_smaller_for_the_view(tmp_path: Path) -> None:
    from duck_and_cover.catalog.shelf import Delivery, View, lay

    file = io.BytesIO()
    Image.new("RGBA", (900, 600), (255, 0, 0, 0)).save(file, "PNG")
    looked = lay(Delivery(tmp_path, file.getvalue(), (View(300, "a", "b"), View(64, "a", "../c"))))
    assert (looked.fault, looked.format, looked.flags) == ("", "PNG", "flat not square")
    with Image.open(tmp_path / "covers300" / "a" / "b.jpg") as view:
        assert (view.size, view.format, view.getpixel((5, 5))) == ((300, 200), "JPEG", (255, 255, 255))
    (odd,) = (tmp_path / "covers64" / "a").iterdir()
    assert odd.parent == tmp_path / "covers64" / "a", "an id that is no file name leads nowhere else"
