"""A model card is told as a page, and brings no tag of its own."""

from __future__ import annotations

from duck_and_cover.studio.cards import as_html

CARD = """# flow

Draws **art** of `128 px`,
see [the paper](https://example.org/x).

| | |
|---|---|
| steps | <b>8</b> |

- one
  and more
- <script>alert(1)</script>
"""


def test_what_a_card_says_is_there_and_its_tags_are_text() -> None:
    page = str(as_html(CARD))
    assert "<h3>flow</h3>" in page and "<p>Draws <b>art</b> of <code>128 px</code>, see the paper.</p>" in page
    assert "<tr><td>steps</td><td>&lt;b&gt;8&lt;/b&gt;</td></tr>" in page and page.count("<tr>") == 1
    assert "<ul><li>one and more</li><li>&lt;script&gt;alert(1)&lt;/script&gt;</li></ul>" in page
    assert as_html("") == "" and "example.org" not in page
