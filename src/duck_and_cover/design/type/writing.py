"""What Unicode says about a line of text: what belongs together, which script, which letter case, which
direction."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby
from typing import Any

from bidi import algorithm as bidi
from fontTools.unicodedata import script as _script_of

from duck_and_cover.design.type.faces import Case

__all__ = [
    "base_level",
    "cased",
    "clean",
    "graphemes",
    "is_word",
    "levels",
    "script",
    "scripts",
    "visual_order",
    "wants_emoji",
]

# fmt: off
JOINED_SCRIPTS = frozenset((
    "Arab", "Syrc", "Mong", "Nkoo", "Adlm", "Rohg", "Mand", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml",
    "Telu", "Knda", "Mlym", "Sinh", "Thai", "Laoo", "Khmr", "Mymr", "Tibt",
))
# fmt: on
"""Scripts whose letters hang together, or whose marks do; letter spacing would tear them apart."""

_CASED_SCRIPTS = frozenset(("Latn", "Grek", "Cyrl", "Armn"))
_COMMON = frozenset(("Zyyy", "Zinh", "Zzzz"))
_EAST_ASIAN = frozenset(("Hani", "Hira", "Kana", "Bopo"))
_ISOLATES = re.compile("[\u00ad\u2066-\u2069]")
_CLOSING = dict(zip("([{⟨（「『【〈《〔［｛", ")]}⟩）」』】〉》〕］｝", strict=True))
_FORMS = re.compile("[\ufb00-\ufb06\ufb13-\ufb17\ufb50-\ufdfb\ufe70-\ufefc]")
_TAILS = "\u0e33\u0eb3"
"""Spacing vowels that Unicode calls letters and readers call part of the syllable before."""


def clean(text: str) -> str:
    """The text as it is set: composed (NFC), every white space a plain space, none at the ends.

    Ready-made ligatures and Arabic letter forms become the letters they stand for; shaping joins them again.
    """
    text = _FORMS.sub(lambda m: unicodedata.normalize("NFKC", m.group()), text)
    text = _ISOLATES.sub("", unicodedata.normalize("NFC", text))
    return "".join(" " if c.isspace() and c not in "\u00a0\u202f\u3000" else c for c in text).strip()


@lru_cache(1024)
def graphemes(text: str) -> tuple[str, ...]:
    """The units a reader would call characters; joined to a string they are the text again."""
    out: list[str] = []
    for char in text:
        if out and _continues(out[-1], char):
            out[-1] += char
        else:
            out.append(char)
    return tuple(out)


def _continues(cluster: str, char: str) -> bool:
    point, last = ord(char), cluster[-1]
    if unicodedata.category(char)[0] == "M" or char in "\u200c\u200d" + _TAILS or 0x1F3FB <= point <= 0x1F3FF:
        return cluster != " "
    if 0xE0020 <= point <= 0xE007F:
        return True
    if last == "\u200d":
        return point >= 0x2190 or unicodedata.category(char) == "Lo"
    if _regional(char):
        return _regional(last) and len(cluster) % 2 == 1
    if unicodedata.combining(last) == 9:
        return unicodedata.category(char) == "Lo" and script(char) == script(cluster[0])
    if 0x1160 <= point <= 0x11FF:
        return 0x1100 <= ord(last) <= 0x11FF or 0xAC00 <= ord(last) <= 0xD7A3
    return False


def _regional(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


@lru_cache(4096)
def script(cluster: str) -> str:
    """ISO 15924 code of a grapheme: 'Latn', 'Arab' …; 'Zyyy' for what all scripts share; Han and kana are
    one."""
    code = _script_of(cluster[0])
    return "Hani" if code in _EAST_ASIAN else "Zyyy" if code in _COMMON else code


def scripts(clusters: tuple[str, ...]) -> tuple[str, ...]:
    """Script of each grapheme; shared characters take the script before them, or after them at the start."""
    found = [script(c) for c in clusters]
    for i in range(1, len(found)):
        if found[i] == "Zyyy":
            found[i] = found[i - 1]
    for i in range(len(found) - 2, -1, -1):
        if found[i] == "Zyyy":
            found[i] = found[i + 1]
    return tuple(found)


def is_word(cluster: str) -> bool:
    """Letters and digits: what makes a word look like a ransom note when it comes from two typefaces."""
    return unicodedata.category(cluster[0])[0] in "LN" or unicodedata.category(cluster[0]) in ("Mc", "Mn")


def wants_emoji(cluster: str) -> bool:
    """Whether a grapheme is an emoji by itself or by its selectors, so that no text face should draw it."""
    if "\ufe0e" in cluster:
        return False
    if "\ufe0f" in cluster or "\u20e3" in cluster:
        return True
    return ord(cluster[0]) >= 0x1F000 and unicodedata.category(cluster[0]) in ("So", "Sk", "Cn")


def base_level(text: str) -> int:
    """0 when the text as a whole runs left to right, 1 when right to left (UAX 9, rules P2 and P3)."""
    return int(bidi.get_base_level(text))


def levels(clusters: tuple[str, ...], base: int) -> tuple[int, ...]:
    """Embedding level of each grapheme by the Unicode bidirectional algorithm (UAX 9)."""
    text = "".join(clusters)
    if not base and all(unicodedata.bidirectional(c) not in ("R", "AL", "AN", "RLE", "RLO") for c in text):
        return (0,) * len(clusters)
    store = bidi.get_empty_storage()
    store["base_level"], store["base_dir"] = base, ("L", "R")[base]
    bidi.get_embedding_levels(text, store)
    for index, item in enumerate(store["chars"]):
        item["index"] = index
    bidi.explicit_embed_and_overrides(store)
    bidi.resolve_weak_types(store)
    _resolve_brackets(store)
    bidi.resolve_neutral_types(store, False)
    bidi.resolve_implicit_levels(store, False)
    by_index = {item["index"]: item["level"] for item in store["chars"]}
    out, at, last = [], 0, base
    for cluster in clusters:
        last = next((by_index[i] for i in range(at, at + len(cluster)) if i in by_index), last)
        out.append(last)
        at += len(cluster)
    return tuple(out)


def _resolve_brackets(store: dict[str, Any]) -> None:
    """Give both brackets of a pair one direction (UAX 9, rule N0), which python-bidi leaves out."""
    for run in store["runs"]:
        chars = store["chars"][run["start"] : run["start"] + run["length"]]
        strong = ["R" if c["type"] in ("R", "EN", "AN") else c["type"] for c in chars]
        for first, last in _bracket_pairs(chars):
            own = "LR"[chars[first]["level"] % 2]
            inside = set(strong[first + 1 : last]) & {"L", "R"}
            if not inside:
                continue
            if own not in inside:
                before = next((t for t in reversed(strong[:first]) if t in ("L", "R")), run["sor"])
                own = before if before in inside else own
            for at in (first, last):
                chars[at]["type"] = strong[at] = own


def _bracket_pairs(chars: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Positions of matching brackets, by opening (UAX 9, BD16)."""
    waiting: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for at, item in enumerate(chars):
        if item["type"] != "ON":
            continue
        if item["ch"] in _CLOSING:
            waiting.append((_CLOSING[item["ch"]], at))
        for depth in range(len(waiting) - 1, -1, -1):
            if waiting[depth][0] == item["ch"]:
                pairs.append((waiting[depth][1], at))
                del waiting[depth:]
                break
    return sorted(pairs)


