"""What a model card says: the rows of its first table, and its sections."""

from __future__ import annotations

import re
from html import escape

__all__ = ["facts", "inline", "section"]


def facts(card: str) -> list[tuple[str, str]]:
    """The rows of two cells of a card's first table: name and fact, as Markdown."""
    rows: list[tuple[str, str]] = []
    for line in card.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.strip().startswith("|") else []
        if rows and not cells:
            break
        if len(cells) == 2 and cells[0] and not set(cells[0]) <= set("-: "):
            rows.append((cells[0], cells[1]))
    return rows


def section(card: str, title: str) -> str:
    """The text of a section without its heading, "" where there is none."""
    found = re.search(rf"^## {re.escape(title)}\s*\n(.*?)(?=^## |\Z)", card, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def inline(text: str) -> str:
    """A line of Markdown as HTML: code and strong words; all else is shown as it is."""
    safe = escape(" ".join(text.split()))
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", safe)
