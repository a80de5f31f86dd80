"""A class name stands for one thing, and a file name for one subject."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("bot", "handlers", "blocks", "runtime")
ROLES = frozenset({"__init__", "__main__", "ports", "service"})
"""File names that tell a file's role within its capability."""


def repeated(named: dict[str, list[str]]) -> dict[str, list[str]]:
    """The names that stand in more than one place."""
    return {name: places for name, places in named.items() if len(places) > 1}


def class_names(folder: Path) -> dict[str, list[str]]:
    """The files that define each class."""
    found = defaultdict[str, list[str]](list)
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(str(path))
    return found


def stems(folder: Path) -> dict[str, list[str]]:
    """The files of each name, apart from those named for their role."""
    found = defaultdict[str, list[str]](list)
    for path in sorted(folder.rglob("*.py")):
        if path.stem not in ROLES:
            found[path.stem].append(str(path))
    return found


def test_class_name_stands_for_one_thing() -> None:
    merged = defaultdict[str, list[str]](list)
    for folder in FOLDERS:
        for name, places in class_names(ROOT / folder).items():
            merged[name] += places
    assert repeated(merged) == {}


def test_file_name_stands_for_one_subject() -> None:
    assert repeated(stems(ROOT / "bot")) == {}


def test_repeated_names_are_found(tmp_path: Path) -> None:
    for folder in ("mail", "reports"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "page.py").write_text("class Part: ...\n", "utf-8")
        (tmp_path / folder / "service.py").write_text(f"class {folder.title()}: ...\n", "utf-8")
    assert list(repeated(class_names(tmp_path))) == ["Part"]
    assert list(repeated(stems(tmp_path))) == ["page"]
