"""Reads transactions in the sentences of people: from one address or number to another, when, and with which error."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date

from bot.core.moments import Stamp, moment_of, stamps
from bot.core.telephone import number_of_machine
from bot.intake import incident_times
from bot.intake.error_messages import errors_in
from bot.intake.model import IntakeContext, Transaction
from bot.intake.text_page import ADDRESS, Flow
from bot.intake.transmission_reports import family_of

_FROM_TO = re.compile(
    rf"(?<![^\W_])(?:from|von|sender|absender)\s?:?\s{{1,3}}<?({ADDRESS})>?.{{0,40}}?(?<![^\W_])(?:to|an|"
    rf"recipient|empfänger)\s?:?\s{{1,3}}<?({ADDRESS})|<?({ADDRESS})>?\s?(?:-{{1,2}}>|=>|→|»|(?<=\s)(?:an|to|nach)(?=\s))\s?<?({ADDRESS})",
    re.IGNORECASE,
)
_DIALLED = re.compile(
    r"(?<![^\W_])(?:from|von)\s{1,3}([+(]?\d[\d ()/.-]{5,25}\d)\s{1,3}(?:to|an|nach|auf)\s{1,3}"
    r"([+(]?\d[\d ()/.-]{5,25}\d)(?!\w)",
    re.IGNORECASE,
)
"""A fax or an SMS between two numbers in a sentence."""


def transactions(flow: Flow, known: IntakeContext) -> Iterator[Transaction]:
    """Transactions described in a sentence: sender, recipient, moment and error."""
    errors = errors_in(flow.text)
    today = known.now.astimezone(known.zone).date()
    pairs = sorted([*_FROM_TO.finditer(flow.text), *_dialled(flow.text)], key=lambda each: each.start())
    for found, stamp in zip(pairs, _stamps_of(pairs, flow.text, today), strict=True):
        at = moment_of(stamp, known.zone, today) if stamp else None
        status = _first_after(errors, found.end(), 160) or _only(errors)
        parts = {
            "when": str(int(at.timestamp())) if at else "",
            **_ends(found, known),
            "status": status,
        }
        yield Transaction({part: text for part, text in parts.items() if text}, flow.source(found.start()))


def _dialled(text: str) -> Iterator[re.Match[str]]:
    return _DIALLED.finditer(text) if family_of(text) else iter(())


def _ends(found: re.Match[str], known: IntakeContext) -> dict[str, str]:
    """Sender and recipient, or the two numbers of a fax or an SMS that went out."""
    if found.re is _FROM_TO:
        return {"sender": found[1] or found[3], "recipient": found[2] or found[4]}
    sender, recipient = (number_of_machine(each, known.region) or each.strip() for each in found.groups())
    return {"direction": "outbound", "sender": sender, "recipient": recipient}


def _has_time_before(pairs: Sequence[re.Match[str]], text: str, today: date) -> bool:
    """True if the first pair has a time before it."""
    first = pairs[0].start() if pairs else 0
    return any(stamps(text[max(0, first - 40) : first], today))


def _stamps_of(pairs: Sequence[re.Match[str]], text: str, today: date) -> list[Stamp | None]:
    """The time of each pair of addresses: the one behind it, or before it where each has one there."""
    ends = [0, *(each.end() for each in pairs)]
    starts = [*(each.start() for each in pairs[1:]), len(text)]
    before = [
        next(
            iter(
                incident_times.joined(
                    stamps(text[max(end, each.start() - 40) : each.start()].rsplit("\n", maxsplit=1)[-1], today)
                )
            ),
            None,
        )
        for each, end in zip(pairs if _has_time_before(pairs, text, today) else (), ends, strict=False)
    ]
    behind = [
        next(
            iter(
                incident_times.joined(
                    stamps(text[each.end() : min(each.end() + 80, start)].split("\n", maxsplit=1)[0], today)
                )
            ),
            None,
        )
        for each, start in zip(pairs, starts, strict=False)
    ]
    if len(pairs) == 1 and before and behind == [None]:  # one example, whose time stands before it
        return before
    return before if before and all(before) else behind


def _only(errors: Sequence[tuple[int, str]]) -> str:
    """The error of a text that names one; empty otherwise."""
    texts = {text for _, text in errors}
    return texts.pop() if len(texts) == 1 else ""


def _first_after(errors: Sequence[tuple[int, str]], at: int, distance: int) -> str:
    next_one = bisect_left(errors, (at, ""))
    return errors[next_one][1] if next_one < len(errors) and errors[next_one][0] <= at + distance else ""
