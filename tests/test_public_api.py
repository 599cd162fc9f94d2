"""Every module says what it offers, sorted and complete, and every offer has a docstring."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "duck_and_cover"
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def order(name: str) -> tuple[int, list[str | int]]:
    """CONSTANTS, then Classes, then functions; numbers by value: the order of ruff's RUF022."""
    group = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return group, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def offered(tree: ast.Module) -> list[str] | None:
    """The literal value of `__all__`, or None without one."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(t) for t in node.targets] == ["__all__"]:
            return list(ast.literal_eval(node.value))
    return None


def bound(tree: ast.Module) -> set[str]:
    """Names that a module's top level binds, imports included."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, Definition):
            names.add(node.name)
        elif isinstance(
            node,
            ast.Assign | ast.AnnAssign | ast.TypeAlias if hasattr(ast, "TypeAlias") else ast.Assign | ast.AnnAssign,
        ):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None) or node.name]  # type: ignore[attr-defined]
            names |= {inner.id for t in targets for inner in ast.walk(t) if isinstance(inner, ast.Name)}
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return names


UNSTATED = ("cli/",)
"""The room whose modules may leave `__all__` out: every name without an underscore is their surface."""


def faults(sources: Mapping[str, str]) -> list[str]:
    """One line for each breach. sources: path -> Python text."""
    found: list[str] = []
    for path, source in sorted(sources.items()):
        tree = ast.parse(source)
        public = [node for node in tree.body if isinstance(node, Definition) and not node.name.startswith("_")]
        if tree.body and not ast.get_docstring(tree):
            found.append(f"{path}: the module has no docstring")
        found += [f"{path}:{n.lineno}: {n.name} has no docstring" for n in public if not ast.get_docstring(n)]
        names = offered(tree)
        if names is None:
            if public and not path.startswith(UNSTATED):
                found.append(f"{path}: no __all__")
            continue
        if names != sorted(names, key=order):
            found.append(f"{path}: __all__ is not sorted; wanted {sorted(names, key=order)}")
        lacking = [node.name for node in public if node.name not in names]
        found += [f"{path}: __all__ lacks {name}" for name in lacking if not path.startswith("cli/")]
        found += [
            f"{path}: __all__ offers {n}, which is not there" for n in names if n not in bound(tree) and not lazy(tree)
        ]
    return found


def lazy(tree: ast.Module) -> bool:
    """Whether a module makes names when they are asked for (PEP 562)."""
    return any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in tree.body)


def test_every_module_states_its_surface() -> None:
    sources = {p.relative_to(SOURCE).as_posix(): p.read_text("utf-8") for p in SOURCE.rglob("*.py")}
    assert len(sources) > 20
    assert faults(sources) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('"""M."""\n__all__ = ["g", "f"]\ndef f():\n    """F."""\ndef g():\n    """G."""', "not sorted"),
        ('"""M."""\n__all__ = ["f"]\ndef f():\n    """F."""\nclass C:\n    """C."""', "lacks C"),
        ('"""M."""\n__all__ = ["f", "h"]\ndef f():\n    """F."""', "offers h, which is not there"),
        ('"""M."""\n__all__ = ["f"]\ndef f(): ...', "f has no docstring"),
        ('"""M."""\n__all__ = ["C"]\nclass C: ...', "C has no docstring"),
        ('"""M."""\ndef f():\n    """F."""', "no __all__"),
        ("__all__ = []", "the module has no docstring"),
    ],
)
def test_a_planted_fault_is_reported(source: str, said: str) -> None:
    (found,) = faults({"x.py": source})
    assert said in found


def test_a_good_module_is_not_reported() -> None:
    source = '''"""M."""
from __future__ import annotations
from json import loads
__all__ = ["A_B", "Alias", "Cls", "f_2", "f_10", "loads"]
A_B: int = 1
Alias = int
class Cls:
    """C."""
def f_2():
    """F."""
def f_10():
    """F."""
def _hidden(): ...
'''
    assert faults({"x.py": source, "empty.py": ""}) == []
