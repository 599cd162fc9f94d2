"""Reads every import of the package and holds it against ARCHITECTURE.md, "Who may know whom"."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import pytest

PACKAGE = "duck_and_cover"
SOURCE = Path(__file__).resolve().parents[1] / "src" / PACKAGE
MAX_LINES = 400
FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}

VOCABULARY = {"album", "colour", "cover", "genres", "condition", "bundle", "errors"}
ARROWS: dict[str, set[str]] = {
    "vocabulary": set(),
    "settings": {"vocabulary"},
    "sources": {"vocabulary"},
    "catalog": {"vocabulary", "sources"},
    "dataset": {"vocabulary", "catalog"},
    "models": {"vocabulary"},
    "training": {"vocabulary", "dataset", "models", "evaluation"},
    "evaluation": {"vocabulary", "dataset"},
    "generation": {"vocabulary"},
    "design": {"vocabulary"},
    "sleeve": {"vocabulary", "generation", "design"},
    "studio": {"vocabulary", "sleeve", "settings", "design", "generation"},
    "cli": {
        "vocabulary", "settings", "sources", "catalog", "dataset", "models", "training", "evaluation", "generation",
        "design", "sleeve", "studio", "package",
    },
    "package": {"vocabulary", "sleeve"},
}  # fmt: skip
"""room -> rooms it may import. `package` is `__init__.py`, the public surface."""

HOMES: dict[str, tuple[str, ...]] = {
    "aiohttp": ("sources/",),
    "sqlite3": ("catalog/", "studio/projects.py"),
    "pyarrow": ("sources/", "catalog/", "dataset/"),
    "ray": ("catalog/cluster.py",),
    "rapidocr": ("dataset/lettering/ocr.py",),
    "torch": (
        "models/",
        "training/",
        "evaluation/",
        "dataset/reader.py",
        "dataset/captions/vision.py",
        "generation/pipeline.py",
    ),
    "transformers": ("dataset/captions/vision.py", "generation/pipeline.py"),
    "diffusers": ("generation/pipeline.py",),
    "peft": ("training/lora.py", "training/lora_files.py"),
    "huggingface_hub": ("dataset/captions/vision.py", "dataset/publishing/publish.py"),
    "lightning": ("training/",),
    "onnx": ("training/export.py", "training/storing.py"),
    "pyclipper": ("design/",),
    "onnxruntime": ("generation/", "training/export.py"),
    "uharfbuzz": ("design/",),
    "fontTools": ("design/",),
    "pydyf": ("design/files/", "design/press/"),
    "fastapi": ("studio/",),
    "starlette": ("studio/",),
    "uvicorn": ("studio/",),
    "jinja2": ("studio/",),
    "typer": ("cli/",),
    "click": ("cli/",),
    "rich": ("cli/",),
}
"""library -> the folders or files, within the package, that may import it."""


def room_of(path: str) -> str:
    """The room of a file, given relative to the package: "training/run.py" -> "training"."""
    first = PurePosixPath(path).parts[0]
    name = first.removesuffix(".py")
    if first == "__init__.py":
        return "package"
    return "vocabulary" if name in VOCABULARY and first.endswith(".py") else name


def imports_of(path: str, source: str) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a file imports, wherever in it, `importlib.import_module("x")` included."""
    parents = [PACKAGE, *PurePosixPath(path).parts[:-1]]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(parents[: len(parents) - node.level + 1] if node.level else [])
            base = ".".join(part for part in (base, node.module) if part)
            if base == PACKAGE:  # `from duck_and_cover import design`
                yield from ((node.lineno, f"{PACKAGE}.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, base
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            if called in ("importlib.import_module", "import_module", "__import__"):
                yield node.lineno, str(node.args[0].value)


def violations(sources: Mapping[str, str]) -> list[str]:
    """One line for each breach of the house rules. sources: path within the package -> Python text."""
    found: list[str] = []
    rooms = {room_of(path) for path in sources} | set(ARROWS)
    for path, source in sorted(sources.items()):
        room = room_of(path)
        if room not in ARROWS:
            found.append(f"{path}: no room of ARCHITECTURE.md is called {room!r}")
            continue
        if PurePosixPath(path).stem in FORBIDDEN_NAMES:
            found.append(f"{path}: a file is named after what it is about")
        if (lines := source.count("\n")) > MAX_LINES:
            found.append(f"{path}: {lines} lines; wanted at most {MAX_LINES}")
        for line, name in imports_of(path, source):
            top, *inner = name.split(".")
            if top == PACKAGE:
                to = (inner[0] if inner else "__init__") + ".py"
                known = room_of(to) if room_of(to) in rooms else "package"
                if known not in ARROWS[room] | {room}:
                    found.append(f"{path}:{line}: {room} must not know {known}")
            elif top in HOMES and not path.startswith(HOMES[top]):
                found.append(f"{path}:{line}: {top} lives in {', '.join(HOMES[top])}")
    return found


def package_sources() -> dict[str, str]:
    return {p.relative_to(SOURCE).as_posix(): p.read_text("utf-8") for p in SOURCE.rglob("*.py")}


def test_the_house_stands() -> None:
    sources = package_sources()
    assert {"album.py", "dataset/reader.py", "training/run.py", "generation/onnx.py"} <= sources.keys()
    assert violations(sources) == []


@pytest.mark.parametrize(
    ("path", "source", "said"),
    [
        ("models/flow.py", "from duck_and_cover.training.run import x", "flow.py:1: models must not know training"),
        ("design/inks/palette.py", "import duck_and_cover.generation", "design must not know generation"),
        ("generation/onnx.py", "def f():\n    import torch", "generation/onnx.py:2: torch lives in models/, training/"),
        ("dataset/reader.py", "from ..training import run", "dataset must not know training"),
        ("dataset/build.py", "from .. import training", "dataset must not know training"),
        ("evaluation/judge.py", "from duck_and_cover import training", "evaluation must not know training"),
        ("sleeve.py", "from duck_and_cover.models import flow", "sleeve must not know models"),
        ("album.py", "from duck_and_cover.dataset.reader import part_of", "vocabulary must not know dataset"),
        ("album.py", "from duck_and_cover import create", "vocabulary must not know package"),
        ("design/settings_reader.py", "from duck_and_cover.settings import keys", "design must not know settings"),
        ("sources/spotify.py", "import sqlite3", "sqlite3 lives in catalog/, studio/projects.py"),
        ("training/run.py", "import onnxruntime as ort", "onnxruntime lives in generation/, training/export.py"),
        ("dataset/build.py", "from torch import nn", "torch lives in models/"),
        ("dataset/build.py", "import importlib\nimportlib.import_module('torch.nn')", "build.py:2: torch lives in"),
        ("studio/app.py", "import typer", "typer lives in cli/"),
        ("design/files/pdf.py", "if TYPE_CHECKING:\n    import fastapi", "fastapi lives in studio/"),
        ("design/utils.py", "", "a file is named after what it is about"),
        ("attic/x.py", "", "no room of ARCHITECTURE.md is called 'attic'"),
        ("design/long.py", "\n" * 401, "401 lines; wanted at most 400"),
    ],
)  # fmt: skip
def test_a_planted_breach_is_reported(path: str, source: str, said: str) -> None:
    (found,) = violations({path: source})
    assert said in found


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("training/run.py", "import torch\nimport lightning as L\nfrom duck_and_cover.dataset.reader import part_of"),
        ("training/export.py", "from onnxruntime import InferenceSession\nimport onnx"),
        ("dataset/reader.py", "import torch\nfrom duck_and_cover import album"),
        ("dataset/lettering/ocr.py", "from rapidocr import RapidOCR"),
        ("cli/create.py", "import typer\ndef f():\n    from duck_and_cover.sleeve import create"),
        ("studio/app.py", "from duck_and_cover.sleeve import create\nimport fastapi"),
        ("design/sheet/texture.py", "import numpy, cv2, PIL.Image\nfrom . import texture\nfrom .texture import x"),
        ("__init__.py", "from duck_and_cover.album import Album"),
        ("design/sqlite3_like.py", "import json, torchy, onnx_like"),
        ("design/long.py", "\n" * 400),
    ],
)
def test_what_is_allowed_is_not_reported(path: str, source: str) -> None:
    assert violations({path: source}) == []


@pytest.mark.parametrize("module", [PACKAGE, f"{PACKAGE}.album", f"{PACKAGE}.genres", f"{PACKAGE}.errors"])
def test_the_front_door_is_light(module: str) -> None:
    heavy = {
        "torch",
        "lightning",
        "onnxruntime",
        "onnx",
        "cv2",
        "uharfbuzz",
        "fontTools",
        "typer",
        "pyarrow",
        "aiohttp",
    }
    code = f"import sys, {module}; print(*sorted({{m.split('.')[0] for m in sys.modules}} & {heavy!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
