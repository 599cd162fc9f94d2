"""The rules, as data: what each demands. Who demands it stands in `stores`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duck_and_cover.design.checking.stores import Store

__all__ = ["RULES", "Rule", "demanding"]


@dataclass(frozen=True)
class Rule:
    """A rule.

    wanted:  what is demanded, in a few words.
    remedy:  what to do about a picture that breaks it, in a few words.
    limit:   the field of `Store` that sets it, where stores differ.
    reads:   whether it needs a reader of words.
    """

    name: str
    wanted: str
    remedy: str = "make it anew"
    limit: str | None = None
    reads: bool = False


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("format", "a kind of file that is taken", "save it as JPEG, or PNG where that is taken", "formats"),
        Rule("size", "neither too small nor too large", "make it at the size wanted, with --size", "least_px"),
        Rule("square", "as wide as high", "crop it to a square"),
        Rule("bytes", "not too large a file", "make a smaller file, with --max-bytes", "most_bytes"),
        Rule("colours", "RGB", "convert it to RGB"),
        Rule("depth", "8 bits a channel", "save it with 8 bits a channel"),
        Rule("profile", "sRGB, or no profile", "convert it to sRGB"),
        Rule("transparency", "no transparency", "save it without an alpha channel"),
        Rule("orientation", "upright as it is, without a note to turn it", "turn it, and save it without the note"),
        Rule("one picture", "one picture, nothing that moves", "save one picture alone"),
        Rule("detail", "detail as fine as its pixels: neither enlarged nor blurred",
             "make it anew at this size; do not enlarge it"),
        Rule("pixels", "no pixels that show as squares", "make it anew at this size; do not enlarge it"),
        Rule("border", "no bars of plain black or white", "crop the bars away"),
        Rule("blank", "something on it", "put something on it"),
        Rule("QR code", "no QR code", "remove the code"),
        Rule("bar code", "no bar code", "remove the code; it belongs on the back"),
        Rule("names", "no words but artist and title",
             "let the front say artist and title alone, or look whether the reader errs", reads=True),
        Rule("spelling", "artist and title spelled as in the metadata",
             "look whether the words on it are those of the metadata", reads=True),
        Rule("addresses", "no web or e-mail address, handle or telephone number",
             "remove it; the back may carry it", reads=True),
        Rule("prices", "no price", "remove it", reads=True),
        Rule("dates", "no year or date", "remove it; the back may carry it", reads=True),
        Rule("store names", "no name of a store or service", "remove it", reads=True),
        Rule("carriers", "no word for a disc, a tape or a download",
             "remove it; this picture is for a release without a disc", reads=True),
        Rule("promotion", "no advertising, like Exclusive or Out Now", "remove it", reads=True),
        Rule("sound formats", "no sound format, like Dolby Atmos", "remove it; the store adds its own", reads=True),
    )
}  # fmt: skip

_AS = {"spelling": "names"}
"""Rules that are a part of what stores demand under another name."""

_NOBODY = ("one picture",)


def demanding(rule: Rule, stores: Sequence[Store]) -> tuple[Store, ...]:
    """Which of these stores say something on a rule's matter."""
    if rule.name in _NOBODY:
        return ()
    if rule.limit == "least_px":
        return tuple(store for store in stores if store.least_px or store.most_px)
    if rule.limit:
        return tuple(store for store in stores if getattr(store, rule.limit))
    return tuple(store for store in stores if _AS.get(rule.name, rule.name) in store.refuses)
