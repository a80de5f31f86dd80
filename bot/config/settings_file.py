"""Reading of `desk.toml`: its tables, and every fault in them with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.config.placeholders import placeholders
from bot.config.settings import Config
from bot.core.errors import Misconfigured

_LIST = 'must be a list in square brackets, such as ["first", "second"]'
_TABLE = "must be a table: its settings stand below its name in square brackets"
_NUMBER = "must be a whole number, without quotation marks"
_YES_OR_NO = "must be true or false, without quotation marks"
_DATE = "must be a date such as 2026-01-31"
_TYPES = {
    "missing": "is required",
    "string_type": "must be text in quotation marks (a string)",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} entries; these are {actual_length}",
    "tuple_type": _LIST,
    "list_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), _YES_OR_NO),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), _DATE),
}
"""Type of a fault → words for it, with what pydantic says of it in braces."""
_ONE_LINE = frozenset({r"^[^\r\n]*$", r"^[^\r\n]+$"})
"""Patterns of texts without line breaks."""


def load(path: Path) -> Config:
    """Reads `desk.toml`. Raises `Misconfigured` with every fault, each with its place."""
    raw = read(path)
    left = [f"{path}: {each}" for each in placeholders(raw)]
    if left:
        raise Misconfigured("\n".join(left))
    return parse(raw, str(path))


def read(path: Path) -> dict[str, Any]:
    """The tables of `desk.toml`, not yet checked. `Misconfigured` where they cannot be read."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Misconfigured(f"{path} does not exist. Copy desk.example.toml to {path} and fill it in.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{path} is not valid TOML: {error}") from error
    except RecursionError:
        raise Misconfigured(f"{path} cannot be read: lists or tables are nested too deeply in it.") from None


def parse(raw: Mapping[str, Any], where: str = "desk.toml") -> Config:
    """The settings in this mapping; `where` names their place in errors."""
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        lines = [f"{where}: {line}" for line in _faults(error)]
        raise Misconfigured("\n".join(lines)) from None


def _faults(error: ValidationError) -> Iterator[str]:
    faults = error.errors()
    for fault in faults:
        if fault["type"] == "too_short" and any(_is_inside(each["loc"], fault["loc"]) for each in faults):
            continue  # its entries are not missing but wrong
        *table, key = fault["loc"] or ("",)
        if key == "[key]":
            *table, wrong = table
            *table, key = table
            yield f"{_place(table)}`{_key(table, key)}`: “{wrong}” is not possible, the name {_words(fault)}"
            continue
        number = f" no. {key + 1}" if isinstance(key, int) else ""
        if number:
            *table, key = table
        place, name = _place(table), _key(table, key)
        if not key:
            yield fault["msg"].removeprefix("Value error, ")
        elif fault["type"] == "extra_forbidden":
            yield f"{place}`{name}` is not a setting. {_nearest(table, str(key))}"
        else:
            yield f"{place}`{name}`{number}: {_words(fault)}"


def _is_inside(place: tuple[str | int, ...], of: tuple[str | int, ...]) -> bool:
    return len(place) > len(of) and place[: len(of)] == of


def _words(fault: ErrorDetails) -> str:
    """The fault in words that need no knowledge of Python."""
    if fault["type"] == "string_pattern_mismatch" and fault["ctx"]["pattern"] in _ONE_LINE:
        return "must be one line of text"
    name = str(fault["loc"][0])
    if fault["type"] == "tuple_type" and isinstance(fault["input"], dict) and len(fault["loc"]) == 1:
        return f"is a list of tables: each one begins with `[[{name}]]`, in double square brackets"
    if words := _TYPES.get(fault["type"]):
        return words.format(**fault.get("ctx", {}))
    return fault["msg"].removeprefix("Value error, ").replace("Input should be", "must be", 1)


def _place(table: list[str | int]) -> str:
    """The table a fault is in, as the file names it: `[levels.first] `, `[[answers]] no. 2: `."""
    if not table:
        return ""
    number = next((at for at, part in enumerate(table) if isinstance(part, int)), None)
    if number is None:
        return f"[{'.'.join(map(str, table))}] "
    return f"[[{'.'.join(map(str, table[:number]))}]] no. {int(table[number]) + 1}: "


def _key(table: list[str | int], key: str | int) -> str:
    """The key of a fault below its place: `texts.en` of `[[answers]]`."""
    number = next((at for at, part in enumerate(table) if isinstance(part, int)), None)
    inner = [] if number is None else [str(part) for part in table[number + 1 :]]
    return ".".join([*inner, str(key)])


def _nearest(table: list[str | int], key: str) -> str:
    known = tuple(_model_at(table).model_fields)
    near = get_close_matches(key, known, 1, 0.5)
    return f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(known)}."


def _model_at(table: list[str | int]) -> type[BaseModel]:
    model: type[BaseModel] = Config
    for part in table:
        if isinstance(part, str) and (known := model.model_fields.get(part)):  # else the name of a table of the file
            kinds = [each for each in (known.annotation, *get_args(known.annotation)) if isinstance(each, type)]
            model = next(each for each in kinds if issubclass(each, BaseModel))
    return model
