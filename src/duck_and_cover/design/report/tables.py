"""The parts of the page that are tables: what stores say, what the rules found, which files there are."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from duck_and_cover.design.checking import RULES, Finding, Report, StoreVerdict, by_store
from duck_and_cover.design.report.told import GROUPS, Entry, Told

__all__ = ["files", "image", "pictures", "rules", "size", "stores", "uploads"]

_MARKS = {"good": "✓", "bad": "✗", "look": "!", "soft": "–"}


def uploads(checks: Mapping[str, Report]) -> list[tuple[StoreVerdict, str | None]]:
    """Each store's verdict on the file it is given, and that file's name: the first one that it takes.

    checks:  file -> report, the one to be sent first. Where a store takes none, the verdict is on the first, without
             a name.
    """
    each = {name: by_store(report) for name, report in checks.items()}
    rows: list[tuple[StoreVerdict, str | None]] = []
    for verdicts in zip(*each.values(), strict=True):
        taken = next(((verdict, name) for verdict, name in zip(verdicts, each, strict=True) if verdict.takes), None)
        rows.append(taken or (verdicts[0], None))
    return rows


def stores(told: Told) -> str:
    """A row a store: which file to send, and the rules it breaks where none is taken; below, what to do about each."""
    rows, broken = [], dict[str, Finding]()
    for verdict, name in uploads(told.checks):
        kind, what = ("good", f"<code>{escape(name)}</code>") if name else ("bad", "takes none")
        breaks = (*verdict.refused, *verdict.doubts)
        broken |= {each.rule: each for each in breaks}
        remarks = [", ".join(each.rule for each in verdict.refused)] if verdict.refused else []
        remarks += [f"{each.rule} in doubt" for each in verdict.doubts]
        remarks += [f"{len(verdict.unseen)} not looked at"] if verdict.unseen else []
        store = verdict.store
        rows.append(f'<tr><td class="name">{_mark(kind)}<a href="{escape(store.source)}">{escape(store.name)}</a></td>'
                    f'<td class="name {kind}">{what}</td><td class="name">{verdict.held} of {verdict.asked}</td>'
                    f'<td class="fill soft">{escape("; ".join(remarks))}</td></tr>')  # fmt: skip
    do = "".join(f"<dt>{escape(rule)}</dt><dd>found {escape(each.found)}; wanted {escape(each.wanted)}. "
                 f"<strong>To do:</strong> {escape(RULES[rule].remedy)}.</dd>"
                 for rule, each in broken.items())  # fmt: skip
    return _table(("Store", "Send", "Rules kept", ""), rows, "stores") + (f'<dl class="do">{do}</dl>' if do else "")


def rules(name: str, report: Report, *, whole: bool = True) -> str:
    """What the rules say of one file: what failed, what was not looked at, and what holds; its names alone where not
    the whole is wanted.
    """
    failed = [*report.failed("must"), *report.failed("should")]
    rows = [f'<tr><td class="name">{_mark("bad" if each.severity == "must" else "look")}{escape(each.rule)}</td>'
            f'<td>{escape(each.found)}; wanted: {escape(each.wanted)}</td>'
            f'<td class="soft">{escape(", ".join(each.stores))}</td></tr>' for each in failed]  # fmt: skip
    out = _table(("Rule", "Found", "Refused by"), rows) if rows else ""
    skipped: dict[str, list[str]] = {}
    for each in report.findings:
        if each.state == "not looked at":
            skipped.setdefault(each.found, []).append(each.rule)
    for why, names in skipped.items():
        out += f"<p>{_mark('soft')}Not looked at, {escape(why)}: {escape(', '.join(names))}.</p>"
    held = [each for each in report.findings if each.state == "passed"]
    passed = [f'<li>{_mark("good")}{escape(each.rule)} <span class="soft">{escape(_shortly(each))}</span></li>'
              for each in held]  # fmt: skip
    short = f'<p class="soft">{_mark("good")}{len(held)} rules hold.</p>'
    listed = f'<ul class="passed">{"".join(passed)}</ul>' if whole else short
    return f"<h3>{escape(name)}, {escape(report.picture)}</h3>{out}{listed}"


def files(entries: Sequence[Entry], missing: Mapping[str, str]) -> str:
    """One table, its rows in groups, and what is not there."""
    rows = []
    for group, heading in GROUPS.items():
        own = [f'<tr><td class="name"><code>{escape(each.name)}</code></td><td class="fill">{escape(each.purpose)}</td>'
               f'<td class="n">{size(each.size_bytes)}</td></tr>'
               for each in entries if each.group == group]  # fmt: skip
        rows += [f'<tr class="group"><td colspan="3">{escape(heading)}</td></tr>', *own] if own else []
    without = "".join(f"<p>{_mark('look')}<code>{escape(name)}</code> is not there: {escape(why)}.</p>"
                      for name, why in missing.items())  # fmt: skip
    return f'<table class="files">{"".join(rows)}</table>{without}'


def pictures(entries: Iterable[Entry]) -> str:
    """What has a preview, as pictures with their purpose and notes."""
    figures = [
        f'<figure>{image(each.preview, each.purpose)}<figcaption><code>{escape(each.name)}</code><br>'
        f'{escape(each.purpose)}{"".join(f"<br><small>{escape(note)}</small>" for note in each.notes)}'
        "</figcaption></figure>"
        for each in entries if each.preview
    ]  # fmt: skip
    return f'<div class="pieces">{"".join(figures)}</div>' if figures else ""


def image(jpeg: bytes, alt: str) -> str:
    """A picture that lies within the page."""
    return f'<img alt="{escape(alt)}" src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}">'


def size(count: int) -> str:
    """Bytes for people, decimal as stores count: "4.2 MB".

    >>> size(4_160_000), size(900)
    ('4.2 MB', '0.9 kB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def _shortly(finding: Finding) -> str:
    return finding.found if finding.found != "none" else ""


def _mark(kind: str) -> str:
    return f'<span class="mark {kind}">{_MARKS[kind]}</span>'


def _table(heads: Sequence[str], rows: Sequence[str], kind: str = "") -> str:
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead>{"".join(rows)}</table>'
