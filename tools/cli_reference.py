"""Write docs/cli.md from the commands' own help; `--check` only says whether it is current.

python tools/cli_reference.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from duck_and_cover.cli import duckcover

TARGET = Path(__file__).resolve().parent.parent / "docs" / "cli.md"


def reference() -> str:
    """The whole page."""
    parts = ["# The command line", "", "Made by `tools/cli_reference.py` from the commands' own help.", ""]

    def add(command: click.Command, names: list[str], parent: click.Context | None) -> None:
        context = click.Context(
            command, info_name=names[-1], parent=parent, terminal_width=100, help_option_names=["-h", "--help"]
        )
        help_text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        parts.extend([f"## {' '.join(names)}", "", "```text", help_text, "```", ""])
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                if found is not None:
                    add(found, [*names, name], context)

    add(duckcover, ["duckcover"], None)
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    text = reference()
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.read_text("utf-8") == text else "docs/cli.md is stale; run python tools/cli_reference.py")
    TARGET.write_text(text, "utf-8")
