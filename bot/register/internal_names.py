"""Internal names in a text for an end-customer: colleagues, Retarus, other tickets and other end-customers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from bot.config.settings import Config
from bot.core.i18n import t
from bot.core.identifiers import EMAIL_ADDRESS, RCR_PATTERN, fold, without_legal_form
from bot.model.contact import Contact
from bot.model.ticket import Ticket
from bot.register.german_cases import in_case

_SHORTEST_NAME: Final = 3
_PHONE: Final = re.compile(r"\+?\d[\d\s()/.-]{5,}\d")
_PHONE_END: Final = 7
"""Last digits by which two spellings of a telephone number are compared."""
_MENTION: Final = re.compile(r"<[@!#][^<>]{1,200}>")
_ARTICLE: Final = r"(?:\b(?:the|der|die|das|den|dem|our|unser(?:e[mnrs]?)?)\s+)?"
_TITLE: Final = r"(?:(?:Frau|Herrn?|Fr\.|Hr\.|Mrs?\.?|Ms\.?)\s+)?"
_LEVEL: Final = r"[-\s]?(?:level|line)(?:[-\s]?(?:support|team))?(?!\w)"
_TEAM: Final = r"[-\s](?:support|team)(?!\w)"
_OUR_LEVELS: Final = re.compile(
    rf"{_ARTICLE}(?<!\w)@?(?:(?:1st|2nd|first|second|1\.|2\.|erste[rsnm]?|zweite[rsnm]?){_LEVEL}|"
    rf"tier[-\s]?[12](?!\w)(?:{_TEAM})?|(?:level[-\s]?|L)[12]{_TEAM})",
    re.IGNORECASE,
)
_THEIR_LEVEL: Final = re.compile(
    rf"{_ARTICLE}(?<!\w)@?(?:(?:3rd|third|3\.|dritte[rsnm]?){_LEVEL}|"
    rf"tier[-\s]?3(?!\w)(?:{_TEAM})?|(?:level[-\s]?|L)3{_TEAM})",
    re.IGNORECASE,
)
_CHAT: Final = re.compile(
    r"<?https?://[\w-]{1,63}(?:\.enterprise)?\.slack\.com/[^\s<>|]*(?:\|[^<>\n]{0,200})?>?", re.IGNORECASE
)
"""A link into our Slack."""
_SITE: Final = re.compile(
    r"(?:https?://(?:[\w-]{1,63}\.){0,5}|(?<![\w.-])(?:(?:www|eas|status)\.)?)retarus\.[\w-]{2,63}(?:\.\w{2,20})?(?:/\S*)?",
    re.IGNORECASE,
)
"""A page of Retarus. Other hosts stay: an end-customer enters them, such as that of a connector."""
_OPERATOR: Final = re.compile(
    rf"{_ARTICLE}(?<![\w.@-])@?Retarus(?:[-\s](?:GmbH|AG|Inc|Ltd|Support)\b\.?)*"
    r"(?:(?P<compound>(?=-\w))|(?P<of>['’]s?)(?!\w)|(?!\w))",
    re.IGNORECASE,
)
_WORDS: Final = frozenset({"mai", "may", "april", "june", "juni", "august", "will"})
"""Names that are words too: they are replaced as a part of the whole name only."""
_SHARED: Final = frozenset({"retarus", "support", "service", "team", "desk", "helpdesk", "customer", "technical"})
"""Words in the name of a mailbox that several people share."""
_OF: Final = "(?P<of>['’]?s|['’])?"
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})

Replace = Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class InternalSources:
    """Records with internal names."""

    contacts: Iterable[Contact] = ()
    colleagues: Iterable[str] = ()
    """Names of people who worked on the ticket."""
    operators: Iterable[str] = ()
    """Names of Retarus's people who wrote."""
    rcr: Iterable[str] = ()
    """Numbers of Retarus."""
    other_customers: Iterable[str] = ()
    """Other end-customers with the same problem, and their tenants."""


