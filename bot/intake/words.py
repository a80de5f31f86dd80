"""Reads customers, services, tenants, numbers, times, error messages and contacts in the words of people."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import lru_cache

from bot.core.company_names import spelling_key, spellings, written_out
from bot.core.identifiers import fold, listed_rcr_numbers, rcr_numbers, references, split_ids, without_legal_form
from bot.intake import contact_persons, incident_times
from bot.intake.error_messages import errors_in
from bot.intake.model import FieldReading, IntakeContext, Origin
from bot.intake.text_page import Flow, TextPage

_TENANT = re.compile(
    r"(?:(?<=\d{5}[A-Z]{2}/)|(?<![\w@./=+-]))(?:\d{5}(?!MB|KB|GB|TB|MS|HZ|KM|KG|EU)[A-Z]{2})"
    r"(?![\w@=-]|/(?!\d{5}[A-Z]{2}(?![\w@=-])))(?!\.\w)"
)
"""A tenant; no part of a link or a path, but of a list such as `12345RS/23456RS`."""
_ANY_CASE = re.compile(r"(?<![\w@./=+-])\d{5}[A-Za-z]{2}(?![\w@=/-])(?!\.\w)")
_TOKEN = re.compile(r"[^\s,;|]{1,500}")
_OF_HOST = re.compile(r"@|\w\.\w")
"""Sign of an address or a host, whose words are no names."""
_MAIN_ID = re.compile(
    r"(?<![^\W_])(?:main(?:[- ](?:customer|kunden))?[- ]?(?:id|nr\.?|no\.?)|hauptkunden-?(?:id|nummer|nr\.?)|"
    r"haupt-?id)(?: (?:is|ist|lautet))?\s{0,30}[.:=#]{0,30}\s{0,30}(\d{5}(?:[A-Z]{2})?)(?!\w)",
    re.IGNORECASE,
)
_FORM = (
    r"(?:GmbH & Co\. ?KG|gGmbH|GmbH|mbH|AG & Co\. ?KG|AG|KG|SE|OHG|GbR|eG|e\. ?K\.|UG|Ltd\.?|Limited|PLC|Inc\.?|"
    r"LLC|S\.A\.|B\.V\.|"
    r"e\. ?V\.)"
)
_COMPANY_NAME = rf"((?:[^\W\d_a-zäöüß][\w.'’-]{{0,30}} |(?:&|und|and|\+) ){{1,6}}{_FORM})"
_COMPANY = re.compile(
    r"(?:(?<![^\W_])(?i:ruft(?: an)?|rief(?: an)?|anruf|telefonat|tel\.?|called|call|rang|kunde(?: ist)?|neukunde|"
    r"customer(?: is)?|client|firma|(?:who|caller|anrufer|anruferin)\s{0,5}:[^\n]{2,60}?(?: at| from| von|,))"
    r"(?: (?i:von|from|mit|with|by|die|der|das|the))?(?::|-|–)?\s{1,3}|\A\s{0,5})"
    rf"{_COMPANY_NAME}"
    r"(?=[:,]\s|$|\n|\s(?:\(|-|–|(?:rang|called|calls|ruft|rief|meldet|reports?|reported|hat|has|bekommt|bekommen|says|sagt)(?![^\W_])))"
)
"""The company that the text begins with, or that called."""
_COMPANY_ALONE = re.compile(rf"^\s{{0,5}}{_COMPANY_NAME}\s{{0,5}}$", re.MULTILINE)
"""A line that is a company's name: of whoever signs."""
_ATTRIBUTION = re.compile(
    r"^(?:on [^\n]{6,120} wrote:|am [^\n]{6,120} schrieb\b[^\n:]{0,120}:)(?=\s)", re.IGNORECASE | re.MULTILINE
)
"""The line above an older mail that is quoted."""
_WITH_DIGIT = re.compile(r"[^\W\d_].{0,40}\d")
_LISTED_TENANTS = re.compile(
    r"(?<![^\W_])(?:tenants?|tenant-?ids?|mandant(?:en)?|mandanten-?(?:id|nr|nummer)s?)(?![^\W_])[ :=]{1,3}"
    r"(\d{5}[ -]?[A-Z]{2}(?![^\W_])(?:(?:, ?| ?/ ?| und | and )\d{5}[ -]?[A-Z]{2}(?![^\W_])){0,20})",
    re.IGNORECASE,
)
"""Tenants behind their label, in any spelling."""
_AFFECTED = re.compile(
    r"(?<![\w.,:])(\d{1,6})\+?\s{1,3}(?:of our |unserer? |weitere[rn]? |end-?)?"
    r"(customers?|kunden|endkunden|users?|benutzern?|nutzern?|usern|anwendern?|mitarbeitern?|mailboxes|mailbox|"
    r"postfächern?|people|personen)(?![^\W_])",
    re.IGNORECASE,
)
_IS_AFFECTED = re.compile(r"affected|betroffen|betrifft|impacted|(?<![^\W_])hit(?![^\W_])", re.IGNORECASE)
_ESTIMATED = re.compile(
    r"(?<![^\W_])(?:about|around|approx\.?|roughly|ca\.?|etwa|rund|ungefähr|sagt|says)\s$", re.IGNORECASE
)
"""Words before a number of users that somebody estimated in a report of a disturbance."""
_CUSTOMERS = re.compile(r"customer|kunde", re.IGNORECASE)


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
    for tenant, at in _tenants(flow.text, _owners(known)):
        yield FieldReading("tenants", tenant, flow.source(at))
    for found in _MAIN_ID.finditer(flow.text):
        yield FieldReading("main_id", found[1].upper(), flow.source(found.start()))
    yield from _numbers(flow, known)


