"""Stores' rules: good pictures pass, and each of many bad ones is caught by the one rule that it breaks."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms, ImageFilter

from duck_and_cover.album import Album
from duck_and_cover.cover import Pixels
from duck_and_cover.design.checking import RULES, STORES, by_store, check
from duck_and_cover.design.checking.codes import barred
from duck_and_cover.design.checking.rules import demanding
from duck_and_cover.design.checking.sharpness import LEAST_HARDNESS, hardness
from duck_and_cover.design.checking.words import FORBIDDEN
from duck_and_cover.design.files.formats import encoded, srgb_profile
from duck_and_cover.design.finish import finish_named
from duck_and_cover.design.inks.palette import named
from duck_and_cover.errors import BadInput, UnknownChoice

ALBUM = Album("Razormouth", "Cathedral of Rust")
SIDE_PX = 1500
"""Too small for some stores: `size` fails on all of these alike and is told apart by what a good one fails."""


@dataclass(frozen=True)
class Said:
    """A line, as a reader hands it over."""

    text: str
    score: float = 0.99
    box: tuple[float, float, float, float] = (0.1, 0.1, 0.9, 0.2)


@cache
def good(side_px: int = SIDE_PX, seed: int = 0) -> Pixels:
    """Soft light, discs with hard edges and a grain of its own: sharp, and neither framed nor empty."""
    rng = np.random.default_rng(seed)
    light = cv2.resize(rng.uniform(60, 200, (5, 5, 3)).astype(np.float32), (side_px, side_px),
                       interpolation=cv2.INTER_CUBIC)  # fmt: skip
    for _ in range(12):
        middle = rng.integers(0, side_px, 2).tolist()
        radius, colour = int(rng.uniform(0.03, 0.2) * side_px), rng.uniform(0, 255, 3).tolist()
        cv2.circle(light, middle, radius, colour, -1, cv2.LINE_AA)
    return np.clip(light + rng.normal(0, 4, light.shape), 0, 255).astype(np.uint8)


def jpeg(pixels: Pixels) -> bytes:
    return encoded(pixels, "JPEG")


def written(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def image(pixels: Pixels | None = None) -> Image.Image:
    return Image.fromarray(good() if pixels is None else pixels)


def enlarged(times: float, how: Image.Resampling) -> bytes:
    small = image().resize((round(SIDE_PX / times),) * 2, Image.Resampling.LANCZOS)
    return jpeg(np.asarray(small.resize((SIDE_PX, SIDE_PX), how)))


def blurred(radius_px: float) -> bytes:
    return jpeg(np.asarray(image().filter(ImageFilter.GaussianBlur(radius_px))))


def with_bars_at_edges(colour: int, **sides_px: int) -> bytes:
    pixels = good().copy()
    if top := sides_px.get("top"):
        pixels[:top] = colour
    if bottom := sides_px.get("bottom"):
        pixels[-bottom:] = colour
    if left := sides_px.get("left"):
        pixels[:, :left] = colour
    if right := sides_px.get("right"):
        pixels[:, -right:] = colour
    return jpeg(pixels)


def plain(*colour: int) -> bytes:
    return jpeg(np.full((SIDE_PX, SIDE_PX, 3), colour, np.uint8))


def with_qr(side_px: int) -> bytes:
    code = cv2.copyMakeBorder(cv2.QRCodeEncoder.create().encode("https://example.org/album"), 4, 4, 4, 4,
                              cv2.BORDER_CONSTANT, value=255)  # fmt: skip
    return pasted(cv2.resize(code, (side_px, side_px), interpolation=cv2.INTER_NEAREST))


def with_bars(number: str, width_px: int) -> bytes:
    """An EAN-13 (ISO/IEC 15420): 95 modules."""
    left = [
        "0001101",
        "0011001",
        "0010011",
        "0111101",
        "0100011",
        "0110001",
        "0101111",
        "0111011",
        "0110111",
        "0001011",
    ]
    parity = ["LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"]

    def inverted(code: str) -> str:
        return code.translate(str.maketrans("01", "10"))

    digits = [int(d) for d in number]
    half = "".join(left[d] if p == "L" else inverted(left[d])[::-1]
                   for d, p in zip(digits[1:7], parity[digits[0]], strict=True))  # fmt: skip
    modules = "101" + half + "01010" + "".join(inverted(left[d]) for d in digits[7:]) + "101"
    row = np.array([255] * 11 + [0 if m == "1" else 255 for m in modules] + [255] * 11, np.uint8)
    bars = cv2.copyMakeBorder(np.tile(row, (60, 1)), 8, 8, 0, 0, cv2.BORDER_CONSTANT, value=255)
    return pasted(cv2.resize(bars, (width_px, round(width_px * 0.6)), interpolation=cv2.INTER_NEAREST))


def pasted(grey: np.ndarray) -> bytes:
    pixels = good().copy()
    height, width = grey.shape
    pixels[300 : 300 + height, 200 : 200 + width] = grey[..., None]
    return jpeg(pixels)


def other_profile() -> bytes:
    """sRGB under a name of its own, so that the picture alone stays the same."""
    named = srgb_profile().replace("sRGB".encode("utf-16-be"), "XYZW".encode("utf-16-be"))
    assert "srgb" not in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(named))).casefold()
    return written(image(), "JPEG", quality=92, icc_profile=named)


def sixteen_bits() -> bytes:
    done, data = cv2.imencode(".png", good().astype(np.uint16) * 257)
    assert done
    return data.tobytes()


def turned() -> bytes:
    note = Image.Exif()
    note[0x0112] = 6
    return written(image(), "JPEG", quality=92, exif=note)


def moving() -> bytes:
    return written(image(), "PNG", save_all=True, append_images=[image(good(seed=1))], compress_level=1)


BAD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a WebP": ("format", lambda: written(image(), "WEBP", quality=95)),
    "a TIFF": ("format", lambda: written(image(), "TIFF", compression="jpeg", quality=90)),
    "400 px": ("size", lambda: jpeg(good(400))),
    "wider than high": ("square", lambda: jpeg(good()[:1400])),
    "one pixel short": ("square", lambda: jpeg(good()[:-1])),
    "12 MB": ("bytes", lambda: jpeg(good()) + bytes(11_000_000)),
    "grey": ("colours", lambda: written(image().convert("L"), "JPEG", quality=92)),
    "CMYK": ("colours", lambda: written(image().convert("CMYK"), "JPEG", quality=92)),
    "16 bits": ("depth", sixteen_bits),
    "another profile": ("profile", other_profile),
    "alpha": ("transparency", lambda: written(image().convert("RGBA"), "PNG", compress_level=1)),
    "turned": ("orientation", turned),
    "moving": ("one picture", moving),
    "enlarged twofold, bicubic": ("detail", lambda: enlarged(2, Image.Resampling.BICUBIC)),
    "enlarged twofold, Lanczos": ("detail", lambda: enlarged(2, Image.Resampling.LANCZOS)),
    "enlarged twofold, bilinear": ("detail", lambda: enlarged(2, Image.Resampling.BILINEAR)),
    "enlarged fivefold": ("detail", lambda: enlarged(5, Image.Resampling.BICUBIC)),
    "blurred a little": ("detail", lambda: blurred(1.5)),
    "blurred": ("detail", lambda: blurred(6)),
    "blurred beyond edges": ("detail", lambda: blurred(90)),
    "pixels of 2 px": ("pixels", lambda: enlarged(2, Image.Resampling.NEAREST)),
    "pixels of 2.5 px": ("pixels", lambda: enlarged(2.5, Image.Resampling.NEAREST)),
    "pixels of 8 px": ("pixels", lambda: enlarged(8, Image.Resampling.NEAREST)),
    "letterbox": ("border", lambda: with_bars_at_edges(0, top=180, bottom=180)),
    "white bars at the sides": ("border", lambda: with_bars_at_edges(255, left=150, right=150)),
    "an uneven frame": ("border", lambda: with_bars_at_edges(255, top=40, bottom=160, left=40, right=40)),
    "thin bars": ("border", lambda: with_bars_at_edges(0, top=16, bottom=16)),
    "white": ("blank", lambda: plain(255, 255, 255)),
    "black": ("blank", lambda: plain(0, 0, 0)),
    "one colour": ("blank", lambda: plain(180, 40, 60)),
    "a QR code": ("QR code", lambda: with_qr(420)),
    "a small QR code": ("QR code", lambda: with_qr(148)),
    "a bar code": ("bar code", lambda: with_bars("4006381333931", 702)),
    "a small bar code": ("bar code", lambda: with_bars("5901234123457", 351)),
}

WORDS = {
    "www.razormouth.com": "addresses", "razormouth.net": "addresses", "book@razor.org": "addresses",
    "@razorfans": "addresses", "+49 30 1234567": "addresses", "Facebook": "addresses",
    "$9.99": "prices", "9,99 €": "prices", "LOW PRICE": "prices",
    "1988": "dates", "12.05.2024": "dates",
    "SPOTIFY": "store names", "iTunes": "store names", "Only on Amazon": "store names",
    "CD": "carriers", "Compact Disc": "carriers", "VINYL": "carriers", "Digital Version": "carriers",
    "EXCLUSIVE": "promotion", "Limited Edition": "promotion", "OUTNOW": "promotion", "For promo use": "promotion",
    "Dolby Atmos": "sound formats", "24-bit": "sound formats", "LOSSLESS": "sound formats",
}  # fmt: skip
NAMES = [Said("RAZORMOUTH"), Said("Cathedral"), Said("of Rust")]


def failed(data: bytes, said: list[Said] | None = None, album: Album = ALBUM) -> set[str]:
    lines = NAMES if said is None else said
    return {each.rule for each in check(data, album, lambda pixels: lines).failed()}


@cache
def failed_anyway(kind: str) -> frozenset[str]:
    """What a good picture of this kind of file fails for its size."""
    return frozenset(failed(encoded(good(), kind)))


def test_a_good_picture_passes_every_rule() -> None:
    report = check(jpeg(good(3000)), ALBUM, lambda pixels: NAMES, stores=[s.name for s in STORES if s.usual])
    assert report.ok and not report.failed()
    assert all(each.state == "passed" for each in report.findings)
    assert failed_anyway("JPEG") == {"size"}
    assert failed_anyway("PNG") <= {"size", "format", "bytes"}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_picture_breaks_its_rule_and_no_other(name: str) -> None:
    rule, make = BAD[name]
    data = make()
    kind = "PNG" if data.startswith(b"\x89PNG") else "JPEG"
    report = check(data, ALBUM, lambda pixels: NAMES)
    assert {each.rule for each in report.failed()} - {rule} == failed_anyway(kind) - {rule}
    (finding,) = [each for each in report.findings if each.rule == rule]
    assert finding.state == "failed" and finding.found and finding.wanted
    assert finding.stores or rule == "one picture"


@pytest.mark.parametrize("text", WORDS)
def test_a_word_breaks_its_rule_and_no_other_but_that_of_names(text: str) -> None:
    broken = failed(jpeg(good(200)), [*NAMES, Said(text)]) - failed(jpeg(good(200)))
    assert broken - {"names"} == {WORDS[text]}


@pytest.mark.parametrize(
    "make",
    [
        lambda: with_bars_at_edges(0, top=60, bottom=60, left=60, right=60),
        lambda: with_bars_at_edges(0, bottom=90),
        lambda: with_bars_at_edges(14, top=90, bottom=90),
        lambda: with_bars_at_edges(0, top=5, bottom=5),
    ],
)
def test_frames_papers_and_lines_are_no_bars(make: Callable[[], bytes]) -> None:
    assert "border" not in failed(make())


def test_the_corpus_breaks_every_rule() -> None:
    assert {rule for rule, _ in BAD.values()} | set(WORDS.values()) | {"names", "spelling"} == set(RULES)
    assert set(FORBIDDEN) <= set(RULES)


def test_a_cover_without_words_passes() -> None:
    assert failed(jpeg(good(200)), []) == failed(jpeg(good(200)))


def test_what_cannot_be_looked_at_is_said() -> None:
    states = {each.rule: each for each in check(jpeg(good(200))).findings}
    assert {name for name, each in states.items() if each.state == "not looked at"} == {
        rule.name for rule in RULES.values() if rule.reads
    }
    assert "reader" in states["prices"].found
    unnamed = check(jpeg(good(200)), None, lambda pixels: NAMES)
    assert {each.rule for each in unnamed.findings if each.state == "not looked at"} == {"names", "spelling"}


def test_stores_are_asked_alone() -> None:
    apple = check(jpeg(good()), stores=["apple music"])
    assert apple.ok and {name for each in apple.findings for name in each.stores} == {"Apple Music"}
    assert "dates" not in {each.rule for each in apple.findings}
    assert not check(encoded(good(), "PNG"), stores=["iMusician"]).ok  # JPEG alone, and a must once it is named
    assert {each.rule for each in check(encoded(good(), "PNG")).failed("must")} == {"size"}
    with pytest.raises(UnknownChoice, match="Spotify"):
        check(jpeg(good(64)), stores=["Spotifi"])


def test_every_demand_names_a_rule_and_its_source() -> None:
    for store in STORES:
        assert set(store.refuses) <= set(RULES) and all(page.startswith("http") for page in store.sources)
        assert store.refuses or store.least_px
    lonely = [rule.name for rule in RULES.values() if not demanding(rule, STORES)]
    assert lonely == ["one picture"]


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", jpeg(good(64))[:300]])
def test_what_is_no_picture_is_said_in_a_line(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=r"cover\.png.*wanted") as told:
        check(path)
    assert "\n" not in str(told.value)
    with pytest.raises(BadInput, match="wanted"):
        check(tmp_path / "missing.png")
    with pytest.raises(BadInput, match="wanted"):
        check(tmp_path)


def test_a_report_becomes_json() -> None:
    told = json.loads(json.dumps(check(jpeg(good(200)), ALBUM).as_json()))
    assert told["ok"] is False and {each["rule"] for each in told["findings"]} == set(RULES)


def test_bars_are_alike_along_their_length_and_grain_is_not() -> None:
    place = np.array([[200, 400], [200, 320], [800, 320], [800, 400]], np.float32)
    rows = np.tile(np.random.default_rng(1).integers(0, 2, 150).repeat(10)[None] * 255, (1500, 1)).astype(np.uint8)
    assert barred(rows, place) > 0.95 and barred(rows.T.copy(), place[:, ::-1].copy()) > 0.95
    grain = np.random.default_rng(2).normal(128, 40, rows.shape)
    assert barred(np.clip(grain, 0, 255).astype(np.uint8), place) < 0.3
    assert barred(np.clip(rows + grain - 128, 0, 255).astype(np.uint8), place) > 0.8
    assert barred(np.full_like(rows, 90), place) == 0


def test_each_store_is_told_apart() -> None:
    verdicts = {each.store.name: each for each in by_store(check(encoded(good(), "PNG"), ALBUM))}
    assert [*verdicts] == [store.name for store in STORES]
    assert [each.rule for each in verdicts["iMusician"].refused] == ["format", "size"]
    assert verdicts["Apple Music"].takes and not verdicts["SoundCloud"].takes
    for each in verdicts.values():
        demanded = [rule for rule in RULES.values() if demanding(rule, (each.store,))]
        assert each.asked == len(demanded) and each.held >= 0
        assert set(each.unseen) == {rule.name for rule in demanded if rule.reads}, "no reader, no words"


def test_every_rule_says_what_to_do() -> None:
    assert not [rule.name for rule in RULES.values() if rule.remedy in ("", "make it anew")]


@pytest.mark.parametrize("size_px", [1500, 3000])
def test_a_film_without_a_word_has_grain_as_fine_as_its_pixels(size_px: int) -> None:
    art = cv2.resize(np.random.default_rng(8).random((9, 9, 3), np.float32), (64, 64), interpolation=cv2.INTER_CUBIC)
    drawn = finish_named("film").draw(np.clip(art, 0, 1), named()["riso coral"], 700, 700, float(size_px), 3)
    assert (hardness(np.rint(drawn * 255).astype(np.uint8)) or 0) > LEAST_HARDNESS + 0.08
