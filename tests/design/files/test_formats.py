from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageCms, IptcImagePlugin

from duck_and_cover.design.files.formats import (
    artwork_beside,
    check_target,
    contact_sheet,
    encoded,
    save,
    write_together,
)
from duck_and_cover.errors import BadInput, CannotWrite

PIXELS = np.random.default_rng(0).integers(0, 256, (48, 48, 3)).astype(np.uint8)


@pytest.mark.parametrize("name", ["a.png", "b.jpg", "c.JPEG", "D.PNG"])
def test_files_carry_profile_and_density(tmp_path: Path, name: str) -> None:
    path = save(PIXELS, tmp_path / name, {"Title": "Ørnsköld", "Software": "duck_and_cover"})
    with Image.open(path) as picture:
        picture.load()
        assert picture.mode == "RGB" and picture.size == (48, 48)
        profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
        assert "srgb" in ImageCms.getProfileDescription(profile).lower()
        assert tuple(round(float(d)) for d in picture.info["dpi"]) == (300, 300)
        if path.suffix.lower() == ".png":
            assert picture.info["Title"] == "Ørnsköld"
            assert np.array_equal(np.asarray(picture), PIXELS)
        else:
            assert np.abs(np.asarray(picture).astype(int) - PIXELS).mean() < 12
    assert [p.name for p in tmp_path.iterdir()] == [name]


TOLD = {"Title": "Ночь · 夜 & <so>", "Author": "Ørn\x00 \x1b Øl \ufffe", "Description": "Cover of it. 🌙",
        "Keywords": "dub techno; jazz", "Source": "Generated art: network x.", "Software": "Duck and Cover",
        "DigitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"}  # fmt: skip
DC, RDF = "{http://purl.org/dc/elements/1.1/}", "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"


