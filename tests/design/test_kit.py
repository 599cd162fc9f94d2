"""The kit: every file that is promised, true to its name, in a folder that is whole or not there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from duck_and_cover import Album, create
from duck_and_cover.cli.kit import kit as command
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
    said: list[str] = []
    folder = sleeve.kit(tmp_path / "kit", said.append)
    assert sorted(path.name for path in folder.iterdir()) == sorted(kit.FILES) == sorted(said)
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


@pytest.mark.usefixtures("small")
def test_a_folder_in_use_is_left_alone(sleeve: Sleeve, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("dear")
    with pytest.raises(CannotWrite, match="is there already"):
        sleeve.kit(tmp_path)
    with pytest.raises(CannotWrite, match="make it first"):
        sleeve.kit(tmp_path / "no" / "kit")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    assert len(list(sleeve.kit(tmp_path / "empty").iterdir())) == len(kit.FILES)


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def breaking():
        yield "cover.png", b"whole"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kit.write_kit(tmp_path / "kit", breaking(), lambda name: None)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("small")
def test_the_command_says_what_each_file_is_for(tmp_path: Path) -> None:
    reply = CliRunner().invoke(
        command, ["--artist", "Nine", "--album", "Low Tide", "--seed", "3", "-o", str(tmp_path / "k")]
    )
    assert reply.exit_code == 0, reply.output
    assert "cover.jpg" in reply.output and "at most 10 MB" in reply.output and f"{len(kit.FILES)} files" in reply.output
    listed = CliRunner().invoke(command, ["--layout", "list"])
    assert "label grid" in listed.output and listed.exit_code == 0
