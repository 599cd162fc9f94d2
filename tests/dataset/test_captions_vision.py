"""Vision-language models: tiny ones with random weights, saved by the tests and loaded as any other is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.cover import Found, Pixels
from duck_and_cover.dataset.captions import Captioner
from duck_and_cover.dataset.captions.vision import ASK, FLORENCE_TASK, Vision
from duck_and_cover.errors import BadInput, Failure, UnknownChoice

transformers = pytest.importorskip("transformers", reason="captions by a model need the extra [caption]")
torch = pytest.importorskip("torch")

WORDS = [
    "a",
    "duck",
    "on",
    "the",
    "water",
    "in",
    "red",
    "and",
    "black",
    "picture",
    "of",
    "cover",
    "what",
    "it",
    "shows",
]


def words(special: list[str]) -> Any:
    """A tokenizer of whole words; special tokens begin, pad, end, stand for what is not known and for a picture."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    text = Tokenizer(WordLevel({token: i for i, token in enumerate([*special, *WORDS])}, unk_token=special[3]))
    text.pre_tokenizer = Whitespace()  # type: ignore[assignment]
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=text, bos_token=special[0], pad_token=special[1], eos_token=special[2], unk_token=special[3],
        extra_special_tokens={"image_token": special[4]},
    )  # fmt: skip


def save_blip(folder: Path) -> None:
    names = ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[DEC]"]
    (folder / "vocab.txt").write_text("\n".join([*names, *WORDS]) + "\n")
    tokenizer = transformers.BertTokenizer(vocab=str(folder / "vocab.txt"), bos_token="[DEC]")
    config = transformers.BlipConfig(
        text_config={"vocab_size": len(tokenizer), "hidden_size": 16, "encoder_hidden_size": 16,
                     "intermediate_size": 16,
                     "projection_dim": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "bos_token_id": 4,
                     "pad_token_id": 1, "eos_token_id": 2, "sep_token_id": 2, "max_position_embeddings": 256},
        vision_config={"hidden_size": 16, "intermediate_size": 16, "projection_dim": 8, "num_hidden_layers": 1,
                       "num_attention_heads": 2, "image_size": 32, "patch_size": 16},
        projection_dim=8,
    )  # fmt: skip
    transformers.BlipForConditionalGeneration(config).save_pretrained(folder)
    pictures = transformers.BlipImageProcessorPil(size={"height": 32, "width": 32})
    transformers.BlipProcessor(pictures, tokenizer).save_pretrained(folder)


def save_florence(folder: Path) -> None:
    tokenizer = words(["<s>", "<pad>", "</s>", "<unk>", "<image>"])
    config = transformers.Florence2Config(
        text_config={"model_type": "bart", "vocab_size": len(tokenizer), "d_model": 16, "encoder_layers": 1,
                     "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
                     "encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "max_position_embeddings": 256, "pad_token_id": 1,
                     "bos_token_id": 0, "eos_token_id": 2, "decoder_start_token_id": 8, "forced_eos_token_id": None},
        vision_config={"depths": (1, 1, 1, 1), "embed_dim": (8, 8, 8, 8), "num_heads": (2, 2, 2, 2),
                       "num_groups": (2, 2, 2, 2), "projection_dim": 16, "window_size": 2},
        image_token_id=4,
    )  # fmt: skip
    transformers.Florence2ForConditionalGeneration(config).save_pretrained(folder)
    pictures = transformers.CLIPImageProcessorPil(
        size={"height": 64, "width": 64}, crop_size={"height": 64, "width": 64}
    )
    pictures.image_seq_length = 5  # 2 x 2 places and their mean
    transformers.Florence2Processor(pictures, tokenizer).save_pretrained(folder)


