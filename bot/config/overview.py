"""Overview of the settings in readable lines, with the defaults where nothing is set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from bot.config.calendar_url import without_path
from bot.config.settings import NOT_SET, Config
from bot.core.i18n import mark, t

_ELSEWHERE = {"contacts"}
"""Tables that have a screen of their own."""
_AGREED = {"retarus", "guides", "priorities", "sla", "services"}
"""Tables that follow a contract or the Global Support Guide; all other tables are for the desk to decide."""
_OWN_CHOICES = {"channel", "from_address", "reply_to", "calendar"}
"""Settings in these tables that no contract names."""

_ALWAYS = mark("not set: always at work")
_DESKS = mark("as under [desk]")
_FALLBACKS = {
    ("levels", "first.leads"): _DESKS,
    ("levels", "second.leads"): _DESKS,
    ("levels", "first.calendar"): _ALWAYS,
    ("levels", "second.calendar"): _ALWAYS,
    ("retarus", "calendar"): _ALWAYS,
    ("retarus", "reply_to"): mark("not set: the mailbox of the desk if it reads one, else the sender's own address"),
    ("reports", "people"): mark("not set: the leads"),
}
"""Value in force where one of these is not set."""


def tables(config: Config) -> dict[str, list[tuple[str, str]]]:
    """Table of desk.toml → its settings with their values."""
    names = [name for name in type(config).model_fields if name not in _ELSEWHERE]
    return {name: list(_table(name, getattr(config, name))) for name in names}


def _table(table: str, value: object) -> Iterator[tuple[str, str]]:
    lines = [(name, text or _unset(table, name)) for name, text in _lines(value, "")]
    yield from lines or [("", _unset(table, ""))]


def _unset(table: str, name: str) -> str:
    """Default behaviour of an unset setting."""
    if table == "priorities" and ".reminders." in name:
        return t("as under [reminders]")
    if fallback := _FALLBACKS.get((table, name)):
        return t(fallback)
    return t(NOT_SET) if table in _AGREED and name not in _OWN_CHOICES else t("not set")


def _lines(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Settings and their values; an empty value where nothing is set."""
    if isinstance(value, BaseModel):
        value = {key: getattr(value, key) for key in type(value).model_fields}
    elif isinstance(value, tuple) and any(isinstance(each, BaseModel) for each in value):
        value = {str(number): each for number, each in enumerate(value, 1)}
    if not isinstance(value, Mapping):
        text = _shown(value)
        yield name, without_path(text) if name.endswith("on_duty") else text
        return
    for key, each in value.items():
        yield from _lines(each, f"{name}.{key}" if name else str(key))


def _shown(value: object) -> str:
    if value in ("", None, ()):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
