"""Shards: the same rows, the same bytes; whole at every moment."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from duck_and_cover.dataset import shards
from duck_and_cover.dataset.reader import CoverDataset
from duck_and_cover.dataset.shards import MANIFEST, PARTS, add_columns, manifest, order_of, read_rows, write_shards
from duck_and_cover.errors import BadInput, CannotWrite


def row(number: int, part: str = "train", **fields: Any) -> dict[str, Any]:
    file = io.BytesIO()
    noise = np.random.default_rng(number).integers(0, 256, (24, 24, 3), np.uint8)
    Image.fromarray(noise).save(file, "JPEG")
    image = {"bytes": file.getvalue(), "path": f"c{number}.jpg"}
    return {"id": f"c{number}", "image": image, "genres": ["jazz", "bop"],
            "year": 1960 + number, "artist": f"Artist {number}", "album": "A", "source": "made", "rights": "own",
            "part": part, **fields}  # fmt: skip


def rows() -> list[dict[str, Any]]:
    made = [row(i, PARTS[i % 7 % 3]) for i in range(40)]
    return sorted(made, key=lambda each: (PARTS.index(each["part"]), order_of(each["id"])))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    told = write_shards(tmp_path, rows(), {"made_by": "tests"}, most_bytes=3000)
    assert told == manifest(tmp_path)
    assert told["parts"] == {part: sum(each["part"] == part for each in rows()) for part in sorted(PARTS)}
    assert told["rights"] == {"own": 40}
    assert len(told["shards"]) > 3
    assert [each["id"] for each in read_rows(tmp_path, ["id"])] == [each["id"] for each in rows()]
    first = next(iter(read_rows(tmp_path)))
    assert first["image"]["bytes"] == rows()[0]["image"]["bytes"] and first["genres"] == ["jazz", "bop"]
    assert len(CoverDataset(tmp_path, "all", 16)) == 40
    features = json.loads(pq.read_schema(tmp_path / next(iter(told["shards"]))).metadata[b"huggingface"])
    assert features["info"]["features"]["image"] == {"_type": "Image"}


def test_the_same_rows_give_the_same_bytes_and_replace_what_was_there(tmp_path: Path) -> None:
    write_shards(tmp_path / "a", rows(), {})
    write_shards(tmp_path / "b", [row(99)], {}, most_bytes=100)
    write_shards(tmp_path / "b", rows(), {})
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_columns_are_added(tmp_path: Path) -> None:
    before = write_shards(tmp_path, rows(), {"made_by": "tests"})
    told = add_columns(tmp_path, {"text": ("string", {"c1": "a duck"})})
    told = add_columns(tmp_path, {"score": ("float32", {"c2": 0.5})})
    assert told["made_by"] == "tests" and told["content"] != before["content"]
    found = {each["id"]: each for each in read_rows(tmp_path)}
    assert (found["c1"]["text"], found["c2"]["text"], found["c2"]["score"]) == ("a duck", None, 0.5)
    assert found["c1"]["image"]["bytes"] == row(1)["image"]["bytes"]


def test_broken_off_anywhere_the_old_or_the_new_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    write_shards(old, [row(99)], {}, most_bytes=100)
    write_shards(new, rows(), {}, most_bytes=3000)
    replace, wanted = Path.replace, (contents(old), contents(new))
    steps = 0
    while True:
        here = tmp_path / f"here{steps}"
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
            write_shards(here, rows(), {}, most_bytes=3000)
        except KeyboardInterrupt:
            monkeypatch.setattr(Path, "replace", replace)
            manifest(here)
            assert contents(here) in wanted, steps
        else:
            break
        steps += 1
    assert steps > len(wanted[1])


def test_a_full_disk_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_shards(tmp_path, [row(99)], {})
    before = contents(tmp_path)

    def full(*arguments: Any, **options: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shards.pq, "ParquetWriter", full)
    with pytest.raises(CannotWrite, match="No space left on device"):
        write_shards(tmp_path, rows(), {})
    assert contents(tmp_path) == before


def test_what_is_no_dataset_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no dataset with a manifest"):
        manifest(tmp_path)
    with pytest.raises(BadInput, match="no cover is left to write"):
        write_shards(tmp_path, iter(()), {})
    told = write_shards(tmp_path, rows(), {})
    (tmp_path / next(iter(told["shards"]))).unlink()
    with pytest.raises(BadInput, match="is missing, which the manifest names"):
        next(read_rows(tmp_path))
    (tmp_path / MANIFEST).write_text("[]")
    with pytest.raises(BadInput, match="no dataset with a manifest"):
        manifest(tmp_path)


def test_a_part_comes_once(tmp_path: Path) -> None:
    def mixed() -> Iterator[dict[str, Any]]:
        yield from (row(1), row(2, "test"), row(3))

    with pytest.raises(AssertionError):
        write_shards(tmp_path, mixed(), {})
