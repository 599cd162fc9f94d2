"""Print command N of the README (its Nth ```sh block), so that CI runs what readers run.

python tools/readme_commands.py 1
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


def readme_commands(text: str) -> list[str]:
    """The contents of all ```sh blocks, in order, without their fences."""
    return [block.strip() for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]


if __name__ == "__main__":
    readme = Path(__file__).resolve().parent.parent / "README.md"
    print(readme_commands(readme.read_text("utf-8"))[int(sys.argv[1]) - 1])
