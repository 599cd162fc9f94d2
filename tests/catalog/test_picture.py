"""The guard: what is a picture, in processes that hostile files can only kill themselves."""

from __future__ import annotations

import asyncio
import io

import numpy as np
import pytest
from deadly import deadly
from PIL import Image

from duck_and_cover.catalog.guard import Guard
from duck_and_cover.catalog.picture import Looked, look_at


def saved(picture: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def art() -> Image.Image:
    rng = np.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 256, (6, 6, 3)).astype(np.uint8)).resize((300, 300))


def test_a_picture_is_described(art: Image.Image) -> None:
    looked = look_at(saved(art))
    assert (looked.fault, looked.format, looked.width_px, looked.height_px, looked.flags) == ("", "JPEG", 300, 300, "")
    near = look_at(saved(art.resize((64, 64)), quality=60))
    assert (looked.look ^ near.look).bit_count() <= 4, "the same picture smaller looks alike"
    far = look_at(saved(art.rotate(90)))
    assert (looked.look ^ far.look).bit_count() > 12
    assert near.sha256 != looked.sha256


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "LA", "RGBA", "I;16", "1"])
def test_every_mode_is_read(mode: str, art: Image.Image) -> None:
    made = Image.new("I;16", (300, 300), 9) if mode == "I;16" else art.convert("L" if mode == "LA" else "RGB")
    made = made if mode == "I;16" else made.convert(mode)
    looked = look_at(saved(made, "TIFF" if mode == "CMYK" else "PNG"), (64,))
    if mode == "CMYK":
        assert looked.fault == "not a picture", "TIFF is none of the formats that covers have"
        looked = look_at(saved(made, "JPEG"), (64,))
    assert looked.fault == ""
    assert Image.open(io.BytesIO(looked.smaller[64])).mode == "RGB"


def test_frames_shape_and_flatness_are_told(art: Image.Image) -> None:
    moving = saved(art, "GIF", save_all=True, append_images=[art.rotate(90)])
    assert look_at(moving).flags == "animated"
    assert look_at(saved(art.resize((300, 200)))).flags == "not square"
    assert look_at(saved(Image.new("RGB", (300, 300), "grey"))).flags == "flat"


@pytest.mark.parametrize("cut", [2, 100, 3000])
def test_a_picture_that_lacks_its_end_is_damaged(cut: int, art: Image.Image) -> None:
    whole = saved(art)
    assert look_at(whole[:-cut]).fault == "a damaged picture"


def test_what_is_no_picture_is_named() -> None:
    assert look_at(b"").fault == "an empty file"
    assert look_at(b"<html>404</html>").fault == "not a picture"
    assert look_at(saved(Image.new("RGB", (1, 1)))).fault == "a picture of one pixel"
    bomb = saved(Image.new("1", (9000, 9000)), "PNG")
    assert len(bomb) < 100_000
    assert look_at(bomb).fault == "more than 25 million pixels"


def test_a_file_that_kills_or_holds_its_process_is_found_out() -> None:
    async def work() -> list[Looked]:
        with Guard(1, longest_s=3.0) as guard:
            return await guard.each(deadly, [b"a", b"die", b"b"], Looked) + await guard.each(
                deadly, [b"c", b"sleep"], Looked
            )

    faults = [looked.fault for looked in asyncio.run(work())]
    assert faults == ["a", "a file that kills its decoder", "b", "c", "takes too long to decode"]


def test_nobody_is_blamed_for_what_another_file_does() -> None:
    async def work() -> list[list[Looked]]:
        with Guard(2) as guard:
            batches = [[b"die", b"a"], [b"b", b"die"], [b"c", b"d"], [b"die"], [b"e"]]
            return await asyncio.gather(*(guard.each(deadly, batch, Looked) for batch in batches))

    faults = [[looked.fault for looked in batch] for batch in asyncio.run(work())]
    died = "a file that kills its decoder"
    assert faults == [[died, "a"], ["b", died], ["c", "d"], [died], ["e"]]
