"""What a print file states about itself: document information and XMP, word for word the same, and the output intent.

Reference: ISO 15930-7:2010 (PDF/X-4), as far as public summaries tell it; ISO 32000-1:2008, 14.3 (metadata) and 14.11.5
(output intents); ISO 16684-1:2019 (XMP); XMP Specification Part 3, 2.4 (custom information).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from duck_and_cover.design.files import about
from duck_and_cover.design.press.profile import Profile
from duck_and_cover.errors import BadInput

__all__ = ["STANDARD", "checked", "information", "intent", "xmp"]

STANDARD = "PDF/X-4"
_SOFTWARE = "Duck and Cover"
_CREATED = "2026-01-01T00:00:00+00:00"
"""A fixed date, as in our sRGB profile, so that the same piece is the same file; "Created" tells another."""
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ABOUT = {"Title", "Author", "Description", "Keywords", "Copyright", "Software", "Source", "DigitalSourceType",
          "AISystemUsed", "AISystemVersionUsed", "AIPromptInformation"}  # fmt: skip
"""Words that `about` puts into XMP."""
_RESERVED = {"Subject", "Creator", "Producer", "CreationDate", "ModDate", "Trapped", "GTS_PDFXVersion"}


def checked(told: Mapping[str, str] | None) -> dict[str, str]:
    """The words of a document: those of `about`, "Created" (ISO 8601) and any keys of one's own.

    Raises `BadInput` for a key that is no name, or a date that is none.
    """
    out = {"Title": "Untitled", "Software": _SOFTWARE, "Created": _CREATED}
    out |= {key: text for key, text in ((key, about.clean(text)) for key, text in (told or {}).items()) if text}
    for key in out:
        if not _KEY.fullmatch(key) or key in _RESERVED:
            raise BadInput(f"{key!r} cannot be told of a document; wanted a name, and none of PDF's own")
    out["Created"] = _date(out["Created"]).isoformat()
    return out


def information(told: Mapping[str, str]) -> dict[str, str]:
    """The document information, but for what is no text. told: as `checked` returns it."""
    date = _date(told["Created"]).strftime("D:%Y%m%d%H%M%SZ")
    known = {"Title": told["Title"], "Author": told.get("Author"), "Subject": about.caption(told),
             "Keywords": told.get("Keywords"), "Creator": told["Software"], "Producer": _SOFTWARE,
             "CreationDate": date, "ModDate": date}  # fmt: skip
    return {key: text for key, text in {**known, **_own(told)}.items() if text}


def intent(profile: Profile) -> dict[str, str]:
    """The texts of the output intent: what condition the inks are meant for."""
    registry = {"RegistryName": "http://www.color.org"} if profile.condition else {}
    return {"OutputConditionIdentifier": profile.condition or "Custom", "OutputCondition": profile.description,
            "Info": profile.description, **registry}  # fmt: skip


def xmp(told: Mapping[str, str], content: str) -> str:
    """The XMP packet: the words of `about`, and what PDF/X asks for.

    content:  a hash of what the file shows; the document's identifier is made of it.
    """
    lines = [
        f"<pdfxid:GTS_PDFXVersion>{STANDARD}</pdfxid:GTS_PDFXVersion>",
        *(f"<xmp:{name}>{told['Created']}</xmp:{name}>" for name in ("CreateDate", "ModifyDate", "MetadataDate")),
        f"<xmpMM:DocumentID>uuid:{uuid5(NAMESPACE_URL, content)}</xmpMM:DocumentID>",
        "<xmpMM:VersionID>1</xmpMM:VersionID>",
        "<xmpMM:RenditionClass>default</xmpMM:RenditionClass>",
        f"<pdf:Producer>{_SOFTWARE}</pdf:Producer>",
        "<pdf:Trapped>False</pdf:Trapped>",
        *(f"<pdfx:{key}>{escape(text)}</pdfx:{key}>" for key, text in _own(told).items()),
    ]
    more = _DESCRIPTION.format(properties="\n".join(lines))
    return about.xmp(told, "application/pdf").replace("</rdf:RDF>", f"{more}\n</rdf:RDF>", 1)


def _own(told: Mapping[str, str]) -> dict[str, str]:
    """Keys that `about` does not know."""
    return {key: text for key, text in told.items() if key not in _ABOUT and key != "Created"}


def _date(text: str) -> datetime:
    try:
        date = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"Created is {text!r}; wanted a date like {_CREATED}") from error
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


_DESCRIPTION = """<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/" xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/">
{properties}
</rdf:Description>"""
