"""The catalog's file: one writer, whole transactions, clear words."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from duck_and_cover.catalog.store import VERSION, Catalog, add_album, add_artist
from duck_and_cover.errors import BadInput, CannotWrite
from duck_and_cover.sources.source import Found, FoundAlbum, FoundArtist, FoundPicture, ReleaseDate, Task

ALBUM = FoundAlbum("b1", "Cathedral of Rust", (("a1", "Razormouth"),), ReleaseDate.of("1988-05"), genres=("thrash",),
                   rights="own", pictures=(FoundPicture("https://x.test/1", 300, 300),))  # fmt: skip


@pytest.fixture
def catalog(tmp_path: Path):
    with Catalog(tmp_path / "catalog.db") as made:
        yield made


def test_an_answer_is_written_whole(catalog: Catalog) -> None:
    task = Task("albums", "a1")
    catalog.plan("spotify", [task, task])
    assert [queued.task for queued in catalog.due("spotify", 9, 0)] == [task]
    artist = FoundArtist("a1", "Razormouth", ("thrash metal",), "metal")
    found = Found((artist,), (ALBUM,), (Task("albums", "a1", "50"),), {"albums limit": "50"})
    catalog.answer("spotify", task, found)
    assert [queued.task.page for queued in catalog.due("spotify", 9, 0)] == ["50"]
    assert list(catalog.rows("SELECT name, release, precision, year FROM albums")) == [
        ("Cathedral of Rust", "1988-05", "month", 1988)
    ]
    assert set(catalog.rows("SELECT genre, origin FROM artist_genres")) == {("thrash metal", "stated"),
                                                                           ("metal", "asked")}  # fmt: skip
    assert catalog.notes("spotify") == {"albums limit": "50"}
    before = "\n".join(catalog.connection.iterdump())
    catalog.plan("spotify", [task])
    assert "\n".join(catalog.connection.iterdump()) == before, "planned twice, asked once"


def test_half_an_answer_is_none(catalog: Catalog) -> None:
    catalog.plan("spotify", [Task("albums", "a1")])
    before = list(catalog.connection.iterdump())
    broken = FoundAlbum("b2", "B", (("a1", object()),))  # type: ignore[arg-type]
    with pytest.raises((sqlite3.Error, AttributeError)):
        catalog.answer("spotify", Task("albums", "a1"), Found((), (ALBUM, broken)))
    assert list(catalog.connection.iterdump()) == before
    with pytest.raises(ZeroDivisionError), catalog.change() as c:
        c.execute("INSERT INTO artists VALUES ('s', 'x', 'y')")
        _ = 1 / 0
    assert list(catalog.rows("SELECT * FROM artists")) == []


def test_a_stage_that_is_missing_is_closed_for_what_comes_later_too(catalog: Catalog) -> None:
    catalog.plan("spotify", [Task("related", "a1"), Task("related", "a2"), Task("albums", "a1")])
    catalog.answer("spotify", Task("related", "a1"), Found(missing={"related": "not told"}))
    catalog.plan("spotify", [Task("related", "a3")])
    assert [queued.task.stage for queued in catalog.due("spotify", 9, 0)] == ["albums"]
    assert {row[0] for row in catalog.rows("SELECT state FROM tasks WHERE stage = 'related'")} == {"skipped"}


def test_one_process_writes(catalog: Catalog, tmp_path: Path) -> None:
    code = f"from duck_and_cover.catalog.store import Catalog; Catalog({str(catalog.path)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "another process is writing this catalog" in done.stderr
    with Catalog(catalog.path, reading=True) as reader:
        assert list(reader.rows("SELECT value FROM about")) == [(str(VERSION),)]


def test_what_is_no_catalog_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no catalog is there"):
        Catalog(tmp_path / "none.db", reading=True)
    (tmp_path / "text.db").write_text("hello " * 200)
    with pytest.raises(BadInput, match="not a catalog"):
        Catalog(tmp_path / "text.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(BadInput, match="empty"):
        Catalog(tmp_path / "empty.db", reading=True)
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE songs (name)")
    other.commit()
    other.close()
    before = (tmp_path / "other.db").read_bytes()
    with pytest.raises(BadInput, match="not a catalog of ours"):
        Catalog(tmp_path / "other.db")
    assert (tmp_path / "other.db").read_bytes() == before, "and is left as it was"


def test_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as made, made.change() as c:
        c.execute("UPDATE about SET value = '99'")
    for reading in (False, True):
        with pytest.raises(BadInput, match="of version 99; this program reads up to"):
            Catalog(tmp_path / "catalog.db", reading=reading)
    with pytest.raises(BadInput, match="of version 99"):  # and the lock was given back
        Catalog(tmp_path / "catalog.db")


def test_a_full_disk_is_one_line_and_loses_nothing(catalog: Catalog) -> None:
    catalog.plan("spotify", (Task("albums", str(i)) for i in range(50)))
    pages = next(catalog.rows("PRAGMA page_count"))[0]
    next(catalog.rows(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(CannotWrite, match=r"cannot be written .*full.*; what is in it is whole"):
        catalog.plan("spotify", (Task("albums", f"long {i} " * 100) for i in range(500)))
    assert next(catalog.rows("SELECT count(*) FROM tasks"))[0] == 50
    assert next(catalog.rows("PRAGMA integrity_check"))[0] == "ok"


def test_a_folder_that_may_not_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite, match="cannot be opened"):
        Catalog(tmp_path / "file" / "catalog.db")


def test_where_nothing_can_be_written_a_catalog_can_be_looked_at(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as made:
        made.plan("spotify", [Task("albums", "a1")])
    for beside in ("-wal", "-shm"):
        (tmp_path / f"catalog.db{beside}").mkdir()  # as good as a folder without the right to write
    with Catalog(tmp_path / "catalog.db", reading=True) as catalog:
        assert next(catalog.rows("SELECT count(*) FROM tasks"))[0] == 1


def test_what_no_file_can_hold_is_written_as_well_as_it_can(catalog: Catalog) -> None:
    picture = FoundPicture("https://a.example/\udcff.jpg", 300, 10**30)
    album = FoundAlbum("x\ud800", "half \ud83d of a duck", (("a\udfff", "b\ud800"),), genres=("pop\ud800",),
                       pictures=(picture,))  # fmt: skip
    with catalog.change() as c:
        add_artist(c, "spotify", FoundArtist("a\udfff", "b\ud800", ("pop\ud800",), "\ud800"))
        add_album(c, "spotify", album)
    catalog.plan("spotify", [Task("albums", "a\udfff")])
    assert list(catalog.rows("SELECT name FROM albums")) == [("half ? of a duck",)]
    assert list(catalog.rows("SELECT url, width_px FROM covers")) == [("https://a.example/?.jpg", None)]
