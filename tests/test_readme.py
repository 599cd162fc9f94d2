"""The README and the generated pages say what is true."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def commands() -> list[str]:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from readme_commands import readme_commands  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    return readme_commands(README)


def test_two_commands() -> None:
    first, second = commands()[:2]
    assert "pip install ." in first and "duckcover create" in first
    assert "[test]" in second and "pytest" in second
    assert all("\n" not in c.replace("\\\n", "") for c in (first, second))


def test_pictures_exist_and_are_small() -> None:
    named = re.findall(r'(?:src="|\]\()(docs/[^")]+\.(?:jpg|webp|png))', README)
    assert named
    for name in named:
        assert (ROOT / name).stat().st_size < 300_000, name
        with Image.open(ROOT / name) as picture:
            picture.verify()


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_command_line_page_is_current() -> None:
    command = [sys.executable, ROOT / "tools" / "cli_reference.py", "--check"]
    reply = subprocess.run(command, capture_output=True, text=True, check=False)
    assert reply.returncode == 0, reply.stderr


def test_counts_in_the_readme_are_true() -> None:
    from duck_and_cover.design.axes import names

    told = re.search(r"(\d+) finishes, (\d+) palettes, (\d+) typefaces, (\d+) layouts", README)
    assert told is not None
    assert [int(n) for n in told.groups()] == [len(names(a)) for a in ("finish", "palette", "type", "layout")]