def packet_of(opened: Image.Image) -> ElementTree.Element:
    held = opened.info.get("xmp") or opened.info["XML:com.adobe.xmp"].encode()
    return ElementTree.fromstring(held[held.index(b"<x:xmpmeta") : held.index(b"</x:xmpmeta>") + 12].decode("utf-8"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_xmp_tells_any_words(kind: str) -> None:
    data = encoded(PIXELS, kind, TOLD)
    assert data == encoded(PIXELS, kind, dict(TOLD))
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        root = packet_of(opened)
    items = {name: [each.text for each in root.iterfind(f".//{DC}{name}//{RDF}li")]
             for name in ("title", "creator", "subject", "description")}  # fmt: skip
    assert items["title"] == [TOLD["Title"]] and items["creator"] == ["Ørn  Øl "], "what XML cannot hold is left out"
    assert items["subject"] == ["dub techno", "jazz"]
    assert items["description"] == ["Cover of it. 🌙 Generated art: network x."]
    assert root.findtext(f".//{IPTC}DigitalSourceType") == TOLD["DigitalSourceType"]


def test_viewers_of_a_png_find_its_words() -> None:
    with Image.open(io.BytesIO(encoded(PIXELS, "PNG", TOLD))) as opened:
        opened.load()
        assert opened.info["Title"] == TOLD["Title"] and opened.info["Description"] == TOLD["Description"]
        assert opened.info["Author"] == "Ørn  Øl " and opened.info["Source"] == TOLD["Source"]


def test_viewers_of_a_jpeg_find_its_words() -> None:
    with Image.open(io.BytesIO(encoded(PIXELS, "JPEG", TOLD))) as opened:
        exif, records = opened.getexif(), IptcImagePlugin.getiptcinfo(opened)
    plain = {tag: str(exif[tag]).encode("latin-1").decode("utf-8") for tag in (0x010E, 0x0131, 0x013B)}
    assert plain == {0x010E: "Cover of it. 🌙 Generated art: network x.", 0x0131: "Duck and Cover", 0x013B: "Ørn  Øl "}
    windows = {tag: bytes(exif[tag]).decode("utf-16-le").rstrip("\0") for tag in (0x9C9B, 0x9C9C, 0x9C9E)}
    assert windows == {0x9C9B: TOLD["Title"], 0x9C9C: TOLD["Source"], 0x9C9E: TOLD["Keywords"]}
    assert 0x0112 not in exif, "a store refuses a note to turn the picture"
    assert records is not None and records[(1, 90)] == b"\x1b%G"
    assert records[(2, 5)] == TOLD["Title"].encode() and records[(2, 25)] == [b"dub techno", b"jazz"]


def test_words_of_any_length_fit_and_no_character_is_broken() -> None:
    with Image.open(io.BytesIO(encoded(PIXELS, "JPEG", dict.fromkeys(TOLD, "夜&🌙" * 3000)))) as opened:
        records = IptcImagePlugin.getiptcinfo(opened)
        assert records is not None
        author = records[(2, 80)]
        assert isinstance(author, bytes) and author.decode("utf-8") == "夜&🌙" * 4 and len(author) == 32
        assert len(packet_of(opened).findtext(f".//{DC}title//{RDF}li") or "") == 2000


def test_no_words_leave_no_trace() -> None:
    data = encoded(PIXELS, "JPEG")
    assert b"Exif" not in data and b"xap/1.0" not in data and b"Photoshop" not in data


def test_jpeg_keeps_full_colour_resolution(tmp_path: Path) -> None:
    path = save(PIXELS, tmp_path / "a.jpg")
    with Image.open(path) as picture:
        assert {layer[1:3] for layer in picture.layer} == {(1, 1)}


def picture(side: int = 96) -> np.ndarray:
    """Soft shapes with grain: JPEG takes more bytes for it the better it is kept."""
    steps = np.random.default_rng(1)
    soft = Image.fromarray(steps.integers(0, 256, (6, 6, 3), np.uint8)).resize((side, side), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(soft, int) + steps.integers(-9, 10, (side, side, 3)), 0, 255).astype(np.uint8)


def jpeg(quality: int, subsampling: int) -> bytes:
    """What Pillow makes of the picture with nothing beside it but profile and density."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(encoded(picture(), "PNG"))) as opened:
        opened.save(out, "JPEG", quality=quality, subsampling=subsampling, comment=b"",
                    icc_profile=opened.info["icc_profile"], dpi=(300, 300))  # fmt: skip
    return out.getvalue()


def quantised(quality: int) -> list[int]:
    with Image.open(io.BytesIO(jpeg(quality, 0))) as opened:
        return list(opened.quantization[0])


@pytest.mark.parametrize(("quality", "subsampling"), [(95, 0), (88, 0), (75, 0), (60, 2), (40, 2)])
def test_a_budget_buys_the_best_quality_that_fits(quality: int, subsampling: int) -> None:
    wanted = jpeg(quality, subsampling)
    exact = encoded(picture(), "JPEG", most_bytes=len(wanted))
    assert exact == wanted
    if (quality, subsampling) != (40, 2):
        assert len(encoded(picture(), "JPEG", most_bytes=len(wanted) - 1)) < len(wanted)


def test_colour_resolution_goes_before_the_picture_does() -> None:
    full, half = len(jpeg(75, 0)), len(jpeg(75, 2))
    assert half < full - 1
    with Image.open(io.BytesIO(encoded(picture(), "JPEG", most_bytes=full - 1))) as kept:
        assert {layer[1:3] for layer in kept.layer} == {(2, 2), (1, 1)}
        luma = kept.quantization[0]
    with Image.open(io.BytesIO(jpeg(75, 0))) as least:
        assert sum(luma) <= sum(least.quantization[0]), "not coarser than the last of full colour resolution"


def test_a_large_budget_is_not_used_up() -> None:
    assert encoded(picture(), "JPEG", most_bytes=10**9) == jpeg(95, 0)


def test_a_budget_counts_the_words_too() -> None:
    told = {"Title": "x" * 400, "Source": "y" * 400}
    most = len(jpeg(90, 0))
    data = encoded(picture(), "JPEG", told, most_bytes=most)
    assert b"x" * 400 in data and len(data) <= most
    with Image.open(io.BytesIO(data)) as opened:
        assert sum(opened.quantization[0]) > sum(quantised(90)), "the words took bytes from the picture"
    assert b"y" * 400 not in data and b"Exif" not in data, "but not more of them than it takes to name it"
    assert b"y" * 400 in encoded(picture(), "JPEG", told, most_bytes=10**6)


def test_a_budget_too_small_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    least = len(jpeg(40, 2))
    with pytest.raises(BadInput, match=f"^{least - 1} bytes hold no JPEG of 96 px: .* has {least};"):
        save(picture(), tmp_path / "a.jpg", most_bytes=least - 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "budget", "said"), [
    ("a.png", 10**6, "for JPEG alone; found PNG"),
    ("a.svg", 10**6, "for JPEG alone; found SVG"),
    ("a.pdf", 10**6, "for JPEG alone; found PDF"),
    ("a.jpg", 0, "1 or more"),
    ("a.jpg", -5, "1 or more"),
    ("a.jpg", True, "whole number"),
    ("a.jpg", 1e6, "whole number"),
])  # fmt: skip
def test_a_budget_that_makes_no_sense_is_known_before_any_work(
    tmp_path: Path, name: str, budget: int, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        check_target(tmp_path / name, most_bytes=budget)


def test_a_linked_artwork_is_checked_with_its_file(tmp_path: Path) -> None:
    assert artwork_beside(tmp_path / "a.b.svg") == tmp_path / "a.b-artwork.png"
    for name in ("a.png", "a.jpg", "a.pdf"):
        with pytest.raises(BadInput, match="only an SVG links its artwork"):
            check_target(tmp_path / name, link=True)
    assert check_target(tmp_path / "a.svg", link=True) == (tmp_path / "a.svg", "SVG")
    (tmp_path / "a-artwork.png").mkdir()
    with pytest.raises(CannotWrite, match=r"a-artwork\.png is a folder"):
        check_target(tmp_path / "a.svg", link=True)
    longest = "n" * 251 + ".svg"
    check_target(tmp_path / longest)
    with pytest.raises(CannotWrite, match=r"nnn-artwork\.png"):
        check_target(tmp_path / longest, link=True)


def test_files_that_belong_together_come_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    order = []
    replace = Path.replace

    def noted(part: Path, target: Path) -> Path:
        order.append((target.name, len(list(tmp_path.glob(".*.part")))))
        return replace(part, target)

    monkeypatch.setattr("pathlib.Path.replace", noted)
    write_together({first: b"1", second: b"2"})
    assert order == [("first", 2), ("second", 1)], "both are whole before one is renamed"
    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"2")
    with pytest.raises(CannotWrite, match="no-folder"):
        write_together({first: b"3", tmp_path / "no-folder" / "x": b"4"})
    assert first.read_bytes() == b"1" and sorted(p.name for p in tmp_path.iterdir()) == ["first", "second"]


@pytest.mark.parametrize("name", ["a.gif", "a", "a.tiff"])
def test_other_endings_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"\.png, \.jpg, \.jpeg"):
        save(PIXELS, tmp_path / name)


def test_a_missing_folder_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="does not exist"):
        save(PIXELS, tmp_path / "no" / "a.png")
    assert not (tmp_path / "no").exists()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    with pytest.raises(CannotWrite, match="folder"):
        save(PIXELS, tmp_path / "a.png")


def test_a_folder_is_called_a_folder_whatever_its_name(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="is a folder; choose a file name in it"):
        save(PIXELS, tmp_path)


def test_the_longest_name_a_file_may_have(tmp_path: Path) -> None:
    name = "n" * 251 + ".png"
    save(PIXELS, tmp_path / name)
    assert [p.name for p in tmp_path.iterdir()] == [name]
    with pytest.raises(CannotWrite, match="nnn"):
        save(PIXELS, tmp_path / f"n{name}")


def test_a_folder_that_may_not_be_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.is_dir", closed)
    with pytest.raises(CannotWrite, match="Permission denied"):
        save(PIXELS, tmp_path / "a.png")


def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = save(PIXELS, tmp_path / "a.png")
    before = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(CannotWrite, match="No space left"):
        save(255 - PIXELS, target)
    assert target.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_pixels_must_be_pictures(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="uint8"):
        save(PIXELS[..., :1], tmp_path / "a.png")
    with pytest.raises(BadInput, match="uint8"):
        save(PIXELS.astype(np.float32), tmp_path / "a.png")  # type: ignore[arg-type]


def test_contact_sheet_places_pictures_row_by_row() -> None:
    pictures = [np.full((20, 20, 3), v, np.uint8) for v in (50, 100, 150)]
    sheet = contact_sheet(pictures, 2, gap=0.1)
    assert sheet.shape == (2 * 22 + 2, 2 * 22 + 2, 3)
    assert sheet[5, 5, 0] == 50 and sheet[5, 30, 0] == 100 and sheet[30, 5, 0] == 150
    assert sheet[30, 30, 0] == sheet[0, 0, 0]
    with pytest.raises(BadInput):
        contact_sheet([], 2)
    with pytest.raises(BadInput):
        contact_sheet([pictures[0], np.zeros((10, 10, 3), np.uint8)], 2)
