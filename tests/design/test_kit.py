"""The kit: every file that is promised, true to its name, in a folder that is whole or not there."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from duck_and_cover import Album, create
from duck_and_cover.cli.kit import kit as command
from duck_and_cover.cover import Pixels
from duck_and_cover.design import kit
from duck_and_cover.errors import CannotWrite
from duck_and_cover.sleeve import Sleeve


@pytest.fixture(scope="module")
def sleeve() -> Sleeve:
    return create(Album("Neon Meridian", "Coastline at Midnight", ("synthwave",), 1985), seed=20, size_px=64)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit, "SIZE_PX", 300)
    monkeypatch.setattr(kit, "LARGE_PX", 400)
    monkeypatch.setattr(kit, "THUMBNAILS_PX", (640, 300, 64))


@pytest.mark.usefixtures("small")
def test_every_promised_file_is_there_and_what_it_says(sleeve: Sleeve, tmp_path: Path) -> None:
    said: list[kit.KitFile] = []
    folder = sleeve.kit(tmp_path / "kit", said.append)
    usual = sorted(name for name in kit.FILES if name not in kit.SOMETIMES)
    assert sorted(path.name for path in folder.iterdir()) == usual == sorted(file.name for file in said)
    sizes = {"cover.png": 300, "cover.jpg": 300, "art.png": 300, "cover-4000.jpg": 400, "cover-64.jpg": 64}
    for name, px in sizes.items():
        with Image.open(folder / name) as picture:
            assert picture.size == (px, px) and picture.mode == "RGB" and picture.info["icc_profile"]
    front, art = (np.asarray(Image.open(folder / name), np.int16) for name in ("cover.png", "art.png"))
    changed = (np.abs(front - art).max(2) > 8).mean()
    assert 0.01 < changed < 0.5, "the words are all that differs"
    assert (folder / "cover.pdf").read_bytes().startswith(b"%PDF") and b"<svg" in (folder / "cover.svg").read_bytes()
    told = json.loads((folder / "report.json").read_text("utf-8"))
    assert (
        told["seeds"] == sleeve.report["seeds"] and told["bundle"] == sleeve.report["bundle"] and told["size_px"] == 300
    )
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    for row in told["files"]:
        data = (folder / row["name"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (row["bytes"], row["sha256"])
    assert {row["name"] for row in told["files"]} == {*usual} - {"report.html", "report.json"}
    assert told["bundle"] in (folder / "report.html").read_text("utf-8")


@pytest.mark.usefixtures("small")
def test_every_file_says_what_it_is(sleeve: Sleeve, tmp_path: Path) -> None:
    folder = sleeve.kit(tmp_path / "kit")
    provenance = f"bundle sha256 {sleeve.report['bundle']}".encode()
    for path in folder.iterdir():
        data = path.read_bytes()
        assert provenance in data or path.name == "report.json", path.name
        if path.name in ("cover.jpg", "cover.png", "cover.svg", "cover.pdf", "art.png"):
            kind = b"trainedAlgorithmicMedia" if path.name == "art.png" else b"compositeSynthetic"
            assert b"newscodes/digitalsourcetype/" + kind in data, path.name


@pytest.mark.usefixtures("small")
def test_a_kit_is_held_against_the_stores_rules(sleeve: Sleeve, tmp_path: Path) -> None:
    seen: list[tuple[int, ...]] = []

    @dataclass(frozen=True)
    class Said:
        text: str
        score: float = 0.99
        box: tuple[float, float, float, float] = (0.1, 0.1, 0.9, 0.2)

    def reader(pixels: Pixels) -> list[Said]:
        seen.append(pixels.shape)
        return [Said("NEON MERIDIAN"), Said("BUY IT NOW")]

    folder = sleeve.kit(tmp_path / "kit", reader=reader)
    told = json.loads((folder / "report.json").read_text("utf-8"))
    assert seen == [(300, 300, 3)], "the front is read once, for all its files"
    assert [*told["checks"]] == ["cover.jpg", "cover-4000.jpg", "cover.png"]
    stores = {row["store"]: row for row in told["stores"]}
    assert stores["SoundCloud"]["refuses"] == ["size", "names"] and stores["SoundCloud"]["send"] is None
    assert told["read"][1] == {"text": "BUY IT NOW", "score": 0.99} and not stores["SoundCloud"]["not_looked_at"]
    page = (folder / "report.html").read_text("utf-8")
    assert "Refused by" in page and "BUY IT NOW" in page
    unread = json.loads((sleeve.kit(tmp_path / "unread") / "report.json").read_text("utf-8"))
    assert (
        unread["read"] is None
        and "names" in {row["store"]: row for row in unread["stores"]}["SoundCloud"]["not_looked_at"]
    )


@pytest.mark.usefixtures("small")
def test_stores_that_want_small_files_get_one(sleeve: Sleeve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    most = len((sleeve.kit(tmp_path / "a") / "cover.jpg").read_bytes()) * 2 // 3
    monkeypatch.setattr(kit, "SMALL_BYTES", most)
    folder = sleeve.kit(tmp_path / "b")
    assert (folder / "cover-3mb.jpg").stat().st_size <= most and sorted(kit.FILES) == sorted(
        path.name for path in folder.iterdir()
    )
    monkeypatch.setattr(kit, "SMALL_BYTES", 500)
    assert not (sleeve.kit(tmp_path / "c") / "cover-3mb.jpg").exists(), "where no quality is low enough"


def test_others_add_their_files_in_folders_of_their_own(tmp_path: Path) -> None:
    piece = kit.KitFile("print/lp/jacket.pdf", b"%PDF", "print", "12-inch jacket", notes=("312 % ink",))
    kit.write_kit(tmp_path / "kit", [piece], lambda file: None)
    assert (tmp_path / "kit" / "print" / "lp" / "jacket.pdf").read_bytes() == b"%PDF"
    for name, group in (("../x", "print"), ("/x", "print"), ("x", "prints"), ("", "print")):
        with pytest.raises(ValueError, match="wanted a name within the kit"):
            kit.KitFile(name, b"", group, "")


@pytest.mark.usefixtures("small")
def test_a_folder_in_use_is_left_alone(sleeve: Sleeve, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("dear")
    with pytest.raises(CannotWrite, match="is there already"):
        sleeve.kit(tmp_path)
    with pytest.raises(CannotWrite, match="make it first"):
        sleeve.kit(tmp_path / "no" / "kit")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    assert len(list(sleeve.kit(tmp_path / "empty").iterdir())) == len(kit.FILES) - len(kit.SOMETIMES)


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def breaking():
        yield kit.KitFile.known("cover.png", b"whole")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kit.write_kit(tmp_path / "kit", breaking(), lambda file: None)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("small")
def test_the_command_says_what_each_file_is_for(tmp_path: Path) -> None:
    reply = CliRunner().invoke(
        command, ["--artist", "Nine", "--album", "Low Tide", "--seed", "3", "-o", str(tmp_path / "k")]
    )
    assert reply.exit_code == 0, reply.output
    assert "cover.jpg" in reply.output and "at most 10 MB" in reply.output
    assert f"{len(kit.FILES) - len(kit.SOMETIMES)} files" in reply.output and "report.html" in reply.output
    assert "refused by SoundCloud, size: make it at the size wanted" in reply.output, "300 px are too small"
    assert re.search(r"\d of 14 stores take it", reply.output), "a kit that is refused is made, and says so"
    listed = CliRunner().invoke(command, ["--layout", "list"])
    assert "label grid" in listed.output and listed.exit_code == 0
