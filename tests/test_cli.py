"""The command line: what a person types, sees and gets back."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from duck_and_cover.generation.engine import DEFAULT_ENGINE, engine_names

WORDS = ["--artist", "Razormouth", "--album", "Cathedral of Rust", "--genre", "thrash metal", "--year", "1988"]

needs_bundle = pytest.mark.skipif(DEFAULT_ENGINE not in engine_names(), reason="the default bundle is not in this tree")


def duckcover(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own."""
    command = [sys.executable, "-m", "duck_and_cover.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def one_line(text: str) -> str:
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


def test_help_names_every_command(tmp_path: Path) -> None:
    reply = duckcover("--help", cwd=tmp_path)
    assert reply.returncode == 0
    for command in ("create", "dataset", "train", "export", "doctor"):
        assert command in reply.stdout


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['duckcover', '--help']\n"
        "from duck_and_cover.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted(m for m in ('numpy', 'cv2', 'torch', 'onnxruntime', 'PIL', 'uharfbuzz') if m in sys.modules))"
    )
    reply = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert reply.stdout.splitlines()[-1] == "[]"


@needs_bundle
def test_create_writes_a_cover(tmp_path: Path) -> None:
    reply = duckcover("create", *WORDS, "--seed", "3", "--size", "320", "-o", "cover.png", cwd=tmp_path)
    assert reply.returncode == 0, reply.stderr
    assert one_line(reply.stdout).startswith("cover.png")
    with Image.open(tmp_path / "cover.png") as cover:
        assert (cover.format, cover.mode, cover.size) == ("PNG", "RGB", (320, 320))
        assert cover.info["icc_profile"]
    assert [p.name for p in tmp_path.iterdir()] == ["cover.png"]


@needs_bundle
def test_the_same_seed_makes_the_same_file(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        assert duckcover("create", *WORDS, "--seed", "5", "--size", "200", "-o", name, cwd=tmp_path).returncode == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@needs_bundle
def test_variants_and_their_sheet(tmp_path: Path) -> None:
    asked = ["--seed", "1", "--size", "128", "--variants", "3", "--json", "-o", "v.jpg"]
    reply = duckcover("create", *WORDS, *asked, cwd=tmp_path)
    assert reply.returncode == 0, reply.stderr
    reports = json.loads(reply.stdout)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["v-1.jpg", "v-2.jpg", "v-3.jpg", "v-sheet.jpg"]
    assert [Path(r["file"]).name for r in reports] == ["v-1.jpg", "v-2.jpg", "v-3.jpg"]
    pictures = [np.asarray(Image.open(tmp_path / r["file"]).convert("RGB"), int) for r in reports]
    for i, first in enumerate(pictures):
        for second in pictures[i + 1 :]:
            assert np.abs(first - second).mean() > 8
    assert len({(r["finish"], r["layout"], r["palette"]["name"]) for r in reports}) == 3


@needs_bundle
@pytest.mark.parametrize(("budget", "most"), [("20kB", 20_000), ("0.03 mb", 30_000), ("25000", 25_000)])
def test_a_jpeg_within_a_budget(budget: str, most: int, tmp_path: Path) -> None:
    asked = ["--seed", "3", "--size", "320", "--max-bytes", budget, "-o", "cover.jpg"]
    reply = duckcover("create", *WORDS, *asked, cwd=tmp_path)
    assert reply.returncode == 0, reply.stderr
    assert 0.7 * most < (tmp_path / "cover.jpg").stat().st_size <= most


@needs_bundle
def test_pdf_and_linked_svg_with_their_sheets(tmp_path: Path) -> None:
    asked = ["--seed", "3", "--size", "128", "--variants", "2"]
    for more in (["-o", "v.svg", "--link"], ["-o", "w.pdf"]):
        reply = duckcover("create", *WORDS, *asked, *more, cwd=tmp_path)
        assert reply.returncode == 0, reply.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "v-1-artwork.png", "v-1.svg", "v-2-artwork.png", "v-2.svg", "v-sheet.png", "w-1.pdf", "w-2.pdf", "w-sheet.png",
    ]  # fmt: skip
    assert 'href="v-2-artwork.png"' in (tmp_path / "v-2.svg").read_text("utf-8")
    assert (tmp_path / "w-1.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert (tmp_path / "v-sheet.png").read_bytes() == (tmp_path / "w-sheet.png").read_bytes()


@pytest.mark.parametrize("name", ["cover.png", "cover.jpg", "cover.pdf"])
def test_only_an_svg_links(name: str, tmp_path: Path) -> None:
    reply = duckcover("create", *WORDS, "--link", "-o", name, cwd=tmp_path)
    assert reply.returncode == 2 and "only an SVG links" in one_line(reply.stderr)
    assert list(tmp_path.iterdir()) == []


@needs_bundle
def test_any_variant_can_be_made_again_alone(tmp_path: Path) -> None:
    size = ["--size", "128", "--json", "-o"]
    reply = duckcover("create", *WORDS, "--seed", "2147483647", "--variants", "3", *size, "v.png", cwd=tmp_path)
    for used in json.loads(reply.stdout):
        axes = ["--finish", used["finish"], "--palette", used["palette"]["name"], "--type", used["type"]["lead"]]
        asked = ["--seed", str(used["seed"]), *axes, "--layout", used["layout_wanted"], *size, "again.png"]
        again = duckcover("create", *WORDS, *asked, cwd=tmp_path)
        assert again.returncode == 0, again.stderr
        assert (tmp_path / "again.png").read_bytes() == (tmp_path / used["file"]).read_bytes()


@needs_bundle
def test_a_sheet_that_cannot_be_written_is_known_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "v-sheet.png").mkdir()
    reply = duckcover("create", *WORDS, "--variants", "2", "--size", "64", "-o", "v.png", cwd=tmp_path)
    assert reply.returncode == 1 and "v-sheet.png" in one_line(reply.stderr)
    assert [p.name for p in tmp_path.iterdir()] == ["v-sheet.png"]


