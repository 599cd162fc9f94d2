from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from duck_and_cover.album import Album
from duck_and_cover.condition import Condition
from duck_and_cover.cover import Cover, Drawn, Found
from duck_and_cover.dataset.made.looks import LOOKS
from duck_and_cover.dataset.made.sheet import Sheet, ink
from duck_and_cover.dataset.made.synthetic import _MANNERS, look_of, synthetic_cover, synthetic_covers, write_parquet
from duck_and_cover.dataset.reader import CoverDataset
from duck_and_cover.errors import BadInput, CannotWrite
from duck_and_cover.genres import FAMILIES, main_family

JAZZ = Album("Ola Fenn", "Blue Stairs", ("jazz",), 1958)


def found(cover: Cover) -> Found:
    assert isinstance(cover.origin, Found)
    return cover.origin


def saturation(genre: str, year: int) -> float:
    pixels = [synthetic_cover(Album("A", "B", (genre,), year), seed, 32).pixels for seed in range(12)]
    return float(np.mean([p.max(-1).astype(float) - p.min(-1) for p in pixels]))


def test_same_album_and_seed_same_pixels() -> None:
    first, again = synthetic_cover(JAZZ, 3), synthetic_cover(JAZZ, 3)
    assert np.array_equal(first.pixels, again.pixels)
    assert first.origin == again.origin
    assert not np.array_equal(first.pixels, synthetic_cover(JAZZ, 4).pixels)
    assert found(first).id != found(synthetic_cover(JAZZ, 4)).id


def test_origin_says_where_it_comes_from() -> None:
    origin = found(synthetic_cover(JAZZ, 0))
    assert (origin.album, origin.source, origin.rights) == (JAZZ, "synthetic", "CC0-1.0")


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_every_look_is_the_same_picture_at_any_size(look: str) -> None:
    family = next(name for name, manner in _MANNERS.items() if look in manner.looks)
    seed = next(s for s in range(200) if _look(Album(None, None, (family,), 2015), s) == look)
    album = Album(None, None, (family,), 2015)
    small, large = synthetic_cover(album, seed, 48).pixels, synthetic_cover(album, seed, 192).pixels
    shrunk = cv2.resize(large, (48, 48), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(float) - shrunk).mean() < 14
    assert small.std() > 12, "a picture, not a flat sheet"


def _look(album: Album, seed: int) -> str:
    """The look that `synthetic_cover` gives: told by which one it calls."""
    called: list[str] = []
    original = dict(LOOKS)
    try:
        for name in LOOKS:
            LOOKS[name] = lambda sheet, inks, name=name: called.append(name)
        synthetic_cover(album, seed, 8)
    finally:
        LOOKS.update(original)
    return called[0]


def test_every_family_has_a_manner_and_every_look_a_family() -> None:
    assert set(_MANNERS) == set(FAMILIES)
    assert {look for manner in _MANNERS.values() for look in manner.looks} == set(LOOKS)


def test_genre_decides_the_look() -> None:
    rng = np.random.default_rng(0)
    assert {look_of(Album(genres=("death metal",)), rng)[1] for _ in range(20)} == {"flames"}
    mixed = Counter(look_of(Album(genres=("jazz rap",)), rng)[1] for _ in range(300))
    assert mixed["portrait"] > mixed["blocks"] > 30
    anything = {look_of(Album(), rng)[1] for _ in range(300)}
    assert anything == set(LOOKS)


def test_metal_is_darker_than_pop() -> None:
    def light(genre: str) -> float:
        return float(np.mean([synthetic_cover(Album(genres=(genre,)), s, 32).pixels.mean() for s in range(10)]))

    assert light("black metal") + 30 < light("pop")


def test_years_change_saturation_paper_and_grain() -> None:
    assert saturation("pop", 1986) > saturation("pop", 1996) + 10

    def corner(year: int) -> np.ndarray:  # brightest of many: on paper, not on a dark mount
        covers = (synthetic_cover(Album(genres=("classical",), year=year), seed, 64).pixels for seed in range(9))
        return max((p[:6, :6].reshape(-1, 3).astype(float) for p in covers), key=np.mean)

    old, new = corner(1956), corner(2022)
    assert np.ptp(old.mean(0)) > np.ptp(new.mean(0)) + 8, "old paper is warmer"
    assert old.std(0).mean() > new.std(0).mean() + 1, "old prints are grainy"


def test_network_could_learn_the_genre_from_the_picture() -> None:
    """A nearest-centroid rule on 8 px thumbnails tells families far above chance."""
    families = ("metal", "folk", "synth", "pop", "classical")

    def thumbs(family: str, seeds: range) -> np.ndarray:
        covers = [synthetic_cover(Album(genres=(family,), year=1960 + 2 * (s % 30)), s, 16).pixels for s in seeds]
        return np.stack([cv2.resize(c, (8, 8), interpolation=cv2.INTER_AREA).ravel().astype(float) for c in covers])

    centres = np.stack([thumbs(f, range(40)).mean(0) for f in families])
    right = [
        np.linalg.norm(centres - thumb, axis=1).argmin() == i
        for i, f in enumerate(families)
        for thumb in thumbs(f, range(100, 115))
    ]
    assert np.mean(right) > 0.6


@pytest.mark.parametrize(("size_px", "seed"), [(7, 0), (4096, 0), (64, -1)])
def test_impossible_covers_are_refused(size_px: int, seed: int) -> None:
    with pytest.raises(BadInput, match="wanted"):
        synthetic_cover(JAZZ, seed, size_px)


