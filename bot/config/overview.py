"""How is this desk set up, in lines a person can read? What is not set is said to be so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from bot.config.settings import NOT_SET, Config
from bot.core.i18n import t

_ELSEWHERE = {"contacts"}
"""Shown in a part of their own."""
_AGREED = {"retarus", "guides", "priorities", "sla", "services"}
"""What a contract or the Global Support Guide says; everything else is for the desk to decide."""


def tables(config: Config) -> dict[str, list[tuple[str, str]]]:
    """Table of desk.toml → its settings, each with what it is set to."""
    names = [name for name in type(config).model_fields if name not in _ELSEWHERE]
    return {
        name: list(_table(getattr(config, name), t(NOT_SET) if name in _AGREED else t("not set"))) for name in names
    }


def _table(value: object, unset: str) -> Iterator[tuple[str, str]]:
    lines = [(name, text or unset) for name, text in _lines(value, "")]
    yield from lines or [("", unset)]


def _lines(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Empty where nothing is set."""
    if isinstance(value, BaseModel):
        value = {key: getattr(value, key) for key in type(value).model_fields}
    elif isinstance(value, tuple) and any(isinstance(each, BaseModel) for each in value):
        value = {str(number): each for number, each in enumerate(value, 1)}
    if not isinstance(value, Mapping):
        yield name, _shown(value)
        return
    for key, each in value.items():
        yield from _lines(each, f"{name}.{key}" if name else str(key))


def _shown(value: object) -> str:
    if value in ("", None, ()):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
