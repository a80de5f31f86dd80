"""Reads the start and the end of an incident in the words of people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
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
    r"\s?[:=]?\s?[~≈]?\s?$|\"(?:starts_?at|started_?at)\"\s?:\s?\"$",
    re.IGNORECASE,
)
_WEEKDAYS = ("mo", "di", "mi", "do", "fr", "sa", "so", "mo", "tu", "we", "th", "fr", "sa", "su")
_WEEKDAY = re.compile(
    r"(?<![^\W_])((?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)"
    r"(?:morgen| morning| früh)?,?\s(?:um |at |gegen |ab )?$",
    re.IGNORECASE,
)
_CUE_END = re.compile(
    r"(?<![^\W_])(?:(?:has been |was |were |is )?(?:recovered|fixed|resolved|restored|ended|cleared)|over|"
    r"back (?:to normal|up|online)|"
    r"behoben|gelöst|beendet|ende)(?: (?:at|on|um|am|since|seit|gegen|about|ca\.?))?\s?[:=]?\s?$",
    re.IGNORECASE,
)
"""Words for the end, before its time."""
_ENDED = re.compile(
    r"^(?: ?uhr)?,? (?:wieder |endlich |again )?(?:behoben|gelöst|beendet|erledigt|vorbei|resolved|fixed|"
    r"over)(?![^\W_])",
    re.IGNORECASE,
)
_CLOSE = 6
"""Characters between the words for one day."""
_CUE_FROM_ON = re.compile(r"(?<![^\W_])(?:as of|ab)(?:\s(?:about|around|ca\.?|etwa))?\s?$", re.IGNORECASE)
"""Words for a start, of a disturbance or of anything else."""
_CUE_INSIDE = re.compile(r"(?<![^\W_])(?:ab|from)(?![^\W_])", re.IGNORECASE)
"""Such a word between the day and the time: `gestern ab 16 Uhr`."""
_RESTORED = re.compile(
    r"^[^.,;:!?\n]{0,30}?(?<![^\W_])(?:wieder|again|normal|resolved|behoben|restored|recovered|fixed|gelöst)(?![^\W_])",
    re.IGNORECASE,
)
"""Words behind a time since which all is well: `seit 17:30 Uhr läuft alles wieder`."""
_STILL = re.compile(
    r"nicht|kein|never|not|n't|fail|fehler|error|problem|issue|gestört|störung|ausfall|down|trouble|delay|verzöger|slow|langsam",
    re.IGNORECASE,
)
_CUE_RANGE = re.compile(
    r"(?<![^\W_])(?:from|between|von|zwischen)(?:\s(?:about|around|ca\.?|etwa))?\s?$", re.IGNORECASE
)
_TO_END = re.compile(r"^\s?(?:to|until|till|and|bis|und|-|bis ca\.?|until about)\s?$", re.IGNORECASE)


def readings(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    """The first start that is mentioned, and the end. Only explicit ones count."""
    found = list(joined(stamps(flow.text, known.now.astimezone(known.zone).date())))
    span = list(_first_span(found, flow, known))
    yield from span
    if not any(each.key == "end" for each in span):
        yield from _restorations(found, flow, known)


def _first_span(found: Sequence[Stamp], flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    for number, stamp in enumerate(found):
        before = flow.text[max(0, stamp.start - 40) : stamp.start]
        later = found[number + 1] if number + 1 < len(found) else None
        ends = later is not None and bool(_TO_END.match(flow.text[stamp.end : later.start]))
        is_range = ends and (stamp.day is not None or bool(_CUE_RANGE.search(before)))
        is_start = bool(_CUE_START.search(before))
        is_from_on = _CUE_FROM_ON.search(before) or _CUE_INSIDE.search(flow.text, stamp.start, stamp.end)
        if is_start or is_from_on or is_range:
            pair = [stamp, later] if ends and later else [stamp]
            if (not is_start and not _is_trouble(flow.text, stamp.start)) or _is_restored(flow.text, stamp):
                continue
            yield from _span(pair, found[number + len(pair) :], flow, known)
            return


def _restorations(found: Sequence[Stamp], flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    """The end: the time since which all is well again."""
    today = known.now.astimezone(known.zone).date()
    for stamp, later in zip(found, [*found[1:], None], strict=False):
        before = flow.text[max(0, stamp.start - 40) : stamp.start]
        is_close = later is not None and later.clock is None and later.start - stamp.end < _CLOSE
        day = later.day if later and is_close else None
        at = moment_of(stamp, known.zone, day or today)
        is_back = bool(_CUE_START.search(before)) and _is_restored(flow.text, stamp)
        is_end = is_back or _CUE_END.search(before) or _ENDED.search(flow.text[stamp.end : stamp.end + 40])
        if at and is_end and _is_plausible(at, known):
            yield FieldReading("end", str(int(at.timestamp())), flow.source(stamp.start))
            return


def _is_restored(text: str, stamp: Stamp) -> bool:
    behind = text[stamp.end : stamp.end + 60]
    restored = _RESTORED.search(behind)
    return restored is not None and not _STILL.search(re.split(r"[.;:!?\n]", behind, maxsplit=1)[0])


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


def _span(pair: Sequence[Stamp], rest: Sequence[Stamp], flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
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
