"""Reads customers, services, tenants, numbers, times, error messages and contacts in the words of people."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from bot.core.identifiers import fold, listed_rcr_numbers, rcr_numbers, references, split_ids, without_legal_form
from bot.core.moments import Stamp, moment_of, stamps
from bot.intake import contact_persons, incident_times
from bot.intake.model import FieldReading, IntakeContext, Transaction
from bot.intake.text_page import ADDRESS, CODE, Flow

_TENANT = re.compile(
    r"(?:(?<=\d{5}[A-Z]{2}/)|(?<![\w@./=+-]))(?:\d{5}(?!MB|KB|GB|TB|MS|HZ|KM|KG|EU)[A-Z]{2})"
    r"(?![\w@=-]|/(?!\d{5}[A-Z]{2}(?![\w@=-])))(?!\.\w)"
)
"""A tenant; no part of a link or a path, but of a list such as `12345RS/23456RS`."""
_MAIN_ID = re.compile(
    r"(?:main customer id|main id|hauptkunden-?(?:id|nummer|nr\.?)|"
    r"haupt-?id)\s{0,3}[:=]?\s{0,3}(\d{5}(?:[A-Z]{2})?)(?!\w)",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\s{0,5}((?:[^\W\d_a-zäöüß][\w.'’-]{0,30} |(?:&|und|and|\+) ){1,6}"
    r"(?:GmbH & Co\. ?KG|GmbH|AG & Co\. ?KG|AG|KG|SE|OHG|e\. ?K\.|UG|Ltd\.?|Inc\.?|LLC|S\.A\.|B\.V\.|e\. ?V\.))[:,]\s"
)
_ATTRIBUTION = re.compile(
    r"^(?:on [^\n]{6,120} wrote:|am [^\n]{6,120} schrieb\b[^\n:]{0,120}:)(?=\s)", re.IGNORECASE | re.MULTILINE
)
"""The line above an older mail that is quoted."""
_WITH_DIGIT = re.compile(r"[^\W\d_].{0,40}\d")
_SMTP_ANSWER = re.compile(
    r"(?:^|:\s{1,3}|\s-\s{1,3})([245]\d\d[ -]#?[245]\.\d{1,3}\.\d{1,3}\b(?:(?!\.\s{1,3}[A-ZÄÖÜ])[^\n]){0,300})",
    re.MULTILINE,
)
_QUOTED = re.compile(r"\"([^\"\n]{3,300})\"|(?<!\w)'([245]\d\d[ -][^'\n]{3,300})'(?!\w)")
_NAMED_CODE = re.compile(
    r"(?<![\w.-])(?i:(?:smtp|sip|https?)(?:/\d\.\d)?|(?:(?:smtp|sip|fax|https?)[- ]?)?(?:error|fehler)(?:[- ]?code)?)"
    r"(?i: (?:error|code|fehler|status|status code))?(?: ?[:#]|/)? ?[4-6]\d\d(?![\w-]|[.,]\d| ?[245]\.\d)"
    r"(?:: [^.;,\n]{3,80}|(?i: (?:busy here|not found|request time-?out|temporarily unavailable|decline|"
    r"busy everywhere|service unavailable|server time-?out|not acceptable(?: here)?|forbidden|bad gateway|"
    r"gateway time-?out|internal server error|too many requests|address incomplete))"
    r"(?![\w-])|(?: [A-Z][a-z]+){1,4}(?![\w-]))?"
    r"|(?<![\w.-])(?i:(?:(?:fax|t\.30|sms)[- ]?)?(?:error|fehler)[- ]?code|(?:fax|t\.30|sms)[- ]?(?:error|fehler))"
    r"(?: ?[:#])? ?\d{1,5}(?![\w-]|[.,]\d)"
)
"""A code with the name of its protocol or the word `error`: `SMTP 452`, `SIP 503 Service Unavailable`."""
_LISTED_TENANTS = re.compile(
    r"(?<![^\W_])(?:tenants?|tenant-?ids?|mandant(?:en)?|mandanten-?(?:id|nr|nummer)s?)(?![^\W_])[ :=]{1,3}"
    r"(\d{5}[ -]?[A-Z]{2}(?![^\W_])(?:(?:, ?| ?/ ?| und | and )\d{5}[ -]?[A-Z]{2}(?![^\W_])){0,20})",
    re.IGNORECASE,
)
"""Tenants behind their label, in any spelling."""
_CODE_AND_WORDS = re.compile(
    CODE.pattern + r"(?: (?!(?:Fehler|Meldung|Mail|Antwort|Code|Error|Nachricht|Kunde)[a-z]{0,3}\b)[A-Z][A-Za-z'-]*"
    r"(?: (?!(?:on|since|seit|bei|auf|und|and|when|for|from|von|an|at|wird|werden|wurden?|kommen|kommt|is|are|was|were|"
    r"with|mit|im|ab|als|zur|abgewiesen|abgelehnt)\b)[A-Za-z'-]+){0,7})?"
)
"""A bare code, and the server's words behind it as far as they are surely its own."""
_SMS = re.compile(r"(?<![^\W_])sms(?![^\W_])", re.IGNORECASE)
_STATE = re.compile(
    r"(?:(?i:status|state|dlr)[^\n.;:]{0,12}?[ :])(EXPIRED|UNDELIVERABLE|UNDELIVERED|UNDELIV|"
    r"REJECTED|REJECTD|FAILED)(?!\w)"
)
"""A state of an SMS in a sentence."""
_QUOTED_ERROR = re.compile(r"^(?:SIP[ /](?:2\.0 )?[3-6]\d\d\b|T\.3[08]\b|[245]\d\d\b.{0,10}\D)", re.IGNORECASE)
_AFFECTED = re.compile(
    r"(?<![\w.,:])(\d{1,6})\+?\s{1,3}(?:of our |unserer? |weitere[rn]? |end-?)?"
    r"(customers?|kunden|endkunden|users?|benutzern?|nutzern?|usern|anwendern?|mitarbeitern?|mailboxes|mailbox|"
    r"postfächern?)(?![^\W_])",
    re.IGNORECASE,
)
_IS_AFFECTED = re.compile(r"affected|betroffen|betrifft|impacted", re.IGNORECASE)
_CUSTOMERS = re.compile(r"customer|kunde", re.IGNORECASE)
_FROM_TO = re.compile(
    rf"(?<![^\W_])(?:from|von|sender|absender)\s?:?\s{{1,3}}<?({ADDRESS})>?.{{0,40}}?(?<![^\W_])(?:to|an|"
    rf"recipient|empfänger)\s?:?\s{{1,3}}<?({ADDRESS})|<?({ADDRESS})>?\s?(?:-{{1,2}}>|=>|→|»|(?<=\s)(?:an|to|nach)(?=\s))\s?<?({ADDRESS})",
    re.IGNORECASE,
)


