"""Fine-tuning a large model: what is learned, that it goes on as if never stopped, and that other tools can load it."""

from __future__ import annotations

import inspect
import json
import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from duck_and_cover.condition import Condition
from duck_and_cover.dataset.made.synthetic import synthetic_covers, write_parquet
from duck_and_cover.errors import BadInput, Failure
from duck_and_cover.training.checkpoints import read_checkpoint

pytest.importorskip("diffusers", reason="large models need the extra [large]")
pytest.importorskip("peft", reason="LoRAs need the extra [large]")

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "generation"))

from tiny_pipelines import KINDS, saved

from duck_and_cover.generation.diffusers import DiffusersEngine, Model
from duck_and_cover.training import lora as training
from duck_and_cover.training.lora import _adapted, train_lora
from duck_and_cover.training.lora_bases import LoraBatch, base_of, folded, unfolded
from duck_and_cover.training.lora_covers import LoraStream, captioned_covers
from duck_and_cover.training.lora_recipe import LoraRecipe

SHORT = LoraRecipe(kimg=0.032, batch=4, rank=2, learning_rate=1e-2, warmup_kimg=0.01, checkpoint_kimg=0.016,
                   preview_kimg=0.032, seed=3)  # fmt: skip


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny pipeline of each kind. Read only."""
    folder = tmp_path_factory.mktemp("models")
    return {kind: saved(kind, folder / kind) for kind in KINDS}


@pytest.fixture(scope="module")
def covers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 synthetic covers of 32 px. Read only."""
    folder = tmp_path_factory.mktemp("few") / "covers"
    write_parquet(synthetic_covers(24, seed=5, size_px=32), folder, rows_per_shard=100)
    return folder


def opened(folder: Path, **settings: Any) -> DiffusersEngine:
    return DiffusersEngine(Model(folder, **{"steps": 1, **settings}), trainable=True)


