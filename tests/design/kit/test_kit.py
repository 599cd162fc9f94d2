"""The kit: every file that is promised, true to its name, in a folder that is whole or not there."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from duck_and_cover import Album, create
from duck_and_cover.cli.kit import kit as command
from duck_and_cover.cover import Pixels
from duck_and_cover.design import kit
from duck_and_cover.design.pieces import release
from duck_and_cover.errors import BadInput, CannotWrite, Failure, UnknownChoice
from duck_and_cover.sleeve import Sleeve

digital, moving = (import_module(f"duck_and_cover.design.kit.{name}") for name in ("digital", "moving"))


@pytest.fixture(scope="module")
def sleeve() -> Sleeve:
    return create(Album("Neon Meridian", "Coastline at Midnight", ("synthwave",), 1985), seed=20, size_px=64)


FRONTS = sorted(name for name in kit.FILES if name not in kit.SOMETIMES)
DIGITAL: dict[str, Any] = {"without": kit.PARTS}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit, "SIZE_PX", 300)
    monkeypatch.setattr(digital, "LARGE_PX", 400)
    monkeypatch.setattr(release, "pieces", partial(release.pieces, dpi=40))


@pytest.mark.usefixtures("small")
def test_every_promised_file_is_there_and_what_it_says(sleeve: Sleeve, tmp_path: Path) -> None:
    said: list[kit.KitFile | kit.Missing] = []
    folder = sleeve.kit(tmp_path / "kit", said.append, **DIGITAL)
    assert sorted(path.name for path in folder.iterdir()) == FRONTS == sorted(file.name for file in said)
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
    assert {row["name"] for row in told["files"]} == {*FRONTS} - {"report.html", "report.json"}
    assert told["bundle"] in (folder / "report.html").read_text("utf-8")


@pytest.mark.usefixtures("small")
def test_every_file_says_what_it_is(sleeve: Sleeve, tmp_path: Path) -> None:
    folder = sleeve.kit(tmp_path / "kit", **DIGITAL)
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

    folder = sleeve.kit(tmp_path / "kit", reader=reader, **DIGITAL)
    told = json.loads((folder / "report.json").read_text("utf-8"))
    assert seen == [(300, 300, 3)], "the front is read once, for all its files"
    assert [*told["checks"]] == ["cover.jpg", "cover-4000.jpg", "cover.png"]
    stores = {row["store"]: row for row in told["stores"]}
    assert stores["SoundCloud"]["refuses"] == ["size", "names"] and stores["SoundCloud"]["send"] is None
    assert told["read"][1] == {"text": "BUY IT NOW", "score": 0.99} and not stores["SoundCloud"]["not_looked_at"]
    page = (folder / "report.html").read_text("utf-8")
    assert "Refused by" in page and "BUY IT NOW" in page
    unread = json.loads((sleeve.kit(tmp_path / "unread", **DIGITAL) / "report.json").read_text("utf-8"))
    assert (
        unread["read"] is None
        and "names" in {row["store"]: row for row in unread["stores"]}["SoundCloud"]["not_looked_at"]
    )


@pytest.mark.usefixtures("small")
def test_stores_that_want_small_files_get_one(sleeve: Sleeve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    most = len((sleeve.kit(tmp_path / "a", **DIGITAL) / "cover.jpg").read_bytes()) * 2 // 3
    monkeypatch.setattr(digital, "SMALL_BYTES", most)
    folder = sleeve.kit(tmp_path / "b", **DIGITAL)
    assert (folder / "cover-3mb.jpg").stat().st_size <= most and sorted(kit.FILES) == sorted(
        path.name for path in folder.iterdir()
    )
    monkeypatch.setattr(digital, "SMALL_BYTES", 500)
    assert not (sleeve.kit(tmp_path / "c", **DIGITAL) / "cover-3mb.jpg").exists(), "where no quality is low enough"


@pytest.mark.usefixtures("small")
def test_a_whole_kit_has_a_pdf_and_a_proof_of_every_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "encoder", lambda: None)
    tracks = ("Side A", "Night Bus 3:45", "Sodium Lights 4:12", "Side B", "Chrome Tide 3:33")
    album = Album("Neon Meridian", "Coastline at Midnight", ("synthwave",), 1985, tracks)
    said: list[kit.KitFile | kit.Missing] = []
    folder = create(album, seed=20, size_px=64).kit(tmp_path / "kit", said.append, catalogue="NM 004")
    names = {path.stem for path in (folder / "print").glob("*.pdf")}
    assert names == {"cd-front", "cd-tray", "cd-label", "lp-jacket", "lp-label-a", "lp-label-b", "7-inch-front",
                     "7-inch-back", "j-card"}  # fmt: skip
    assert names == {path.stem for path in (folder / "print" / "proofs").glob("*.jpg")}
    told = json.loads((folder / "report.json").read_text("utf-8"))
    assert [*told["missing"]] == ["moving/loop.mp4"] and "install ffmpeg" in told["missing"]["moving/loop.mp4"]
    assert [file for file in said if isinstance(file, kit.Missing)] and not (folder / "moving").exists()
    tray = next(row for row in told["files"] if row["name"] == "print/cd-tray.pdf")
    assert tray["notes"][0].startswith("150 × 118 mm, 3 mm of bleed, 40 dpi, ") and "FOGRA39" in tray["notes"][0]
    page = (folder / "report.html").read_text("utf-8")
    assert "moving/loop.mp4</code> is not there" in page and "print/cd-tray.pdf" in page
    assert "--catalogue &#x27;NM 004&#x27;" in told_command(page) and "--track &#x27;Side A&#x27;" in told_command(page)


def told_command(page: str) -> str:
    """The command of a report, without its colours."""
    return re.sub(r"</?span[^>]*>", "", page)


@pytest.mark.usefixtures("small")
def test_what_cannot_be_printed_leaves_nothing_half_written(sleeve: Sleeve, tmp_path: Path) -> None:
    album = Album("Nine", "Low Tide", tracks=("One (3:45)", "Two (3:75)"))
    with pytest.raises(BadInput, match="'Two' plays '3:75', which is no time"):
        create(album, seed=1, size_px=64).kit(tmp_path / "kit")
    with pytest.raises(BadInput, match="ICC"):
        (tmp_path / "p.icc").write_bytes(b"no profile")
        sleeve.kit(tmp_path / "kit", profile=tmp_path / "p.icc")
    with pytest.raises(UnknownChoice, match="no part of a kit is called 'prints'"):
        sleeve.kit(tmp_path / "kit", without=("prints",))
    assert [path.name for path in tmp_path.iterdir()] == ["p.icc"]


def test_an_encoder_that_fails_costs_only_the_loop(sleeve: Sleeve, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(frames: Iterable[Pixels], *args: object, **options: object) -> Path:
        next(iter(frames))
        raise Failure("ffmpeg gave up at frame 1: no space")

    monkeypatch.setattr(moving, "encoder", lambda: "one")
    monkeypatch.setattr(moving, "encode", broken)

    class Short:
        def __len__(self) -> int:
            return 72

        def __iter__(self) -> Iterator[Pixels]:
            yield np.zeros((1920, 1080, 3), np.uint8)

    (missing,) = moving.moving(Short, {})  # type: ignore[arg-type]
    assert missing == kit.Missing("moving/loop.mp4", "ffmpeg gave up at frame 1: no space")


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
    assert sorted(path.name for path in sleeve.kit(tmp_path / "empty", **DIGITAL).iterdir()) == FRONTS


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
        command, ["--artist", "Nine", "--album", "Low Tide", "--seed", "3", "-o", str(tmp_path / "k"),
                  "--without", "print", "--without", "moving"]
    )  # fmt: skip
    assert reply.exit_code == 0, reply.output
    assert "cover.jpg" in reply.output and "at most 10 MB" in reply.output
    assert f"{len(FRONTS)} files" in reply.output and "report.html" in reply.output
    assert "refused by SoundCloud, size: make it at the size wanted" in reply.output, "300 px are too small"
    assert re.search(r"\d of 14 stores take it", reply.output), "a kit that is refused is made, and says so"
    listed = CliRunner().invoke(command, ["--layout", "list"])
    assert "label grid" in listed.output and listed.exit_code == 0


@pytest.mark.parametrize(("option", "said"), [(("--track", "Two (3:75)"), "no time"), (("--profile", __file__), "ICC")])
def test_what_cannot_be_printed_is_refused_before_anything_is_drawn(
    option: tuple[str, str], said: str, tmp_path: Path
) -> None:
    reply = CliRunner().invoke(command, ["--album", "Low Tide", *option, "-o", str(tmp_path / "k")])
    assert isinstance(reply.exception, BadInput) and said in str(reply.exception)
    assert not reply.output and not list(tmp_path.iterdir())