def visual_order(run_levels: list[int]) -> list[int]:
    """Indices of runs from left to right (UAX 9, rule L2)."""
    order = list(range(len(run_levels)))
    odd = [v for v in run_levels if v % 2]
    for level in range(max(run_levels, default=0), min(odd, default=1) - 1, -1):
        turned: list[int] = []
        for high, group in groupby(order, lambda i, level=level: run_levels[i] >= level):
            part = list(group)
            turned += part[::-1] if high else part
        order = turned
    return order


def cased(text: str, case: Case) -> str:
    """The same words in another letter case.

    Neutral towards languages: i becomes I, ß becomes SS, Greek capitals lose their accents, scripts without
    case are left alone, and 'title' raises first letters without lowering any other, so DJ and McCoy survive.
    """
    if case == "as typed":
        return text
    if case == "lower":
        return "".join(c if c == "İ" else low for c, low in zip(text, _lowered(text), strict=True))
    if case == "title":
        return re.sub(r"(?<![\w'’])\w", lambda m: _raised(m.group()), text)
    return "".join(
        _greek_upper(p) if re.match(r"[\u0370-\u03ff\u1f00-\u1fff]", p) else "".join(map(_raised, p))
        for p in re.split(r"([\u0370-\u03ff\u1f00-\u1fff\u0300-\u0345]+)", text)
    )


def _lowered(text: str) -> list[str]:
    """Lower case letter by letter, with the word-final form of sigma."""
    out = [c.lower() for c in text]
    for i, char in enumerate(text):
        if char == "Σ" and i and text[i - 1].isalpha() and not text[i + 1 : i + 2].isalpha():
            out[i] = "ς"
    return out


def _raised(char: str) -> str:
    return char.upper() if script(char) in _CASED_SCRIPTS else char


def _greek_upper(word: str) -> str:
    """Capitals without tonos and breathings; a lost tonos that kept two vowels apart leaves a dialytika."""
    if word == "ή":
        return "Ή"
    out: list[str] = []
    apart = False
    for cluster in graphemes(unicodedata.normalize("NFC", word)):
        base, marks = (parts := unicodedata.normalize("NFD", cluster))[0], parts[1:]
        dialytika = "\u0308" if "\u0308" in marks or (apart and base in "ιυ" and not marks) else ""
        iota = "Ι" if "\u0345" in marks else ""
        out.append(unicodedata.normalize("NFC", base.upper() + dialytika) + iota)
        apart = "\u0301" in marks and base in "αεηο"
    return "".join(out)
