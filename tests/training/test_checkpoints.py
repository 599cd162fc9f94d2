from __future__ import annotations

import errno
import shutil
from pathlib import Path

import lightning as L
import pytest
import torch

from duck_and_cover.errors import BadInput, CannotWrite, Failure
from duck_and_cover.training.checkpoints import BEFORE, LAST, newest, read_checkpoint
from duck_and_cover.training.recipe import FlowRecipe
from duck_and_cover.training.record import load_run
from duck_and_cover.training.run import train


@pytest.fixture
def run_dir(finished_run: Path, tmp_path: Path) -> Path:
    """A copy of a run that went to its end."""
    return shutil.copytree(finished_run, tmp_path / "run")


def damage(path: Path, at: float) -> None:
    """Flip a byte inside a weight; torch itself would not notice."""
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 0x10
    path.write_bytes(content)


def test_the_last_and_the_one_before_are_kept(finished_run: Path) -> None:
    shown = [int(read_checkpoint(finished_run / name)["state_dict"]["images_shown"]) for name in (BEFORE, LAST)]
    assert shown == [400, 800]
    assert not list(finished_run.glob("*.partial"))


@pytest.mark.parametrize("at", [0.3, 0.5, 0.7])
def test_one_flipped_byte_is_noticed(run_dir: Path, at: float) -> None:
    damage(run_dir / LAST, at)
    with pytest.raises(Failure, match=r"last\.ckpt: damaged"):
        read_checkpoint(run_dir / LAST)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a checkpoint", b"\x00" * 5000])
def test_rubbish_is_noticed(run_dir: Path, content: bytes) -> None:
    (run_dir / LAST).write_bytes(content)
    with pytest.raises(Failure, match=r"last\.ckpt: damaged"):
        read_checkpoint(run_dir / LAST)


def test_half_a_file_is_noticed(run_dir: Path) -> None:
    whole = (run_dir / LAST).read_bytes()
    (run_dir / LAST).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Failure, match="damaged"):
        read_checkpoint(run_dir / LAST)


def test_a_damaged_checkpoint_gives_way_to_the_one_before(
    run_dir: Path, small_recipe: FlowRecipe, tiny_dataset: Path
) -> None:
    shown = int(read_checkpoint(run_dir / BEFORE)["state_dict"]["images_shown"])
    damage(run_dir / LAST, 0.5)
    said: list[str] = []
    longer = small_recipe.with_changes(kimg=0.832)
    module = train(longer, tiny_dataset, run_dir, resume=True, accelerator="cpu", quiet=True, warn=said.append)
    assert int(module.images_shown) == 832
    assert len(said) == 1 and "last.ckpt: damaged" in said[0]
    assert f"going on from before.ckpt, {shown} images" in said[0]
    assert int(read_checkpoint(run_dir / LAST)["state_dict"]["images_shown"]) == 832


def test_all_damaged_is_said(run_dir: Path) -> None:
    for name in (LAST, BEFORE):
        damage(run_dir / name, 0.5)
    with pytest.raises(Failure, match=r"no older checkpoint is whole; .* may be in best\.pt"):
        newest(run_dir)
    for name in (LAST, BEFORE):
        (run_dir / name).unlink()
    with pytest.raises(BadInput, match="nothing to resume"):
        newest(run_dir)


def test_a_kill_between_the_two_renames_loses_nothing(run_dir: Path) -> None:
    """`last` was set aside and the new one not yet moved into place."""
    (run_dir / BEFORE).unlink()
    (run_dir / LAST).rename(run_dir / BEFORE)
    path, content, _ = newest(run_dir)
    assert path.name == BEFORE and int(content["state_dict"]["images_shown"]) == 800


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("PytorchStreamWriter failed writing file data/3")],
)
def test_a_full_disk_loses_no_run(
    run_dir: Path, small_recipe: FlowRecipe, tiny_dataset: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    before = (run_dir / LAST).read_bytes()

    def full(self: L.Trainer, path: Path, weights_only: bool) -> None:
        Path(path).write_bytes(before[: len(before) // 3])
        raise error

    monkeypatch.setattr(L.Trainer, "save_checkpoint", full)
    longer = small_recipe.with_changes(kimg=0.832)
    with pytest.raises(CannotWrite, match=r"last\.ckpt: cannot write a checkpoint \(.*\); the one before is kept"):
        train(longer, tiny_dataset, run_dir, resume=True, accelerator="cpu", quiet=True)
    assert (run_dir / LAST).read_bytes() == before
    assert not list(run_dir.glob("*.partial"))
    monkeypatch.undo()
    assert int(train(longer, tiny_dataset, run_dir, resume=True, accelerator="cpu", quiet=True).images_shown) == 832


def test_nothing_in_a_checkpoint_is_executed(run_dir: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple:
            return print, ("executed",)

    torch.save({"state_dict": Evil()}, run_dir / LAST)
    (run_dir / BEFORE).unlink()
    with pytest.raises(Failure):
        load_run(run_dir)
