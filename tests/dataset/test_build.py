"""Building a dataset: every cover screened, each picture once, split for good; nothing lost, whatever happens."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from duck_and_cover.catalog.guard import Guard
from duck_and_cover.dataset.building.build import REJECTED, build
from duck_and_cover.dataset.building.candidates import Candidate
from duck_and_cover.dataset.building.screening import Screen
from duck_and_cover.dataset.reader import CoverDataset, part_of
from duck_and_cover.dataset.shards import read_rows
from duck_and_cover.errors import BadInput


def art(seed: int, side: int = 96) -> Image.Image:
    """A picture unlike those of other seeds: a coarse pattern of colours."""
    cells = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(cells).resize((side, side), Image.Resampling.BICUBIC)


def saved(picture: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def cover(number: int, **facts: Any) -> Candidate:
    return Candidate(f"c{number}", saved(art(number)), f"Artist {number}", "Album", ("jazz",), 1960, source="made",
                     rights="own", **facts)  # fmt: skip


@pytest.fixture(scope="module")
def crew() -> Iterator[Guard]:
    with Guard(2) as made:
        yield made


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def reasons(folder: Path) -> dict[str, str]:
    return {row["id"]: row["reason"] for row in map(json.loads, (folder / REJECTED).read_text("utf-8").splitlines())}


def test_any_order_gives_the_same_bytes(crew: Guard, tmp_path: Path) -> None:
    covers = [*map(cover, range(60)), replace(cover(7), id="twin"), replace(cover(9), id="c99", content=b"text")]
    first = build(covers, tmp_path / "a", crew)
    random.Random(1).shuffle(covers)
    build(covers, tmp_path / "b", crew)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert first.candidates == 62 and first.kept == 60
    assert dict(first.rejected) == {"the same picture": 1, "not a picture": 1}
    assert reasons(tmp_path / "a") == {"c99": "not a picture", "twin": "the same picture: c7"}
    assert sum(first.manifest["parts"].values()) == 60


def test_renewed_it_holds_what_there_is_now(crew: Guard, tmp_path: Path) -> None:
    build(map(cover, range(30)), tmp_path, crew)
    build([replace(cover(1), genres=("bebop",)), cover(2)], tmp_path, crew)
    rows = {row["id"]: row for row in read_rows(tmp_path)}
    assert set(rows) == {"c1", "c2"} and rows["c1"]["genres"] == ["bebop"]


def test_of_one_picture_the_best_known_row_stays(crew: Guard, tmp_path: Path) -> None:
    bare = Candidate("a", saved(art(1, 128)))
    smaller = Candidate("b", saved(art(1, 80), "PNG"), "X", "Y", ("rock",), 1970)
    larger = replace(smaller, id="c", content=saved(art(1, 120), quality=60))
    build([bare, smaller, larger], tmp_path, crew)
    assert [row["id"] for row in read_rows(tmp_path)] == ["c"]
    assert reasons(tmp_path) == {"a": "the same picture: c", "b": "the same picture: c"}


def test_a_picture_of_many_artists_stands_for_none(crew: Guard, tmp_path: Path) -> None:
    shared = [replace(cover(i), content=saved(art(999))) for i in range(6)]
    told = [replace(cover(20), placeholder=True)]
    build([*shared, *told, cover(30)], tmp_path, crew)
    assert [row["id"] for row in read_rows(tmp_path)] == ["c30"]
    assert set(reasons(tmp_path).values()) == {"a placeholder"}


def test_near_pictures_are_on_one_side_and_examples_never_train(crew: Guard, tmp_path: Path) -> None:
    back = next(i for i in range(999) if part_of(f"Artist {i}", "") == "test")
    forth = [i for i in range(99) if part_of(f"Artist {i}", "") == "train"][:3]
    recoloured = Image.eval(art(back), lambda v: v // 4)
    near = replace(cover(forth[0]), id="near", content=saved(recoloured))
    build([cover(back), near, replace(cover(forth[1]), example=True), cover(forth[2])], tmp_path, crew)
    parts = {row["id"]: row["part"] for row in read_rows(tmp_path, ["id", "part"])}
    assert parts == {f"c{back}": "test", "near": "test", f"c{forth[1]}": "test", f"c{forth[2]}": "train"}
    shown = {each.id for each in CoverDataset(tmp_path, "train").origins()}
    assert shown == {f"c{forth[2]}"}, "whoever reads it keeps to its parts"


class Stopped(Exception):
    pass


def test_broken_off_it_goes_on(crew: Guard, tmp_path: Path) -> None:
    covers = list(map(cover, range(300)))
    build(covers, tmp_path / "whole", crew)
    asked: list[int] = []

    def stopping(after: int) -> Iterator[Candidate]:
        yield from covers[:after]
        raise Stopped

    class Counting:
        processes = crew.processes

        async def each(self, function: Any, items: Any, blame: Any) -> Any:
            asked.append(len(items))
            return await crew.each(function, items, blame)

    for after in (100, 170, 250):
        with pytest.raises(Stopped):
            build(stopping(after), tmp_path / "broken", Counting())
    with (tmp_path / "broken" / ".build" / "journal.jsonl").open("ab") as file:
        file.write(b'{"id": "half a li')
    build(covers, tmp_path / "broken", Counting())
    assert contents(tmp_path / "whole") == contents(tmp_path / "broken")
    assert sum(asked) < 300 + 3 * 5 * 32, "hardly any was screened twice: only what was under way"


def test_other_terms_begin_anew(crew: Guard, tmp_path: Path) -> None:
    covers = list(map(cover, range(20)))

    def stopping() -> Iterator[Candidate]:
        yield from covers
        raise Stopped

    with pytest.raises(Stopped):
        build(stopping(), tmp_path, crew, wanted=Screen(largest_px=96))
    build(covers, tmp_path, crew, wanted=Screen(smallest_px=16, largest_px=48))
    sizes = {Image.open(io.BytesIO(row["image"]["bytes"])).size for row in read_rows(tmp_path)}
    assert sizes == {(48, 48)}


def test_killed_anywhere_it_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "art"
    folder.mkdir()
    rng = np.random.default_rng(3)
    with (folder / "metadata.jsonl").open("w") as file:
        for i in range(150):
            (folder / f"{i}.jpg").write_bytes(saved(art(i)))
            file.write(
                json.dumps({"file_name": f"{i}.jpg", "artist": f"A{i}", "genres": ["rock"], "year": 1990}) + "\n"
            )
    command = [sys.executable, "-m", "duck_and_cover.cli", "dataset", "build", str(folder), "-o"]
    assert subprocess.run([*command, str(tmp_path / "whole")], capture_output=True, check=False).returncode == 0
    for _ in range(4):
        process = subprocess.Popen([*command, str(tmp_path / "killed")], stdout=subprocess.DEVNULL,
                                   start_new_session=True)  # fmt: skip
        time.sleep(float(rng.uniform(0.4, 1.6)))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert subprocess.run([*command, str(tmp_path / "killed")], capture_output=True, check=False).returncode == 0
    assert contents(tmp_path / "whole") == contents(tmp_path / "killed")


@pytest.mark.parametrize("covers", [[], [Candidate("a", b"")]])
def test_nothing_to_write_is_one_line(covers: list[Candidate], crew: Guard, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no candidate came|of 1 covers none is kept \(1 no picture\)"):
        build(covers, tmp_path, crew)


def test_ids_that_come_twice(crew: Guard, tmp_path: Path) -> None:
    build([cover(1), replace(cover(2), id="c1"), cover(3)], tmp_path, crew)
    assert {row["id"] for row in read_rows(tmp_path)} == {"c1", "c3"}
    assert reasons(tmp_path) == {"c1 (again)": "an id that came before"}


def typed(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "duck_and_cover.cli", "dataset", "build", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    for i in range(3):
        art(i, 200).save(music / f"Artist {i} - Album {i} (199{i}).png")
    done = typed(music, "-o", tmp_path / "covers")
    assert done.returncode == 0, done.stderr
    rows = {row["album"]: row for row in read_rows(tmp_path / "covers")}
    assert sorted(rows) == ["Album 0", "Album 1", "Album 2"]
    assert (rows["Album 1"]["artist"], rows["Album 1"]["year"], rows["Album 1"]["source"]) == (
        "Artist 1",
        1991,
        "folder",
    )
    assert "3 of 3 covers" in done.stdout and "next: duckcover dataset letters" in done.stdout


BAD: dict[str, tuple[bytes, str]] = {
    "text": (b"hello", "neither a catalog nor a Parquet file"),
    "half a parquet": (b"PAR1 and nothing more", "not a readable Parquet file"),
    "a database": (b"SQLite format 3\0" + bytes(200), "not a catalog"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_holds_no_covers_is_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(BAD[name][0])
    done = typed(tmp_path / "file", "-o", tmp_path / "covers")
    assert done.returncode == 2
    assert BAD[name][1] in done.stderr and len(done.stderr.splitlines()) == 1


def test_parquet_of_others_is_left_alone(crew: Guard, tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "other.parquet")
    with pytest.raises(BadInput, match="holds Parquet that is no part of a dataset"):
        build([cover(1)], tmp_path, crew)
    assert (tmp_path / "other.parquet").is_file()


def test_one_build_at_a_time(crew: Guard, tmp_path: Path) -> None:
    def during() -> Iterator[Candidate]:
        yield cover(1)
        with pytest.raises(BadInput, match="another build is at work on it"):
            build([cover(2)], tmp_path, crew)

    build(during(), tmp_path, crew)
    assert [row["id"] for row in read_rows(tmp_path)] == ["c1"]


def test_terms_that_were_torn_are_no_end(crew: Guard, tmp_path: Path) -> None:
    (tmp_path / ".build").mkdir()
    (tmp_path / ".build" / "terms.json").touch()
    assert build([cover(1)], tmp_path, crew).kept == 1


def test_a_hundred_copies_are_one(crew: Guard, tmp_path: Path) -> None:
    build([replace(cover(1), id=f"c{i}") for i in range(100)], tmp_path, crew)
    assert len(list(read_rows(tmp_path))) == 1


def test_what_is_not_in_a_folder_any_more_goes_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    for i in range(2):
        art(i, 700).save(music / f"Artist {i} - Album {i}.png")
    Image.fromarray(np.asarray(art(5).convert("L"), np.uint16) * 257).save(music / "Grey - Sixteen.png")
    (music / "text.jpg").write_text("hello")
    assert typed(music, "-o", tmp_path / "covers").returncode == 0
    rows = {row["album"]: row for row in read_rows(tmp_path / "covers")}
    assert set(rows) == {"Album 0", "Album 1", "Sixteen"}
    assert rows["Album 0"]["source_width"] == 700
    assert Image.open(io.BytesIO(rows["Album 0"]["image"]["bytes"])).width == 512
    assert any(id.endswith("text.jpg") for id in reasons(tmp_path / "covers"))
    (music / "Artist 0 - Album 0.png").unlink()
    assert typed(music, "-o", tmp_path / "covers").returncode == 0
    assert {row["album"] for row in read_rows(tmp_path / "covers")} == {"Album 1", "Sixteen"}
