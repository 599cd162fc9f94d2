"""`duckcover check`: what a person types, sees and gets back."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.cover import Pixels
from duck_and_cover.design.checking import STORES
from duck_and_cover.design.checking import check as checked
from duck_and_cover.design.files.formats import save
from duck_and_cover.design.type.faces import face
from duck_and_cover.design.type.typography import fit

needs_reader = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None, reason="rapidocr is not here: pip install '.[gather]'"
)


def duckcover(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "utf8", "-m", "duck_and_cover.cli", "check", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


def cover(side_px: int, *texts: str) -> Pixels:
    """Discs on a grain, and lines of real type above them."""
    rng = np.random.default_rng(1)
    ground = np.full((side_px, side_px, 3), (214, 196, 160), np.float32)
    for _ in range(9):
        middle = (int(rng.uniform(0, side_px)), int(rng.uniform(0.6, 1) * side_px))
        cv2.circle(ground, middle, side_px // 9, rng.uniform(40, 220, 3).tolist(), -1, cv2.LINE_AA)
    for number, text in enumerate(texts):
        setting = fit(text, face("oswald"), 0.8, 0.1, align="left", valign="top")
        ink = setting.outline.moved(0.1, 0.08 + 0.14 * number).coverage(side_px)[..., None]
        ground = ground * (1 - ink) + 20 * ink
    return np.clip(ground + rng.normal(0, 3, ground.shape), 0, 255).astype(np.uint8)


def test_a_good_cover_is_ready(tmp_path: Path) -> None:
    save(cover(3000), tmp_path / "cover.jpg", most_bytes=2_900_000)
    reply = duckcover("cover.jpg", cwd=tmp_path)
    assert reply.returncode == 0, reply.stdout + reply.stderr
    first, *lines, last = reply.stdout.splitlines()
    assert first.startswith("cover.jpg   3000 × 3000 px JPEG, sRGB, ") and last == "ready for the stores"
    assert all(line.startswith(("✓ ", "- not looked at: ")) for line in lines)
    assert "--artist A --album T" in reply.stdout


def test_a_bad_cover_is_refused_and_what_failed_comes_first(tmp_path: Path) -> None:
    save(cover(900)[:800], tmp_path / "cover.png")
    reply = duckcover("cover.png", cwd=tmp_path)
    assert reply.returncode == 1 and reply.stderr == ""
    lines = reply.stdout.splitlines()[1:-1]
    marks = "".join(line[0] for line in lines)
    assert marks == "".join(sorted(marks, key="✗!✓-".index)) and marks.startswith("✗✗!✓")
    assert lines[0].startswith("✗ size") and "900 × 800 px" in lines[0] and "SoundCloud" in lines[0]
    assert reply.stdout.splitlines()[-1] == "2 refused, 1 to look at"


def test_json_holds_everything(tmp_path: Path) -> None:
    save(cover(900), tmp_path / "cover.png")
    reply = duckcover("cover.png", "--json", "--store", "spotify", "--store", "Apple Music", cwd=tmp_path)
    told = json.loads(reply.stdout)
    assert reply.returncode == 1 and told["file"] == "cover.png" and told["ok"] is False
    (size,) = [each for each in told["findings"] if each["rule"] == "size"]
    assert size["state"] == "failed" and size["stores"] == ["Apple Music"] and size["sources"][0].startswith("https://")


def test_stores_are_listed(tmp_path: Path) -> None:
    reply = duckcover("--store", "list", cwd=tmp_path)
    assert reply.returncode == 0 and len(reply.stdout.splitlines()) == len(STORES)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["notes.txt"], "notes.txt: not a readable picture; wanted JPEG, PNG"),
        (["nowhere.png"], "nowhere.png: no such file or directory; wanted a picture file"),
        (["."], "is a directory; wanted a picture file"),
        ([], "no picture is named"),
        (["notes.txt", "--store", "Spotifi"], "no store is called 'Spotifi'; try Spotify"),
    ],
)
def test_what_is_no_picture_is_one_line_and_exit_2(arguments: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("These are notes.\n")
    reply = duckcover(*arguments, cwd=tmp_path)
    assert reply.returncode == 2 and reply.stdout == ""
    (line,) = reply.stderr.splitlines()
    assert said in line


@needs_reader
def test_real_words_are_read() -> None:
    from duck_and_cover.dataset.lettering.ocr import reader

    album = Album("Razormouth", "Cathedral of Rust")

    def broken(*texts: str) -> set[str]:
        data = checked(_encoded(cover(1000, *texts)), album, reader()).failed()
        return {each.rule for each in data} - {"size"}

    assert broken("RAZORMOUTH", "Cathedral of Rust") == set()
    assert broken() == set()
    offences = {"www.razormouth.com": "addresses", "$9.99 only": "prices", "OUT NOW": "promotion",
                "On compact disc": "carriers", "SPOTIFY": "store names", "SUMMER 1988": "dates"}  # fmt: skip
    for text, rule in offences.items():
        found = broken("RAZORMOUTH", "Cathedral of Rust", text)
        assert rule in found and found <= {rule, "names"}, (text, found)
    assert broken("RAZORMOUTH", "Bohemian Ductwork") == {"names"}
    assert broken("RAZORMOTH", "Cathedral of Rust") == {"spelling"}


def _encoded(pixels: Pixels) -> bytes:
    from duck_and_cover.design.files.formats import encoded

    return encoded(pixels, "JPEG")
