"""Reads contacts with their telephone numbers in the words of people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.fillers import is_filler
from bot.core.telephone import people
from bot.intake.model import FieldReading, IntakeContext
from bot.intake.text_page import Flow

_CONTACT = re.compile(
    r"(?<![^\W_])(?:contacts?|contact persons?|ansprechpartner(?:in|innen)?|kontakt|rückruf(?: bitte)?(?: an)?|"
    r"(?:please |pls )?(?:call|ring|phone)(?: me(?! at))?(?: back)?|melden|reach|"
    r"(?=(?:herrn?|frau) [^\n,;]{2,40}?(?:anrufen|zurückrufen|erreichbar|unter [+(\d]))|"
    r"rr(?: bitte)?(?: an)?|caller|anrufer(?:in)?|get back to|"
    r"(?:anruf|call|telefonat)(?:,? (?:um |at )?\d{1,2}[:.]\d\d(?: ?uhr)?,?)?(?: von| from| mit| with|:)?"
    r"(?= (?:herrn?|frau|hr|fr|mr|mrs|ms)[. ]))"
    r"(?:\(s\))?(?: (?:ist|is|bei|with|for this|dafür|hierfür)(?=[\s:]))?\s{0,3}:?\s{0,3}"
    r"(?<![^\W_])(?=[^\W\d_])(?=([^\n]{5,300}))",
    re.IGNORECASE,
)
_AFTER_NUMBER = re.compile(
    r"(?<=\d)\)?[,.]?\s+(?!(?:ext|dw|app|durchwahl|apparat|or|oder|and|und|mobile?|handy|tel|fax|office|privat)(?![^\W_]))"
    r"[a-zäöü].*$"
    r"|(?<=\d)\.\s+\d{1,3} [a-zäöü].*$"
    r"|(?<=\d)\.\s+(?!(?i:ext|dw|app|durchwahl|apparat|mobile?|handy|tel|fax)(?![^\W_]))[A-ZÄÖÜ].*$"
)
"""Words of the sentence that follow a telephone number."""
_TITLES = re.compile(
    r"^(?:from\s|with\s|von\s|mit\s)?(?:(?:herrn?|frau|hr|fr|mr|mrs|ms)\.?\s)+|"
    r"(?:\s(?:unter|at|on|via|auf|über|anrufen|zurückrufen|back|bitte|dringend))+:?$",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"^[^\W\d_a-zäöüß]")
_LONGEST_NAME = 5
_COMPANY = re.compile(r",\s| \(")
"""The beginning of a company behind a name."""


def readings(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    for found in _CONTACT.finditer(flow.text):
        for line in re.split(r";|\s(?:und|and)\s", found[1]):
            try:
                persons = people(_AFTER_NUMBER.sub("", line), known.region)
            except ValueError:
                continue
            for person in persons:
                name = _COMPANY.split(_TITLES.sub("", person.name))[0]
                name = name.title() if name.islower() and name != person.name else name
                if is_name(name):
                    yield FieldReading("contact", ", ".join((name, *person.numbers)), flow.source(found.start()))


def is_name(text: str) -> bool:
    """True if this looks like a person's name: a few words that begin with capitals."""
    words = text.split()
    return 0 < len(words) <= _LONGEST_NAME and all(_CAPITAL.match(word) for word in words) and not is_filler(text)
