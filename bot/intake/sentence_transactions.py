"""Reads transactions in the sentences of people: from one address or number to another, when, and with which error."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.moments import Stamp, moment_of, stamps
from bot.core.telephone import number_of_machine
from bot.core.transaction_table import placed
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
_TO_FROM = re.compile(
    rf"(?<![^\W_])(?:messages?|e?-?mails?|delivery|nachricht|zustellung)[^\n@]{{0,20}}?\s(?:to|an)\s<?({ADDRESS})>?"
    rf"[^\n@]{{0,60}}?\s(?:from|von)\s<?({ADDRESS})",
    re.IGNORECASE,
)
_NUMBER = r"([+(]?\d[\d ()/.-]{5,25}\d)"
_DIALLED = re.compile(
    rf"(?<![^\W_])(?:from|von)\s{{1,3}}{_NUMBER}\s{{1,3}}(?:to|an|nach|auf)\s{{1,3}}{_NUMBER}(?!\w)", re.IGNORECASE
)
"""A fax or an SMS between two numbers in a sentence."""
_DIALLED_BACK = re.compile(
    rf"(?<![^\W_])((?:inbound|incoming|received|eingehende[ns]?|ankommende[ns]?)\s)?(?:fax(?:es)?|sms)\s(?:to|an|nach)\s{{1,3}}{_NUMBER}\s[^\n]{{0,60}}?(?:from|von)\s{{1,3}}{_NUMBER}(?!\w)",
    re.IGNORECASE,
)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class _Pair:
    """Sender and recipient, and where they stand in the text."""

    start: int
    end: int
    parts: Mapping[str, str]
    timed_from: int
    """Place from which on its time may stand: behind both, or between them."""


def transactions(flow: Flow, known: IntakeContext) -> Iterator[Transaction]:
    """Transactions described in a sentence: sender, recipient, moment and error."""
    errors = errors_in(flow.text)
    today = known.now.astimezone(known.zone).date()
    pairs = list(_pairs(flow.text, known))
    for pair, stamp in zip(pairs, _stamps_of(pairs, flow.text, today), strict=True):
        parts = {
            "when": _when(stamp, known),
            **pair.parts,
            "status": _first_after(errors, pair.end, 160) or _only(errors),
        }
        yield Transaction({part: text for part, text in parts.items() if text}, flow.source(pair.start))


def _when(stamp: Stamp | None, known: IntakeContext) -> str:
    """The moment, which has been: a time of day that is still to come was yesterday's."""
    at = moment_of(stamp, known.zone, known.now.astimezone(known.zone).date()) if stamp else None
    if at and stamp and stamp.day is None and at > known.now + _MINUTE:
        at -= timedelta(days=1)
    return str(int(at.timestamp())) if at and at <= known.now + _MINUTE else ""


def _pairs(text: str, known: IntakeContext) -> Iterator[_Pair]:
    """The pairs in their order; the first of two that overlap."""
    found = [_mailed(each, each[1] or each[3], each[2] or each[4], each.end()) for each in _FROM_TO.finditer(text)]
    found += [_mailed(each, each[2], each[1], each.end(1)) for each in _TO_FROM.finditer(text)]
    if family_of(text):
        found += [_dialled(each, each[1], each[2], each.end(), known) for each in _DIALLED.finditer(text)]
        found += [_dialled(each, each[3], each[2], each.end(2), known) for each in _DIALLED_BACK.finditer(text)]
    last = 0
    for pair in sorted(found, key=lambda each: each.start):
        if pair.start >= last:
            last = pair.end
            yield pair


def _mailed(found: re.Match[str], sender: str, recipient: str, timed_from: int) -> _Pair:
    return _Pair(found.start(), found.end(), {"sender": sender, "recipient": recipient}, timed_from)


def _dialled(found: re.Match[str], sender: str, recipient: str, timed_from: int, known: IntakeContext) -> _Pair:
    """A fax or an SMS that went out, unless it is said to have come in."""
    direction = "inbound" if found.re is _DIALLED_BACK and found[1] else "outbound"
    numbers = {"direction": direction, "sender": sender, "recipient": recipient}
    spelled = {part: number_of_machine(text, known.region) or text.strip() for part, text in numbers.items()}
    return _Pair(found.start(), found.end(), placed(spelled, direction), timed_from)


def _stamps_of(pairs: Sequence[_Pair], text: str, today: date) -> list[Stamp | None]:
    """The time of each pair: the one behind it, or before it where each has one there."""
    ends = [0, *(each.end for each in pairs)]
    starts = [*(each.start for each in pairs[1:]), len(text)]
    before = [
        _first(text[max(end, each.start - 40) : each.start].rpartition("\n")[2], today)
        for each, end in zip(pairs, ends, strict=False)
    ]
    behind = [
        _first(text[each.timed_from : min(each.end + 80, start)].partition("\n")[0], today)
        for each, start in zip(pairs, starts, strict=False)
    ]
    is_before = bool(before) and all(before) and (len(pairs) > 1 or behind == [None])
    return before if is_before else behind


def _first(text: str, today: date) -> Stamp | None:
    return next(iter(incident_times.joined(stamps(text, today))), None)


def _only(errors: Sequence[tuple[int, str]]) -> str:
    """The error of a text that names one; empty otherwise."""
    texts = {text for _, text in errors}
    return texts.pop() if len(texts) == 1 else ""


def _first_after(errors: Sequence[tuple[int, str]], at: int, distance: int) -> str:
    next_one = bisect_left(errors, (at, ""))
    return errors[next_one][1] if next_one < len(errors) and errors[next_one][0] <= at + distance else ""
