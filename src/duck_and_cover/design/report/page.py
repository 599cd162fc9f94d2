"""The page: one HTML file that needs nothing beside it, for a screen in light and dark and for A4 paper."""

from __future__ import annotations

from html import escape

from duck_and_cover.design.report import sections, tables
from duck_and_cover.design.report.look import letters, style
from duck_and_cover.design.report.told import Told

__all__ = ["page", "standing"]


def page(told: Told) -> str:
    """The text of report.html; the same facts give the same text. Any script, any characters."""
    album, report = told.album, told.report
    title = album.title or album.artist or "Untitled"
    parts = [
        ("Stores", tables.stores(told) if told.checks else ""),
        ("Files", tables.files(told.files, told.missing)),
        ("Pieces", tables.pictures(told.files)),
        ("Make it again", sections.again(told)),
        ("What was asked", sections.asked(told)),
        ("Words", sections.words(report, told.lines)),
        ("Colours", sections.colours(report)),
        ("Where the picture comes from", sections.origin(told)),
        ("Nearest training covers", "" if report.get("art") == "own" else sections.nearest(told.nearest)),
        (
            "Every rule",
            "".join(tables.rules(name, each, whole=not i) for i, (name, each) in enumerate(told.checks.items())),
        ),
    ]
    body = "\n".join(f"<section><h2>{escape(name)}</h2><div>{text}</div></section>" for name, text in parts if text)
    whole = f"{title} by {album.artist}" if album.title and album.artist else title
    set_in = next((each for each in report.get("texts", ()) if _squeezed(each["text"]) == _squeezed(title)), None)
    others = [(each["text"], (each["face"], each["weight"])) for each in report.get("texts", ())]
    fonts = letters(title, set_in and (set_in["face"], set_in["weight"]), others)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{escape(whole)}: release kit</title>
<style>{fonts}{style(report["palette"]["accent"])}</style>
</head>
<body>
<main>
{_head(told, title)}
{body}
<footer>{escape(told.about.get("Source", ""))} Made with Duck and Cover.</footer>
</main>
</body>
</html>
"""


def _squeezed(text: str) -> str:
    """A text without letter case and line breaks, which a cover sets as it likes."""
    return "".join(text.split()).casefold()


def standing(told: Told) -> tuple[bool, str, str]:
    """Whether every store is served that nearly everyone sells through, and that in a line and a half."""
    if not told.checks:
        return True, "Not held against stores’ rules", ""
    rows = tables.uploads(told.checks)
    refusing = [verdict.store for verdict, name in rows if name is None]
    usual = [store.name for store in refusing if store.usual]
    others = [store.name for store in refusing if not store.usual]
    also = (
        f"{', '.join(others)} {'takes' if len(others) == 1 else 'take'} none of the files as they are."
        if others
        else ""
    )
    if usual:
        return False, f"Refused by {', '.join(usual)}", also or "See below what to do."
    unread = any(verdict.unseen for verdict, _ in rows)
    told_of = f"{len(rows) - len(refusing)} of {len(rows)} stores take it"
    if unread:
        also = f"Not every rule was looked at. {also}".strip()
    return True, told_of, also


def _head(told: Told, title: str) -> str:
    album = told.album
    who = f'<p class="who"><bdi>{escape(album.artist)}</bdi></p>' if album.artist and album.title else ""
    kind = ", ".join(str(part) for part in (*album.genres, album.year) if part)
    ok, line, also = standing(told)
    state = f'<p class="state"><strong class="{"good" if ok else "bad"}">{escape(line)}</strong>{escape(also)}</p>'
    return (f"<header>{tables.image(told.front, told.about.get('Description', 'The front'))}"
            f'<div><h1 dir="auto">{escape(title)}</h1>{who}<p class="kind">{escape(kind)}</p>{state}'
            "</div></header>")  # fmt: skip
