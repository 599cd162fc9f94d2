"""Keys and addresses: as shells write them, and never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from duck_and_cover.errors import BadInput, Failure
from duck_and_cover.settings import Settings


def test_a_file_is_read_as_shells_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUCK_SET", "outside")
    (tmp_path / ".env").write_text(
        '# keys\n\nA=1\nexport B=\'two words\'  # told\nC="a \\"quote\\""\nD = x#y\nE=\nDUCK_SET=inside\n', "utf-8-sig"
    )
    found = Settings.read(tmp_path)
    assert [found.get(name) for name in ("A", "B", "C", "D", "E")] == ["1", "two words", 'a "quote"', "x#y", ""]
    assert found.get("DUCK_SET") == "outside", "the environment goes before the file"


@pytest.mark.parametrize("line", ["SECRET hush-hush", "2ND=hush-hush", "export hush-hush"])
def test_a_line_that_says_nothing_is_named_by_its_number(line: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"A=1\n{line}\n")
    with pytest.raises(BadInput, match=r"\.env, line 2: wanted NAME=value") as told:
        Settings.read(tmp_path)
    assert "hush-hush" not in str(told.value)


def test_values_are_not_shown() -> None:
    settings = Settings({"SECRET": "hush-hush"})
    assert "hush-hush" not in repr(settings)
    with pytest.raises(Failure, match="OTHER is not set: a key of a service"):
        settings.need("OTHER", "a key of a service")


@pytest.mark.parametrize("address", ["http://example.org", "ftp://example.org", "example.org", "http://10.0.0.1"])
def test_only_this_machine_is_asked_plainly(address: str) -> None:
    with pytest.raises(BadInput, match="X_URL is no address to ask"):
        Settings({"X_URL": address}).address("X_URL", "https://example.org")
    assert Settings({"X_URL": "http://127.0.0.1:80/v1/"}).address("X_URL", "https://a.b") == "http://127.0.0.1:80/v1"
