"""Every regular expression of the project takes linear time, whatever text it is given."""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
import re
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "blocks", "handlers", "runtime", "localslack", "demo", "texts")
LENGTH = 20_000
"""Characters. At 5 ns a step a quadratic pattern takes a second for so many, a linear one a tenth of a millisecond."""
LIMIT = 0.25
"""Seconds of this thread's processor time for one text."""
CALLS = {"compile", "search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split"}
COMMON = ("a", "0", " ", "\n", "<", "&", "@", ".", "-", "|", "(", '"', "A")


def modules() -> Iterator[str]:
    for package in PACKAGES:
        found = importlib.import_module(package)
        names = (each.name for each in pkgutil.walk_packages(found.__path__, f"{package}."))
        yield from (name for name in names if not name.rpartition(".")[2].startswith("__main__"))


def compiled(value: object, depth: int = 4) -> Iterator[re.Pattern[str]]:
    """The patterns in a module's global: by itself, bound to a method, or within containers."""
    owner = getattr(value, "__self__", None)
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(owner, re.Pattern):
        yield from compiled(owner)
    elif depth and isinstance(value, dict):
        for each in (*value, *value.values()):
            yield from compiled(each, depth - 1)
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from compiled(each, depth - 1)
    elif depth and hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        for name in value.__dataclass_fields__:
            yield from compiled(getattr(value, name), depth - 1)


def methods_of(source: str, name: str) -> tuple[str, ...]:
    """Use of a pattern: only at the beginning of a text, or anywhere in it."""
    used = set(re.findall(rf"\b{name}\.(\w+)\(", source)) & CALLS
    return tuple(sorted(used)) if used and used <= {"match", "fullmatch"} else ("search",)


def written(path: Path) -> Iterator[tuple[re.Pattern[str], tuple[str, ...]]]:
    """The patterns that stand in calls of `re`, such as `re.findall(r"…", text)`."""
    source = path.read_text("utf-8")
    for node in ast.walk(ast.parse(source)) if "re." in source else ():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        name, owner, first = node.func.attr, node.func.value, node.args[0]
        is_call = isinstance(owner, ast.Name) and owner.id == "re" and name in CALLS - {"compile"}
        if is_call and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield re.compile(first.value), (name,) if name in {"match", "fullmatch"} else ("search",)


@cache
def patterns() -> dict[tuple[str, int, tuple[str, ...]], str]:
    """Each pattern with its flags and uses, and where it was found."""
    found: dict[tuple[str, int, tuple[str, ...]], str] = {}
    for name in modules():
        module = importlib.import_module(name)
        source = Path(str(module.__file__)).read_text("utf-8")
        for key, value in vars(module).items():
            for each in compiled(value):
                found.setdefault((each.pattern, each.flags, methods_of(source, key)), f"{name}.{key}")
    for path in (each for package in PACKAGES for each in (ROOT / package).rglob("*.py")):
        for each, methods in written(path):
            if not any((each.pattern, each.flags) == known[:2] for known in found):
                found[each.pattern, each.flags, methods] = str(path.relative_to(ROOT))
    return found


def example(parsed: Iterable[Any]) -> str:
    """A text the pattern matches, or nearly so."""
    return "".join(_piece(code, value) for code, value in parsed)


def _piece(code: Any, value: Any) -> str:
    match code:
        case codes.LITERAL:
            return chr(int(value))
        case codes.MAX_REPEAT | codes.MIN_REPEAT | codes.POSSESSIVE_REPEAT:
            minimum, _, inner = value
            return str(example(inner)) * max(1, min(int(minimum), 8))
        case codes.IN:
            return _member(value)
        case codes.NOT_LITERAL | codes.ANY:
            return "a"
    inner = {codes.SUBPATTERN: lambda: value[3], codes.ATOMIC_GROUP: lambda: value, codes.BRANCH: lambda: value[1][0]}
    return example(inner[code]()) if code in inner else ""


def _member(options: list[Any]) -> str:
    code, value = options[0]
    match code:
        case codes.LITERAL:
            return chr(value)
        case codes.RANGE:
            return chr(value[0])
        case codes.CATEGORY:
            return {codes.CATEGORY_DIGIT: "0", codes.CATEGORY_SPACE: " "}.get(value, "a")
    taken = {chr(each) for kind, each in options if kind is codes.LITERAL}
    return next(each for each in "a0 .-x~" if each not in taken)


def texts(pattern: re.Pattern[str]) -> Iterator[str]:
    """Adversarial texts: long runs of what the pattern is made of, which fail to match at their end."""
    parsed = list(parser.parse(pattern.pattern, pattern.flags))
    letters = dict.fromkeys(each for each in example(parsed) if each.isprintable() or each.isspace())
    alphabet = [*itertools.islice(letters, 10), *(each for each in COMMON if each not in letters)]
    starts = [example(parsed[:end]) for end in range(1, len(parsed) + 1)]
    units = {*alphabet, *starts, *(f"{start[:-1]}" for start in starts if len(start) > 1)}
    units |= {"".join(pair) for pair in itertools.permutations(alphabet[:5], 2)}
    for unit in filter(None, units):
        yield unit * (LENGTH // len(unit)) + "\x00"
    for start in starts[:4]:
        for letter in alphabet[:5]:
            yield start + letter * LENGTH + "\x00"


def slowest(pattern: re.Pattern[str], methods: Iterable[str] = ("search",)) -> tuple[float, str]:
    """Seconds for the worst text, and how it begins."""
    worst = (0.0, "")
    for text in texts(pattern):
        begun = time.thread_time()
        for method in methods:
            getattr(pattern, method)(text)
        worst = max(worst, (time.thread_time() - begun, text[:40]))
        if worst[0] > LIMIT:
            break
    return worst


@pytest.mark.parametrize(("pattern", "flags", "methods"), patterns(), ids=patterns().values())
def test_pattern_is_linear_on_adversarial_text(pattern: str, flags: int, methods: tuple[str, ...]) -> None:
    seconds, text = slowest(re.compile(pattern, flags), methods)
    assert seconds < LIMIT, f"{pattern!r} took {seconds:.2f} s for {text!r}…"


@pytest.mark.parametrize("pattern", [r"<([^>|]*)(?:\|([^>]*))?>", r"\s+$", r"(\w+)@x"])
def test_pattern_that_is_quadratic_is_found(pattern: str) -> None:
    assert slowest(re.compile(pattern))[0] > LIMIT


def test_patterns_of_every_package_are_known() -> None:
    assert len(patterns()) > 60
