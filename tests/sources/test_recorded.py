"""Replies of services that are not asked here, in the words that all sources share: dates, sizes of pictures.

Deezer's and Apple's terms let covers be shown beside their own shops and nothing else, so there is no source for them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from duck_and_cover.sources.source import ReleaseDate, smallest_enough

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "api"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded replies here")


def recorded(name: str) -> Any:
    return json.loads((RECORDED / name).read_text("utf-8"))


def test_every_recorded_reply_is_json_or_a_page() -> None:
    for path in RECORDED.rglob("*.json"):
        assert json.loads(path.read_text("utf-8")) is not None, path
    for path in RECORDED.rglob("*.html"):
        assert path.read_text("utf-8").lstrip().startswith("<"), path


def test_deezers_albums() -> None:
    albums = [recorded("deezer/album.json"), *recorded("deezer/artist_albums_p1.json")["data"]]
    assert all(ReleaseDate.of(album["release_date"]).precision == "day" for album in albums)
    widths = {"cover_small": 56, "cover_medium": 250, "cover_big": 500, "cover_xl": 1000}
    for album in albums:
        chosen = smallest_enough([(album[name], width) for name, width in widths.items()])
        assert [picture.width_px for picture in chosen] == [500, 250]


def test_apples_albums() -> None:
    albums = [album for name in ("album", "albums") for album in recorded(f"itunes/{name}.json")["results"]
              if album["wrapperType"] == "collection"]  # fmt: skip
    assert len(albums) > 2
    for album in albums:
        release = ReleaseDate.of(album["releaseDate"])
        assert release.year == int(album["releaseDate"][:4]) and release.precision == "day"
        chosen = smallest_enough([(album["artworkUrl60"], 60), (album["artworkUrl100"], 100)])
        assert [picture.width_px for picture in chosen] == [100, 100]
