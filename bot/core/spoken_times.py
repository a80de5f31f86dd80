"""Read times of day as people say them: `halb neun`, `gestern um viertel nach 8`, `half past eight`, `noon`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

_NUMBERS = (
    "eins ein one", "zwei two", "drei three", "vier four", "fünf five", "sechs six", "sieben seven", "acht eight",
    "neun nine", "zehn ten", "elf eleven", "zwölf twelve",
)  # fmt: skip
_NUMBER = {word: number for number, words in enumerate(_NUMBERS, 1) for word in words.split()}
_HOUR = "|".join((*sorted(_NUMBER, key=len, reverse=True), r"1[0-2]|[1-9]"))
_MINUTES = {
    "halb": -30, "half past": 30, "viertel nach": 15, "quarter past": 15, "viertel vor": -15, "quarter to": -15,
    "dreiviertel": -15, "drei viertel": -15, "viertel über": 15,
    "kurz nach": 0, "shortly after": 0,
}  # fmt: skip
_NOON = {"mittag": 12, "noon": 12, "midday": 12, "mitternacht": 0, "midnight": 0}
_SPOKEN = re.compile(
    r"(?<![\w-])(?:(?P<day>heute|today|gestern|yesterday)(?:\s(?:früh|morgen|morning|vormittag|nachmittag|abend|evening))?"
    r",?\s(?:um\s|gegen\s|at\s)?)?(?:a\s)?"
    rf"(?:(?P<minutes>{'|'.join(_MINUTES)})\s(?P<hour>{_HOUR})(?![\w:.-]\w)(?:\suhr)?(?:\s?(?P<half>[ap]\.?m)\b\.?)?|"
    rf"(?P<noon>{'|'.join(_NOON)}))(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SpokenTime:
    """A time of day in words, as it stands in a text."""

    start: int
    end: int
    day: date | None
    clock: time
    is_of_half_a_day: bool
    """True if it may mean the morning or the evening."""


def spoken_times(text: str, today: date) -> Iterator[SpokenTime]:
    """All of them, in the order of the text."""
    for found in _SPOKEN.finditer(text):
        day = None
        if found["day"]:
            day = today - timedelta(days=found["day"].casefold() in {"gestern", "yesterday"})
        yield SpokenTime(found.start(), found.end(), day, _clock(found), not found["noon"] and not found["half"])


def _clock(found: re.Match[str]) -> time:
    if found["noon"]:
        return time(_NOON[found["noon"].casefold()])
    word = found["hour"].casefold()
    hour = _NUMBER[word] if word in _NUMBER else int(word)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    minutes = (hour * 60 + _MINUTES[" ".join(found["minutes"].casefold().split())]) % (24 * 60)
    return time(minutes // 60, minutes % 60)
