"""The table that a dataset is: Parquet shards in the Hugging Face `Image` layout, and a manifest.

DATASET/
    train-00000-of-00012.parquet  validation-…  test-…     one row a cover; `datasets` finds the parts by these names
    manifest.json                                          which shards belong to it, their hashes, counts, rights

The same rows give the same bytes. A dataset is written whole in a folder of its own before anything of the old one is
replaced, and that is finished by whoever looks next where it was broken off.

Reference: Hugging Face `datasets`, documentation of the `Image` feature and of data files by split.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import shutil
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from duck_and_cover.errors import BadInput, CannotWrite

__all__ = [
    "COLUMNS",
    "MANIFEST",
    "PARTS",
    "add_columns",
    "manifest",
    "order_of",
    "read_rows",
    "refuse_others",
    "write_shards",
]

PARTS = ("train", "validation", "test")
MANIFEST, WORK = "manifest.json", ".partial"
MOST_BYTES = 400_000_000
"""A shard holds about so many bytes of pictures: the hub's advice is below 500 MB."""

GROUP_ROWS = 100
"""Rows that readers must load at once."""

_KINDS: dict[str, pa.DataType] = {
    "string": pa.string(), "int32": pa.int32(), "bool": pa.bool_(), "float32": pa.float32(),
}  # fmt: skip
COLUMNS: dict[str, str] = {
    "id": "string", "image": "image", "genres": "list", "year": "int32", "release": "string", "artist": "string",
    "album": "string", "source": "string", "rights": "string", "part": "string", "source_width": "int32",
    "source_height": "int32", "sha256": "string", "phash": "string",
}  # fmt: skip
"""Column -> kind. image: {bytes, path}; sha256 of those bytes; phash: 64 bits that near-equal pictures share but for a
few, 16 hex digits. Later steps add columns of their own: `text` is the caption."""


def order_of(id: str) -> tuple[int, str]:
    """Where a cover stands among the others: mixed, so that a part of a dataset is like the whole, and always alike."""
    return zlib.crc32(id.encode()), id


def write_shards(folder: Path, rows: Iterable[Mapping[str, Any]], facts: Mapping[str, Any], *,
                 extra: Mapping[str, str] | None = None, most_bytes: int = MOST_BYTES) -> dict[str, Any]:  # fmt: skip
    """Write a dataset and replace the one that is there; returns its manifest.

    rows:   part by part in the order of `PARTS`, each in the order of `order_of`; fields as in `COLUMNS`, missing ones
            are null.
    facts:  what else the manifest is to say; nothing that changes from one run to the next.
    extra:  further columns and their kinds.
    """
    kinds = {**COLUMNS, **(extra or {})}
    work = folder / WORK
    try:
        _finish(folder)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        counts: dict[str, Counter[str]] = {"parts": Counter(), "sources": Counter(), "rights": Counter()}
        names: dict[str, str] = {}
        for part, group in _by_part(_counted(rows, counts)):
            names |= _named(part, list(_write_part(work, part, group, kinds, most_bytes)))
        if not names:
            shutil.rmtree(work)
            raise BadInput(f"{folder}: no cover is left to write")
        content = hashlib.sha256("".join(names.values()).encode()).hexdigest()[:16]
        told = {**facts, "columns": kinds, **{name: dict(sorted(c.items())) for name, c in counts.items()},
                "shards": names, "content": content}  # fmt: skip
        partial = work / f"{MANIFEST}.partial"
        partial.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
        partial.replace(work / MANIFEST)
        _finish(folder)
    except OSError as error:
        raise CannotWrite(f"{folder}: cannot be written ({error.strerror or error}); what was there is whole"
                          ) from error  # fmt: skip
    return told


def _counted(rows: Iterable[Mapping[str, Any]], counts: Mapping[str, Counter[str]]) -> Iterator[Mapping[str, Any]]:
    for row in rows:
        counts["parts"][row["part"]] += 1
        counts["sources"][row.get("source") or "unknown"] += 1
        counts["rights"][row.get("rights") or "unknown"] += 1
        yield row


def _by_part(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Iterator[Mapping[str, Any]]]]:
    """As `itertools.groupby`, but a part that comes twice is a mistake of ours."""
    seen: set[str] = set()
    for part, group in itertools.groupby(rows, lambda row: row["part"]):
        assert part in PARTS and part not in seen, part
        seen.add(part)
        yield part, group


def _write_part(work: Path, part: str, rows: Iterator[Mapping[str, Any]], kinds: Mapping[str, str],
                most_bytes: int) -> Iterator[Path]:  # fmt: skip
    schema = _schema(kinds)
    row = next(rows, None)
    number = 0
    while row is not None:
        path, size = work / f"{part}-{number:05d}.parquet", 0
        with pq.ParquetWriter(path, schema, compression=_zstd(kinds)) as file:  # type: ignore[arg-type]
            while row is not None and size < most_bytes:
                block: list[dict[str, Any]] = []
                while row is not None and len(block) < GROUP_ROWS and size < most_bytes:
                    block.append({name: row.get(name) for name in kinds})
                    size += len(row["image"]["bytes"])
                    row = next(rows, None)
                file.write_table(pa.Table.from_pylist(block, schema))
        yield path
        number += 1


