"""Reads the start and the end of an incident in the words of people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.core.moments import Stamp, moment_of, stamps
from bot.intake.model import FieldReading, IntakeContext
from bot.intake.text_page import CODE, Flow

_TROUBLE = re.compile(
    r"störung|gestört|ausfall|ausgefallen|verspät|verzöger|langsam|fehler|problem|nicht|keine|delay|down|outage|"
    r"fail|error|issue|stuck|(?:http|smtp|sip)\D{0,6}[4-6]\d\d|"
    r"incident|reject|denied|lost|slow|(?<![^\W_])n[o']t?(?![^\W_])|unavailable|affected|betroffen|unterbr|interrupt",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"termin|besprechung|meeting|appointment|wartungsfenster|maintenance|schulung|webinar|erreichbar|öffnungszeit",
    re.IGNORECASE,
)
_CUE_START = re.compile(
    r"(?<![^\W_])(?:since|seit|beginn(?: der störung)?|störungsbeginn|start of (?:the )?incident|"
    r"start(?: time)?|starting|"
    r"started(?: at| on)?|began(?: at| on)?|begann(?: um| am)?|"
    r"begonnen(?: um| am)?|angefangen(?: um| am)?)"
    r"(?:\s(?:about|around|approx\.?|roughly|ca\.?|etwa|ungefähr|circa|the|dem|at|um|am|so)){0,2}"
    r"(?:\s(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: morning)?,?|"
    r"\s(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)(?:morgen| früh)?,?)?"
    r"(?: (?:at|um|gegen|ab|dem))?"
    r"\s?[:=]?\s?[~≈]?\s?$",
    re.IGNORECASE,
)
_WEEKDAYS = ("mo", "di", "mi", "do", "fr", "sa", "so", "mo", "tu", "we", "th", "fr", "sa", "su")
_WEEKDAY = re.compile(
    r"(?<![^\W_])((?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)"
    r"(?:morgen| morning| früh)?,?\s(?:um |at |gegen |ab )?$",
    re.IGNORECASE,
)
_CLOSE = 6
"""Characters between the words for one day."""
_CUE_FROM_ON = re.compile(r"(?<![^\W_])(?:as of|ab)(?:\s(?:about|around|ca\.?|etwa))?\s?$", re.IGNORECASE)
"""Words for a start, of a disturbance or of anything else."""
_CUE_RANGE = re.compile(
    r"(?<![^\W_])(?:from|between|von|zwischen)(?:\s(?:about|around|ca\.?|etwa))?\s?$", re.IGNORECASE
)
_TO_END = re.compile(r"^\s?(?:to|until|till|and|bis|und|-|bis ca\.?|until about)\s?$", re.IGNORECASE)


def readings(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    """The first start that is mentioned, and the end beside it. Only explicit ones count."""
    today = known.now.astimezone(known.zone).date()
    found = list(joined(stamps(flow.text, today)))
    for number, stamp in enumerate(found):
        before = flow.text[max(0, stamp.start - 40) : stamp.start]
        later = found[number + 1] if number + 1 < len(found) else None
        ends = later is not None and bool(_TO_END.match(flow.text[stamp.end : later.start]))
        is_range = ends and (stamp.day is not None or bool(_CUE_RANGE.search(before)))
        if _CUE_START.search(before) or _CUE_FROM_ON.search(before) or is_range:
            pair = [stamp, later] if ends and later else [stamp]
            if not _CUE_START.search(before) and not _is_trouble(flow.text, stamp.start):
                continue
            yield from _span(pair, found[number + len(pair) :], flow, known)
            return


def joined(found: Iterable[Stamp]) -> Iterator[Stamp]:
    """A day that is said twice is one: `gestern, 26.08., 15:30 Uhr`."""
    last: Stamp | None = None
    for stamp in found:
        if last and last.clock is None and last.day and last.day == stamp.day and stamp.start - last.end < _CLOSE:
            last = replace(stamp, start=last.start)
            continue
        if last:
            yield last
        last = stamp
    if last:
        yield last


def _weekday_before(text: str, at: int, today: date) -> date | None:
    """The latest day with the weekday right before a time of day: `since Monday 7:15`."""
    found = _WEEKDAY.search(text, max(0, at - 24), at)
    if not found:
        return None
    number = _WEEKDAYS.index(found[1][:2].casefold()) % 7
    return today - timedelta(days=(today.weekday() - number) % 7)


def _is_trouble(text: str, at: int) -> bool:
    """True if the words around this place mention a disturbance, and not an appointment."""
    around = text[max(0, at - 200) : at + 200]
    return bool(_TROUBLE.search(around) or CODE.search(around)) and not _PLANNED.search(around)


def _span(pair: list[Stamp], rest: list[Stamp], flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    last = pair[-1]
    nearby = rest[0] if rest and rest[0].clock is None and rest[0].start - last.end < 20 else None  # noqa: PLR2004 (“… on 27.08.2019”)
    today = known.now.astimezone(known.zone).date()
    weekday = _weekday_before(flow.text, pair[0].start, today)
    day = pair[0].day or (nearby.day if nearby else None) or last.day or weekday or today
    for key, stamp in zip(("start", "end"), pair, strict=False):
        at = moment_of(stamp, last.zone or known.zone, day)
        if at and at > known.now + timedelta(minutes=1) and stamp.day is None and nearby is None:
            at -= timedelta(days=7 if weekday else 1)
        if at and stamp.is_of_half_a_day and at + timedelta(hours=12) <= known.now:
            at += timedelta(hours=12)
        if at and _is_plausible(at, known):
            yield FieldReading(key, str(int(at.timestamp())), flow.source(stamp.start))


def _is_plausible(at: datetime, known: IntakeContext) -> bool:
    return known.now - timedelta(days=366) <= at <= known.now + timedelta(minutes=1)
