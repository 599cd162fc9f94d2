"""Large models as engines: loaded from disk, asked in words for art without letters; faults are said plainly."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from duck_and_cover import Album, create
from duck_and_cover.condition import Condition
from duck_and_cover.errors import BadInput, Failure, MissingExtra, UnknownChoice
from duck_and_cover.generation import modelfolder
from duck_and_cover.generation.modelfolder import ModelFolder
from duck_and_cover.generation.prompt import AGAINST, UNWRITTEN, Prompt

pytest.importorskip("diffusers", reason="large models need the extra [large]")
pytest.importorskip("peft", reason="LoRAs need the extra [large]")

sys.path.insert(0, str(Path(__file__).resolve().parent))  # tests are imported by path, this module by name

from tiny_pipelines import saved

from duck_and_cover.generation.diffusers import Adapter, DiffusersEngine, Model
from duck_and_cover.generation.pipeline import Pipeline

ASKED = Condition({"thrash metal": 1.0}, 1988, "Razormouth", "Cathedral of Rust")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Stable Diffusion of 16 px. Read only."""
    return saved("sd", tmp_path_factory.mktemp("models") / "tiny-sd")


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    """One that may be spoiled."""
    return Path(shutil.copytree(tiny, tmp_path / "spoiled"))


@pytest.fixture(scope="module")
def engine(tiny: Path) -> DiffusersEngine:
    return DiffusersEngine.of(f"diffusers:{tiny},steps=2")


def with_takes(takes: Any, pipe: Any = None) -> Pipeline:
    """A pipeline of another signature, without weights."""
    import inspect

    import torch

    made = object.__new__(Pipeline)
    made.model = ModelFolder(Path("models/other"), "other", "OtherPipeline", {}, (), None)
    made.pipe, made.device, made.dtype, made._takes = pipe, "cpu", torch.float16, inspect.signature(takes).parameters
    return made


def test_a_seed_gives_its_picture_again(engine: DiffusersEngine) -> None:
    one, again, other = engine.draw(ASKED, 1), engine.draw(ASKED, 1), engine.draw(ASKED, 2)
    assert one.pixels.shape == (16, 16, 3) and one.pixels.std() > 5
    assert np.array_equal(one.pixels, again.pixels) and not np.array_equal(one.pixels, other.pixels)
    assert not np.array_equal(one.pixels, engine.draw(Condition({"jazz": 1.0}, 1959), 1).pixels), "words count"


def test_it_is_finished_like_other_art_and_told_of(engine: DiffusersEngine, tiny: Path) -> None:
    sleeve = create(
        Album("Razormouth", "Cathedral of Rust", ("thrash metal",), 1988), seed=1, size_px=160, engine=engine
    )
    report = sleeve.report
    assert report["engine"] == "tiny-sd" and report["bundle"] == engine.sha256 and report["art"] == "drawn"
    assert np.array_equal(sleeve.art.pixels, engine.draw(ASKED, report["seeds"]["art"]).pixels)
    assert str(tiny.parent) not in json.dumps(report)


def test_it_is_found_by_its_name(tiny: Path) -> None:
    sleeve = create(Album("Razormouth", "Cathedral of Rust"), seed=1, size_px=96, engine=f"diffusers:{tiny},steps=1")
    assert sleeve.report["drawn_with"]["prompt"].startswith("cathedral of rust, ")
    assert sleeve._about["AIPromptInformation"] == sleeve.report["drawn_with"]["prompt"]


def test_it_says_what_it_drew_with(engine: DiffusersEngine) -> None:
    told = engine.told(ASKED, 1)
    assert told["pipeline"] == "StableDiffusionPipeline" and told["num_inference_steps"] == 2
    assert told["prompt"].startswith("cathedral of rust, ") and told["negative_prompt"] == AGAINST
    assert (told["device"], told["precision"]) == ("cpu", "float32") and json.dumps(told)


def test_size_and_guidance_reach_the_pipeline(tiny: Path) -> None:
    engine = DiffusersEngine.of(f"diffusers:{tiny},steps=1,guidance=1,size=64")
    assert engine.draw(ASKED, 1).size_px == 64
    assert UNWRITTEN in engine.told(ASKED, 1)["prompt"], "without guidance nobody hears a negative prompt"
    with pytest.raises(BadInput, match=r"cannot draw this .*divisible by 8"):
        DiffusersEngine.of(f"diffusers:{tiny},size=67").draw(ASKED, 1)