def _tenants(text: str, known: Container[str]) -> Iterator[tuple[str, int]]:
    """Tenants in capitals anywhere, known ones in any, and in any spelling behind their label, each with its place."""
    found = {each.start(): each[0] for each in _TENANT.finditer(text)}
    found |= {each.start(): each[0].upper() for each in _ANY_CASE.finditer(text) if each[0].upper() in known}
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
    named = dict(_named_in(flow.text, _names(known)))
    owners = _owners(known)
    for tenant, at in _tenants(flow.text, owners):
        if tenant in owners:
            named.setdefault(owners[tenant], at)
    company = _COMPANY.search(flow.text)
    if company and (not named or flow.text[company.end() : company.end() + 1] == ":"):
        first = next((name for name, at in named.items() if at < company.end()), company[1])
        yield FieldReading("customer", first, flow.source(company.start(1)))
    elif len(named) == 1:
        name, at = next(iter(named.items()))
        yield FieldReading("customer", name, flow.source(at))
    elif not named and len(alone := _alone(flow.page)) == 1:
        [(name, number)] = alone.items()
        yield FieldReading("customer", name, flow.page.source(Origin.WORDS, number))


def _alone(page: TextPage) -> dict[str, int]:
    """Companies each of which has a line of its own, above what is quoted; with the number of the line."""
    found = dict[str, int]()
    for number, line in page.free():
        if _ATTRIBUTION.match(line):
            break
        if company := _COMPANY_ALONE.match(line):
            found.setdefault(company[1], number)
    return found


def _owners(known: IntakeContext) -> dict[str, str]:
    """Tenant → its customer."""
    return {tenant: name for name, tenants in known.customers.items() for tenant in tenants}


def owners_in(line: str, known: IntakeContext) -> Iterator[tuple[str, str]]:
    """Known customers and their tenants in a machine's line, as fields and values."""
    owners = _owners(known)
    line = " ".join(each for each in _TOKEN.findall(line) if not _OF_HOST.search(each))
    for found in _ANY_CASE.finditer(line):
        if found[0].upper() in owners:
            yield "tenants", found[0].upper()
            yield "customer", owners[found[0].upper()]
    yield from (("customer", name) for name, _ in _named_in(line, _names(known)))


Names = dict[str, dict[int, dict[tuple[str, ...], str]]]


def _names(known: IntakeContext) -> Names:
    return names_of((*known.other_names.items(), *((name, name) for name in known.customers)))


@lru_cache(maxsize=8)
def names_of(names: tuple[tuple[str, str], ...]) -> Names:
    """Names by their first word and their length: the words of each spelling → the customer's name.

    `names`: each name and other name, with the customer's name. The legal form may be omitted after two words, unless
    that leaves the names of two customers the same.
    """
    whole, short = dict[tuple[str, ...], str](), dict[tuple[str, ...], set[str]]()
    for spelled, name in names:
        whole |= dict.fromkeys(spellings(spelled), name)
        bare = without_legal_form(fold(spelled))
        if len(re.findall(r"[\w&]+", bare)) > 1:
            short.setdefault(tuple(spelling_key(bare).split()), set()).add(name)
    found = Names()
    every = {words: min(each) for words, each in short.items() if len(each) == 1} | whole
    for words in sorted(every, key=len, reverse=True):
        found.setdefault(words[0], {}).setdefault(len(words), {})[words] = every[words]
    return found


@lru_cache(maxsize=20_000)
def _spelled(word: str) -> str:
    """A word of a text as it stands in `spelling_key`."""
    word = written_out(fold(word))
    return "&" if word in {"und", "and", "u", "+"} else word


def _named_in(text: str, names: Names) -> Iterator[tuple[str, int]]:
    """Customers named in a text, each with its place; of names that begin with the same word, the longest."""
    found = [(_spelled(each[0]), each.start()) for each in re.finditer(r"[^\W_]+|[&+]", text)]
    words = [word for word, _ in found]
    for number, (word, at) in enumerate(found):
        lengths = names.get(word, {}).items()
        name = next((its for size, each in lengths if (its := each.get(tuple(words[number : number + size])))), "")
        if name:
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
        is_of_customers = bool(_CUSTOMERS.search(found[2]))
        is_estimated = _ESTIMATED.search(flow.text[: found.start()][-12:]) and not is_of_customers
        if _IS_AFFECTED.search(nearby) or is_estimated:
            number = str(int(found[1]))
            value = number if is_of_customers else f"{number} {found[2]}"
            yield FieldReading("affected", value, flow.source(found.start()))
            return


def _errors(flow: Flow) -> Iterator[FieldReading]:
    for at, text in errors_in(flow.text):
        yield FieldReading("error", text, flow.source(at))