def readings(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    """All values in these words, except transactions.

    What an older mail says below an answer counts only for fields that the answer leaves open.
    """
    found = list(_all(flow, known))
    older = _ATTRIBUTION.search(flow.text)
    if older is None:
        return iter(found)
    line = flow.source(older.start()).line
    answered = {each.key for each in found if each.source.line < line}
    return (each for each in found if each.source.line < line or each.key not in answered)


def _all(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    yield from _ids(flow, known)
    yield from _customers(flow, known)
    yield from _services(flow, known)
    yield from incident_times.readings(flow, known)
    yield from _affected(flow)
    yield from _errors(flow)
    yield from contact_persons.readings(flow, known)


def _ids(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    for tenant, at in _tenants(flow.text):
        yield FieldReading("tenants", tenant, flow.source(at))
    for found in _MAIN_ID.finditer(flow.text):
        yield FieldReading("main_id", found[1].upper(), flow.source(found.start()))
    yield from _numbers(flow, known)


def _tenants(text: str) -> Iterator[tuple[str, int]]:
    """Tenants in capitals anywhere, and in any spelling behind their label, each with its place."""
    found = {each.start(): each[0] for each in _TENANT.finditer(text)}
    for each in _LISTED_TENANTS.finditer(text):
        found |= {each.start(1) + number: tenant for number, tenant in enumerate(split_ids(each[1]))}
    places = {tenant: at for at, tenant in sorted(found.items(), reverse=True)}
    yield from sorted(places.items(), key=lambda each: each[1])


def _numbers(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    """Tickets of Retarus's and of ours."""
    at = 0
    for line in flow.text.split("\n"):
        if _WITH_DIGIT.search(line):
            own = (f"{known.prefix}-{each}" for each in references(line, known.prefix))
            for number in (*_listed_rcr(line, known.rcr_pattern), *own):
                yield FieldReading("related", number, flow.source(at))
        at += len(line) + 1


def _listed_rcr(line: str, pattern: str) -> Iterator[str]:
    """Retarus's numbers, also those of a list without letters of their own, which are as long: `RCR 88123/88124`."""
    whole = rcr_numbers(line, pattern)
    lengths = {len(each) for each in whole}
    yield from (each for each in listed_rcr_numbers(line, pattern) if each in whole or len(each) in lengths)


# --- customers and services


def _customers(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    """The company that the text begins with, known or not (`Adler & Söhne KG: …`), or else the one customer that is
    named, or whose tenant is; None when there are several.
    """
    named = dict(_named(flow, names_of(tuple(known.customers))))
    owners = {tenant: name for name, tenants in known.customers.items() for tenant in tenants}
    for tenant, at in _tenants(flow.text):
        if tenant in owners:
            named.setdefault(owners[tenant], at)
    company = _COMPANY.match(flow.text)
    if company and (not named or company[0].rstrip().endswith(":")):
        first = next((name for name, at in named.items() if at < company.end()), company[1])
        yield FieldReading("customer", first, flow.source(company.start(1)))
    elif len(named) == 1:
        name, at = next(iter(named.items()))
        yield FieldReading("customer", name, flow.source(at))


@lru_cache(maxsize=8)
def names_of(names: tuple[str, ...]) -> dict[str, dict[tuple[str, ...], str]]:
    """Names by their first word: the words of each name → the name. The legal form may be omitted after two words."""
    found = dict[str, dict[tuple[str, ...], str]]()
    for name in names:
        whole = _words(fold(name))
        short = _words(without_legal_form(fold(name)))
        for words in (whole, short) if len(short) > 1 else (whole,):
            for spelled in {words, tuple(word.translate(_WITHOUT_UMLAUTS) for word in words)} if words else ():
                found.setdefault(spelled[0], {})[spelled] = name
    return found


_WITHOUT_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[\w&]+", text))


def _named(flow: Flow, names: dict[str, dict[tuple[str, ...], str]]) -> Iterator[tuple[str, int]]:
    found = [(fold(each[0]), each.start()) for each in re.finditer(r"[\w&]+", flow.text)]
    words = [word for word, _ in found]
    for number, (word, at) in enumerate(found):
        for wanted, name in names.get(word, {}).items():
            if tuple(words[number : number + len(wanted)]) == wanted:
                yield name, at


_FAMILY_WORDS = {
    "fax": r"(?:e?fax(?:e|es|en|ed|ing)?|"
    r"fax-?(?:problem\w{0,2}|störung|auftrag|server|gerät|"
    r"empfang|versand|nummern?|dienst|eingang|ausgang)|faxempfang|"
    r"faxversand|faxnummern?)",
    "sms": r"(?:sms)",
}


_FAX_NUMBER = re.compile(
    r"(?:-?(?:nr|no|nummer|number))?[.:]{0,2}\s{0,3}[+(\d][\d\s()/.-]{5,25}(?=$|[\n,;|·•])", re.IGNORECASE
)
"""The number behind `Fax` in a signature, with nothing behind it."""


@lru_cache(maxsize=8)
def _service_pattern(services: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    names = [re.escape(name).replace(r"\ ", r"[\s-]{1,3}") for name, _ in services if len(name) > 1]
    return re.compile(
        rf"(?<![\w@.-])(?:(?P<name>{'|'.join(names) or '(?!)'})|(?P<fax>{_FAMILY_WORDS['fax']})|"
        rf"(?P<sms>{_FAMILY_WORDS['sms']}))(?![\w@])(?!\.\w)",
        re.IGNORECASE,
    )


def _services(flow: Flow, known: IntakeContext) -> Iterator[FieldReading]:
    folded = {fold(name): name for name in known.services}
    for found in _service_pattern(tuple(known.services.items())).finditer(flow.text):
        if found[0].casefold() == "fax" and _FAX_NUMBER.match(flow.text, found.end()):
            continue
        name = folded.get(fold(re.sub(r"[\s-]+", " ", found["name"])), "") if found["name"] else ""
        service = name or known.service_of("fax" if found["fax"] else "sms" if found["sms"] else "")
        if service:
            yield FieldReading("services", service, flow.source(found.start()))


# --- numbers and errors


def _affected(flow: Flow) -> Iterator[FieldReading]:
    for found in _AFFECTED.finditer(flow.text):
        nearby = flow.text[max(0, found.start() - 40) : found.end() + 40]
        if _IS_AFFECTED.search(nearby):
            number = str(int(found[1]))
            value = number if _CUSTOMERS.search(found[2]) else f"{number} {found[2]}"
            yield FieldReading("affected", value, flow.source(found.start()))
            return


def _errors(flow: Flow) -> Iterator[FieldReading]:
    for at, text in errors_in(flow.text):
        yield FieldReading("error", text, flow.source(at))


def errors_in(text: str) -> list[tuple[int, str]]:
    """Error messages in the order of the text: in quotes, behind a colon, or a bare code."""
    found = dict[int, str]()
    quotes = [(each, each[1] or each[2]) for each in _QUOTED.finditer(text)]
    quotes = [
        (each, quoted_text)
        for each, quoted_text in quotes
        if _QUOTED_ERROR.match(quoted_text) or CODE.search(quoted_text)
    ]
    found |= {each.start(): quoted_text.strip() for each, quoted_text in quotes}
    quoted = [each.span() for each, _ in quotes]
    lines = [each for each in _SMTP_ANSWER.finditer(text) if not _is_within(each.start(1), quoted)]
    found |= {each.start(): " ".join(each[1].split()).rstrip(" .,;") for each in lines}
    quoted_text = [each.span() for each in lines]
    codes = (
        each
        for pattern in (_CODE_AND_WORDS, _NAMED_CODE)
        for each in pattern.finditer(text)
        if not _is_within(each.start(), quoted) and not _is_within(each.start(), quoted_text)
    )
    found |= {each.start(): each[0] for each in codes if each[0][0] != "2"}
    if _SMS.search(text):
        found |= {each.start(1): each[1] for each in _STATE.finditer(text)}
    return sorted(found.items())


def _is_within(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    """True if one of these ordered spans contains this place."""
    before = bisect_right(spans, (at, len(spans) and spans[-1][1]))
    return before > 0 and spans[before - 1][0] <= at < spans[before - 1][1]


# --- transactions


def transactions(flow: Flow, known: IntakeContext) -> Iterator[Transaction]:
    """Transactions described in a sentence: sender, recipient, moment and error."""
    errors = errors_in(flow.text)
    today = known.now.astimezone(known.zone).date()
    pairs = list(_FROM_TO.finditer(flow.text))
    for found, stamp in zip(pairs, _stamps_of(pairs, flow.text, today), strict=True):
        at = moment_of(stamp, known.zone, today) if stamp else None
        status = _first_after(errors, found.end(), 160) or _only(errors)
        parts = {
            "when": str(int(at.timestamp())) if at else "",
            "sender": found[1] or found[3],
            "recipient": found[2] or found[4],
            "status": status,
        }
        yield Transaction({part: text for part, text in parts.items() if text}, flow.source(found.start()))


def _has_time_before(pairs: Sequence[re.Match[str]], text: str, today: date) -> bool:
    """True for several pairs the first of which has a time before it."""
    first = pairs[0].start() if len(pairs) > 1 else 0
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
    return before if before and all(before) else behind


def _only(errors: Sequence[tuple[int, str]]) -> str:
    """The error of a text that names one; empty otherwise."""
    texts = {text for _, text in errors}
    return texts.pop() if len(texts) == 1 else ""


def _first_after(errors: Sequence[tuple[int, str]], at: int, distance: int) -> str:
    next_one = bisect_left(errors, (at, ""))
    return errors[next_one][1] if next_one < len(errors) and errors[next_one][0] <= at + distance else ""
