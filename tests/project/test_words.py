"""Test names begin with their subject, and docstrings begin with a plain statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "bench",
    "blocks",
    "bot/adapters",
    "bot/clocks",
    "bot/config",
    "bot/conversation",
    "bot/core",
    "bot/escalation",
    "bot/forms",
    "bot/intake",
    "bot/known_issues",
    "bot/model",
    "bot/notes",
    "bot/privacy",
    "bot/register",
    "bot/reminders",
    "bot/reports",
    "bot/search",
    "bot/tickets",
    "localslack",
    "demo",
    "handlers",
    "runtime",
    "tests/adapters",
    "tests/blocks",
    "tests/bot/clocks",
    "tests/bot/config",
    "tests/bot/conversation",
    "tests/bot/escalation",
    "tests/bot/intake",
    "tests/bot/privacy",
    "tests/bot/reports",
    "tests/bot/search",
    "tests/bot/tickets",
    "tests/browser",
    "tests/contracts",
    "tests/doubles",
    "tests/localslack",
    "tests/project",
    "tests/releases",
    "texts",
)
"""Folders that follow these rules."""
NO_SUBJECTS = frozenset("what it who whose whoever one nobody nothing that where how when whatever whether".split())
"""Words that do not name the subject of a test."""
NO_STATEMENTS = frozenset("What Whether Who Whose Whoever Where Nobody Nothing How Whatever".split())
"""Words that do not begin a plain statement."""


def has_subject(test_name: str) -> bool:
    """`test_take_is_idempotent` has one; `test_what_is_taken` has none."""
    return test_name.split("_")[1] not in NO_SUBJECTS


def is_plain_statement(docstring: str) -> bool:
    """True unless the first line asks a question or begins with a question word or a pronoun."""
    first_line, *_ = docstring.strip().splitlines() or [""]
    first_word, *_ = first_line.split() or [""]
    return first_word.strip(",.:") not in NO_STATEMENTS and "?" not in first_line


def nodes(folder: str) -> Iterator[tuple[str, ast.AST]]:
    """Every syntax node of a folder with its location."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "node_modules" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}", node


@pytest.mark.parametrize("folder", FOLDERS)
def test_test_names_begin_with_their_subject(folder: str) -> None:
    named = [
        (where, node.name)
        for where, node in nodes(folder)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]
    assert [f"{where} {name}" for where, name in named if not has_subject(name)] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_docstrings_begin_with_a_plain_statement(folder: str) -> None:
    written = [
        (where, node.value.value)
        for where, node in nodes(folder)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    assert [f"{where} {text.strip().splitlines()[0]}" for where, text in written if not is_plain_statement(text)] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_take_is_idempotent_for_the_owner", True),
        ("test_item_is_found", True),
        ("test_what_is_taken_stays_taken", False),
        ("test_it_waits", False),
        ("test_nobody_is_told", False),
        ("test_one_who_gives_up_waits", False),
    ],
)
def test_subject_of_a_test_name_is_recognised(name: str, expected: bool) -> None:
    assert has_subject(name) is expected


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("Logs an unexpected error under a reference id.", True),
        ("Whole numbers of a text.", True),
        ("What nobody foresaw is logged.", False),
        ("For how long is an answer used again?", False),
        ("Are views held to their limits? All of them.", False),
        ("\nNothing is lost.", False),
    ],
)
def test_plain_statement_is_recognised(docstring: str, expected: bool) -> None:
    assert is_plain_statement(docstring) is expected