def _zstd(kinds: Mapping[str, str]) -> dict[str, str]:
    """Everything but pictures, which are compressed already."""
    leaves = {"image": "{}.path", "list": "{}.list.element"}
    return {leaves.get(kind, "{}").format(name): "zstd" for name, kind in kinds.items()}


def _schema(kinds: Mapping[str, str]) -> pa.Schema:
    """With the metadata by which `datasets` knows that `image` is one."""
    fields, features = [], {}
    for name, kind in kinds.items():
        if kind == "image":
            fields.append(pa.field(name, pa.struct([("bytes", pa.binary()), ("path", pa.string())])))
            features[name] = {"_type": "Image"}
        elif kind == "list":
            fields.append(pa.field(name, pa.list_(pa.string())))
            features[name] = {"feature": {"dtype": "string", "_type": "Value"}, "_type": "List"}
        else:
            fields.append(pa.field(name, _KINDS[kind]))
            features[name] = {"dtype": kind, "_type": "Value"}
    return pa.schema(fields, {"huggingface": json.dumps({"info": {"features": features}})})


def _named(part: str, paths: Sequence[Path]) -> dict[str, str]:
    """Give shards the names that say how many there are; name -> sha256."""
    names = {}
    for i, path in enumerate(paths):
        target = path.replace(path.with_name(f"{part}-{i:05d}-of-{len(paths):05d}.parquet"))
        names[target.name] = _sha256(target)
    return names


def _finish(folder: Path) -> None:
    """Put a dataset that was written whole into its place, also where that was broken off before."""
    work = folder / WORK
    if not (work / MANIFEST).is_file():
        return
    names = json.loads((work / MANIFEST).read_text("utf-8"))["shards"]
    before = _own(folder)
    for name in names:
        with contextlib.suppress(FileNotFoundError):  # there already, or whoever looked at the same time put it there
            (work / name).replace(folder / name)
    for old in before - set(names):
        (folder / old).unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):
        (work / MANIFEST).replace(folder / MANIFEST)
    shutil.rmtree(work, ignore_errors=True)


def _own(folder: Path) -> set[str]:
    """The shards that the manifest in a folder names; what else lies there is somebody else's."""
    try:
        return set(json.loads((folder / MANIFEST).read_text("utf-8"))["shards"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def refuse_others(folder: Path) -> None:
    """Raise `BadInput` where a dataset would lie among Parquet files that are not its own."""
    _finish(folder)
    if others := sorted({path.name for path in folder.glob("*.parquet")} - _own(folder)):
        raise BadInput(
            f"{folder}: holds Parquet that is no part of a dataset ({others[0]}); choose a folder of its own"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest(folder: Path) -> dict[str, Any]:
    """What a dataset says of itself; raises `BadInput` where it was not finished or shards are not its own."""
    path = folder / MANIFEST
    try:
        _finish(folder)
        told = json.loads(path.read_text("utf-8"))
        names = set(told["shards"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{folder}: no dataset with a manifest; `duckcover dataset build` makes one") from error
    if missing := sorted(name for name in names if not (folder / name).is_file()):
        raise BadInput(f"{folder}: {missing[0]} is missing, which the manifest names; build the dataset again")
    return told


def read_rows(folder: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a dataset with a manifest, in the order of its shards.

    columns:  to read, those that are there; all of them where it is None. Leave out `image` to read no pictures.
    """
    for name in manifest(folder)["shards"]:
        try:
            with pq.ParquetFile(folder / name, pre_buffer=False) as file:  # buffering holds the whole shard
                there = file.schema_arrow.names
                wanted = there if columns is None else [column for column in columns if column in there]
                for batch in file.iter_batches(GROUP_ROWS, columns=wanted):
                    yield from batch.to_pylist()
        except (OSError, pa.ArrowException) as error:
            what = f"{folder / name}: not a readable Parquet file ({error}); build the dataset again"
            raise BadInput(what) from error


def add_columns(folder: Path, columns: Mapping[str, tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Write a dataset anew with columns added or replaced; returns its manifest.

    columns:  name -> (kind, id -> value); rows that are not named get null.
    """
    told = manifest(folder)
    kinds = {name: kind for name, kind in told["columns"].items() if name not in COLUMNS}
    facts = {k: v for k, v in told.items()
             if k not in ("columns", "parts", "sources", "rights", "shards", "content")}  # fmt: skip

    def rows() -> Iterator[dict[str, Any]]:
        for row in read_rows(folder):
            yield {**row, **{name: values.get(row["id"]) for name, (_, values) in columns.items()}}

    return write_shards(folder, rows(), facts, extra={**kinds, **{name: kind for name, (kind, _) in columns.items()}})
