"""Lines that hold one transaction each: two addresses with a moment or an error, and hardly a word besides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.core.moments import Stamp, moment_of, stamps
from bot.core.telephone import international
from bot.intake.model import IntakeContext, Origin, Transaction
from bot.intake.text_page import ADDRESS, TextPage
from bot.intake.transmission_reports import family_of

_PHONE = r"(?<![\w+.-])\+?\(?\d[\d ()/.-]{6,22}\d(?![\w.-])"
_PAIR = re.compile(
    rf"(?P<first><?(?:{ADDRESS})>?|{_PHONE})(?P<joint>\s{{0,3}}(?:[,;|]|-{{1,2}}>|=>|→|»|>)\s{{0,3}}|"
    rf"\s{{1,3}}(?:to|an|nach|-)\s{{1,3}}|\s{{1,3}}(?:recipient|empfänger|to|an)\s?[:=]\s{{0,3}})"
    rf"(?P<second><?(?:{ADDRESS})>?|{_PHONE})",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"(?<![\w.@])(?:[45]\d\d[ -]#?[245]\.\d{1,3}\.\d{1,3}\b|SIP[ /][3-6]\d\d\b|[45]\d\d (?=[A-Za-z]{3})).{0,300}$"
)
_SMALL_WORDS = re.compile(
    r"(?:from|von|sender|absender|fax|mail|e-?mail|sms|at|um|am|on|with|mit|uhr|got|error|fehler|failed|"
    r"beispiel|example|bsp|z\.?b|e\.?g|\d{1,2})(?![^\W_])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]")


def transactions(page: TextPage, known: IntakeContext) -> Iterator[tuple[Transaction, str]]:
    """The transactions of such lines, each with its family; the lines are consumed."""
    for number, line in list(page.free()):
        parts = _parts(line, known)
        if parts:
            page.take(number, number + 1)
            yield Transaction(parts, page.source(Origin.LOG, number)), family_of(line)


def _parts(line: str, known: IntakeContext) -> dict[str, str]:
    """The transaction of a line; empty for one that is none."""
    today = known.now.astimezone(known.zone).date()
    times = list(stamps(line, today))
    blank = _without(line, times)
    pair = _PAIR.search(blank)
    if not pair or _PAIR.search(blank, pair.end()):
        return {}
    error = _ERROR.search(line, pair.end())
    ends = error.start() if error else len(line)
    left = blank[: pair.start()] + " " + blank[pair.end() : ends]
    addresses = [_address(pair[name], known) for name in ("first", "second")]
    times = [each for each in times if each.end <= ends]
    at = moment_of(times[0], known.zone, today) if len(times) == 1 else None
    if not error or not all(addresses) or (times and not at) or _WORD.search(_SMALL_WORDS.sub("", left)):
        return {}
    parts = {
        "when": str(int(at.timestamp())) if at else "",
        "sender": addresses[0],
        "recipient": addresses[1],
        "status": " ".join(error[0].split()).strip(" .,;|"),
    }
    return {part: text for part, text in parts.items() if text}


def _without(line: str, times: Iterable[Stamp]) -> str:
    """The line with blanks in the place of each time."""
    for each in times:
        line = line[: each.start] + " " * (each.end - each.start) + line[each.end :]
    return line


def _address(text: str, known: IntakeContext) -> str:
    return text.strip("<>") if "@" in text else international(text, known.region) or ""
