"""Plain words: names begin with their subject, docstrings with a statement, and comments use usual words."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("app.py", "bench", "blocks", "bot", "demo", "deploy", "handlers", "localslack", "runtime", "tests", "texts")
"""Every folder with Python, and the composition root."""
NO_SUBJECTS = frozenset(
    "what it who whose whoever whom one nobody nothing that those where how when whatever whether "
    "anybody anything everybody everything somebody something only "
    "as at before by during for from in of once on since to until while with without".split()
)
"""Words that do not name the subject of a test."""
NO_STATEMENTS = frozenset(
    "What Whether Who Whose Whoever Whom Where Which Why Nobody Nothing How Whatever "
    "As By Else It Of Said Somebody That Until".split()
)
"""Words that do not begin a plain statement."""

UNUSUAL = re.compile(
    r"\b(?:a(?:new|fresh)|be it|lest|thereof|(?:Was|Were|Had|Should) (?:an?|it|the|there|they|this))\b"
)
"""Old-fashioned words and inverted conditionals."""


def has_subject(test_name: str) -> bool:
    """`test_take_is_idempotent` has one; `test_what_is_taken` has none."""
    return test_name.split("_")[1] not in NO_SUBJECTS


def is_plain_statement(docstring: str) -> bool:
    """True unless the first line asks a question or begins with a question word or a pronoun."""
    first_line, *_ = docstring.strip().splitlines() or [""]
    first_word, *_ = first_line.split() or [""]
    return first_word.strip(",.:") not in NO_STATEMENTS and "?" not in first_line


def paths(folder: str) -> list[Path]:
    """The Python files of a folder."""
    found = [ROOT / folder] if folder.endswith(".py") else (ROOT / folder).rglob("*.py")
    return [path for path in sorted(found) if "node_modules" not in path.parts]


def nodes(folder: str) -> Iterator[tuple[str, ast.AST]]:
    """Every syntax node of a folder with its location."""
    for path in paths(folder):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}", node


def comments(folder: str) -> Iterator[tuple[str, str]]:
    """Every comment of a folder with its location."""
    for path in paths(folder):
        for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
            if token.type == tokenize.COMMENT:
                yield f"{path.relative_to(ROOT)}:{token.start[0]}", token.string


class Written(NamedTuple):
    """Texts of a folder, each with its location."""

    docstrings: list[tuple[str, str]]
    """Those of attributes too."""
    tests: list[tuple[str, str]]
    """Names of test functions."""
    comments: list[tuple[str, str]]


@cache
def written(folder: str) -> Written:
    """The texts in the files of a folder, each of which is parsed once."""
    found = Written([], [], list(comments(folder)))
    for where, node in nodes(folder):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                found.docstrings.append((where, text))
            case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name.startswith("test_"):
                found.tests.append((where, node.name))
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_test_names_begin_with_their_subject(folder: str) -> None:
    assert [f"{where} {name}" for where, name in written(folder).tests if not has_subject(name)] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_docstrings_begin_with_a_plain_statement(folder: str) -> None:
    found = written(folder).docstrings
    assert [f"{where} {text.strip().splitlines()[0]}" for where, text in found if not is_plain_statement(text)] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_comments_and_docstrings_use_usual_words_in_the_usual_order(folder: str) -> None:
    found = written(folder)
    texts = [*found.docstrings, *found.comments]
    assert [f"{where} {text}" for where, text in texts if UNUSUAL.search(text)] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_take_is_idempotent_for_the_owner", True),
        ("test_item_is_found", True),
        ("test_what_is_taken_stays_taken", False),
        ("test_it_waits", False),
        ("test_nobody_is_told", False),
        ("test_one_who_gives_up_waits", False),
        ("test_of_two_people_one_wins", False),
        ("test_once_closed_it_stays_closed", False),
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
        ("As the form has it.", False),
        ("Which answers are news.", False),
    ],
)
def test_plain_statement_is_recognised(docstring: str, expected: bool) -> None:
    assert is_plain_statement(docstring) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The form is redrawn; a change was made. This should be the last one.", False),
        ("The form is drawn anew.", True),
        ("Was the thread told at once, it would begin too early.", True),
    ],
)
def test_unusual_words_are_recognised(text: str, expected: bool) -> None:
    assert bool(UNUSUAL.search(text)) is expected