@needs_bundle
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8:strict"])
def test_names_that_standard_output_cannot_show(encoding: str, tmp_path: Path) -> None:
    asked = ["create", "--artist", "Земфира", "--size", "64"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "duck_and_cover.cli", *asked]
    printed = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert printed.returncode == 0 and not printed.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["земфира.png"]
    told = subprocess.run([*command, "--json"], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert json.loads(told.stdout)["album"]["artist"] == "Земфира"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_standard_output_that_takes_nothing_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "duck_and_cover.cli", "create", "--layout", "list"]
    with Path("/dev/full").open("w") as full:
        reply = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert reply.returncode == 1 and one_line(reply.stderr).startswith("duckcover: ")


@needs_bundle
def test_json_tells_what_was_used(tmp_path: Path) -> None:
    reply = duckcover("create", *WORDS, "--seed", "2", "--size", "256", "--json", "-o", "c.png", cwd=tmp_path)
    report = json.loads(reply.stdout)
    assert report["engine"] == DEFAULT_ENGINE and len(report["bundle"]) == 64
    assert report["seed"] == 2 and set(report["seeds"]) == {"art", "finish", "palette", "type", "layout"}
    assert report["finish"] and report["palette"]["name"] and report["texts"][0]["face"] and report["layout"]
    assert (
        all(text["contrast_p5"] >= text["contrast_needed"] >= 3 for text in report["texts"])
        and report["seconds"]["all"] > 0
    )


