"""What a run makes of what an earlier one left: waits, rounds, places, pages that were not wanted then."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from provider import Fault

from duck_and_cover.catalog.census import verify
from duck_and_cover.catalog.download import wait_name
from duck_and_cover.catalog.gather import Limits, Outcome
from duck_and_cover.catalog.intake import take_folder
from duck_and_cover.catalog.merge import merge
from duck_and_cover.catalog.shelf import Shelf
from duck_and_cover.catalog.store import Catalog, add_album
from duck_and_cover.sources.source import FoundAlbum, FoundPicture

Run = Callable[..., Outcome]
ALBUMS = 6


@pytest.fixture
def stocked(start: Callable, tmp_path: Path) -> Any:
    """(provider, a catalog of a few albums whose covers wait)."""
    provider = start()
    made = [provider.world.album(*key) for artist in range(40) for key in provider.world.albums_of(artist, ["album"])]
    with Catalog(tmp_path / "catalog.db") as catalog:
        for album in [each for each in made if {300, 64} <= set(each.sizes_px)][:ALBUMS]:
            add(catalog, album.id, provider.image_url(album.id, 300), provider.image_url(album.id, 64))
        yield provider, catalog


def add(catalog: Catalog, album: str, url300: str, url64: str, artist: str = "artist") -> None:
    pictures = (FoundPicture(url300, 300, 300), FoundPicture(url64, 64, 64))
    with catalog.change() as c:
        add_album(c, "spotify", FoundAlbum(album, "A", ((artist, "B"),), pictures=pictures))


def test_a_short_wait_holds_over_a_restart(start: Callable, asked: Run, tmp_path: Path) -> None:
    provider = start(faults=[Fault("/search", "429", value=2)])
    with Catalog(tmp_path / "catalog.db") as catalog:
        asked(provider, catalog, limits=Limits(requests=1), workers=1)
        until = catalog.wait_until("spotify")
        assert 0 < until - time.time() <= 2
        outcome = asked(provider, catalog, limits=Limits(requests=3), workers=1)
        assert time.time() >= until, "waited for, since it is short"
        assert outcome.answered
        assert provider.inside_window() == []


def test_a_short_wait_of_a_host_of_pictures_holds_too(stocked: Any, fetched: Run, tmp_path: Path) -> None:
    provider, catalog = stocked
    provider.faults = [Fault("/image", "503", value=2)]
    fetched(provider, catalog, tmp_path, limits=Limits(requests=1), workers=1)
    until = catalog.wait_until(wait_name("spotify"))
    assert 0 < until - time.time() <= 2
    assert not fetched(provider, catalog, tmp_path).left
    assert time.time() >= until
    assert provider.inside_window() == []


def test_a_round_of_asking_again_goes_on(stocked: Any, fetched: Run, tmp_path: Path) -> None:
    provider, catalog = stocked
    fetched(provider, catalog, tmp_path)
    before = len(provider.log)
    assert fetched(provider, catalog, tmp_path, again=True, limits=Limits(requests=5), workers=1).left
    assert not fetched(provider, catalog, tmp_path, again=True).left
    assert len(provider.log) - before == 2 * ALBUMS, "each once in a round"
    assert fetched(provider, catalog, tmp_path, again=True).answered == 2 * ALBUMS, "and once more in the next"


def test_an_album_found_later_gets_the_picture_that_is_here(stocked: Any, fetched: Run, tmp_path: Path) -> None:
    provider, catalog = stocked
    fetched(provider, catalog, tmp_path)
    before = len(provider.log)
    urls = {px: next(catalog.rows("SELECT url FROM covers WHERE size_px = ?", px))[0] for px in (300, 64)}
    add(catalog, "later", urls[300], urls[64], artist="another")
    fetched(provider, catalog, tmp_path)
    shelf = Shelf(tmp_path)
    contents = [shelf.view(px, "another", "later").read_bytes() for px in (300, 64)]
    assert [Image.open(io.BytesIO(content)).width for content in contents] == [300, 64]
    assert len(provider.log) == before, "nothing was asked for"


def test_a_place_that_was_emptied_is_filled_without_asking(stocked: Any, fetched: Run, tmp_path: Path) -> None:
    provider, catalog = stocked
    fetched(provider, catalog, tmp_path)
    before = len(provider.log)
    places = sorted(tmp_path.rglob("covers300/*/*.jpg"))
    places[0].unlink()
    assert verify(catalog, Shelf(tmp_path)) == (2 * ALBUMS, 1)
    fetched(provider, catalog, tmp_path)
    assert places[0].is_file()
    assert len(provider.log) == before
    assert verify(catalog, Shelf(tmp_path)) == (2 * ALBUMS, 0)


def test_what_was_half_written_is_cleared_away(stocked: Any, fetched: Run, tmp_path: Path) -> None:
    provider, catalog = stocked
    (tmp_path / "partial").mkdir()
    (tmp_path / "partial" / "123.jpg").write_bytes(b"half")
    fetched(provider, catalog, tmp_path)
    assert list((tmp_path / "partial").iterdir()) == []


def test_a_merge_shows_what_either_has(stocked: Any, fetched: Run, tmp_path: Path) -> None:
    provider, catalog = stocked
    fetched(provider, catalog, tmp_path)
    urls = [row[0] for row in catalog.rows("SELECT url FROM covers ORDER BY url LIMIT 2")]
    with Catalog(tmp_path / "other" / "catalog.db") as other:
        add(other, "elsewhere", *urls)
        other.ask_to_wait("spotify", time.time() + 500)
    merge(catalog, [tmp_path / "other" / "catalog.db"])
    assert catalog.wait_until("spotify") > time.time() + 400, "the longer wait"
    before = len(provider.log)
    fetched(provider, catalog, tmp_path)
    assert Shelf(tmp_path).view(300, "artist", "elsewhere").is_file()
    assert len(provider.log) == before


def test_a_larger_top_asks_for_the_pages_that_were_left(start: Callable, asked: Run, tmp_path: Path) -> None:
    provider = start(state="extended")
    with Catalog(tmp_path / "catalog.db") as catalog:
        asked(provider, catalog, top=2)
        few = {row[0] for row in catalog.rows("SELECT artist_id FROM artist_genres WHERE origin = 'asked'")}
        asked(provider, catalog, top=12)
        more = {row[0] for row in catalog.rows("SELECT artist_id FROM artist_genres WHERE origin = 'asked'")}
        assert provider.repeats() == {}
    with Catalog(tmp_path / "at once.db") as catalog:
        asked(provider, catalog, top=12)
        whole = {row[0] for row in catalog.rows("SELECT artist_id FROM artist_genres WHERE origin = 'asked'")}
    assert few < more == whole


def test_a_picture_of_a_folder_is_fetched_by_gathering_it_again(fetched: Run, start: Callable, tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    Image.effect_noise((400, 400), 80).convert("RGB").save(music / "Artist - Album.jpg")
    with Catalog(tmp_path / "catalog.db") as catalog:
        assert take_folder(catalog, music, tmp_path, lambda path, why: None) == 1
        assert verify(catalog, Shelf(tmp_path)) == (1, 0)
        next((tmp_path / "objects").rglob("*.jpg")).unlink()
        assert verify(catalog, Shelf(tmp_path)) == (1, 1)
        assert not fetched(start(), catalog, tmp_path).left, "no service is asked for it"
        take_folder(catalog, music, tmp_path, lambda path, why: None)
        assert verify(catalog, Shelf(tmp_path)) == (1, 0)


def test_a_smaller_top_holds_pages_and_loses_none(start: Callable, asked: Run, tmp_path: Path) -> None:
    provider = start(state="extended")
    with Catalog(tmp_path / "catalog.db") as catalog:
        asked(provider, catalog, top=12, limits=Limits(requests=4), workers=1)
        asked(provider, catalog, top=2)
        asked(provider, catalog, top=12)
        states = dict(catalog.rows("SELECT state, count(*) FROM tasks WHERE stage = 'search' GROUP BY state"))
    assert set(states) <= {"done", "held"}, "nothing was refused for want of a page"


def test_a_wait_of_ages_is_one_of_a_month(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:
        catalog.ask_to_wait("spotify", 1e15)
        assert 0 < catalog.wait_until("spotify") - time.time() < 40 * 86_400
