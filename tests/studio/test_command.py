"""`duckcover studio`: where it keeps things, and what it says when it cannot start."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from duck_and_cover.errors import Failure
from duck_and_cover.settings import Settings
from duck_and_cover.studio.server import data_folder, serve


def test_a_port_that_is_taken_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=f"port {port} .* --port"):
            serve(port, folder=tmp_path / "studio", settings=Settings({}), open_browser=False)
    assert list(tmp_path.iterdir()) == []


def test_sleeves_are_kept_where_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert data_folder(Settings({"DUCKCOVER_STUDIO": "/srv/sleeves"})) == Path("/srv/sleeves")
    assert data_folder(Settings({"XDG_DATA_HOME": "/data"})) == Path("/data/duckcover")
    assert data_folder(Settings({})) == Path.home() / ".local" / "share" / "duckcover"


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['fastapi'] = None; sys.argv = ['duckcover', 'studio', '--no-browser'];"
        "from duck_and_cover.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1 and "[studio]" in done.stderr and done.stderr.count("\n") == 1
