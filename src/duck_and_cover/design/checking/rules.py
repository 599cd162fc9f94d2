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
    limit:   the field of `Store` that sets it, where stores differ.
    reads:   whether it needs a reader of words.
    """

    name: str
    wanted: str
    limit: str | None = None
    reads: bool = False


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("format", "a kind of file that is taken", "formats"),
        Rule("size", "neither too small nor too large", "least_px"),
        Rule("square", "as wide as high"),
        Rule("bytes", "not too large a file", "most_bytes"),
        Rule("colours", "RGB"),
        Rule("depth", "8 bits a channel"),
        Rule("profile", "sRGB, or no profile"),
        Rule("transparency", "no transparency"),
        Rule("orientation", "upright as it is, without a note to turn it"),
        Rule("one picture", "one picture, nothing that moves"),
        Rule("detail", "detail as fine as its pixels: neither enlarged nor blurred"),
        Rule("pixels", "no pixels that show as squares"),
        Rule("border", "no bars of plain black or white"),
        Rule("blank", "something on it"),
        Rule("QR code", "no QR code"),
        Rule("bar code", "no bar code"),
        Rule("names", "no words but artist and title", reads=True),
        Rule("spelling", "artist and title spelled as in the metadata", reads=True),
        Rule("addresses", "no web or e-mail address, handle or telephone number", reads=True),
        Rule("prices", "no price", reads=True),
        Rule("dates", "no year or date", reads=True),
        Rule("store names", "no name of a store or service", reads=True),
        Rule("carriers", "no word for a disc, a tape or a download", reads=True),
        Rule("promotion", "no advertising, like Exclusive or Out Now", reads=True),
        Rule("sound formats", "no sound format, like Dolby Atmos", reads=True),
    )
}

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
