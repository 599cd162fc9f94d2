from __future__ import annotations

import gc
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from duck_and_cover.dataset import reader
from duck_and_cover.dataset.reader import PARTS, CoverDataset, part_of, pixel_table
from duck_and_cover.errors import BadInput
from duck_and_cover.genres import normal


def picture(side: int = 8, colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(file, "PNG")
    return file.getvalue()


def shard(path: Path, rows: list[dict[str, object]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def row(id: str, content: bytes | None = None, **more: object) -> dict[str, object]:
    return {"id": id, "image": {"bytes": content or picture(), "path": None}, **more}


def spelled(artist: str) -> str:
    """An artist without case, accents and leading article, written anew for the test."""
    key = normal(artist)
    return key[4:].strip() if key.startswith("the ") else key


def test_reads_every_cover_with_its_facts(tmp_path: Path) -> None:
    path = shard(
        tmp_path / "a.parquet",
        [row("1", artist="A", album="B", genres=["jazz"], year=1959, source="s", rights="CC0-1.0"), row("2")],
    )
    first, second = CoverDataset(path)
    assert (first.pixels == (255, 0, 0)).all()
    origin = first.origin
    assert (origin.album.artist, origin.album.title, origin.album.genres, origin.album.year) == (
        "A",
        "B",
        ("jazz",),
        1959,
    )
    assert (origin.id, origin.source, origin.rights) == ("1", "s", "CC0-1.0")
    assert second.origin.album.artist is None
    assert second.origin.album.genres == ()
    assert second.origin.rights == "unknown"


def test_covers_that_were_small_can_be_left_out(tmp_path: Path) -> None:
    rows = [row("small", source_width=150), row("large", source_width=256), row("silent", source_width=None)]
    path = shard(tmp_path / "a.parquet", rows)
    assert [origin.id for origin in CoverDataset(path, smallest_px=256).origins()] == ["large", "silent"]
    assert len(CoverDataset(path)) == 3
    few, all_ = (pixel_table(CoverDataset(path, "all", 8, px), tmp_path / "cache") for px in (256, 0))
    assert (len(few), len(all_)) == (2, 3), "each has a file of its own"
    bare = shard(tmp_path / "b.parquet", [row("1")])
    assert len(CoverDataset(bare, smallest_px=256)) == 1


def test_columns_beyond_id_and_image_may_be_missing(tmp_path: Path) -> None:
    (cover,) = CoverDataset(shard(tmp_path / "a.parquet", [row("1")]))
    assert (cover.origin.source, cover.origin.album.year) == ("unknown", None)


@pytest.mark.parametrize(("year", "source"), [(1812, "s"), (2999, "s"), (2004, "tjaarek/album-genre-classifier")])
def test_years_that_mean_something_else_are_left_out(tmp_path: Path, year: int, source: str) -> None:
    (cover,) = CoverDataset(shard(tmp_path / "a.parquet", [row("1", year=year, source=source)]))
    assert cover.origin.album.year is None


def test_shards_are_read_in_name_order(tmp_path: Path) -> None:
    for name in ("b", "c", "a"):
        shard(tmp_path / f"{name}.parquet", [row(f"{name}{i}") for i in range(2)])
    dataset = CoverDataset(tmp_path)
    assert [c.origin.id for c in dataset] == ["a0", "a1", "b0", "b1", "c0", "c1"]
    assert [o.id for o in dataset.origins()] == [c.origin.id for c in dataset]
    assert len(dataset) == 6


@pytest.mark.parametrize("resolution_px", [8, 24, 33, 100])
def test_any_resolution(tiny_dataset: Path, resolution_px: int) -> None:
    cover = next(iter(CoverDataset(tiny_dataset, resolution_px=resolution_px)))
    assert cover.pixels.shape == (resolution_px, resolution_px, 3)


def test_without_a_resolution_each_keeps_its_own(tmp_path: Path) -> None:
    shard(tmp_path / "a.parquet", [row("1", picture(9)), row("2", picture(31))])
    assert [c.size_px for c in CoverDataset(tmp_path)] == [9, 31]


def test_decodes_no_more_than_was_asked_for(tiny_dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    original = reader.read_pixels
    monkeypatch.setattr(reader, "read_pixels", lambda *a: decoded.append(1) or original(*a))
    covers = iter(CoverDataset(tiny_dataset))
    for wanted in (1, 2, 3):
        next(covers)
        assert len(decoded) == wanted
    assert len(list(CoverDataset(tiny_dataset).origins())) == 160
    assert len(decoded) == 3, "origins decode nothing"


def test_one_batch_is_in_memory_at_a_time(tiny_dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []

    class Counting(pq.ParquetFile):
        def iter_batches(self, *arguments, **named):
            for batch in super().iter_batches(*arguments, **named):
                batches.append(len(batch))
                yield batch

    monkeypatch.setattr(reader.pq, "ParquetFile", Counting)
    covers = iter(CoverDataset(tiny_dataset))
    assert batches == []
    for _ in range(64):
        next(covers)
    assert batches == [64]
    next(covers)
    assert len(batches) == 2
    assert 2 + len(list(covers)) > 64
    assert max(batches) == 64 and sum(batches) == 160


def test_real_shards_are_streamed(covers_dir: Path) -> None:
    """The peak of Arrow's memory while reading lies far below the size of one shard."""
    one = sorted(covers_dir.glob("*.parquet"))[0]
    gc.collect()
    before, peak = pa.total_allocated_bytes(), 0
    for count, _ in enumerate(CoverDataset(one)._rows(("image",))):
        if count % 16 == 0:
            peak = max(peak, pa.total_allocated_bytes() - before)
    assert count > 3000
    assert 0 < peak < one.stat().st_size / 3


def test_origins_do_not_read_pictures(tmp_path: Path) -> None:
    shard(tmp_path / "a.parquet", [{"id": "1", "artist": "A"}])
    assert [o.id for o in CoverDataset(tmp_path).origins()] == ["1"]
    with pytest.raises(BadInput, match="no column \\['image'\\]"):
        next(iter(CoverDataset(tmp_path)))


def parts_of(folder: Path) -> dict[str, list[tuple[str, str | None]]]:
    return {part: [(o.id, o.album.artist) for o in CoverDataset(folder, part).origins()] for part in PARTS}


def check_split(folder: Path) -> None:
    parts = parts_of(folder)
    everything = [id for id, _ in parts.pop("all")]
    ids = [id for rows in parts.values() for id, _ in rows]
    assert sorted(ids) == sorted(everything), "parts are disjoint and cover everything"
    homes: dict[str, set[str]] = {}
    for part, rows in parts.items():
        for _, artist in rows:
            if artist:
                homes.setdefault(spelled(artist), set()).add(part)
    torn = {artist: sorted(where) for artist, where in homes.items() if len(where) > 1}
    assert torn == {}, "an artist lies in one part only"
    assert len(parts["train"]) > 0.85 * len(everything)


def test_synthetic_split_keeps_artists_together(tiny_dataset: Path) -> None:
    check_split(tiny_dataset)


def test_real_split_keeps_artists_together(covers_dir: Path) -> None:
    check_split(covers_dir)
    sizes = {part: len(rows) for part, rows in parts_of(covers_dir).items()}
    assert 0.02 < sizes["validation"] / sizes["all"] < 0.04
    assert 0.02 < sizes["test"] / sizes["all"] < 0.04


@pytest.mark.parametrize(
    "spellings",
    [
        ("The Beatles", "Beatles", "THE BEATLES", "  the   beatles "),
        ("Björk", "BJORK", "bjo\u0308rk"),
        ("Sigur Rós", "sigur ros"),
        ("Motörhead", "MOTÖRHEAD", "The Motorhead"),
        ("Guns N' Roses", "Guns N\u2019Roses", "guns n'roses", "Guns NRoses"),
        ("Echo & the Bunnymen", "Echo and The Bunnymen", "Echo And the Bunnymen"),
        ("MKULTRA", "MK Ultra", "mk-ultra"),
        ("!!!", "!!! "),
    ],
)
def test_spelling_of_an_artist_does_not_matter(spellings: tuple[str, ...]) -> None:
    assert len({part_of(artist, str(i)) for i, artist in enumerate(spellings * 20)}) == 1


def test_without_an_artist_the_id_decides() -> None:
    assert {part_of(None, str(i)) for i in range(300)} == {"train", "validation", "test"}
    assert part_of("", "7") == part_of(None, "7") == part_of("  ", "7")


def test_examples_never_train() -> None:
    assert {part_of(artist, "28Oa0IXZyGHw0GpSLdkyk1") for artist in (None, "artist 0", "artist 1", "artist 2")} == {
        "test"
    }


def test_shares_are_as_promised_and_pinned() -> None:
    parts = [part_of(f"artist {i}", "") for i in range(20_000)]
    assert parts.count("validation") / 20_000 == pytest.approx(0.03, abs=0.005)
    assert parts.count("test") / 20_000 == pytest.approx(0.03, abs=0.005)
    named = {part: [i for i, p in enumerate(parts) if p == part][:3] for part in ("validation", "test")}
    assert named == PINNED, "where an artist lies may never change: networks were trained on it"


PINNED = {"validation": [50, 54, 122], "test": [58, 177, 190]}


def test_bad_choices_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no part is called 'dev'; wanted one of train, validation, test, all"):
        CoverDataset(tmp_path, "dev")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="resolution is 2 px; wanted 4 to 2048"):
        CoverDataset(tmp_path, "all", 2)
    with pytest.raises(BadInput, match="no Parquet shards there"):
        CoverDataset(tmp_path)
    with pytest.raises(BadInput, match="no Parquet shards there"):
        CoverDataset(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [b"", b"PAR1 and then nothing of worth PAR1"])
def test_a_file_that_is_not_parquet(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(BadInput, match=r"a\.parquet: not a readable Parquet file"):
        list(CoverDataset(tmp_path))


@pytest.mark.parametrize("image", [{"bytes": b"junk", "path": None}, {"bytes": None, "path": "x.jpg"}, None])
def test_a_row_without_a_picture_is_named(tmp_path: Path, image: dict[str, object] | None) -> None:
    rows = [row("good"), {"id": "bad one", "image": image}]
    covers = iter(CoverDataset(shard(tmp_path / "a.parquet", rows)))
    assert next(covers).origin.id == "good"
    with pytest.raises(BadInput, match="cover bad one: "):
        next(covers)


def test_content_hash_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    path = shard(tmp_path / "x" / "a.parquet", [row("1")])
    before = CoverDataset(tmp_path / "x").content_hash
    assert before == CoverDataset(path).content_hash == CoverDataset(path, "train", 16).content_hash
    assert len(before) == 16
    shard(path, [row("2")])
    assert CoverDataset(tmp_path / "x").content_hash != before


def test_pixel_table_holds_the_covers_in_order(tiny_dataset: Path, tmp_path: Path) -> None:
    dataset = CoverDataset(tiny_dataset, "train", 16)
    table = pixel_table(dataset, tmp_path)
    assert len(table) == len(dataset) == len(table.pixels)
    assert isinstance(table.pixels, np.memmap), "not held in memory"
    for i, cover in enumerate(dataset):
        assert np.array_equal(table.pixels[i], cover.pixels)
        assert table.origins[i] == cover.origin
    assert len(list(tmp_path.iterdir())) == 1


def test_pixel_table_is_decoded_once(tiny_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pixel_table(CoverDataset(tiny_dataset, "train", 16), tmp_path)
    monkeypatch.setattr(reader, "read_pixels", lambda *_: pytest.fail("decoded again"))
    again = pixel_table(CoverDataset(tiny_dataset, "train", 16), tmp_path)
    assert np.array_equal(first.pixels, again.pixels)


def test_pixel_table_broken_off_leaves_no_table(
    tiny_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = reader.read_pixels, []

    def breaking(*arguments):
        calls.append(1)
        if len(calls) == 20:
            raise KeyboardInterrupt
        return original(*arguments)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(reader, "read_pixels", breaking)
        pixel_table(CoverDataset(tiny_dataset, "all", 16), tmp_path)
    assert not list(tmp_path.glob("*.npy"))
    table = pixel_table(CoverDataset(tiny_dataset, "all", 16), tmp_path)
    assert table.pixels[-1].any()


def test_pixel_table_fills_lettering_in_and_says_so_in_its_name(tiny_dataset: Path, tmp_path: Path) -> None:
    dataset = CoverDataset(tiny_dataset, "all", 16)
    plain = pixel_table(dataset, tmp_path)
    id = plain.origins[3].id
    filled = pixel_table(dataset, tmp_path, letters={id: [(0.0, 0.0, 1.0, 0.5)]})
    assert not np.array_equal(filled.pixels[3], plain.pixels[3])
    assert np.array_equal(filled.pixels[3, 8:], plain.pixels[3, 8:])
    assert np.array_equal(np.delete(filled.pixels, 3, 0), np.delete(plain.pixels, 3, 0))
    assert len(list(tmp_path.iterdir())) == 2
    assert plain.letters_hash == "" != filled.letters_hash
    assert pixel_table(dataset, tmp_path, letters={id: [(0.0, 0.0, 1.0, 0.25)]}).letters_hash != filled.letters_hash


def test_pixel_table_is_made_smaller_without_decoding_again(
    tiny_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = pixel_table(CoverDataset(tiny_dataset, "train", 16), tmp_path)
    monkeypatch.setattr(CoverDataset, "__iter__", lambda self: pytest.fail("decoded again"))
    small = pixel_table(CoverDataset(tiny_dataset, "train", 4), tmp_path, larger=large)
    assert small.pixels.shape == (len(large), 4, 4, 3) and small.origins == large.origins
    means = [np.asarray(t.pixels, float).mean((1, 2, 3)) for t in (small, large)]
    assert np.abs(means[0] - means[1]).max() < 12


def test_pixel_table_wants_one_resolution_and_some_covers(tiny_dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="needs one resolution"):
        pixel_table(CoverDataset(tiny_dataset), tmp_path)
    artist = next(f"artist {i}" for i in range(99) if part_of(f"artist {i}", "") == "train")
    path = shard(tmp_path / "a.parquet", [row("1", artist=artist)])
    with pytest.raises(BadInput, match="no cover is in part 'test'"):
        pixel_table(CoverDataset(path, "test", 16), tmp_path)