@pytest.fixture(scope="module")
def run(models: dict[str, Path], covers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that went to its end. Read only."""
    folder = tmp_path_factory.mktemp("runs") / "straight"
    assert train_lora(opened(models["sd"]), SHORT, covers, folder, quiet=True) == 32
    return folder


def weights(run: Path) -> dict[str, torch.Tensor]:
    content = read_checkpoint(run / "last.ckpt")
    moments = {f"{i}/{k}": v for i, each in content["optimizer"]["state"].items() for k, v in each.items()}
    return content["state_dict"] | moments


def test_a_run_leaves_what_others_need(run: Path, models: dict[str, Path]) -> None:
    rows = [json.loads(line) for line in (run / "stats.jsonl").read_text().splitlines()]
    assert [row["images"] for row in rows] == [8, 16, 24, 32] and all(row["loss"] > 0 for row in rows)
    assert sorted(path.stem for path in (run / "previews").iterdir()) == ["0000000000", "0000000032"]
    assert {p.name for p in (run / "adapter").iterdir()} == {"pytorch_lora_weights.safetensors", "lora.json", "card.md"}
    card, told = (run / "adapter" / "card.md").read_text(), json.loads((run / "adapter" / "lora.json").read_text())
    assert "32 pictures shown" in card and "may draw letters of its own" in card and str(run.parent) not in card
    assert told["images_shown"] == 32 and told["base"]["name"] == "sd" and str(models["sd"]) not in json.dumps(told)
    captions = [json.loads(line)["text"] for line in (run / "captions.jsonl").read_text().splitlines()]
    assert len(captions) == json.loads((run / "run.json").read_text())["data"]["covers"] and all(captions)


def test_an_engine_draws_with_what_was_learned(run: Path, models: dict[str, Path]) -> None:
    asked = Condition({"jazz": 1.0}, 1959)
    plain, taught = (DiffusersEngine.of(f"diffusers:{models['sd']}{more},steps=2") for more in ("", f"+{run}"))
    assert taught.captioned and taught.told(asked, 1)["prompt"].startswith("album cover, jazz, 1959")
    assert taught.name == "sd+straight" and taught.card.startswith("# straight")
    plain.captioned = True
    assert not np.array_equal(taught.draw(asked, 1).pixels, plain.draw(asked, 1).pixels)


def test_a_resumed_run_is_the_same_run(run: Path, models: dict[str, Path], covers: Path, tmp_path: Path) -> None:
    first = LoraRecipe(**{**vars(SHORT), "kimg": 0.02})
    assert train_lora(opened(models["sd"]), first, covers, tmp_path / "two", quiet=True) == 20
    with (tmp_path / "two" / "stats.jsonl").open("a") as file:
        file.write('{"images": 28, "loss": 9}\n')  # of a life that ended before its checkpoint
    assert train_lora(opened(models["sd"]), SHORT, covers, tmp_path / "two", resume=True, quiet=True) == 32
    wanted, found = weights(run), weights(tmp_path / "two")
    assert wanted.keys() == found.keys() and len(wanted) > 20
    assert [name for name in wanted if not torch.equal(wanted[name], found[name])] == []
    rows = [json.loads(line) for line in (tmp_path / "two" / "stats.jsonl").read_text().splitlines()]
    assert all(row["loss"] != 9 for row in rows) and rows[-1]["images"] == 32


def test_an_interrupted_run_saves_and_goes_on(run: Path, models: dict[str, Path], covers: Path, tmp_path: Path,
                                              monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    step, told = training._step, []

    def interrupted(*arguments: Any) -> float:
        if arguments[2] == 8:
            os.kill(os.getpid(), signal.SIGINT)
        return step(*arguments)

    monkeypatch.setattr(training, "_step", interrupted)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train_lora(opened(models["sd"]), SHORT, covers, tmp_path / "cut", quiet=True)
    assert signal.getsignal(signal.SIGINT) is before
    assert int(read_checkpoint(tmp_path / "cut" / "last.ckpt")["state_dict"]["images_shown"]) == 12
    monkeypatch.undo()
    train_lora(opened(models["sd"]), LoraRecipe(**{**vars(SHORT), "kimg": 0.024}), covers, tmp_path / "cut", quiet=True)
    last = tmp_path / "cut" / "last.ckpt"
    assert int(read_checkpoint(last)["state_dict"]["images_shown"]) == 24, "saved at its end, between two checkpoints"
    last.write_bytes(last.read_bytes()[:-2000])  # a torn file: the one before has to do, and it is said
    train_lora(opened(models["sd"]), SHORT, covers, tmp_path / "cut", quiet=True, warn=told.append)
    assert len(told) == 1 and "going on from before.ckpt" in told[0]
    wanted, found = weights(run), weights(tmp_path / "cut")
    assert [name for name in wanted if not torch.equal(wanted[name], found[name])] == []


def batch(size_px: int = 32, count: int = 4) -> LoraBatch:
    rng = np.random.default_rng(2)
    picture = torch.from_numpy(rng.uniform(-1, 1, (count, 3, 1, 1)).astype(np.float32)).expand(-1, 3, size_px, size_px)
    return LoraBatch(picture, torch.ones(count, 1, size_px, size_px), ("album cover, jazz, 1959",) * count,
                     tuple(range(count)))  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_model_learns_and_stays_as_it_is(kind: str, models: dict[str, Path]) -> None:
    base = base_of(opened(models[kind]).pipe)
    frozen = {name: weight.clone() for name, weight in base.denoiser.named_parameters()}
    learned = _adapted(base, LoraRecipe(rank=4))
    assert learned and sum(weight.numel() for weight in learned.values()) < sum(w.numel() for w in frozen.values()) / 2
    shown, losses = batch(), []
    optimizer = torch.optim.AdamW(learned.values(), 1e-2)
    for _ in range(25):
        optimizer.zero_grad()
        loss = base.loss(shown)
        losses.append(float(loss.detach()))
        loss.backward()
        optimizer.step()
    assert losses[-1] < 0.98 * losses[0], "the same batch with the same noise must become easier"
    kept = {name.replace(".base_layer", ""): weight for name, weight in base.denoiser.named_parameters()}
    assert [name for name in frozen if not torch.equal(frozen[name], kept[name])] == []


def times(base: Any, heard: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
    """The times of a few more batches."""
    heard.clear()
    for start in range(4, 20, 4):
        shown = batch(64)
        base.loss(LoraBatch(shown.picture, shown.weight, shown.captions, tuple(range(start, start + 4))))
    return [each["timestep"] for each in heard]


@pytest.mark.parametrize("kind", KINDS)
def test_training_asks_what_drawing_asks(kind: str, models: dict[str, Path]) -> None:
    """The same arguments, of the same shapes and, where they are no luck, the same values."""
    engine = opened(models[kind], size_px=64, steps=4)
    base, heard = base_of(engine.pipe), []
    shape = inspect.signature(type(base.denoiser).forward)

    def listen(module: Any, given: Any, named: Any) -> None:
        bound = shape.bind(module, *given, **named).arguments
        flat = bound | dict(bound.pop("added_cond_kwargs", None) or {})
        heard.append({k: v for k, v in flat.items() if isinstance(v, torch.Tensor)})

    base.denoiser.register_forward_pre_hook(listen, with_kwargs=True)
    engine.draw(Condition({"jazz": 1.0}, 1959), 1)
    drawn = heard[0]
    heard.clear()
    base.loss(batch(64, 1))
    (asked,) = heard
    assert asked.keys() == drawn.keys() and len(asked) >= 3
    for name, wanted in drawn.items():
        found = asked[name]
        if name not in ("timestep", "guidance", "txt_ids", "img_ids"):
            assert found.shape[1:] == wanted.shape[1:], name
        if name in ("guidance", "txt_ids", "img_ids", "time_ids"):
            assert torch.equal(found[-1:].float(), wanted[-1:].float()), name
    top = 1.0 if kind == "flux" else 1000.0
    assert 0.7 * top < float(drawn["timestep"].max()) <= top
    asked_at = [float(base_time.max()) for base_time in times(base, heard)]
    assert min(asked_at) >= 0 and 0.5 * top < max(asked_at) <= top


@pytest.mark.parametrize("kind", ["sdxl", "flux"])
def test_checkpointed_gradients_are_the_same(kind: str, models: dict[str, Path]) -> None:
    """As on an accelerator, where activations are computed twice to save memory."""
    base = base_of(opened(models[kind]).pipe)
    learned, found = _adapted(base, LoraRecipe(rank=2)), []
    for _ in range(2):
        for weight in learned.values():
            weight.grad = None
        base.loss(batch(count=2)).backward()
        found.append([weight.grad.clone() for weight in learned.values() if weight.grad is not None])
        base.denoiser.enable_gradient_checkpointing()
    assert len(found[0]) == len(learned) and any(grad.abs().max() > 0 for grad in found[0])
    assert all(torch.allclose(one, other, atol=1e-6) for one, other in zip(*found, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_should_find_is_what_the_scheduler_steps_by(kind: str, models: dict[str, Path]) -> None:
    """From the noised latents, with the right answer, the pipeline's own scheduler comes to the picture."""
    from diffusers import DDIMScheduler

    engine = opened(models[kind], size_px=64)
    base, given = base_of(engine.pipe), []
    base.denoiser.register_forward_pre_hook(lambda module, *each: given.append(each), with_kwargs=True)
    latent, noise = (torch.randn(1, 4, 32, 32, generator=torch.Generator().manual_seed(i)) for i in (1, 2))
    _, wanted = base.asked(latent, noise, [torch.Generator().manual_seed(3)], base.words(("a hill",)))
    (positional, named), *_ = given
    noised, time = positional[:2] if positional else (named["hidden_states"], named["timestep"])
    if positional:
        scheduler = DDIMScheduler.from_config(engine.pipe.scheduler.config, clip_sample=False)
        scheduler.set_timesteps(1000)
        found = scheduler.step(wanted, int(time), noised).pred_original_sample
    else:
        scheduler = engine.pipe.scheduler
        share = float(time) / (1 if kind == "flux" else 1000)
        scheduler.set_timesteps(sigmas=[share], **({"mu": 0.0} if scheduler.config.use_dynamic_shifting else {}))
        noised = unfolded(noised, 4) if kind == "flux" else noised
        found = scheduler.step(wanted, scheduler.timesteps[0], noised).prev_sample
    assert torch.allclose(found, latent, atol=1e-3)


def test_folding_is_that_of_the_pipeline(models: dict[str, Path]) -> None:
    latent = torch.arange(2 * 4 * 8 * 8).float().view(2, 4, 8, 8)
    packed = opened(models["flux"]).pipe._pack_latents(latent, 2, 4, 8, 8)
    assert torch.equal(folded(latent), packed) and torch.equal(unfolded(packed, 4), latent)


def test_lettering_hardly_counts(models: dict[str, Path]) -> None:
    base = base_of(opened(models["sd"]).pipe)
    shown = batch()
    plain = base.loss(shown)
    weight = shown.weight.clone()
    weight[..., :16] = 0.0
    halved = base.loss(LoraBatch(shown.picture, weight, shown.captions, shown.luck))
    weight[..., 16:] = 0.5
    weight[..., :16] = 0.5
    scaled = base.loss(LoraBatch(shown.picture, weight, shown.captions, shown.luck))
    assert not torch.isclose(plain, halved) and torch.isclose(plain, scaled), "a mean by weight"


def test_letters_are_filled_in_and_pictures_mirrored_only_then(covers: Path, tmp_path: Path) -> None:
    plain = captioned_covers(covers, 32, tmp_path)
    ids = [json.loads(line)["id"] for line in (tmp_path / "captions.jsonl").read_text().splitlines()]
    letters = {id: [(0.0, 0.0, 0.5, 0.25)] for id in ids} | {ids[0]: [(0.0, 0.0, 1.0, 0.9)]}
    filled = captioned_covers(covers, 32, tmp_path / "filled", letters)
    assert len(filled.captions) == len(plain.captions) - 1, "one is full of letters"
    shown = [LoraStream(each, 1, 16, 0.0, 0.1).batch(0) for each in (plain, filled)]
    assert shown[0].weight.min() == 1 and float(shown[1].weight.min()) == pytest.approx(0.1)
    left, right = shown[1].weight[:, 0, 0, 0] < 1, shown[1].weight[:, 0, 0, -1] < 1
    assert left.any() and right.any() and not (left & right).any(), "some mirrored, some not, with their boxes"
    pixels = {pixels.tobytes() for pixels in plain.pixels}
    back = ((shown[0].picture.numpy().transpose(0, 2, 3, 1) + 1) * 127.5).round().astype(np.uint8)
    assert all(picture.tobytes() in pixels for picture in back), "with letters on them none is mirrored"


def test_every_cover_is_shown_once_before_any_twice(covers: Path, tmp_path: Path) -> None:
    found = captioned_covers(covers, 32, tmp_path)
    count = len(found.captions)
    stream = LoraStream(found, 4, count, 0.0, 0.1)
    assert sorted(stream.batch(0).captions) == sorted(stream.batch(count).captions) == sorted(found.captions)
    assert stream.batch(0).captions != stream.batch(count).captions
    halves = [LoraStream(found, 4, count // 2, 0.0, 0.1).batch(shown) for shown in (0, count // 2)]
    assert halves[0].luck + halves[1].luck == stream.batch(0).luck[: 2 * (count // 2)], "whatever the batch"
    dropped = LoraStream(found, 4, 400, 0.25, 0.1).batch(0).captions.count("")
    assert 60 < dropped < 140


def test_captions_of_the_dataset_come_first(covers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from duck_and_cover.training import lora_covers

    template = captioned_covers(covers, 32, tmp_path)
    assert all("19" in text or "20" in text or "record" in text or "cover" in text for text in template.captions)
    ids = [json.loads(line)["id"] for line in (tmp_path / "captions.jsonl").read_text().splitlines()]
    monkeypatch.setattr(lora_covers, "read_rows", lambda folder, columns: [{"id": ids[0], "text": "a  red\nroom"}])
    monkeypatch.setattr(lora_covers, "MANIFEST", next(covers.glob("*.parquet")).name)
    again = captioned_covers(covers, 32, tmp_path / "again")
    assert again.captions == ("a red room", *template.captions[1:]) and again.captions_hash != template.captions_hash


def test_what_does_not_fit_together_is_refused(run: Path, models: dict[str, Path], covers: Path, tmp_path: Path,
                                               tiny_dataset: Path) -> None:  # fmt: skip
    sd = models["sd"]
    with pytest.raises(BadInput, match="nothing to resume"):
        train_lora(opened(sd), SHORT, covers, tmp_path / "new", resume=True)
    with pytest.raises(BadInput, match=r"another model \(sd\); give the same --base"):
        train_lora(opened(models["sd3"]), SHORT, covers, run, quiet=True)
    with pytest.raises(BadInput, match="with another rank, seed"):
        train_lora(opened(sd), LoraRecipe(**{**vars(SHORT), "rank": 3, "seed": 9}), covers, run, quiet=True)
    with pytest.raises(BadInput, match="was started on other data"):
        train_lora(opened(sd), SHORT, tiny_dataset, run, quiet=True)
    with pytest.raises(BadInput, match="a SimpleNamespace cannot be fine-tuned here; wanted Stable Diffusion"):
        base_of(SimpleNamespace(transformer=object(), vae=None))
    few = tmp_path / "few"
    write_parquet(synthetic_covers(5, seed=5, size_px=32), few, rows_per_shard=100)
    with pytest.raises(BadInput, match="covers to train on; wanted 8 or more"):
        train_lora(opened(sd), SHORT, few, tmp_path / "small", quiet=True)


@pytest.mark.parametrize(
    ("field", "value"), [("rank", 0), ("kimg", 0), ("learning_rate", -1), ("size_px", 100), ("drop_caption", 2)]
)
def test_what_a_recipe_cannot_be_is_refused(field: str, value: float) -> None:
    with pytest.raises(BadInput, match=f"{field} of a LoRA is {value}; wanted"):
        LoraRecipe(**{field: value})


def test_a_loss_that_is_no_number_and_full_memory_end_a_run_in_one_line(
    models: dict[str, Path], covers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duck_and_cover.training.lora_bases import UnetBase

    monkeypatch.setattr(UnetBase, "loss", lambda self, shown: torch.tensor(float("nan")))
    with pytest.raises(Failure, match="the loss is nan after 0 images"):
        train_lora(opened(models["sd"]), SHORT, covers, tmp_path / "nan", quiet=True)

    def full(self: Any, shown: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(UnetBase, "loss", full)
    with pytest.raises(Failure, match="memory does not suffice; take a smaller --batch"):
        train_lora(opened(models["sd"]), SHORT, covers, tmp_path / "full", quiet=True)


def test_the_command_trains_and_says_what_is_next(models: dict[str, Path], covers: Path, tmp_path: Path) -> None:
    from duck_and_cover.cli.train import train

    out = tmp_path / "run"
    words = ["lora", "--base", str(models["sd"]), "--data", str(covers), "-o", str(out), "--kimg", "0.008",
             "--batch", "4", "--rank", "2", "--device", "cpu"]  # fmt: skip
    done = CliRunner().invoke(train, words, catch_exceptions=False)
    assert done.exit_code == 0 and "8 images shown" in done.output, done.output
    assert f"duckcover create --engine diffusers:{models['sd']}+{out} …" in done.output
    assert (out / "adapter" / "pytorch_lora_weights.safetensors").exists()
    told = CliRunner().invoke(train, ["--help"]).output
    assert "RECIPE" in told and "train lora" in told