def flux(prompt=None, negative_prompt=None, true_cfg_scale=1.0, height=None, width=None, guidance_scale=3.5): ...
def qwen(prompt=None, negative_prompt=None, true_cfg_scale=4.0, guidance_scale=None, num_inference_steps=50): ...
def plain(prompt, output_type="np"): ...


@pytest.mark.parametrize(
    ("takes", "guidance", "call"),
    [
        (flux, None, {"prompt": f"a hill, {UNWRITTEN}"}),
        (flux, 2.0, {"prompt": f"a hill, {UNWRITTEN}", "guidance_scale": 2.0}),
        (qwen, None, {"prompt": "a hill", "negative_prompt": "letters"}),
        (qwen, 3.0, {"prompt": "a hill", "negative_prompt": "letters", "true_cfg_scale": 3.0}),
        (qwen, 1.0, {"prompt": f"a hill, {UNWRITTEN}", "true_cfg_scale": 1.0}),
        (plain, None, {"prompt": f"a hill, {UNWRITTEN}", "output_type": "pil"}),
    ],
)  # fmt: skip
def test_a_pipeline_gets_what_its_signature_takes(takes: Any, guidance: float | None, call: dict[str, Any]) -> None:
    assert with_takes(takes).call(Prompt("a hill", "letters"), guidance=guidance) == call


def test_what_a_pipeline_does_not_take_is_refused() -> None:
    for asked in ({"steps": 3}, {"size_px": 64}):
        with pytest.raises(BadInput, match=r"OtherPipeline takes no (steps|size)"):
            with_takes(plain).call(Prompt("a hill"), **asked)


def drawing(picture: Image.Image, flagged: bool = False) -> Pipeline:
    return with_takes(plain, lambda **call: SimpleNamespace(images=[picture], nsfw_content_detected=[flagged]))


def test_pictures_of_other_shapes_and_kinds_become_a_square_of_three_channels() -> None:
    picture = Image.fromarray(np.repeat(np.arange(40, dtype=np.uint8)[None], 24, 0))
    pixels = drawing(picture).draw({}, 1)
    assert pixels.shape == (24, 24, 3) and pixels[0, 0, 0] == 8 and pixels[0, -1, 2] == 31
    assert drawing(Image.new("RGBA", (8, 8), "white")).draw({}, 1).shape == (8, 8, 3)


def test_withheld_and_empty_pictures_are_no_art() -> None:
    with pytest.raises(Failure, match="safety checker withheld the picture; take another seed"):
        drawing(Image.new("RGB", (8, 8), "white"), flagged=True).draw({}, 1)
    with pytest.raises(Failure, match="nothing but black, as models do that do not compute well in float16"):
        drawing(Image.new("RGB", (8, 8))).draw({}, 1)


def test_memory_that_does_not_suffice_is_said_in_one_line(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil
    import torch

    def full(**call: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate 2 GiB")

    with pytest.raises(Failure, match="memory does not suffice") as caught:
        with_takes(plain, full).draw({}, 1)
    assert "\n" not in str(caught.value)
    numbers = ModelFolder.open(tiny).numbers()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=3 * numbers))
    assert Pipeline(ModelFolder.open(tiny)).dtype == torch.bfloat16, "half as many bytes fit"
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2 * numbers))
    with pytest.raises(Failure, match=r"GB of memory and 0\.0 GB are free"):
        Pipeline(ModelFolder.open(tiny))


def test_a_model_too_large_for_its_device_waits_in_memory() -> None:
    import torch

    went: list[str] = []

    def to(device: str) -> None:
        went.append(device)
        if device != "cpu":
            raise torch.OutOfMemoryError("full")

    pipe = SimpleNamespace(to=to, enable_model_cpu_offload=lambda device: went.append(f"parts of it on {device}"))
    made = with_takes(plain, pipe)
    made.device = "cuda"
    fake = SimpleNamespace(OutOfMemoryError=torch.OutOfMemoryError,
                           get_device_module=lambda device: SimpleNamespace(empty_cache=lambda: None))  # fmt: skip
    assert made._moved(fake, False) and went == ["cuda", "cpu", "parts of it on cuda"]
    with pytest.raises(Failure, match="as it must to be trained"):
        made._moved(fake, True)


