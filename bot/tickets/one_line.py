"""Reads an action that is typed behind the command in one line: a ticket, a verb, and the words behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.config.settings import Config
from bot.core.errors import Refused
from bot.core.i18n import t
from bot.core.identifiers import fold, rcr_numbers


class Verb(StrEnum):
    """Actions that one line can carry out."""

    TAKE = "take"
    TAKE_OVER = "take over"
    ACCEPT = "accept"
    CONFIRM = "confirm"
    RESOLVE = "resolve"
    NOTE = "note"
    RCR = "rcr"
    WAIT = "wait"


_VERBS = {
    **{verb.value: verb for verb in Verb},
    **dict.fromkeys(("nehmen", "nimm"), Verb.TAKE),
    **dict.fromkeys(("takeover", "übernehmen", "übernimm"), Verb.TAKE_OVER),
    **dict.fromkeys(("annehmen", "akzeptieren"), Verb.ACCEPT),
    **dict.fromkeys(("close", "bestätigen", "schließen"), Verb.CONFIRM),
    **dict.fromkeys(("resolved", "remedy", "lösen", "gelöst", "abhilfe"), Verb.RESOLVE),
    "notiz": Verb.NOTE,
    **dict.fromkeys(("snooze", "warten", "zurückstellen"), Verb.WAIT),
}
"""Typed words, English and German, with their actions."""
_LONGEST_FIRST = sorted(_VERBS, key=len, reverse=True)
_ALONE = frozenset({Verb.TAKE, Verb.TAKE_OVER, Verb.ACCEPT, Verb.CONFIRM})


@dataclass(frozen=True)
class OneLine:
    """A ticket's reference as it is typed, and what to do with the ticket."""

    ticket: str
    typed: str
    """Everything behind the ticket."""

    def read(self) -> tuple[Verb, str]:
        """The verb and the words behind it. `Refused` where there is no such verb, or too many words."""
        verb = next((each for each in _LONGEST_FIRST if _begins_with(self.typed, each)), "")
        if not verb:
            known = ", ".join(f"`{each}`" for each in Verb)
            word = self.typed.split()[0][:40]
            raise Refused(t("“{word}” is not an action on a ticket. Possible are: {known}.", word=word, known=known))
        words = self.typed[len(verb) :].lstrip(":, ").strip()
        if words and _VERBS[verb] in _ALONE:
            raise Refused(t("Nothing was done: write `{verb}` alone, without “{words}”.", verb=verb, words=words[:40]))
        return _VERBS[verb], words


def _begins_with(typed: str, verb: str) -> bool:
    begin, rest = typed[: len(verb)], typed[len(verb) :]
    return begin.casefold() == verb.casefold() and (not rest or not rest[0].isalnum())


def parse(text: str, config: Config) -> OneLine | None:
    """The action in a text such as `PD-1001 note They called again`; None where nothing follows a ticket."""
    prefix = re.escape(config.desk.prefix)
    found = re.fullmatch(rf"((?:{prefix}[-\s#:]{{0,5}})?\d{{1,9}})[\s:,]+(\S.*)", text, re.IGNORECASE | re.DOTALL)
    return OneLine(fold(found[1]), found[2]) if found else None


def with_prefix(words: str, config: Config) -> str:
    """Retarus's numbers as they are recorded, where only digits were typed: `88123` becomes `RCR-88123`."""
    parts = re.split(r"([\s,;]+)", words)
    return "".join(_numbered(part, config) for part in parts)


def _numbered(part: str, config: Config) -> str:
    whole = f"RCR-{part}"
    return whole if part.isdecimal() and rcr_numbers(whole, config.retarus.rcr_pattern) == (whole,) else part
