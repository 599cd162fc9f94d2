"""What files say of themselves: true of the sleeve, in words that every format can hold."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from duck_and_cover import Album, create
from duck_and_cover.design.files.about import SOURCE_TYPES, about, caption, clean, for_art, xmp

RECORD = Album("Vesna", "Low <Tide> & Co", ("dub techno", "ambient"), 2015)
REPORT = {"art": "drawn", "engine": "flow-64", "bundle": "ab" * 32, "finish": "riso", "seed": 7,
          "seeds": {"art": 1, "finish": 2}, "texts": [{"text": "Vesna"}]}  # fmt: skip


def test_generated_art_is_called_so_with_all_that_made_it() -> None:
    told = about(RECORD, REPORT)
    assert (told["Title"], told["Author"], told["Software"]) == ("Low <Tide> & Co", "Vesna", "Duck and Cover")
    assert told["Description"] == "Front cover of Low <Tide> & Co by Vesna. Dub techno, ambient, 2015."
    for fact in ("flow-64", "ab" * 32, "seed 7", "art 1", "finish riso", "No photograph"):
        assert fact in told["Source"]
    assert told["DigitalSourceType"] == SOURCE_TYPES["front"]
    assert "flow-64" in told["AISystemUsed"] and "ab" * 32 in told["AISystemVersionUsed"]
    assert (
        told["AIPromptInformation"] == "artist: Vesna; album: Low <Tide> & Co; genres: dub techno, ambient; year: 2015"
    )
    assert caption(told) == f"{told['Description']} {told['Source']}"


def test_art_alone_is_what_a_trained_model_made() -> None:
    assert for_art(about(RECORD, REPORT))["DigitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert about(Album(), {**REPORT, "texts": []})["DigitalSourceType"] == SOURCE_TYPES["art"]
    assert about(RECORD, REPORT)["DigitalSourceType"].endswith("/compositeSynthetic")


def test_a_picture_of_ones_own_is_not_called_generated(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    path = tmp_path / "private name.png"
    Image.fromarray(rng.integers(0, 255, (80, 80, 3)).astype(np.uint8)).save(path)
    sleeve = create(RECORD, seed=3, size_px=64, art=path)
    told = about(RECORD, sleeve.report)
    assert sleeve.report["art"] == "own" and "user's own" in told["Source"] and "Generated" not in told["Source"]
    assert told["DigitalSourceType"] == SOURCE_TYPES["own"] and not [key for key in told if key.startswith("AI")]
    assert "private name" not in str(told), "how a file is called at home stays there"
    assert for_art(told)["DigitalSourceType"] == SOURCE_TYPES["own"]


def test_what_is_unknown_is_left_unsaid() -> None:
    assert about(Album(), {}) == {"Description": "Front cover.", "Software": "Duck and Cover"}


@pytest.mark.parametrize(("text", "kept"), [
    ("a\0b\x0b\x1f\x85c", "abc"), ("\ud83d", ""), ("\ufffe\uffff", ""), ("a\nb", "a\nb"), ("🌙 夜", "🌙 夜"),
])  # fmt: skip
def test_texts_hold_what_xml_holds(text: str, kept: str) -> None:
    assert clean(text) == kept
    packet = xmp({"Title": f"x{text}", "Keywords": f"{text}; y"}, "image/png")
    ElementTree.fromstring(packet[packet.index("<x:xmpmeta") : packet.index("<?xpacket end")].encode())


def test_a_text_ends_somewhere() -> None:
    assert len(clean("x" * 5000)) == 2000 and clean("x" * 5000).endswith("x…") and clean("x" * 2000) == "x" * 2000