def test_pixels_and_identity_do_not_depend_on_the_place(tiny: Path, copy: Path, engine: DiffusersEngine) -> None:
    (copy / "README.md").write_text("# Of its makers\n")
    elsewhere = DiffusersEngine.of(f"diffusers:{copy},steps=2")
    assert elsewhere.sha256 == engine.sha256 and elsewhere.name == "spoiled"
    assert elsewhere.card == "# Of its makers\n" and engine.card == ""
    assert np.array_equal(elsewhere.draw(ASKED, 3).pixels, engine.draw(ASKED, 3).pixels)


def test_other_weights_are_another_model(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ModelFolder.open(copy).sha256
    path = copy / "unet" / "diffusion_pytorch_model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert ModelFolder.open(copy).sha256 != before
    monkeypatch.setattr(modelfolder, "_SAMPLE_BYTES", 64)  # now it is a large file
    sampled = ModelFolder.open(copy).sha256
    data[len(data) // 31 * 7 :] = bytes(b ^ 1 for b in data[len(data) // 31 * 7 :])
    path.write_bytes(data)
    assert ModelFolder.open(copy).sha256 != sampled


def test_half_precision_files_and_the_hubs_cache_are_found(engine: DiffusersEngine, tmp_path: Path) -> None:
    folder = tmp_path / "models--makers--small" / "snapshots" / "0a1b"
    engine.pipe.save_pretrained(folder, safe_serialization=True, variant="fp16")
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"a pickle that nobody opens")
    found = ModelFolder.open(folder.parent.parent)
    assert found.variant == "fp16" and found.name == "makers/small" and len(found.weights) == 3
    assert found.numbers() == sum(p.numel() for n in ("unet", "vae", "text_encoder")
                                  for p in getattr(engine.pipe, n).parameters())  # fmt: skip
    assert np.array_equal(DiffusersEngine.of(f"diffusers:{folder},steps=2").draw(ASKED, 1).pixels,
                          engine.draw(ASKED, 1).pixels)  # fmt: skip


def spoil_index(folder: Path, **changes: Any) -> None:
    path = folder / "model_index.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


SPOILT: dict[str, Any] = {
    "no pipeline of diffusers, there is no model_index.json": lambda f: (f / "model_index.json").unlink(),
    "model_index.json cannot be read": lambda f: (f / "model_index.json").write_text("{"),
    "its pipeline is code of its own": lambda f: spoil_index(f, _class_name=["mine", "MyPipeline"]),
    "unet is code of its own": lambda f: spoil_index(f, unet=["os", "system"]),
    "names vae and there is no such folder": lambda f: shutil.rmtree(f / "vae"),
    "unet: has no weights": lambda f: (f / "unet" / "diffusion_pytorch_model.safetensors").unlink(),
    "unet: only pickled weights": lambda f: (f / "unet" / "diffusion_pytorch_model.safetensors").rename(
        f / "unet" / "diffusion_pytorch_model.bin"),
    "a pointer of Git LFS": lambda f: (f / "unet" / "diffusion_pytorch_model.safetensors").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n"),
    "its weights are of another variant": lambda f: (f / "unet" / "diffusion_pytorch_model.safetensors").rename(
        f / "unet" / "diffusion_pytorch_model.fp16.safetensors"),
    "Img2ImgPipeline does not draw from words alone": lambda f: spoil_index(
        f, _class_name="StableDiffusionImg2ImgPipeline"),
    "FuturePipeline does not draw from words alone": lambda f: spoil_index(f, _class_name="FuturePipeline"),
    "cannot be loaded": lambda f: (f / "unet" / "config.json").write_text("{}"),
}  # fmt: skip


@pytest.mark.parametrize("says", SPOILT)
def test_what_is_no_whole_pipeline_is_refused_in_one_line(says: str, copy: Path) -> None:
    SPOILT[says](copy)
    with pytest.raises(BadInput, match=says) as caught:
        DiffusersEngine.of(f"diffusers:{copy}")
    assert "\n" not in str(caught.value)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    for text, says in (
        (f"diffusers:{tmp_path / 'none'}", "no such folder"),
        (f"diffusers:{tmp_path / 'model.safetensors'}", "is a file; wanted the folder"),
        (f"diffusers:{tmp_path}", "a checkpoint in one file"),
        ("diffusers:", "names no folder"),
    ):
        with pytest.raises(BadInput, match=says):
            DiffusersEngine.of(text)


def test_the_text_of_an_engine_is_read(tmp_path: Path) -> None:
    (tmp_path / "a+b,steps=3").mkdir()
    (tmp_path / "lora").mkdir()
    assert Model.of("diffusers:models/x,steps=20,guidance=6.5,size=512,device=cpu") == Model(
        Path("models/x"), None, 20, 6.5, 512, device="cpu")  # fmt: skip
    assert Model.of(f"diffusers:{tmp_path}/a+b,steps=3") == Model(tmp_path / "a+b,steps=3"), "a name that is there"
    assert Model.of(f"diffusers:{tmp_path}/a+b,steps=3+{tmp_path}/lora,strength=0.5,steps=9") == Model(
        tmp_path / "a+b,steps=3", tmp_path / "lora", 9, strength=0.5)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x,stepps=3", "no setting of this engine is called 'stepps'; try steps"),
        ("x,steps=0", "wanted 1 to 1000"),
        ("x,steps=2.5", "steps=2.5"),
        ("x,guidance=nan", "wanted 0 to 100"),
        ("x,size=9000", "wanted 64 to 4096"),
        ("x,device=gpu", "no device is called 'gpu'"),
        ("x,strength=1", "strength is a LoRA's"),
        (".+nowhere", "nowhere: no such file or folder"),
    ],
)
def test_what_an_engine_cannot_be_told_is_refused(text: str, says: str) -> None:
    with pytest.raises((BadInput, UnknownChoice), match=says.replace("+", r"\+")):
        Model.of(f"diffusers:{text}")


