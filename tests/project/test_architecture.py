"""docs/architecture.md names existing files and definitions, and maps every folder."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
QUESTIONS = re.findall(
    r"^\| ([^|]+) \| `([\w/]+\.py)` `(\w+)` \|$",
    TEXT.partition("<!-- where -->")[2].partition("<!-- /where -->")[0],
    re.MULTILINE,
)


def names_in(file: Path) -> set[str]:
    """Functions, methods, classes and constants that are defined in this file."""
    names = set[str]()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def test_table_answers_twenty_questions() -> None:
    assert len(QUESTIONS) >= 20
    assert len({question for question, _, _ in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize(("question", "file", "name"), QUESTIONS, ids=[question for question, _, _ in QUESTIONS])
def test_answer_names_a_definition_in_its_file(question: str, file: str, name: str) -> None:
    assert name in names_in(ROOT / file), question


def test_named_paths_exist() -> None:
    named = set(re.findall(r"`((?:[\w]+/)*[\w.]+\.(?:py|toml|po)|(?:\w+/)+)`", TEXT)) - {
        "sql.py",
        "dialect.py",
        "schema_migrations.py",
    }
    missing = sorted(each for each in named if not (ROOT / each).exists() and each not in {"desk.toml", "desk.py"})
    assert missing == []


def test_every_folder_of_the_program_is_mapped() -> None:
    mapped = set(re.findall(r"`([a-z]+)/`", TEXT))
    there = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}
    assert there <= mapped


FURTHER = {
    capability: re.findall(r"`(\w+)`", files)
    for capability, files in re.findall(
        r"^\| `?(\w+)`? \| (`.+`) \|$",
        TEXT.partition("<!-- stems -->")[2].partition("<!-- /stems -->")[0],
        re.MULTILINE,
    )
}


def stems(folder: str) -> set[str]:
    """Names of the files and packages of a folder."""
    return {path.stem for path in (ROOT / folder).iterdir()} - {"__init__", "__pycache__"}


def test_every_file_of_handlers_and_blocks_belongs_to_a_capability() -> None:
    further = [name for names in FURTHER.values() for name in names]
    assert sorted(further) == sorted((stems("handlers") | stems("blocks")) - stems("bot"))
    assert set(FURTHER) - {"all"} <= stems("bot")


def test_every_capability_has_tests_under_its_name() -> None:
    folders = {path.name for path in (ROOT / "bot").iterdir() if (path / "__init__.py").exists()}
    assert folders - {"adapters"} <= stems("tests/bot")


@cache
def loaded() -> dict[str, Any]:
    """A process that has loaded the program: its modules, and its garbage collector."""
    script = (
        "import app, gc, json, sys\n"
        "print(json.dumps({'modules': [*sys.modules], 'collects': gc.isenabled(), "
        "'passed over': gc.get_freeze_count(), 'looked at': len(gc.get_objects()), "
        "'switched after': sys.getswitchinterval()}))"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    facts: dict[str, Any] = json.loads(run.stdout)
    return facts


def test_program_loads_what_few_desks_need_only_when_they_use_it() -> None:
    names = ("msal", "requests", "lxml", "flufl", "imapclient", "feedparser", "holidays", "psycopg", "weasyprint")
    assert [name for name in names if name in loaded()["modules"]] == []


def test_garbage_collector_runs_once_the_program_is_loaded_and_passes_over_what_was_loaded() -> None:
    assert loaded()["collects"]
    assert loaded()["passed over"] > loaded()["looked at"]


def test_thread_that_computes_gives_way_to_the_loop_within_a_millisecond() -> None:
    assert loaded()["switched after"] < 0.001