def test_a_longer_stream_begins_like_a_shorter_one() -> None:
    short, long = list(synthetic_covers(5, 9, 16)), list(synthetic_covers(12, 9, 16))
    assert [c.origin for c in short] == [c.origin for c in long[:5]]
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(short, long, strict=False))
    assert [c.origin for c in short] != [c.origin for c in synthetic_covers(5, 10, 16)]
    with pytest.raises(BadInput, match="count is -1"):
        next(synthetic_covers(-1))


def test_albums_are_plausible() -> None:
    albums = [found(c).album for c in synthetic_covers(400, 1, 8)]
    assert len({found(c).id for c in synthetic_covers(400, 1, 8)}) == 400
    years = [a.year for a in albums if a.year]
    assert 1955 <= min(years) < 1962 and 2018 < max(years) <= 2024
    for field, most in (("artist", 0.15), ("title", 0.12), ("genres", 0.15), ("year", 0.25)):
        missing = sum(not getattr(a, field) for a in albums) / len(albums)
        assert 0 < missing < most, field
    of_artist = Counter(a.artist for a in albums if a.artist)
    assert sum(n > 1 for n in of_artist.values()) > 40
    assert len({main_family(a.genres) for a in albums if a.genres}) >= 12
    assert any(len(a.genres) > 1 for a in albums)


def test_written_shards_are_read_back_exactly(tmp_path: Path) -> None:
    covers = list(synthetic_covers(25, 2, 16))
    shards = write_parquet(covers, tmp_path / "new" / "covers", rows_per_shard=10)
    assert [s.name for s in shards] == [f"train-{i:05d}-of-00003.parquet" for i in range(3)]
    assert sorted(p.name for p in (tmp_path / "new" / "covers").iterdir()) == [s.name for s in shards]
    back = list(CoverDataset(tmp_path / "new" / "covers"))
    assert [c.origin for c in back] == [c.origin for c in covers]
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(back, covers, strict=True))


def test_layout_is_that_of_hugging_face(tiny_dataset: Path) -> None:
    schema = pq.read_schema(next(tiny_dataset.glob("*.parquet")))
    features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    assert features["image"] == {"_type": "Image"}
    assert features["genres"] == {"feature": {"dtype": "string", "_type": "Value"}, "_type": "List"}
    assert list(features) == schema.names
    assert str(schema.field("image").type) == "struct<bytes: binary, path: string>"
    row = pq.read_table(next(tiny_dataset.glob("*.parquet"))).slice(0, 1).to_pylist()[0]
    assert row["image"]["bytes"][:4] == b"RIFF" and row["image"]["bytes"][8:12] == b"WEBP"
    assert (row["source_width"], row["source_height"], row["rights"]) == (24, 24, "CC0-1.0")
    assert len(row["phash"]) == 16 and int(row["phash"], 16)


def test_layout_is_that_of_the_real_covers(tiny_dataset: Path, covers_dir: Path) -> None:
    real, ours = (pq.read_schema(next(f.glob("*.parquet"))) for f in (covers_dir, tiny_dataset))
    for field in real:
        assert ours.field(field.name).type == field.type, field.name
    wanted = json.loads(real.metadata[b"huggingface"])["info"]["features"]
    assert {
        k: v for k, v in json.loads(ours.metadata[b"huggingface"])["info"]["features"].items() if k in wanted
    } == wanted


def test_shards_are_never_overwritten(tmp_path: Path) -> None:
    write_parquet(synthetic_covers(2, 0, 8), tmp_path)
    before = (tmp_path / "train-00000-of-00001.parquet").read_bytes()
    with pytest.raises(BadInput, match="holds Parquet shards already"):
        write_parquet(synthetic_covers(2, 1, 8), tmp_path)
    assert (tmp_path / "train-00000-of-00001.parquet").read_bytes() == before


def test_a_broken_stream_leaves_nothing_that_looks_like_data(tmp_path: Path) -> None:
    def covers():
        yield from synthetic_covers(7, 0, 8)
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        write_parquet(covers(), tmp_path, rows_per_shard=3)
    assert list(tmp_path.iterdir()) == []


def test_bad_writes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no covers to write"):
        write_parquet([], tmp_path)
    with pytest.raises(BadInput, match="rows_per_shard is 0"):
        write_parquet([], tmp_path, rows_per_shard=0)
    drawn = Cover(np.zeros((8, 8, 3), np.uint8), Drawn("0", Condition(), 1))
    with pytest.raises(BadInput, match="a picture that a network drew"):
        write_parquet([drawn], tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotWrite):
        write_parquet(synthetic_covers(1, 0, 8), tmp_path / "file" / "covers")


def test_inks_are_what_oklch_says() -> None:
    assert np.allclose(ink(0, 0, 0), 0, atol=1e-4)
    assert np.allclose(ink(1, 0, 0), 1, atol=1e-3)
    assert np.allclose(ink(0.62796, 0.25768, 29.234), (1, 0, 0), atol=2e-3), "sRGB red in OKLCH"


def test_sheet_distances_are_in_cover_units() -> None:
    sheet = Sheet(100, np.zeros(3, np.float32), np.random.default_rng(0))
    disc = sheet.edge(sheet.disc(0.5, 0.5, 0.25))
    assert disc.sum() / 100**2 == pytest.approx(np.pi * 0.25**2, rel=5e-3)
    turned = sheet.edge(sheet.box(0.5, 0.5, 0.2, 0.1, turn=0.7))
    assert turned.sum() / 100**2 == pytest.approx(0.4 * 0.2, rel=1e-2)
    noise = sheet.clouds(4)
    assert 0 <= noise.min() < 0.35 and 0.65 < noise.max() <= 1
