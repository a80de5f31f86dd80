"""Names of Retarus's people in a text, by what stands next to them: an address of Retarus, or its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from bot.core.identifiers import EMAIL_ADDRESS

_SHORTEST: Final = 3
_TITLE: Final = r"(?:(?:Frau|Herrn?|Fr\.|Hr\.|Mrs?\.?|Ms\.?|Dr\.)\s+)"
_WORD: Final = r"[A-ZÄÖÜ][a-zäöüßéèáóñç]+(?:[-'’][A-ZÄÖÜ][a-zäöüßéèáóñç]+)?"
_NAME: Final = rf"{_WORD}(?:\s+(?:(?:von|van|de|der|den|zu|zur)\s+){{0,2}}{_WORD}){{0,2}}"
_SEVERAL: Final = rf"{_WORD}(?:\s+(?:(?:von|van|de|der|den|zu|zur)\s+){{0,2}}{_WORD}){{1,2}}"
_FAMILY_FIRST: Final = rf"{_WORD},\s+{_WORD}"
_BEFORE_ADDRESS: Final = re.compile(rf"(?<![\w@.-])({_FAMILY_FIRST}|{_NAME})(\s*[,:;/|–<(\[-]{{0,2}}\s*)(?:mailto:)?\Z")
_AFTER_ADDRESS: Final = re.compile(rf"(\s*[,;/|–>)\]-]{{0,2}}\s*[(\[]?\s*)({_NAME})(?![\w@-])")
_OF: Final = r"(?:von|vom|bei|at|of|from|@)\s+(?:der\s+|the\s+)?@?"
_BY_RETARUS: Final = re.compile(
    rf"(?<![\w@.-])(?P<title>{_TITLE})?(?P<name>{_FAMILY_FIRST}(?=\s*\()|{_NAME})"
    rf"(?:\s*[(\[]\s*(?:{_OF})?Retarus\b|\s+{_OF}Retarus(?![\w.]))"
)
_IN_ITS_BRACKET: Final = re.compile(
    rf"\bRetarus(?:\s+GmbH|[-\s]Support)?\s*[(\[:]\s*(?:{_TITLE}(?P<titled>{_NAME})|(?P<name>{_SEVERAL})(?=\s*[,;)\]]))"
)
_THINGS: Final = frozenset(
    "account adresse anfrage anleitung anruf answer antwort auskunft bestätigung call certificate connector data daten "
    "dienst domain email fax fehler fix gateway help hilfe hinweis hotline incident info information "
    "informationen konto kundendienst leitung link log logs lösung mail maintenance meldung message "
    "nachricht netz network outage policy portal problem rechenzentrum relay reply richtlinie rückmeldung rückruf "
    "security seite server service services sms solution status statusseite störung system technik ticket tickets "
    "transactional update ursache wartung webseite website workaround zertifikat zugang".split()
)
_ROLES: Final = frozenset("agent engineer kollege kollegen kollegin support team techniker technikerin".split())
_BEGINNINGS: Final = frozenset(
    "according after all also an and as at auch auf aus bei beim bitte by call contact das dem den der die durch ein "
    "eine email für from frau herr herrn i ich im in is ist it kontakt laut mail mit mr mrs ms nach our per please "
    "said see siehe the they this unser unsere via vom von was we wie wir with written zu zum zur".split()
)
_DONE: Final = re.compile(
    r"(?:(?:ge|be|ver|er|zer|ent|auf|zurück|neu)[a-zäöüß]{3,}(?:t|en)|[a-z]{3,}(?:ung|ungen|heit|keit|tion|ment|schaft)|"
    r"(?:check|fix|resolv|solv|restart|correct|confirm|report|escalat|chang|open|clos|answer|ask|call)ed|"
    r"(?:done|found|known|reset))\Z"
)
"""Words in capitals only because a sentence begins with them or because they are German nouns: `Geprüft`."""


def people_of_retarus(text: str, is_theirs: Callable[[str], bool]) -> set[str]:
    """Names in the text that stand next to an address of Retarus, as `is_theirs` says of its domain, or its name."""
    return {*_next_to_addresses(text, is_theirs), *_next_to_its_name(text)}


def _next_to_addresses(text: str, is_theirs: Callable[[str], bool]) -> Iterator[str]:
    for address in EMAIL_ADDRESS.finditer(text):
        mailbox, _, domain = address[0].lower().rpartition("@")
        if not is_theirs(domain):
            continue
        before = _BEFORE_ADDRESS.search(text[max(0, address.start() - 100) : address.start()])
        if before and (name := _person(before[1])) and _is_owner(name, before[2], mailbox):
            yield name
        after = _AFTER_ADDRESS.match(text, address.end())
        if after and (name := _person(after[2])) and (_is_in(name, mailbox) or "(" in after[1]):
            yield name


def _next_to_its_name(text: str) -> Iterator[str]:
    for found in _BY_RETARUS.finditer(text):
        if name := _person(found["name"]):
            yield name
    for found in _IN_ITS_BRACKET.finditer(text):
        if name := _person(found["titled"] or found["name"]):
            yield name


def _person(words: str) -> str:
    """The name without words that begin a sentence; empty for a thing: `Antwort`, `Email Security`."""
    last, _, first = words.partition(",")
    parts = f"{first} {last}".split() if first else words.split()
    while parts and (parts[0].lower() in _BEGINNINGS | _ROLES or _DONE.match(parts[0].lower())):
        parts = parts[1:]
    return "" if any(map(_is_a_thing, parts)) else " ".join(parts)


def _is_a_thing(word: str) -> bool:
    return word.lower() in _THINGS or bool(_DONE.match(word.lower()))


def _is_owner(name: str, between: str, mailbox: str) -> bool:
    """True for a whole name before a sign and the address, and for any name that the address contains."""
    return _is_in(name, mailbox) or (" " in name and bool(between.strip()))


def _is_in(name: str, mailbox: str) -> bool:
    spelled = name.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss").split()
    initials = "".join(part[0] for part in spelled)
    return any(len(part) >= _SHORTEST and part in mailbox for part in spelled) or mailbox == initials
