"""Exports: every cover once, its caption as it stands, inside the folder, the same bytes, and nothing else lost."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from duck_and_cover.cover import read_pixels
from duck_and_cover.dataset.exports import place, tars
from duck_and_cover.dataset.exports.export import FORMATS, export
from duck_and_cover.dataset.exports.sample import file_name
from duck_and_cover.dataset.shards import PARTS, write_shards
from duck_and_cover.errors import BadInput, CannotWrite, UnknownChoice

HOSTILE = ("../../etc/passwd", "/absolute", "..", ".", "a/b", "a\\b", "con", "NUL", "x" * 300, "Ünïcode ♥", "dots.in",
           "line\nbreak", "-dash", "", " ", "Aa", "aA", "AA", "id-" + "0" * 32,
           "id-" + hashlib.sha256(b"a/b").hexdigest()[:32], "~", "a\0b", "ſ", "K")  # fmt: skip


def picture(seed: int, form: str = "JPEG", side_px: int = 24) -> bytes:
    file = io.BytesIO()
    noise = np.random.default_rng(seed).integers(0, 256, (side_px, side_px, 3), np.uint8)
    Image.fromarray(noise).save(file, form)
    return file.getvalue()


def row(number: int, part: str = "train", **fields: Any) -> dict[str, Any]:
    image = {"bytes": picture(number), "path": None}
    return {"id": f"c{number}", "image": image, "genres": ["jazz"], "year": None, "artist": f"Artist {number}",
            "part": part, "text": f"an album cover, № {number},\n jazz ", **fields}  # fmt: skip


def rows() -> list[dict[str, Any]]:
    ids = [f"c{i}" for i in range(8)] + list(HOSTILE)
    made = [row(i, PARTS[i % 3], id=id) for i, id in enumerate(ids)]
    return sorted(made, key=lambda each: PARTS.index(each["part"]))


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    write_shards(tmp_path / "data", rows(), {}, extra={"text": "string"}, most_bytes=9000)
    return tmp_path / "data"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def found_in(folder: Path, form: str) -> list[tuple[str, str, bytes, Mapping[str, Any] | None]]:
    """(part, caption, picture, record) of each cover of an export, read as other tools read it."""
    found = []
    for part in PARTS:
        if form == "webdataset":
            for path in sorted(folder.glob(f"{part}-*.tar")):
                with tarfile.open(path) as tar:
                    files = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
                for name in dict.fromkeys(name.split(".")[0] for name in files):
                    found.append((part, files[f"{name}.txt"].decode(), files[f"{name}.jpg"],
                                  json.loads(files[f"{name}.json"])))  # fmt: skip
        elif form == "imagefolder" and (folder / part).is_dir():
            for line in (folder / part / "metadata.jsonl").read_text("utf-8").split("\n")[:-1]:
                record = json.loads(line)
                content = (folder / part / record.pop("file_name")).read_bytes()
                found.append((part, record["text"], content, record))
        else:
            for path in sorted((folder / part).glob("*.jpg")):
                found.append((part, path.with_suffix(".txt").read_bytes().decode(), path.read_bytes(), None))
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_every_cover_is_there_once_with_its_caption(dataset: Path, tmp_path: Path, form: str) -> None:
    done = export(dataset, tmp_path / "out", form)
    found = found_in(tmp_path / "out", form)
    assert done.parts == {part: sum(each["part"] == part for each in rows()) for part in PARTS}
    wanted = [(each["part"], each["text"], each["image"]["bytes"]) for each in rows()]
    assert sorted(each[:3] for each in found) == sorted(wanted)
    records = {record["id"]: record for *_, record in found if record}
    for each in rows() if records else ():
        record = records[each["id"]]
        assert "image" not in record
        assert (record["genres"], record["year"], record["artist"]) == (["jazz"], None, each["artist"])


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_ids_stay_inside_and_apart(dataset: Path, tmp_path: Path, form: str) -> None:
    export(dataset, tmp_path / "deep" / "er" / "out", form)
    assert {path.name for path in tmp_path.iterdir()} == {"data", "deep"}
    assert [path.name for path in (tmp_path / "deep" / "er").iterdir()] == ["out"]
    taken: set[str] = set()
    names = [file_name(id, taken) for id in HOSTILE]
    assert len({name.lower() for name in names}) == len(HOSTILE), "also where A and a are one file"
    assert all(len(name) <= 80 and name.replace("-", "").isalnum() and name.isascii() for name in names)
    assert not {name.lower() for name in names} & {"con", "nul", "aux"}


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_dataset_gives_the_same_bytes_and_nothing_old_stays(tmp_path: Path, dataset: Path, form: str) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    export(dataset, one, form)
    write_shards(tmp_path / "before", [row(i, id=f"old{i}") for i in range(4)], {}, extra={"text": "string"})
    export(tmp_path / "before", other, "imagefolder" if form == "sidecars" else "sidecars")
    export(dataset, other, form)
    assert contents(one) == contents(other)
    export(dataset, other, form)
    assert contents(one) == contents(other)
    assert {path.name for path in tmp_path.iterdir()} == {"data", "before", "one", "other"}


def test_tars_have_no_time_and_no_owner_and_a_size(dataset: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    made = (tars.Sample(f"s{i}", ".jpg", bytes(3000), {"id": i}, "a") for i in range(10))
    names = dict(tars.write_tars(folder, "train", made, most_bytes=20_000))
    assert list(names) == [f"train-{i:05d}.tar" for i in range(4)], "three samples of 5,632 bytes each"
    kept: list[str] = []
    for name, sha256 in names.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
        with tarfile.open(folder / name) as tar:
            for member in tar:
                kept.append(member.name)
                assert (member.mtime, member.uid, member.gid, member.uname, member.mode) == (0, 0, 0, "", 0o644)
    assert kept == [f"s{i}.{suffix}" for i in range(10) for suffix in ("jpg", "json", "txt")]


def test_the_first_of_a_tar_have_a_value_in_every_column(tmp_path: Path) -> None:
    """`datasets` learns types from the first five and fails where a column that was empty in them has a value later."""
    sparse = [row(i, year=1990 if i == 30 else None, artist="A" if i == 20 else None, genres=[]) for i in range(40)]
    write_shards(tmp_path / "data", sparse, {}, extra={"text": "string"})
    export(tmp_path / "data", tmp_path / "out", "webdataset")
    first = [record for *_, record in found_in(tmp_path / "out", "webdataset")]
    assert any(record["year"] for record in first[:5]) and any(record["artist"] for record in first[:5])  # type: ignore[index]
    assert len(first) == 40


def test_the_tars_of_a_dataset_have_one_format(tmp_path: Path) -> None:
    forms = ("WEBP", "PNG", "JPEG", "GIF", "WEBP")
    mixed = [row(i, image={"bytes": picture(i, form), "path": None}) for i, form in enumerate(forms)]
    write_shards(tmp_path / "data", mixed, {}, extra={"text": "string"})
    export(tmp_path / "data", tmp_path / "tars", "webdataset")
    with tarfile.open(tmp_path / "tars" / "train-00000.tar") as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    assert sorted({name.split(".")[1] for name in files}) == ["json", "txt", "webp"]
    assert files["c0.webp"] == mixed[0]["image"]["bytes"], "those of the format are left alone"
    assert all(content[8:12] == b"WEBP" for name, content in files.items() if "webp" in name)
    export(tmp_path / "data", tmp_path / "tree", "sidecars")
    suffixes = {path.stem: path.suffix for path in (tmp_path / "tree" / "train").iterdir() if path.suffix != ".txt"}
    assert suffixes == {"c0": ".webp", "c1": ".png", "c2": ".jpg", "c3": ".jpg", "c4": ".webp"}


def test_larger_pictures_are_made_small(tmp_path: Path) -> None:
    sizes = (16, 40)
    both = [row(i, image={"bytes": picture(i, side_px=side), "path": None}) for i, side in enumerate(sizes)]
    write_shards(tmp_path / "data", both, {}, extra={"text": "string"})
    export(tmp_path / "data", tmp_path / "out", "sidecars", size_px=24)
    small, large = ((tmp_path / "out" / "train" / f"c{i}.jpg") for i in range(2))
    assert small.read_bytes() == both[0]["image"]["bytes"]
    assert len(read_pixels(large)) == 24


def test_parts_are_chosen(dataset: Path, tmp_path: Path) -> None:
    done = export(dataset, tmp_path / "out", "imagefolder", parts=["test"])
    assert list(done.parts) == ["test"] and not (tmp_path / "out" / "train").exists()
    assert {part for part, *_ in found_in(tmp_path / "out", "imagefolder")} == {"test"}


@pytest.mark.parametrize("form", ["webdataset", "imagefolder"])
def test_without_captions(tmp_path: Path, form: str) -> None:
    write_shards(tmp_path / "data", [row(i) for i in range(3)], {})
    export(tmp_path / "data", tmp_path / "out", form)
    assert not [name for name in contents(tmp_path / "out") if name.endswith(".txt")]
    with pytest.raises(BadInput, match="no column 'text'; `duckcover dataset caption` writes it"):
        export(tmp_path / "data", tmp_path / "sidecars", "sidecars")
    assert {path.name for path in tmp_path.iterdir()} == {"data", "out"}


def test_a_cover_without_a_caption_has_an_empty_one(tmp_path: Path) -> None:
    write_shards(tmp_path / "data", [row(0, text=None), row(1)], {}, extra={"text": "string"})
    for form in FORMATS:
        export(tmp_path / "data", tmp_path / form, form)
        assert sorted(each[1] for each in found_in(tmp_path / form, form)) == ["", row(1)["text"]]


@pytest.mark.parametrize("name", ["notes.txt", "train/mine.safetensors", "export.json"])
def test_a_folder_of_other_things_is_refused_untouched(dataset: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    (out / name).parent.mkdir(parents=True)
    (out / name).write_text("{}")
    with pytest.raises(BadInput, match=f"holds {name}, which no export wrote"):
        export(dataset, out, "webdataset")
    assert contents(out) == {name: b"{}"}
    assert {path.name for path in tmp_path.iterdir()} == {"data", "out"}


def test_what_was_added_or_changed_later_is_never_lost(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(dataset, out, "sidecars")
    caption = out / "train" / "c0.txt"
    before = caption.read_bytes()
    caption.write_text("by hand")
    with pytest.raises(BadInput, match=r"train/c0\.txt was changed after it was exported"):
        export(dataset, out, "webdataset")
    assert caption.read_text() == "by hand"
    caption.write_bytes(before)
    (out / "link").symlink_to(dataset)
    with pytest.raises(BadInput, match="holds link"):
        export(dataset, out, "webdataset")
    (out / "link").unlink()
    export(dataset, out, "webdataset")
    assert not caption.exists() and contents(dataset)


def test_a_full_disk_leaves_the_old_one(dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    export(dataset, out, "webdataset")
    before, write, left = contents(out), Path.write_bytes, 5

    def full(self: Path, content: bytes) -> int:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CannotWrite, match="No space left on device"):
        export(dataset, out, "imagefolder")
    assert contents(out) == before
    assert {path.name for path in tmp_path.iterdir()} == {"data", "out"}


def test_broken_off_anywhere_the_next_one_is_whole(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    write_shards(tmp_path / "before", [row(i) for i in range(2)], {}, extra={"text": "string"})
    export(tmp_path / "before", old, "webdataset")
    export(dataset, new, "webdataset")
    replace, wanted, steps = Path.replace, contents(new), 0
    while True:
        here = tmp_path / f"here{steps}" / "out"
        shutil.copytree(old, here)
        left = steps

        def halted(self: Path, target: Path) -> Path:
            nonlocal left
            if left == 0:
                raise KeyboardInterrupt
            left -= 1
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", halted)
        try:
            export(dataset, here, "webdataset")
        except KeyboardInterrupt:
            monkeypatch.setattr(Path, "replace", replace)
            if steps:
                assert contents(place.work_beside(here)) == wanted, "what was written whole is kept"
            export(dataset, here, "webdataset")
            assert contents(here) == wanted, steps
            assert [path.name for path in here.parent.iterdir()] == ["out"], steps
        else:
            break
        steps += 1
    assert steps == 3, "the record, the old one away, the new one in its place"


def test_what_cannot_be_is_one_line(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(UnknownChoice, match="no export is called 'tar'"):
        export(dataset, out, "tar")
    with pytest.raises(BadInput, match="size is 8 px; wanted 16 to 2048"):
        export(dataset, out, "webdataset", size_px=8)
    with pytest.raises(UnknownChoice, match="no part is called 'dev'"):
        export(dataset, out, "webdataset", parts=["dev"])
    with pytest.raises(BadInput, match="no dataset with a manifest"):
        export(tmp_path, out, "webdataset")
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="a file; wanted a folder"):
        export(dataset, tmp_path / "file", "webdataset")
    write_shards(tmp_path / "one", [row(0)], {})
    with pytest.raises(BadInput, match="no cover is in part 'test'; it has train"):
        export(tmp_path / "one", out, "webdataset", parts=["test"])
    faults = (
        ({"image": {"bytes": b"<html>"}}, "cover c0: not a readable picture"),
        ({"image": {"bytes": picture(0)[:-400]}}, "cover c0: .*not a readable picture"),
        ({"id": "c1"}, "two covers have the id 'c1'"),
    )
    for fields, said in faults:
        write_shards(tmp_path / "bad", [row(0, **fields), row(1)], {})
        with pytest.raises(BadInput, match=said):
            export(tmp_path / "bad", out, "imagefolder", size_px=16)
    shard = next(iter(dataset.glob("*.parquet")))
    shard.write_bytes(shard.read_bytes()[:-40])
    with pytest.raises(BadInput, match="not a readable Parquet file"):
        export(dataset, out, "webdataset")
    assert not out.exists() and not place.work_beside(out).exists()


def test_the_command(dataset: Path, tmp_path: Path) -> None:
    def typed(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "duck_and_cover.cli", "dataset", "export", *map(str, arguments)],
                              capture_output=True, text=True, check=False)  # fmt: skip

    done = typed(dataset, "--as", "webdataset", "-o", tmp_path / "out", "--part", "train")
    assert done.returncode == 0, done.stderr
    assert "11 covers (train 11)   1 files" in done.stdout
    done = typed(dataset, "--as", "webdataset", "-o", dataset)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "which no export wrote" in done.stderr


@pytest.mark.parametrize("form", FORMATS)
def test_art_alone_has_no_words_and_no_cover_full_of_them(tmp_path: Path, form: str) -> None:
    made = [row(i, image={"bytes": picture(i, side_px=40), "path": None}) for i in range(4)]
    write_shards(tmp_path / "data", made, {}, extra={"text": "string"})
    letters = {"c0": [], "c1": [(0.1, 0.1, 0.9, 0.3)], "c2": [(0.0, 0.0, 1.0, 0.9)]}
    done = export(tmp_path / "data", tmp_path / "out", form, letters=letters)
    assert done.parts == {"train": 2}, "c2 is full of words, and nobody looked at c3"
    pictures = [content for _, _, content, _ in found_in(tmp_path / "out", form)]
    plain, bare = sorted(pictures, key=lambda content: content != picture(0, side_px=40))
    assert plain == picture(0, side_px=40)
    with Image.open(io.BytesIO(bare)) as shown:
        filled = np.asarray(shown, np.float32)[5:11, 6:34]
    assert filled.std() < 25, "where noise stood there is a calm ground"
    with pytest.raises(BadInput, match="nothing is left to write"):
        export(tmp_path / "data", tmp_path / "none", form, letters={"c2": letters["c2"]})
