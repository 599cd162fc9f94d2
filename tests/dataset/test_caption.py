"""Captions of a dataset: every picture is seen once, whatever happens, and the column says what is known now."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from duck_and_cover.catalog.guard import Guard
from duck_and_cover.cli import main
from duck_and_cover.cover import Found, Pixels
from duck_and_cover.dataset.captions import Captioner
from duck_and_cover.dataset.captions import caption as module
from duck_and_cover.dataset.captions.caption import SIDECAR, Captioned, caption
from duck_and_cover.dataset.captions.choose import Asked, Spread
from duck_and_cover.dataset.captions.template import Template
from duck_and_cover.dataset.shards import MANIFEST, add_columns, read_rows, write_shards
from duck_and_cover.errors import BadInput, CannotWrite

COVERS = 11


def jpeg(number: int) -> bytes:
    file = io.BytesIO()
    luck = np.random.default_rng(number)
    Image.fromarray(np.kron(luck.integers(0, 256, (4, 4, 3), np.uint8), np.ones((8, 8, 1), np.uint8))).save(file, "PNG")
    return file.getvalue()


def row(number: int, picture: int | None = None, **fields: Any) -> dict[str, Any]:
    file = jpeg(number if picture is None else picture)
    return {"id": f"c{number}", "image": {"bytes": file, "path": f"c{number}.png"}, "genres": ["thrash metal"],
            "year": 1980 + number, "artist": f"Razormouth {number}", "album": "Cathedral of Rust", "source": "made",
            "rights": "own", "part": "train", "sha256": hashlib.sha256(file).hexdigest(), **fields}  # fmt: skip


def dataset(folder: Path, rows: Sequence[dict[str, Any]] | None = None) -> Path:
    write_shards(folder, rows or [row(number) for number in range(COVERS)], {}, most_bytes=500)
    return folder


class Counter:
    """Says the mean of a picture, remembers how often it was asked, and stops where it is told to."""

    name, revision, prompt = "counter", "1", ""

    def __init__(self, stop: int | None = None) -> None:
        self.asked: list[int] = []
        self.stop = stop

    def see(self, pictures: Sequence[Pixels]) -> list[str]:
        """The mean."""
        if self.stop is not None and len(self.asked) >= self.stop:
            raise KeyboardInterrupt
        means = [int(picture.astype(np.int64).sum()) for picture in pictures]
        self.asked += means
        return [f"sum {mean}" for mean in means]

    def tell(self, seen: str, cover: Found, names: bool = False) -> str:
        """What was seen, and the year."""
        return f"{cover.album.year}: {seen}"


def texts(folder: Path) -> dict[str, tuple[str | None, str | None]]:
    return {each["id"]: (each["text"], each["caption_by"]) for each in read_rows(folder)}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def run(monkeypatch: pytest.MonkeyPatch, *words: Any) -> int:
    monkeypatch.setattr(sys, "argv", ["duckcover", "dataset", "caption", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        main()
    return int(str(left.value.code))


def test_every_cover_gets_a_caption(tmp_path: Path) -> None:
    by = Counter()
    assert isinstance(by, Captioner) and isinstance(Template(), Captioner)
    watched: list[tuple[int, int]] = []
    came = caption(dataset(tmp_path), by, batch=4, watch=lambda done, total: watched.append((done, total)))
    assert (came.seen, came.silent, came.unreadable, came.written) == (COVERS, 0, 0, True)
    assert watched == [(4, COVERS), (8, COVERS), (COVERS, COVERS)]
    found = texts(tmp_path)
    assert {id: text for id, (text, _) in found.items()} == came.captions and len(found) == COVERS
    assert {who for _, who in found.values()} == {"counter@1"}
    line = json.loads((tmp_path / SIDECAR).read_text().splitlines()[0])
    assert list(line) == ["sha256", "id", "captioner", "revision", "prompt", "text"]


def test_what_is_there_is_not_done_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    caption(dataset(tmp_path), Counter())
    before = contents(tmp_path)
    monkeypatch.setattr(module, "add_columns", lambda *_: pytest.fail("written for nothing"))
    by = Counter()
    came = caption(tmp_path, by)
    assert by.asked == [] and (came.seen, came.written) == (0, False)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("after", [0, 1, 5, 10])
def test_interrupted_it_goes_on_and_ends_the_same(after: int, tmp_path: Path) -> None:
    caption(dataset(tmp_path / "whole"), Counter(), batch=1)
    first, second = Counter(stop=after), Counter()
    with pytest.raises(KeyboardInterrupt):
        caption(dataset(tmp_path / "broken"), first, batch=1)
    assert len(first.asked) == after
    caption(tmp_path / "broken", second, batch=3)
    assert len(first.asked + second.asked) == len(set(first.asked + second.asked)) == COVERS
    assert contents(tmp_path / "broken") == contents(tmp_path / "whole")


def test_a_torn_last_line_is_made_anew(tmp_path: Path) -> None:
    caption(dataset(tmp_path), Counter())
    whole = contents(tmp_path)
    lines = whole[SIDECAR].splitlines(keepends=True)
    for left in (1, len(lines[-1]) // 2, len(lines[-1]) - 1):
        (tmp_path / SIDECAR).write_bytes(b"".join(lines[:-1]) + lines[-1][:left])
        by = Counter()
        assert caption(tmp_path, by).seen == len(by.asked) == 1
        assert contents(tmp_path) == whole
    (tmp_path / SIDECAR).write_bytes(lines[0] + b"\x00\n" + lines[1])
    with pytest.raises(BadInput, match=r"captions.jsonl:2: no line of a caption"):
        caption(tmp_path, Counter())


def test_another_captioner_revision_or_prompt_sees_for_itself(tmp_path: Path) -> None:
    dataset(tmp_path)
    for changed in ({}, {"revision": "2"}, {"prompt": "what is it?"}, {"name": "other"}):
        by = Counter()
        vars(by).update(changed)
        assert caption(tmp_path, by).seen == COVERS
    again = Counter()
    came = caption(tmp_path, again)
    assert again.asked == [] and came.written  # the column was another's
    assert {who for _, who in texts(tmp_path).values()} == {"counter@1"}
    assert len((tmp_path / SIDECAR).read_text().splitlines()) == 4 * COVERS


def test_equal_pictures_are_seen_once_and_told_by_what_is_known_of_each(tmp_path: Path) -> None:
    dataset(tmp_path, [row(1), row(2, picture=1), row(3), row(4, picture=3, sha256=None)])
    by = Counter()
    assert caption(tmp_path, by).seen == len(by.asked) == 2
    found = texts(tmp_path)
    assert found["c1"][0] == f"1981: sum {by.asked[0]}" and found["c2"][0] == f"1982: sum {by.asked[0]}"
    assert found["c4"][0] == f"1984: sum {by.asked[1]}"
    add_columns(tmp_path, {"year": ("int32", {"c1": 1999})})
    assert caption(tmp_path, by).captions["c1"].startswith("1999") and len(by.asked) == 2


def test_what_is_no_picture_is_counted_and_has_no_caption(tmp_path: Path) -> None:
    rows = [row(1), row(2), row(3)]
    rows[1] |= {"image": {"bytes": b"no picture", "path": "x"}, "sha256": "0" * 64}
    dataset(tmp_path, rows)
    by = Counter()
    came = caption(tmp_path, by, batch=1)
    assert (came.seen, came.unreadable) == (2, 1)
    assert texts(tmp_path)["c2"] == (None, None)
    assert isinstance(came, Captioned) and not caption(tmp_path, by).written


def test_limited_it_leaves_the_shards_alone(tmp_path: Path) -> None:
    before = contents(dataset(tmp_path))
    by = Counter()
    came = caption(tmp_path, by, limit=3, batch=2)
    assert (came.seen, came.written, len(came.captions)) == (3, False, 3)
    after = contents(tmp_path)
    assert after.pop(SIDECAR) and after == before
    assert caption(tmp_path, by).seen == COVERS - 3


def test_names_stand_in_captions_where_they_are_wanted(tmp_path: Path) -> None:
    plain = caption(dataset(tmp_path), Template()).captions
    assert not any("Razormouth" in text or "Rust" in text for text in plain.values())
    named = caption(tmp_path, Template(), names=True)
    assert named.seen == 0 and named.written
    assert all(f'"Cathedral of Rust" by Razormouth {id[1:]}' in text for id, text in named.captions.items())


def test_what_cannot_be_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="no dataset with a manifest"):
        caption(tmp_path, Counter())
    dataset(tmp_path)
    (tmp_path / SIDECAR).mkdir()
    with pytest.raises((CannotWrite, IsADirectoryError)):
        caption(tmp_path, Counter())
    (tmp_path / SIDECAR).rmdir()
    told = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps({**told, "parts": {}, "shards": {}}))
    with pytest.raises(BadInput, match="holds no cover"):
        caption(tmp_path, Counter())


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    data = dataset(tmp_path / "data")
    assert run(monkeypatch, data, "--limit", 2) == 0
    said = capsys.readouterr().out
    assert "2 pictures seen, nothing written" in said and said.count("metal") >= 2
    assert run(monkeypatch, data) == 0
    assert f"{COVERS} covers have captions by template: {COVERS - 2} pictures seen now." in capsys.readouterr().out
    assert run(monkeypatch, data) == 0
    assert "the dataset had them already" in capsys.readouterr().out
    for words, wanted in (
        ((data, "--prompt", "x"), "--prompt is for models"),
        ((tmp_path / "nowhere",), "no dataset with a manifest"),
        ((data, "--limit", 0), "--limit"),
    ):
        assert run(monkeypatch, *words) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert wanted in line


def test_a_crew_sees_the_same(tmp_path: Path) -> None:
    dataset(tmp_path / "here")
    dataset(tmp_path / "crew")
    caption(tmp_path / "here", Asked().captioner())
    with Guard(2) as crew:
        caption(tmp_path / "crew", Spread(Asked(batch=2), crew), batch=8)
    assert contents(tmp_path / "here") == contents(tmp_path / "crew")
