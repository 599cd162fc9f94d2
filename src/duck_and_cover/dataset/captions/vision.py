"""The captioner that is a vision-language model: BLIP, Florence-2, Qwen-VL and their like, through `transformers`.

A model is named as on the Hugging Face hub or is a folder; only safetensors are read and no code that comes with a
model is run. It describes greedily, so that the same pictures in the same batches give the same words.

Reference: `transformers` 5.24: `AutoModelForImageTextToText`, `Florence2Processor`, `ProcessorMixin`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from duck_and_cover.cover import Found, Pixels
from duck_and_cover.dataset.captions.known import known_part, without_names
from duck_and_cover.errors import BadInput, Failure, MissingExtra, UnknownChoice

__all__ = ["ASK", "FLORENCE_TASK", "Device", "Vision"]

Device = Literal["auto", "cpu", "cuda"]
FLORENCE_TASK = "<MORE_DETAILED_CAPTION>"
ASK = (
    "Describe the picture on this album cover in two or three sentences: what it shows, its medium and style, its "
    "colours and composition. Do not read out any lettering and do not name the artist or the album."
)
"""What models are asked that can be asked anything."""

MOST_TOKENS = 160
_FILES = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")
_LEAD = re.compile(r"^(the|this) (image|picture|photo|artwork) (shows|depicts|features|is|displays)( of)? ", re.I)


class Vision:
    """A model, loaded and ready.

    name:      on the hub ("florence-community/Florence-2-base"), or a folder.
    revision:  commit, tag or branch on the hub; None is the newest.
    prompt:    None is what suits the model: a task of Florence-2, `ASK` for chat models, nothing for BLIP. What BLIP is
               given, it goes on with.
    device:    "auto" is a GPU where there is one. There it computes in bfloat16 (float16 where that is missing).
    batch:     pictures at a time; halved for good whenever memory does not suffice.

    Raises `BadInput` where there is no such model, `Failure` where it cannot be fetched or does not fit.
    """

    def __init__(self, name: str, revision: str | None = None, prompt: str | None = None, device: Device = "auto",
                 batch: int = 8) -> None:  # fmt: skip
        try:
            import torch
            import transformers
        except ImportError as error:
            raise MissingExtra("captions by a model", "caption") from error
        if batch < 1:
            raise BadInput(f"a batch of {batch} pictures; wanted 1 or more")
        place = _place(torch, device)
        folder, self.name, self.revision = _found(name, revision)
        transformers.utils.logging.set_verbosity_error()
        transformers.utils.logging.disable_progress_bar()
        try:
            self._processor: Any = transformers.AutoProcessor.from_pretrained(folder)
            self._model: Any = transformers.AutoModelForImageTextToText.from_pretrained(
                folder, dtype=_dtype(torch, place), use_safetensors=True
            )
            self._model.to(place).eval()
        except torch.OutOfMemoryError as error:
            raise Failure(f"{name}: does not fit into the memory of {place}; take a smaller model or another device"
                          ) from error  # fmt: skip
        except (OSError, ValueError, KeyError, ImportError, AttributeError) as error:
            raise BadInput(f"{name}: cannot be loaded as a model that describes pictures ({_first_line(error)})"
                           ) from error  # fmt: skip
        self._greedy()
        self._batch = batch
        self._chats = getattr(self._processor, "chat_template", None) is not None
        self._tasks: dict[str, str] = getattr(self._processor, "tasks_answer_post_processing_type", {})
        self.prompt = prompt if prompt is not None else ASK if self._chats else FLORENCE_TASK if self._tasks else ""
        captions = [task for task, kind in self._tasks.items() if kind == "pure_text" and task.endswith("CAPTION>")]
        if self.prompt in self._tasks and self.prompt not in captions:
            raise UnknownChoice("task that describes a picture", self.prompt, captions)

    def _greedy(self) -> None:
        """The likeliest word every time, and batches padded where decoders want it."""
        for part in (self._model, getattr(self._model, "text_decoder", None)):  # BLIP generates with a part of itself
            if (settings := getattr(part, "generation_config", None)) is not None:
                settings.update(do_sample=False, num_beams=1, temperature=None, top_p=None, top_k=None, max_length=None)
        if not self._model.config.is_encoder_decoder:
            self._processor.tokenizer.padding_side = "left"

    def see(self, pictures: Sequence[Pixels]) -> list[str]:
        """What the model says of each picture, as one line; "" where it says nothing."""
        import torch

        texts: list[str] = []
        while len(texts) < len(pictures):
            part = pictures[len(texts) : len(texts) + self._batch]
            try:
                texts += self._said(part)
                continue
            except (torch.OutOfMemoryError, MemoryError) as error:
                if len(part) == 1:
                    raise Failure(f"{self.name}: one picture does not fit into the memory of {self._model.device}; "
                                  "take a smaller model or another device") from error  # fmt: skip
            self._batch = len(part) // 2
            if self._model.device.type == "cuda":
                torch.cuda.empty_cache()
        return texts

    def tell(self, seen: str, cover: Found, names: bool = False) -> str:
        """ "album cover, thrash metal, 1988. A skeleton rides through a burning city." """
        known = known_part(cover.album, names)
        text = _LEAD.sub("", seen if names else without_names(seen, cover.album))
        return f"{known}. {text[0].upper()}{text[1:]}" if text else known

    def _said(self, pictures: Sequence[Pixels]) -> list[str]:
        import torch

        inputs = self._asked([Image.fromarray(picture) for picture in pictures])
        inputs = inputs.to(self._model.device, dtype=self._model.dtype)
        with torch.inference_mode():
            tokens = self._model.generate(**inputs, max_new_tokens=MOST_TOKENS)
        if not self._model.config.is_encoder_decoder and (given := inputs.get("input_ids")) is not None:
            width = given.shape[1]
            if tokens[:, :width].equal(given):  # decoders repeat what they were given
                tokens = tokens[:, width:]
        return [self._plain(text) for text in self._processor.batch_decode(tokens, skip_special_tokens=True)]

    def _asked(self, pictures: Sequence[Image.Image]) -> Any:
        """Pictures and prompt as tensors, in the way of the model."""
        if self._chats:
            return self._processor.apply_chat_template(
                [[{"role": "user", "content": [{"type": "image", "image": picture},
                                               {"type": "text", "text": self.prompt}]}] for picture in pictures],
                add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt",
                processor_kwargs={"padding": True},
            )  # fmt: skip
        if not self.prompt:
            return self._processor(images=list(pictures), return_tensors="pt")
        return self._processor(images=list(pictures), text=[self.prompt] * len(pictures), padding=True,
                               return_tensors="pt")  # fmt: skip

    def _plain(self, text: str) -> str:
        """One line, without what a model thought first and without the prompt that it goes on with."""
        text = " ".join(text.rpartition("</think>")[2].split())
        if self.prompt and text.casefold().startswith(self.prompt.casefold()):
            text = text[len(self.prompt) :].lstrip(" ,.:")
        return text


def _place(torch: Any, device: Device) -> str:
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise BadInput("device is cuda and torch finds no GPU here; wanted cpu or auto")
    return "cuda" if there and device != "cpu" else "cpu"


def _dtype(torch: Any, place: str) -> Any:
    if place == "cpu":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def _found(name: str, revision: str | None) -> tuple[Path, str, str]:
    """The folder of a model, what to call it and its revision: the commit on the hub, or a hash of a folder's files."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if revision is not None:
            raise BadInput(f"revision is {revision!r} and {name} is a folder, which has none; leave it out")
        return folder, folder.resolve().name, _hash(folder)
    if name.startswith((".", "/", "~")) or name.count("/") != 1:
        raise BadInput(f"{name}: no such folder; wanted one with a model, a name on the hub like "
                       f"florence-community/Florence-2-base, or template")  # fmt: skip
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=list(_FILES)))
    except GatedRepoError as error:
        raise Failure(f"{name}: its makers want to be asked first; do so on its page and type `hf auth login`"
                      ) from error  # fmt: skip
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise BadInput(f"{name}: no such folder, and no such model on the hub") from error
    except RevisionNotFoundError as error:
        raise BadInput(f"{name}: has no revision {revision!r}; wanted a commit, a tag or a branch of it") from error
    except (HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled, OSError) as error:
        raise Failure(f"{name}: cannot be fetched from the hub ({_first_line(error)}); try again, or give a folder"
                      ) from error  # fmt: skip
    return folder, name, folder.name


def _hash(folder: Path) -> str:
    """Which model lies in a folder, 12 hex digits."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _FILES for path in folder.glob(pattern)):
        with path.open("rb") as file:
            digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]
