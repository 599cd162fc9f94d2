"""What stays on disk: sleeves, kits."""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path

import pytest

from duck_and_cover.errors import BadInput, CannotWrite
from duck_and_cover.studio import projects as module
from duck_and_cover.studio.exports import Exports, slug
from duck_and_cover.studio.projects import Projects
from duck_and_cover.studio.recipe import Recipe


def test_sleeves_are_found_by_any_of_their_words_and_opened_again(tmp_path: Path) -> None:
    kept = Projects(tmp_path / "deep" / "p.sqlite")
    for query, picked in (
        ("artist=Mödir&title=Hraun&genre=doom&year=1999&seed=1", True),
        ("title=Tide&catalogue=QH+001&seed=2", True),
        ("title=Tide&seed=3", False),
    ):
        kept.remember(Recipe.of(query), "woodcut · tar", b"jpeg", picked=picked)
    assert [each.query for each in kept.found("modir 1999")] == [
        Recipe.of("artist=Mödir&title=Hraun&genre=doom&year=1999&seed=1").query
    ]
    assert [len(kept.found("tide")), len(kept.found("tide", drafts=True)), len(kept.found("100%"))] == [1, 2, 0]
    assert kept.found("wood tide")[0].title == kept.found("qh 001")[0].title == "Tide" and kept.count() == 2
    kept.pick(Recipe.of("title=Tide&seed=3"))
    newest = kept.found("")[0]
    assert newest.query.endswith("seed=3") and kept.thumbnail(newest.id) == b"jpeg"
    assert kept.delete(newest.id) and not kept.delete(newest.id) and kept.thumbnail(newest.id) is None
    kept.close()
    again = Projects(tmp_path / "deep" / "p.sqlite")
    assert len(again.found("")) == 2
    again.close()


def test_drafts_are_forgotten_beyond_so_many_and_picked_ones_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_DRAFTS", 3)
    kept = Projects(tmp_path / "p.sqlite")
    for seed in range(8):
        kept.remember(Recipe(seed=seed), "x", b"", picked=seed == 0)
    assert sorted(each.query for each in kept.found("", drafts=True)) == ["seed=0", "seed=5", "seed=6", "seed=7"]
    kept.close()


def test_a_file_of_another_version_or_kind_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "new.sqlite") as base:
        base.execute("PRAGMA user_version=99")
    base.close()
    (tmp_path / "text.sqlite").write_text("not a database, whatever its name says" * 40)
    for name in ("new.sqlite", "text.sqlite"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(CannotWrite):
            Projects(tmp_path / name)
        assert (tmp_path / name).read_bytes()[:100] == before[:100]


def test_only_files_of_a_kit_are_handed_out(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    (tmp_path / "exports" / ".half.part" / "print").mkdir(parents=True)
    exports = Exports(tmp_path / "exports")
    assert list(exports.folder.iterdir()) == []  # what a killed server left half done is gone
    id = exports.id(Recipe(seed=1), ("print",))
    assert id != exports.id(Recipe(seed=2), ("print",)) and id == exports.id(Recipe(seed=1), ("print", "print"))
    folder = exports.folder / id
    (folder / "print").mkdir(parents=True)
    (folder / "print" / "a.pdf").write_text("pdf")
    assert exports.kit(id) is None  # no report, no kit
    (folder / "report.json").write_text("{}")
    found = exports.file(id, "print/a.pdf")
    assert found is not None and found.read_text() == "pdf"
    for name in ("../../secret", "print/../../../secret", "/etc/passwd", "print", "", "..%2fsecret", "a.pdf"):
        assert exports.file(id, name) is None
    assert exports.file("../exports/" + id, "print/a.pdf") is None and exports.zipped("../x") is None
    packed = exports.zipped(id)
    assert packed is not None and zipfile.ZipFile(packed).namelist() == ["print/a.pdf", "report.json"]
    with pytest.raises(BadInput, match="print or moving"):
        exports.id(Recipe(seed=1), ("../x",))
    assert slug(Recipe.of("artist=../../Ére&title=<script>").album) == "ere-script"
