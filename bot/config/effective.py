"""Effective settings: the value of each, and its source, without secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot.config.calendar_url import without_path
from bot.config.environment import Environment
from bot.config.secret_files import SUFFIX, given
from bot.config.settings import Config

_HIDDEN = re.compile(r"token|secret|password")
_PASSWORD = re.compile(r"(?<=://)([^/:@\s]*):\S*@")
"""The password in the authority of a URL, which may itself hold an `@` or a `/`."""
_PARAMETER = re.compile(r"((?:^|[?&\s])(?:password|sslpassword|client_secret)\s*=\s*)('[^']*'|[^&\s]*)", re.IGNORECASE)
"""The password as a parameter of a URL, or in the form `host=… password=…`."""


@dataclass(frozen=True)
class Setting:
    """One setting in force."""

    name: str
    value: str
    source: str
    """`default`, `environment`, or the name of a file."""

    def __str__(self) -> str:
        return f"{self.name} = {self.value}   ({self.source})"


def without_secrets(name: str, value: object) -> str:
    """The value for people: a token is hidden, the password of a URL, and all of a calendar's address but its host."""
    text = str(value)
    if _HIDDEN.search(name.lower()) and not name.lower().endswith("_url"):
        return "hidden" if text else ""
    if name.lower() in {"on_duty", "on_duty_url"}:
        return without_path(text)
    return _PARAMETER.sub(r"\1hidden", _PASSWORD.sub(r"\1:hidden@", text))


def of_environment(env: Environment, env_file: Path) -> Iterator[Setting]:
    """Every setting of the environment."""
    known = given(env_file)
    for field in Environment.model_fields:
        name = field.upper()
        yield Setting(name, without_secrets(field, getattr(env, field)), _source(name, known, env_file))


def _source(name: str, known: Mapping[str, str], env_file: Path) -> str:
    if name + SUFFIX in known:
        return known[name + SUFFIX]
    if name not in known:
        return "default"
    return "environment" if any(each.upper() == name and value for each, value in os.environ.items()) else str(env_file)


def of_file(config: Config, raw: Mapping[str, Any], path: Path) -> Iterator[Setting]:
    """Every setting of `desk.toml`; a list of tables is one setting."""
    yield from _of_table(config, raw, str(path), "")


def _of_table(table: BaseModel, raw: Mapping[str, Any], path: str, above: str) -> Iterator[Setting]:
    for key in type(table).model_fields:
        value, name = getattr(table, key), f"{above}{key}"
        if isinstance(value, BaseModel):
            yield from _of_table(value, raw.get(key, {}), path, f"{name}.")
        else:
            yield Setting(name, without_secrets(key, _plain(value)), path if key in raw else "default")


def _plain(value: object) -> str:
    """The value as the file would hold it; long lists as their length."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        if any(isinstance(each, BaseModel) for each in value):
            return f"{len(value)} tables"
        return f"[{', '.join(_plain(each) for each in value)}]"
    if isinstance(value, Mapping):
        return f"{len(value)} entries: {', '.join(map(str, value))}" if value else "none"
    return str(value)
