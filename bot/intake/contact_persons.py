"""Reads contacts with their telephone numbers in the words of people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.fillers import is_filler
from bot.core.telephone import international, people
from bot.intake.model import FieldReading, IntakeContext, Origin
from bot.intake.text_page import Flow

_SALUTATION = r"(?:herrn?|frau|hrn?|fr|mr|mrs|ms|miss)"
_DOCTOR = r"(?:(?:dr|prof)\b\.?[ -]?){0,2}"
"""Titles that belong to a name."""
_DEGREE = r"(?:(?:dipl|ing|mag|med|rer|nat|jur|phil|habil)\b\.?[ -]?){0,3}"
_WORD = r"(?!Tel|Mobil|Phone|Handy|Durchwahl|Fax)[^\W\d_a-zäöüß][\w'’-]{1,30}"
_NAME = rf"{_WORD}(?: {_WORD}){{0,3}}"
_SALUTED_NAME = rf"(?:(?i:{_SALUTATION})\.? )?(?i:{_DEGREE})((?i:{_DOCTOR})(?i:{_DEGREE}){_NAME})"
_NUMBER = r"[+(]?\d[\d ()/.–-]{5,22}\d"
_CONTACT = re.compile(
    r"(?<![^\W_])(?:contacts?|contact persons?|ansprechpartner(?:in|innen)?|kontakt|rückruf(?: bitte)?(?: an)?|"
    r"(?:please |pls )?(?:call|ring|phone)(?: me(?! at))?(?: back)?|melden|reach|"
    r"(?=(?:herrn?|frau) [^\n,;]{2,40}?(?:anrufen|zurückrufen|erreichbar|unter [+(\d]))|"
    r"rr(?: bitte)?(?: an)?|caller|anrufer(?:in)?|get back to|"
    r"(?:anruf|call|telefonat)(?:,? (?:um |at )?\d{1,2}[:.]\d\d(?: ?uhr)?,?)?(?: von| from| mit| with|:)?"
    r"(?= (?:herrn?|frau|hr|fr|mr|mrs|ms)[. ]))"
    r"(?:\(s\))?(?: (?:ist|is|bei|with|for this|dafür|hierfür)(?=[\s:]))?\s{0,3}:?\s{0,3}[ \t]{0,27}"
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
    rf"^(?:from\s|with\s|von\s|mit\s)?(?:{_SALUTATION}\.?\s)+|"
    r"(?:\s(?:unter|at|on|via|auf|über|anrufen|zurückrufen|back|bitte|dringend))+:?$",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"^[^\W\d_a-zäöüß]")
_LONGEST_NAME = 5
_COMPANY = re.compile(r",\s| \(")
"""The beginning of a company behind a name."""

_CALLING = re.compile(
    r"(?<![^\W_])(?:anruf\w{0,4}|telefonat|tel(?:efon)?\.?notiz|tel\.? \d{1,2}[:.]\d\d|rück(?:ruf|frage)\w{0,3}|"
    r"zurückruf\w{0,3}|"
    r"ruft?|rufen|rief|rr|ansprechpartner(?:in)?|calls?|called|caller|calling|callback|phoned|rang|ring|"
    r"phone note|erreichbar|"
    r"erreichen)(?![^\W_])",
    re.IGNORECASE,
)
"""Words of a call, or of one that is asked for."""
_FILLING = (
    rf"(?:(?!(?<![^\W_])(?i:{_SALUTATION})[. ])[^\n\d+]|\d{{1,5}}(?![\d /-]*\d)|"
    r"(?<![+\d])\d{5}[A-Za-z]{2}(?!\w)){0,120}?"
)
"""The words between a person and their number: a company, its tenant."""
_SALUTED = re.compile(
    rf"(?<![^\W_])(?=(?i:{_SALUTATION})[. ]){_SALUTED_NAME}(?![^\W_]){_FILLING}(?<![\w./-])({_NUMBER})(?![\w@])"
)
"""A person with a salutation, and the number further on in the line: `Hr. Petersen, Alpen Versand AG, Tel 040 …`."""
_NAMED_BEFORE = re.compile(
    rf"(?<![^\W_])(?i:mobil(?:e|nummer)?|handy|rufen sie|(?:please |pls )?(?:call|ring|phone))(?: (?i:bitte|"
    rf"please))?:? "
    rf"{_SALUTED_NAME}(?: (?i:back|an|zurück|on|at|under|unter|auf))*[ ,:]{{0,3}}(?:(?i:mobile?|handy|tel|"
    rf"phone)[.:]? )?"
    rf"({_NUMBER})(?![\w@])"
)
_ONLY = re.compile(rf"^(?:\[[^\]\n]{{1,40}}\] )?(?:[^\n:,\d]{{2,30}}: )?({_NAME}), ({_NUMBER})(?![\w@])")
"""A line that is a name and a number, the answer in a chat."""
_WHO = (
    re.compile(
        rf"^\W{{0,5}}(?i:anrufer(?:in)?|caller|who|wer|contact(?: person)?|ansprechpartner(?:in)?|"
        rf"kontakt)\s{{0,5}}:\s{{1,20}}"
        rf"{_SALUTED_NAME}",
        re.MULTILINE,
    ),
    re.compile(rf"(?<![^\W_])(?=(?i:{_SALUTATION})[. ]){_SALUTED_NAME}"),
    re.compile(rf"(?<![^\W_])({_NAME}) (?:hier|here|speaking)(?![^\W_])"),
)
"""The person who called, by the surest wording first."""
_CALL_BACK = re.compile(
    r"(?<![^\W_])(?:rr|rückruf\w{0,8}|call(?:s)? ?back|callback|zurück(?:ruf\w{0,3})?|return (?:her|his|the|"
    r"their) call|"
    r"telefon|tel|phone|mobile?|handy)(?![^\W_])[^\n\d+]{0,60}?(?<![\w./-])"
    rf"({_NUMBER})(?![\w@])",
    re.IGNORECASE,
)
"""A number to call back that stands apart from its person."""
_ASKED = re.compile(
    r"(?<![^\W_])(?:rr|rückruf\w{0,8}|calls? ?back|callback|zurück(?:ruf\w{0,3})?|anrufer(?:in)?|caller|"
    r"ansprechpartner(?:in)?)(?![^\W_])",
    re.IGNORECASE,
)


def readings(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    """Each person once, by whichever wording names them."""
    introduced = list(_introduced(flow, known))
    yield from introduced
    seen = {part for each in introduced for part in each.value.split(", ")}
    for each in (*_named(flow, known), *(() if introduced else _apart(flow, known))):
        parts = set(each.value.split(", "))
        if not parts & seen:
            yield each
            seen |= parts


def _named(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    """People whose number stands in the same line, in a text about a call."""
    if not _CALLING.search(flow.text):
        return
    found = [(each, flow.source(each.start())) for p in (_SALUTED, _NAMED_BEFORE) for each in p.finditer(flow.text)]
    lines = ((_ONLY.match(line), number) for number, line in flow.page.free())
    found += [(each, flow.page.source(Origin.WORDS, number)) for each, number in lines if each]
    for person, where in found:
        number = international(person[2], known.region)
        if number and is_name(person[1]):
            yield FieldReading("contact", f"{person[1]}, {number}", where)


def _apart(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    """The one who called, and the one number to call back, in different places of the text."""
    if not _ASKED.search(flow.text):
        return
    who = next((found for pattern in _WHO for found in pattern.finditer(flow.text) if is_name(found[1])), None)
    numbers = dict.fromkeys(
        filter(None, (international(each[1], known.region) for each in _CALL_BACK.finditer(flow.text)))
    )
    if who and len(numbers) == 1:
        yield FieldReading("contact", f"{who[1]}, {next(iter(numbers))}", flow.source(who.start()))


def _introduced(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    """People behind words such as `Contact:` or `Rückruf an`."""
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