def save_llava(folder: Path) -> None:
    tokenizer = words(["<s>", "<pad>", "</s>", "<unk>", "<image>"])
    config = transformers.LlavaConfig(
        vision_config={"model_type": "clip_vision_model", "hidden_size": 16, "intermediate_size": 16, "image_size": 32,
                       "patch_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "projection_dim": 8},
        text_config={"model_type": "llama", "vocab_size": len(tokenizer), "hidden_size": 16, "intermediate_size": 16,
                     "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2, "pad_token_id": 1,
                     "bos_token_id": 0, "eos_token_id": 2, "max_position_embeddings": 512},
        image_token_index=4, image_seq_length=4,
    )  # fmt: skip
    transformers.LlavaForConditionalGeneration(config).save_pretrained(folder)
    pictures = transformers.CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    template = (
        "{% for m in messages %}{% for c in m['content'] %}{% if c['type'] == 'image' %}<image> "
        "{% else %}{{ c['text'] }} {% endif %}{% endfor %}{% endfor %}{% if add_generation_prompt %}cover {% endif %}"
    )
    transformers.LlavaProcessor(
        pictures, tokenizer, patch_size=16, vision_feature_select_strategy="default", chat_template=template,
        image_token="<image>", num_additional_image_tokens=1,
    ).save_pretrained(folder)  # fmt: skip


FAMILIES: dict[str, tuple[Callable[[Path], None], str]] = {
    "blip": (save_blip, ""), "florence": (save_florence, FLORENCE_TASK), "llava": (save_llava, ASK),
}  # fmt: skip


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Family -> the folder of a model of it."""
    torch.manual_seed(0)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    found = {}
    for name, (save, _) in FAMILIES.items():
        found[name] = tmp_path_factory.mktemp("models") / name
        found[name].mkdir()
        save(found[name])
    return found


@pytest.fixture
def pictures() -> list[Pixels]:
    luck = np.random.default_rng(1)
    return [luck.integers(0, 256, (side, side, 3), np.uint8) for side in (40, 64, 40)]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_of_each_family_sees(family: str, models: dict[str, Path], pictures: list[Pixels]) -> None:
    model = Vision(str(models[family]), batch=2, device="cpu")
    assert isinstance(model, Captioner)
    assert (model.name, model.prompt) == (family, FAMILIES[family][1]) and len(model.revision) == 12
    texts = model.see(pictures)
    assert len(texts) == 3 and all(isinstance(text, str) for text in texts) and any(texts)
    assert set(" ".join(texts).split()) <= set(WORDS)  # no special token, no prompt, no padding
    assert Vision(str(models[family]), batch=2, device="cpu").see(pictures) == texts
    assert model.see([]) == []


def test_what_blip_is_given_it_goes_on_with(models: dict[str, Path], pictures: list[Pixels]) -> None:
    model = Vision(str(models["blip"]), prompt="a picture of", device="cpu")
    asked = model._asked
    given: list[Any] = []
    model._asked = lambda all: given.append(asked(all)) or given[-1]  # type: ignore[method-assign, func-returns-value]
    assert not any(text.startswith("a picture of") for text in model.see(pictures))
    assert given[0]["input_ids"].shape[0] == 3
    assert model.revision == Vision(str(models["blip"]), device="cpu").revision


def test_memory_that_does_not_suffice_halves_the_batch(models: dict[str, Path], monkeypatch: pytest.MonkeyPatch,
                                                       pictures: list[Pixels]) -> None:  # fmt: skip
    model = Vision(str(models["blip"]), batch=8, device="cpu")
    said, sizes, most = model._said, [], 2

    def tight(part: list[Pixels]) -> list[str]:
        sizes.append(len(part))
        if len(part) > most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return said(part)

    monkeypatch.setattr(model, "_said", tight)
    assert len(model.see(pictures * 3)) == 9
    assert sizes == [8, 4, 2, 2, 2, 2, 1]
    most = 0
    with pytest.raises(Failure, match="one picture does not fit into the memory of cpu"):
        model.see(pictures)


def test_names_that_a_model_read_are_not_told(models: dict[str, Path]) -> None:
    model = Vision(str(models["blip"]), device="cpu")
    cover = Found(Album("Razormouth", "Cathedral of Rust", ("metal", "thrash metal"), 1988), "made", "1")
    seen = 'The image shows a skeleton in a burning city. Above it stands "RUST". It says cathedral of rust. Red sky.'
    assert model.tell(seen, cover) == "album cover, thrash metal, 1988. A skeleton in a burning city. Red sky."
    assert model.tell("the logo of razormouth", cover) == model.tell("", cover) == "album cover, thrash metal, 1988"
    told = model.tell(seen, cover, names=True)
    assert told.startswith('album cover of "Cathedral of Rust" by Razormouth, thrash metal, 1988. A skeleton in')
    assert told.endswith("It says cathedral of rust. Red sky.")


def test_what_is_no_model_is_one_line(models: dict[str, Path], tmp_path: Path) -> None:
    for name in ("./nowhere", "nowhere", "/no/such/folder"):
        with pytest.raises(BadInput, match="no such folder; wanted one with a model"):
            Vision(name)
    with pytest.raises(BadInput, match="cannot be loaded as a model that describes pictures") as caught:
        Vision(str(tmp_path))
    assert "\n" not in str(caught.value)
    with pytest.raises(BadInput, match="is a folder, which has none"):
        Vision(str(models["blip"]), revision="main")
    with pytest.raises(UnknownChoice, match="<CAPTION>"):
        Vision(str(models["florence"]), prompt="<OCR>", device="cpu")
    with pytest.raises(BadInput, match="wanted 1 or more"):
        Vision(str(models["blip"]), batch=0)
    if not torch.cuda.is_available():
        with pytest.raises(BadInput, match="torch finds no GPU here"):
            Vision(str(models["blip"]), device="cuda")


def test_the_hub_is_asked_by_commit(models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    commit = tmp_path / "0123abcd"
    commit.symlink_to(models["blip"])

    def fetched(name: str, revision: str | None, allow_patterns: list[str]) -> str:
        assert not any(pattern.endswith((".bin", ".py")) for pattern in allow_patterns)
        if revision == "gone":
            raise LocalEntryNotFoundError("the hub does not answer\nand so on")
        return str(commit)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetched)
    model = Vision("salesforce/blip", device="cpu")
    assert (model.name, model.revision) == ("salesforce/blip", "0123abcd")
    with pytest.raises(Failure, match=r"cannot be fetched from the hub \(the hub does not answer\)"):
        Vision("salesforce/blip", "gone")


def test_without_transformers_it_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(Failure, match=r"captions by a model needs the extra \[caption\]"):
        Vision("salesforce/blip")
