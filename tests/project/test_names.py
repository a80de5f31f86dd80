"""A class name stands for one thing, and a file name for one subject."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("bot", "handlers", "blocks", "runtime")
ROLES = frozenset({"__init__", "__main__", "ports", "service"})
"""File names that tell a file's role within its capability."""

EVERYWHERE = (*FOLDERS, "localslack", "bench", "demo", "deploy", "texts", "tests")
"""Every folder with Python."""
PLAIN = {
    "anew": "again",
    "beside": "the thing itself: context, neighbours, field_errors",
    "besides": "others",
    "fate": "outcome",
    "hear": "receive, on_change, record_reply",
    "heard": "received, entry, conversation changes",
    "lookout": "status_page",
    "nobodyknown": "an empty directory",
    "patience": "timeout, or longest_wait",
    "said": "text, words, message, answer",
    "sheaf": "sections",
    "spelt": "spelling",
    "spite": "override",
    "telling": "specific",
    "told": "notified, notices, info",
    "what": "the thing itself: move, kind, title, problem",
    "why": "reason",
}
"""Words that a stranger does not search for, with what a name says instead."""
STORED = frozenset({"retired_why", "suspended_why"})
"""Fields that keep the name under which records are stored."""
NEVER_ALONE = {
    "fresh": "ttl",
    "glass": "break_glass_reason",
    "kept": "stored",
    "least": "minimum",
    "most": "limit, or maximum",
}
"""Words that mean nothing as a whole name."""


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


def identifiers(tree: ast.AST) -> set[str]:
    """Names of functions, arguments, classes, variables and attributes that a file gives."""
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return found


def replacement(name: str) -> str:
    """The plain word for a name that is not plain; empty for any other."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    alone = NEVER_ALONE.get(name.strip("_").lower(), "")
    return next((PLAIN[word.lower()] for word in words if word.lower() in PLAIN), alone)


@pytest.mark.parametrize("folder", EVERYWHERE)
def test_names_are_plain(folder: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}": replacement(name)
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name in {path.stem, *identifiers(ast.parse(path.read_text("utf-8")))}
        if not name.startswith("test_") and name not in STORED  # a test's name is a sentence: see test_words.py
    }
    assert {place: word for place, word in found.items() if word} == {}


def test_names_that_are_not_plain_are_found() -> None:
    source = (
        "def _told(most): ...\nclass Heard: said = 1\nself.kept = [beside for beside in ()]\n_ANEW = most_urgent = 1"
    )
    refused = {name for name in identifiers(ast.parse(source)) if replacement(name)}
    assert refused == {"_told", "most", "Heard", "said", "kept", "beside", "_ANEW"}


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


def classes(folder: Path) -> dict[str, ast.ClassDef]:
    """Every class of a folder by its name."""
    trees = (ast.parse(path.read_text("utf-8")) for path in sorted(folder.rglob("*.py")))
    return {node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def bases(node: ast.ClassDef) -> set[str]:
    """Names of the direct base classes, without their type parameters."""
    return {ast.unparse(each).partition("[")[0].rpartition(".")[2] for each in node.bases}


def lends_methods(node: ast.ClassDef) -> bool:
    """True for a plain class with methods of its own: no protocol, record, enum or error, and none of a library."""
    methods = (each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return not node.bases and any(not each.name.startswith("__") for each in methods)


def test_no_class_inherits_from_another_to_get_its_methods() -> None:
    found = classes(ROOT / "bot")
    lenders = {name for name, node in found.items() if lends_methods(node)}
    assert {name: bases(node) & lenders for name, node in found.items() if bases(node) & lenders} == {}


def test_class_that_inherits_methods_is_found(tmp_path: Path) -> None:
    source = (
        "class Part:\n    def save(self): ...\nclass Whole(Part): ...\nclass Port(Protocol):\n    def get(self): ...\n"
    )
    (tmp_path / "store.py").write_text(source, "utf-8")
    found = classes(tmp_path)
    assert [name for name, node in found.items() if lends_methods(node)] == ["Part"]
    assert bases(found["Whole"]) == {"Part"}
