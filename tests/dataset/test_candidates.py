"""Candidates: the same words from catalogs, tables and folders of anybody's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from duck_and_cover.catalog.store import Catalog, add_album, add_artist
from duck_and_cover.dataset.building.candidates import Candidate, candidates
from duck_and_cover.dataset.reader import example_ids
from duck_and_cover.errors import BadInput
from duck_and_cover.sources.source import FoundAlbum, FoundArtist, ReleaseDate


def never(folder: Path) -> Path:
    raise AssertionError(folder)


def read(path: Path) -> dict[str, Candidate]:
    return {each.id: each for each in candidates(path, never)}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for name in ("a", "b", "stray"):
        Image.new("RGB", (20, 20), "red").save(tmp_path / f"{name}.png")
    return tmp_path


def test_an_image_folder(pictures: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"file_name": "a.png", "artist": "  The \n Ducks ", "album": "Pond", "genres": ["Jazz", "jazz", "Bop"],
         "release_date": "1961-05"},
        {"file_name": "b.png", "genre": "rock; Pop", "year": "1999", "rights": "cc0"},
        {"file_name": "gone.png", "year": 99999},
    ]  # fmt: skip
    (pictures / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    found = read(pictures)
    a, b, gone, stray = (found[name] for name in ("a.png", "b.png", "gone.png", "stray.png"))
    assert (a.artist, a.album, a.genres, a.year, a.release) == ("The Ducks", "Pond", ("jazz", "bop"), 1961, "1961-05")
    assert (b.genres, b.year, b.rights, b.artist) == (("rock", "pop"), 1999, "cc0", None)
    assert gone.content == b"" and gone.year is None
    assert stray.content and stray.genres == (), "a picture that no line names is there all the same"


def test_a_csv_beside_pictures(pictures: Path) -> None:
    (pictures / "metadata.csv").write_text('file_name,genres,year\na.png,"[""doom"", ""sludge""]",1993-02-01\n')
    assert (read(pictures)["a.png"].genres, read(pictures)["a.png"].year) == (("doom", "sludge"), 1993)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"file_name": "../secret.png"}', "lies outside this folder"),
        ('{"file_name": "/etc/hostname"}', "lies outside this folder"),
        ('{"artist": "x"}', "no file_name"),
        ("[1]", "wanted a JSON object"),
        ("{", "cannot be read"),
    ],
)
def test_metadata_that_is_none_is_one_line(line: str, says: str, pictures: Path) -> None:
    (pictures / "metadata.jsonl").write_text(line + "\n")
    with pytest.raises(BadInput, match=says):
        read(pictures)


def test_parquet_of_anybodys(tmp_path: Path) -> None:
    rows = [{"id": 7, "image": {"bytes": b"x", "path": "x"}, "artist_name": "Y", "genres": None, "source_width": 640},
            {"id": 8, "image": None, "artist_name": None, "genres": ["soul"], "source_width": None}]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "x.parquet")
    found = read(tmp_path)
    assert (found["7"].artist, found["7"].width_px, found["7"].content) == ("Y", 640, b"x")
    assert (found["8"].content, found["8"].genres) == (b"", ("soul",))
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "x.parquet")
    with pytest.raises(BadInput, match="no columns `id` and `image`"):
        read(tmp_path)


def test_a_catalog(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog, catalog.change() as c:
        add_artist(c, "spotify", FoundArtist("a1", "Razormouth", ("thrash metal",)))
        album = FoundAlbum("b1", "Rust", (("a1", "Razormouth"),), ReleaseDate.of("1988-05"), rights="spotify-content")
        add_album(c, "spotify", album)
        c.execute("INSERT INTO examples VALUES ('spotify', 'b1')")
    (found,) = read(tmp_path / "catalog.db").values()
    assert found == Candidate("spotify-b1", b"", "Razormouth", "Rust", ("thrash metal",), 1988, "1988-05", "spotify",
                              "spotify-content", example=True)  # fmt: skip


def test_any_other_folder_is_gathered(tmp_path: Path) -> None:
    with Catalog(tmp_path / "made" / "catalog.db"):
        pass
    asked: list[Path] = []

    def gather(folder: Path) -> Path:
        asked.append(folder)
        return tmp_path / "made" / "catalog.db"

    (tmp_path / "music").mkdir()
    assert list(candidates(tmp_path / "music", gather)) == []
    assert asked == [tmp_path / "music"]


def test_tables_of_anybodys_say_no_in_words(pictures: Path) -> None:
    head = "file_name,genres,example,placeholder,source_width"
    text = "\n".join([head, "a.png,\"['rock', 'pop']\",False,no,640", "b.png,x,0,,9", ""])
    (pictures / "metadata.csv").write_text(text, "utf-8-sig")
    a = read(pictures)["a.png"]
    assert (a.genres, a.example, a.placeholder, a.width_px) == (("rock", "pop"), False, False, 640)


@pytest.mark.parametrize("line", ['{"file_name": "a\\u0000.png"}', "[" * 100_000, '{"file_name": 3}'])
def test_hostile_lines_are_one_line(line: str, pictures: Path) -> None:
    (pictures / "metadata.jsonl").write_text(line + "\n")
    with pytest.raises(BadInput, match="metadata"):
        read(pictures)


def test_folders_of_folders_keep_all_their_pictures(tmp_path: Path) -> None:
    for part in ("train", "test"):
        (tmp_path / part).mkdir()
        Image.new("RGB", (20, 20), "red").save(tmp_path / part / "0.png")
        (tmp_path / part / "metadata.jsonl").write_text('{"file_name": "0.png", "album": "a\u2028b"}\n', "utf-8")
    (tmp_path / "train" / "caf\u00e9.png").write_bytes(b"x")
    assert set(read(tmp_path)) == {"train/0.png", "test/0.png", "train/caf\u00e9.png"}


def test_rows_without_ids_or_structs(tmp_path: Path) -> None:
    rows = [{"id": None, "image": b"one"}, {"id": None, "image": b"two"}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "x.parquet")
    found = read(tmp_path)
    assert len(found) == 2 and {each.content for each in found.values()} == {b"one", b"two"}


def test_examples_that_ship_are_known_in_any_catalog(tmp_path: Path) -> None:
    id = sorted(example_ids())[0]
    with Catalog(tmp_path / "catalog.db") as catalog, catalog.change() as c:
        add_album(c, "spotify", FoundAlbum(id, "Rust", (("a1", "Razormouth"),)))
    assert next(iter(read(tmp_path / "catalog.db").values())).example
