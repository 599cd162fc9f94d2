"""What files say of themselves beside their picture: of whom it is, how it was made, and by what.

Words are kept under names that PNG knows ("Title", "Author", "Description", "Source", "Software", "Copyright"), with
"Keywords", "DigitalSourceType" and the three "AI..." that XMP adds. `xmp` makes of them the packet that PNG, JPEG and
PDF carry and SVG holds as RDF; `segments` what older viewers of a JPEG show.

Reference: ISO 16684-1:2019 (XMP); IPTC Photo Metadata Standard 2025.1; IPTC NewsCodes, Digital Source Type
(cv.iptc.org/newscodes/digitalsourcetype).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from duck_and_cover.album import Album

__all__ = ["SOURCE_TYPES", "about", "caption", "clean", "for_art", "rdf", "xmp"]

SOFTWARE = "Duck and Cover"
LONGEST = 2000
"""Characters of a text in a file, so that all of them fit into one segment of a JPEG."""

_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPES = {
    "front": f"{_TERMS}compositeSynthetic",
    "art": f"{_TERMS}trainedAlgorithmicMedia",
    "own": f"{_TERMS}composite",
}
"""IPTC's terms. A network's art with type set over it is a composite of which a part is generated; that art alone is
what a trained model made. Of a picture of the user's own nobody here can say how it came to be."""

_NAMESPACES = ('xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
               'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
               'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"')  # fmt: skip

_RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" {namespaces}>
{properties}
</rdf:Description></rdf:RDF>"""

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">{rdf}</x:xmpmeta>
<?xpacket end="r"?>"""

_ONE, _ALT, _SEQ, _BAG = "{}", '<rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt>', "Seq", "Bag"
_PROPERTIES = (
    ("Title", "dc:title", _ALT),
    ("Author", "dc:creator", _SEQ),
    ("Description", "dc:description", _ALT),
    ("Keywords", "dc:subject", _BAG),
    ("Copyright", "dc:rights", _ALT),
    ("Software", "xmp:CreatorTool", _ONE),
    ("Source", "photoshop:Instructions", _ONE),
    ("DigitalSourceType", "Iptc4xmpExt:DigitalSourceType", _ONE),
    ("AISystemUsed", "Iptc4xmpExt:AISystemUsed", _ONE),
    ("AISystemVersionUsed", "Iptc4xmpExt:AISystemVersionUsed", _ONE),
    ("AIPromptInformation", "Iptc4xmpExt:AIPromptInformation", _ONE),
)
"""Name of a word, its XMP property, and how that holds it."""


def about(album: Album, report: Mapping[str, Any]) -> dict[str, str]:
    """What the files of a front say.

    report:  what is told of the sleeve; "art" tells whether its picture was "drawn" or the user's "own", "engine",
             "bundle" and "seeds" by what, and "finish" what was done to it. What is missing is left unsaid.
    """
    told = {"Title": album.title, "Author": album.artist, "Description": _described(album),
            "Keywords": "; ".join(album.genres), "Source": _provenance(report), "Software": SOFTWARE}  # fmt: skip
    own = report.get("art") == "own"
    if report.get("bundle"):
        told["DigitalSourceType"] = SOURCE_TYPES["own" if own else "front" if report.get("texts") else "art"]
    if report.get("bundle") and not own:
        asked = {"artist": album.artist, "album": album.title, "genres": ", ".join(album.genres), "year": album.year}
        told["AISystemUsed"] = f"{SOFTWARE}, network {report['engine']}"
        told["AISystemVersionUsed"] = f"bundle sha256 {report['bundle']}"
        told["AIPromptInformation"] = report.get("drawn_with", {}).get("prompt") or "; ".join(
            f"{name}: {text}" for name, text in asked.items() if text)  # fmt: skip
    return {key: clean(text) for key, text in told.items() if text}


def for_art(told: Mapping[str, str]) -> dict[str, str]:
    """The same of a front without its words."""
    changed = {"DigitalSourceType": SOURCE_TYPES["art"]} if "AISystemUsed" in told else {}
    described = {"Description": f"Without its words: {told['Description']}"} if "Description" in told else {}
    return {**told, **described, **changed}


def caption(told: Mapping[str, str]) -> str:
    """Description and provenance as one text, for formats that show one."""
    return " ".join(text for text in (told.get("Description"), told.get("Source")) if text)


def clean(text: str) -> str:
    """A text that XML, EXIF and PNG can hold: without NUL, other controls, halves of characters and non-characters.

    Reference: W3C, Extensible Markup Language 1.0, production 2 (Char).
    """
    kept = "".join(filter(_holds, str(text)))
    return kept if len(kept) <= LONGEST else kept[: LONGEST - 1] + "…"


def _holds(c: str) -> bool:
    return c in "\t\n" or " " <= c < "\x7f" or "\x9f" < c < "\ud800" or "\ue000" <= c < "\ufffe" or c > "\uffff"


def rdf(told: Mapping[str, str], kind: str) -> str:
    """The words as RDF/XML. kind: media type, such as 'image/png'."""
    parts = [f"<dc:format>{kind}</dc:format>"]
    for key, name, form in _PROPERTIES:
        text = clean(told.get(key, ""))
        if not text:
            continue
        if key == "Source" and told.get("Description"):
            parts.append(f"<dc:source>{escape(text)}</dc:source>")
        if form in (_SEQ, _BAG):
            each = text.split("; ") if form == _BAG else [text]
            items = "".join(f"<rdf:li>{escape(one)}</rdf:li>" for one in each)
            parts.append(f"<{name}><rdf:{form}>{items}</rdf:{form}></{name}>")
        else:
            held = caption(told) if key == "Description" else text
            parts.append(f"<{name}>{form.format(escape(clean(held)))}</{name}>")
    return _RDF.format(namespaces=_NAMESPACES, properties="\n".join(parts))


def xmp(told: Mapping[str, str], kind: str) -> str:
    """The words as an XMP packet. kind: media type, such as 'image/png'."""
    return _PACKET.format(rdf=rdf(told, kind))


def _described(album: Album) -> str:
    """Of whom a cover is, in a sentence or two: "Front cover of Low Tide by Vesna. Dub techno, 2015." """
    whose = " by ".join(name for name in (album.title, album.artist) if name)
    start = f"Front cover of {whose}." if whose else "Front cover."
    kind = ", ".join(str(part) for part in (*album.genres, album.year) if part)
    return f"{start} {kind[:1].upper()}{kind[1:]}." if kind else start


def _provenance(report: Mapping[str, Any]) -> str:
    if not report.get("bundle"):
        return ""
    seeds = ", ".join(f"{axis} {number}" for axis, number in report.get("seeds", {}).items())
    seed = f"seed {report['seed']} ({seeds})" if "seed" in report else f"seeds: {seeds}"
    if toward := report.get("asked", {}).get("toward"):
        seed += f", art on the way to another seed's, {toward}"
    done = f"finish {report['finish']}; words set as outlines, {seed}" if report.get("texts") else (
        f"finish {report['finish']}, {seed}")  # fmt: skip
    if report.get("art") == "own":
        return f"The picture is the user's own (sha256 {report['bundle']}); {done}. Not drawn by Duck and Cover."
    return f"Generated art: network {report['engine']}, bundle sha256 {report['bundle']}; {done}. No photograph."
