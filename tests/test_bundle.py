from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from duck_and_cover.bundle import Bundle, Sampler
from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.errors import BadInput, CannotWrite, DamagedBundle

Write = Callable[..., Bundle]


def edit(folder: Path, **changes: object) -> None:
    index = folder / "bundle.json"
    facts = {**json.loads(index.read_text("utf-8")), **changes}
    del facts["index_sha256"]  # an index without it is not checked as a whole
    index.write_text(json.dumps(facts), "utf-8")


def test_comes_back_as_written(tmp_path: Path, write_bundle: Write) -> None:
    sampler = Sampler(steps=9, guidance=1.5, refresh=2, shift=0.4)
    written = write_bundle(tmp_path / "mine", sampler)
    opened = Bundle.open(tmp_path / "mine")
    assert opened == written
    assert (opened.name, opened.family, opened.resolution_px) == ("mine", "colour", 16)
    assert opened.sampler == sampler
    assert opened.encoder == ConditionEncoder()
    assert opened.facts["training"] == {"images_shown": 0}
    assert opened.model.read_bytes()


def test_holds_three_files_and_no_pickle(tmp_path: Path, write_bundle: Write) -> None:
    write_bundle(tmp_path / "mine")
    assert sorted(p.name for p in (tmp_path / "mine").iterdir()) == ["bundle.json", "card.md", "model.onnx"]
    assert [p.name for p in tmp_path.iterdir()] == ["mine"], "nothing half-written is left"


def test_same_content_same_identity(tmp_path: Path, write_bundle: Write) -> None:
    first, other = write_bundle(tmp_path / "a" / "mine"), write_bundle(tmp_path / "b" / "mine")
    assert first.sha256 == other.sha256
    assert first.sha256 != write_bundle(tmp_path / "c" / "mine", Sampler(steps=7)).sha256


@pytest.mark.parametrize("file", ["model.onnx", "card.md"])
def test_one_flipped_bit_is_found(tmp_path: Path, write_bundle: Write, file: str) -> None:
    path = write_bundle(tmp_path / "mine").folder / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedBundle, match=f"{file}: sha256 is"):
        Bundle.open(tmp_path / "mine")


@pytest.mark.parametrize("changed", ["steps", '"resolution_px": 16', "death", "index_sha256"])
def test_one_flipped_bit_of_the_index_is_found(tmp_path: Path, write_bundle: Write, changed: str) -> None:
    index = write_bundle(tmp_path / "mine").folder / "bundle.json"
    content = bytearray(index.read_bytes())
    content[content.index(changed.encode()) + len(changed) - 1] ^= 1
    index.write_bytes(content)
    with pytest.raises(DamagedBundle):
        Bundle.open(tmp_path / "mine")


def test_an_index_that_cannot_be_read_is_damage(tmp_path: Path) -> None:
    (tmp_path / "bundle.json").mkdir()
    with pytest.raises(DamagedBundle, match=r"bundle\.json"):
        Bundle.open(tmp_path)


@pytest.mark.parametrize("file", ["model.onnx", "card.md"])
def test_a_missing_file_is_found(tmp_path: Path, write_bundle: Write, file: str) -> None:
    (write_bundle(tmp_path / "mine").folder / file).unlink()
    with pytest.raises(DamagedBundle, match=f"{file}: missing"):
        Bundle.open(tmp_path / "mine")


def test_no_bundle_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"not a bundle, it has no bundle\.json"):
        Bundle.open(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, "{}", '{"format": 1}', "\xff"])
def test_an_unreadable_index_is_damage(tmp_path: Path, text: str) -> None:
    (tmp_path / "bundle.json").write_text(text, "latin-1")
    with pytest.raises(DamagedBundle):
        Bundle.open(tmp_path)


def test_another_format_is_refused(tmp_path: Path, write_bundle: Write) -> None:
    edit(write_bundle(tmp_path / "mine").folder, format=2)
    with pytest.raises(DamagedBundle, match="format 2; this version reads format 1"):
        Bundle.open(tmp_path / "mine")


def test_files_outside_the_folder_are_not_looked_at(tmp_path: Path, write_bundle: Write) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    files = dict(write_bundle(tmp_path / "mine").facts["files"])
    edit(tmp_path / "mine", files={**files, "../secret": {"sha256": "", "bytes": 1}})
    with pytest.raises(DamagedBundle, match="secret: missing"):
        Bundle.open(tmp_path / "mine")


def test_an_index_that_does_not_vouch_for_the_model_is_damage(tmp_path: Path, write_bundle: Write) -> None:
    edit(write_bundle(tmp_path / "mine").folder, files={})
    with pytest.raises(DamagedBundle):
        Bundle.open(tmp_path / "mine")


def test_an_impossible_sampler_is_damage(tmp_path: Path, write_bundle: Write) -> None:
    edit(write_bundle(tmp_path / "mine").folder, sampler={"steps": 0, "guidance": 2, "refresh": 1, "shift": 0})
    with pytest.raises(DamagedBundle):
        Bundle.open(tmp_path / "mine")


def test_writing_again_replaces_the_whole(tmp_path: Path, write_bundle: Write) -> None:
    before = write_bundle(tmp_path / "mine")
    (before.folder / "left over.txt").write_text("x")
    after = write_bundle(tmp_path / "mine", Sampler(steps=3))
    assert after.sha256 != before.sha256
    assert not (after.folder / "left over.txt").exists()


def test_a_target_that_cannot_be_written(tmp_path: Path, write_bundle: Write) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotWrite, match="cannot write the bundle there"):
        write_bundle(tmp_path / "file" / "mine")


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"guidance": -1.0}, {"refresh": 0}, {"shift": -0.1}])
def test_impossible_samplers(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="not a sampler"):
        Sampler(**wrong)  # type: ignore[arg-type]