class InternalNames:
    """Replaces what no end-customer reads. The text stays a draft that a person looks through."""

    def __init__(self, sources: InternalSources, config: Config, ticket: Ticket | None = None) -> None:
        """`ticket`: whose number and end-customer stay."""
        register = list(sources.contacts)
        ours = {*(each.name for each in register), *sources.colleagues}
        self._colleagues = _names_of(ours)
        self._operators = _names_of(set(filter(None, map(_person, sources.operators))) - ours)
        self._phones = frozenset(_last_digits(each.phone) for each in register)
        addresses = [*(each.email for each in register), config.retarus.from_address]
        self._domains = frozenset(filter(None, (each.rpartition("@")[2].lower() for each in addresses)))
        self._theirs = config.retarus.email.rpartition("@")[2].lower()
        numbers = "|".join([*map(re.escape, sources.rcr), config.retarus.rcr_pattern, RCR_PATTERN])
        self._numbers = re.compile(rf"(?<![^\W_])(?:{numbers})(?:\s?/\s?\d{{4,9}})*(?!\d)", re.IGNORECASE)
        prefix = re.escape(config.desk.prefix)
        self._references = re.compile(rf"(?<![^\W_]){prefix}[\s#:_-]{{0,5}}(\d{{1,9}})(?![^\W_])", re.IGNORECASE)
        self._number = ticket.number if ticket else None
        customer = ticket.answer("customer") if ticket else ""
        others = {each for each in sources.other_customers if each.casefold() != customer.casefold()}
        self._others = _any_of(_spellings(others), flags=re.IGNORECASE)
        self._other_parts = _any_of(_spellings({_without_form(each) for each in others} - {_without_form(customer)}))
        self._customer = re.compile(f"({re.escape(customer)})" if customer else "((?!))", re.IGNORECASE)

    def left_out(self, text: str) -> str:
        """The text with “our team” and “the operator” in place of internal names."""
        pieces = self._customer.split(text)
        replaced = (piece if number % 2 else self._replaced(piece) for number, piece in enumerate(pieces))
        return in_case("".join(replaced))

    def _replaced(self, text: str) -> str:
        for pattern, replacement in self._replacements():
            text = pattern.sub(replacement, text)
        ours = re.escape(t("our team"))
        return re.sub(rf"{ours}(?:[\s,]+(?:(?:and|und|&)\s+)?{ours}(?![\w'’]))+", lambda _: t("our team"), text)

    def _replacements(self) -> Iterable[tuple[re.Pattern[str], Replace]]:
        """In this order: addresses contain names, and numbers the name of Retarus."""
        yield _CHAT, lambda _: t("our team")
        yield _MENTION, lambda _: t("our team")
        yield EMAIL_ADDRESS, self._address
        yield _PHONE, lambda found: t("our team") if _last_digits(found[0]) in self._phones else found[0]
        yield self._others, lambda _: t("another customer")
        yield self._other_parts, lambda _: t("another customer")
        for names, person in ((self._colleagues, _colleague), (self._operators, _operator)):
            for pattern in names:
                yield pattern, person
        yield self._numbers, lambda _: t("the operator's ticket")
        yield self._references, self._reference
        yield _OUR_LEVELS, lambda _: t("our team")
        yield _THEIR_LEVEL, lambda _: t("the operator")
        yield _SITE, lambda _: t("the operator's website")
        yield _OPERATOR, _operator

    def _address(self, found: re.Match[str]) -> str:
        domain = found[0].rpartition("@")[2].lower()
        if domain in self._domains:
            return t("our team")
        return t("the operator") if domain == self._theirs or "retarus" in domain.split(".") else found[0]

    def _reference(self, found: re.Match[str]) -> str:
        return found[0] if int(found[1]) == self._number else t("another report")


def _colleague(found: re.Match[str]) -> str:
    return t("our team's") if found.groupdict().get("of") else t("our team")


def _operator(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if parts.get("compound") is not None:
        return t("operator")
    return t("the operator's") if parts.get("of") else t("the operator")


def _names_of(people: set[str]) -> tuple[re.Pattern[str], ...]:
    """Patterns of their handles, their whole names and the parts of these, in this order."""
    whole = _spellings({*people, *map(_surname, people)})
    parts = {part for name in whole for part in name.split() if _is_specific(part)}
    return (
        _any_of([f"@{part}" for part in parts], flags=re.IGNORECASE),
        _any_of(whole, _OF, re.IGNORECASE, _TITLE),
        _any_of(parts, _OF, title=_TITLE),
    )


def _person(author: str) -> str:
    """The name of a person in that of an author, such as “Reuter, Rita (Retarus)”; empty for a shared mailbox."""
    last, _, first = author.partition("(")[0].partition(",")
    words = [word for word in f"{first} {last}".split() if word.casefold() not in _SHARED]
    return " ".join(words) if len(words) > 1 else ""


def _surname(name: str) -> str:
    """A surname of several words: `von der Heide`; empty for one without a particle."""
    words = name.split()
    first = next((number for number, word in enumerate(words) if word.islower()), 0)
    return " ".join(words[first:]) if first else ""


def _is_specific(part: str) -> bool:
    """True for a part of a name that stands for the person alone: no `von` and no `der`."""
    return part[0].isupper() and len(part) >= _SHORTEST_NAME and part.lower() not in _WORDS


def _without_form(customer: str) -> str:
    """The name as it is said, without its legal form; empty if that is too short to be told from a word."""
    name = " ".join(customer.split()[: len(without_legal_form(fold(customer)).split())]).strip(" ,")
    return name if len(name) > _SHORTEST_NAME and name[:1].isupper() else ""


def _spellings(names: Iterable[str]) -> set[str]:
    """The names, also with `ae` for `ä`."""
    found = {name for name in names if name}
    return found | {name.translate(_UMLAUTS) for name in found}


def _any_of(words: Iterable[str], ending: str = "", flags: int = 0, title: str = "") -> re.Pattern[str]:
    """Matches any of these as whole words, the longest first; never matches without any."""
    longest = sorted({word for word in words if word}, key=len, reverse=True)
    listed = "|".join(map(re.escape, longest))
    return re.compile(rf"(?<!\w){title}(?:{listed}){ending}(?!\w)" if longest else r"(?!)", flags)


def _last_digits(number: str) -> str:
    return re.sub(r"\D", "", number)[-_PHONE_END:]