def test_a_device_that_is_not_there_is_refused(tiny: Path) -> None:
    import torch

    if torch.accelerator.is_available():
        pytest.skip("there is one here")
    with pytest.raises(BadInput, match="device is cuda and torch finds none here"):
        DiffusersEngine.of(f"diffusers:{tiny},device=cuda")


def test_without_the_extra_it_says_what_to_type(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "diffusers", None)
    with pytest.raises(MissingExtra, match=r"pip install '\.\[large\]'"):
        DiffusersEngine.of(f"diffusers:{tiny}")


def test_importing_it_loads_neither_torch_nor_diffusers() -> None:
    heavy = "{'torch', 'diffusers', 'transformers', 'peft', 'psutil'}"
    code = "import sys, duck_and_cover.generation.diffusers; "
    code += f"print(*sorted({{m.split('.')[0] for m in sys.modules}} & {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []


@pytest.fixture(scope="module")
def lora(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA as others write it: of the U-Net's attention, every number random. Read only."""
    import torch
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    pipe = DiffusersEngine.of(f"diffusers:{tiny}").pipe
    with torch.random.fork_rng():
        torch.manual_seed(1)
        pipe.unet.add_adapter(LoraConfig(r=2, lora_alpha=2, init_lora_weights=False, target_modules=["to_q", "to_v"]))
    folder = tmp_path_factory.mktemp("loras") / "mine"
    pipe.save_lora_weights(folder, unet_lora_layers=get_peft_model_state_dict(pipe.unet))
    return folder


def test_a_lora_changes_the_picture_by_its_strength(tiny: Path, lora: Path, engine: DiffusersEngine) -> None:
    from_folder, from_file, none = (
        DiffusersEngine.of(f"diffusers:{tiny}+{text},steps=2")
        for text in (lora, lora / "pytorch_lora_weights.safetensors", f"{lora},strength=0")
    )
    pixels = engine.draw(ASKED, 1).pixels
    assert not np.array_equal(from_folder.draw(ASKED, 1).pixels, pixels)
    assert np.array_equal(from_folder.draw(ASKED, 1).pixels, from_file.draw(ASKED, 1).pixels)
    assert np.array_equal(none.draw(ASKED, 1).pixels, pixels)
    assert from_folder.name == "tiny-sd+mine" and from_folder.sha256 != from_folder.base_sha256 == engine.sha256
    assert from_folder.told(ASKED, 1)["strength"] == 1.0 and not from_folder.captioned


def test_what_is_no_lora_of_this_model_is_refused(tiny: Path, lora: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no LoRA"):
        Adapter.open(tiny / "unet")
    with pytest.raises(BadInput, match="no safetensors file"):
        Adapter.open(tmp_path)
    for name in ("a", "b"):
        shutil.copy(lora / "pytorch_lora_weights.safetensors", tmp_path / f"{name}.safetensors")
    with pytest.raises(BadInput, match="2 safetensors files; wanted one"):
        Adapter.open(tmp_path)
    other = saved("sdxl", tmp_path / "xl")
    with pytest.raises(BadInput, match="does not fit xl") as caught:
        DiffusersEngine.of(f"diffusers:{other}+{lora}")
    assert "\n" not in str(caught.value)