@needs_bundle
def test_axes_can_be_fixed(tmp_path: Path) -> None:
    reply = duckcover("create", *WORDS, "--size", "200", "--finish", "halftone", "--palette", "art", "--type", "anton",
                      "--json", "-o", "c.png", cwd=tmp_path)  # fmt: skip
    report = json.loads(reply.stdout)
    assert report["finish"] == "halftone" and report["type"]["lead"] == "anton"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--year", "1899"], 2, "1900 to 2100"),
        (["--year", "2101"], 2, "1900 to 2100"),
        (["--year", "soon"], 2, "--year"),
        (["--size", "63"], 2, "64 to 8000"),
        (["--size", "8001"], 2, "64 to 8000"),
        (["--engine", "nonsense"], 2, "nonsense"),
        (["--finish", "halftome"], 2, "halftone"),
        (["--type", "comic"], 2, "comic"),
        (["--layout", "nowhere"], 2, "nowhere"),
        (["--palette", "mud"], 2, "mud"),
        (["--variants", "0"], 2, "1 to"),
        (["--seed", "-1"], 2, "seed"),
        (["--seed-of", "type"], 2, "AXIS=N"),
        (["--seed-of", "colour=1"], 2, "no axis is called 'colour'"),
        (["--toward", "7"], 2, "as in 7@0.4"),
        (["--toward", "7@1.5"], 2, "a share of the way, 0 to 1"),
        (["--toward", "-7@0.5"], 2, "wanted another seed"),
        (["--colour", "red"], 2, "--colour"),
        (["-o", "cover.bmp"], 2, ".png"),
        (["--max-bytes", "10MB"], 2, "for JPEG alone; found PNG"),
        (["--max-bytes", "10MB", "-o", "cover.pdf"], 2, "for JPEG alone; found PDF"),
        (["--max-bytes", "ten", "-o", "cover.jpg"], 2, "500kB"),
        (["--max-bytes", "10MiB", "-o", "cover.jpg"], 2, "500kB"),
        (["--max-bytes", "-1", "-o", "cover.jpg"], 2, "500kB"),
        (["--max-bytes", "0", "-o", "cover.jpg"], 2, "1 or more"),
        (["--max-bytes", "1kB", "-o", "cover.jpg"], 2, "1000 bytes hold no JPEG"),
        (["--artist", "ᠮᠣᠩᠭᠣᠯ"], 2, "U+182E"),
        (["--album", "private \ue000 use"], 2, "U+E000"),
        (["-o", "no/such/folder/cover.png"], 1, "no/such/folder"),
        (["-o", "."], 1, "is a folder"),
        (["-o", "n" * 300 + ".png"], 1, "nnn"),
        (["--engine", "n" * 300], 2, "nnn"),
        (["--variants", "1000000000000"], 2, "1 to 64"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], code: int, says: str, tmp_path: Path) -> None:
    given = dict(zip(WORDS[::2], WORDS[1::2], strict=True)) | {"-o": "cover.png", "--size": "128"}
    given |= dict(zip(arguments[::2], arguments[1::2], strict=True))
    reply = duckcover("create", *(x for pair in given.items() for x in pair), cwd=tmp_path)
    assert reply.returncode == code, reply.stderr
    line = one_line(reply.stderr)
    assert line.startswith("duckcover: ") and says in line and "Traceback" not in line
    assert list(tmp_path.iterdir()) == []


def test_unknown_command_is_one_line(tmp_path: Path) -> None:
    reply = duckcover("paint", cwd=tmp_path)
    assert reply.returncode == 2 and "paint" in one_line(reply.stderr)


@needs_bundle
@pytest.mark.parametrize("name", ["model.onnx", "card.md", "bundle.json"])
def test_a_flipped_byte_in_a_bundle_is_found(name: str, tmp_path: Path) -> None:
    import shutil

    from duck_and_cover.generation.engine import open_engine

    folder = tmp_path / "bundle"
    shutil.copytree(open_engine().bundle.folder, folder)  # type: ignore[attr-defined]
    content = bytearray((folder / name).read_bytes())
    place = content.index(b'"sha256"') + 14 if name == "bundle.json" else len(content) // 2
    content[place] ^= 1
    (folder / name).write_bytes(content)
    out = tmp_path / "out"
    out.mkdir()
    reply = duckcover("create", *WORDS, "--engine", folder, "--size", "128", "-o", "c.png", cwd=out)
    assert reply.returncode == 1, reply.stderr
    assert "bundle" in one_line(reply.stderr)
    assert list(out.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_closed_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    reply = duckcover("create", *WORDS, "--size", "128", "-o", tmp_path / "c.png", cwd=Path.cwd())
    assert reply.returncode == 1 and "c.png" in one_line(reply.stderr)


@needs_bundle
def test_interrupt_leaves_whole_files_only(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "duck_and_cover.cli", "create", *WORDS, "--seed", "1", "--variants", "40",
               "--size", "900", "-o", "v.png"]  # fmt: skip
    with subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("v-*.png")) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and one_line(errors) == "duckcover: interrupted"
    made = list(tmp_path.iterdir())
    assert made and all(p.suffix == ".png" for p in made)
    for path in made:
        with Image.open(path) as picture:
            picture.load()


def test_doctor(tmp_path: Path) -> None:
    reply = duckcover("doctor", cwd=tmp_path)
    assert "onnxruntime" in reply.stdout
    if DEFAULT_ENGINE in engine_names():
        assert reply.returncode == 0 and "next: duckcover create" in reply.stdout
    assert re.search(r"judge judge-64 +usable, sha256 [0-9a-f]{12}", reply.stdout)
    assert re.search(r"upscaler upscaler-256 +usable", reply.stdout)
    for extra in ("train", "gather", "caption", "hub", "ray", "studio"):
        assert f"extra [{extra}]" in reply.stdout
