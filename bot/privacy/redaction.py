"""Redaction of personal data in records. Pure functions; `bot.privacy.erasure` applies them.

A person is erased from everything that names them; an old ticket loses all free text and everybody in it. Both keep
their statistics: number, kind, service, priority, stages and times.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

import phonenumbers
from pydantic import BaseModel, JsonValue

from bot.core.cleaning import clean_line
from bot.core.errors import Refused
from bot.forms.template_fields import BY_KEY, InputType
from bot.model.contact import Contact
from bot.model.ticket import NOBODY, Event, Ticket, Utc

MARK = "[erased]"
"""Replaces erased personal data."""

_SHORTEST = 3
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_STRUCTURED = {InputType.CHOICE, InputType.CHOICES, InputType.DECISION, InputType.MOMENT}
_KEPT_ANSWERS = {key for key, field in BY_KEY.items() if field.input_type in _STRUCTURED} | {
    "customer",
    "main_id",
    "tenants",
}
"""Statistics: choices, times and the company."""
_KEPT_DETAILS = {
    "stage",
    "watches",
    "due",
    "rung",
    "until",
    "eta",
    "update_due",
    "rcr",
    "status",
    "opened",
    "id",
    "called",
    "of",
    "undone",
    "message",
}

_OURS = {"id", "ticket_id", "kind", "stage", "what", "zone", "health", "type"}
"""Values of our own, which are never typed."""

R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class PersonMatcher:
    """A person, with all names they have in tickets."""

    user: str
    """Slack user id; empty for somebody who is not in Slack."""
    named: re.Pattern[str]

    @property
    def fingerprint(self) -> str:
        """A hash: the same for the same person, and says nothing about them."""
        return sha256(f"{self.user}|{self.named.pattern}".encode()).hexdigest()[:12]

    def is_in(self, text: str) -> bool:
        return bool(self.user and self.user in text) or bool(self.named.search(text))

    def out_of(self, text: str) -> str:
        """The text without them."""
        if self.user and text == self.user:
            return NOBODY
        text = text.replace(self.user, NOBODY) if self.user else text
        return self.named.sub(MARK, text)


def someone(terms: Iterable[str], register: Iterable[Contact]) -> PersonMatcher:
    """The person with this Slack user id, names, addresses and numbers, completed from the register.

    Refuses what is too short to be meant for one person.
    """
    given = [line for term in terms if (line := clean_line(term))]
    if not given or any(len(term) < _SHORTEST for term in given):
        raise Refused(f"Name the person: a Slack user id, a full name, an address; at least {_SHORTEST} characters.")
    user = next((term for term in given if _USER.fullmatch(term)), "")
    known = [each for each in register if each.slack_user == user or {each.name, each.email} & set(given)]
    user = user or next((each.slack_user for each in known), "")
    words = {term for term in given if term != user} | {text for each in known for text in (each.name, each.email)}
    numbers = {each.phone for each in known} | {term for term in given if term.startswith("+")}
    patterns = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(words - numbers, key=len, reverse=True) if word]
    patterns += [pattern for number in sorted(numbers) for pattern in _spellings(number)]
    return PersonMatcher(user, re.compile("|".join(patterns) or r"(?!)", re.IGNORECASE))


def _spellings(number: str) -> list[str]:
    """A pattern of a telephone number in any grouping, with its country code or without."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return [re.escape(number)]
    code, rest = str(parsed.country_code), str(parsed.national_number)
    between = r"[\s()/.-]*"
    digits = rf"{between.join(rest)}(?!\d)"
    abroad = rf"(?:\+|00){between}{between.join(code)}{between}(?:\(0\))?{between}{digits}"
    return [abroad, rf"(?<!\d)0{between}{digits}"]


def mentions(record: BaseModel, person: PersonMatcher) -> bool:
    return person.is_in(json.dumps(record.model_dump(mode="json"), ensure_ascii=False))


def is_entry_of(contact: Contact, person: PersonMatcher) -> bool:
    """True if this entry of the register is their own and does not only name them."""
    return contact.slack_user == person.user or any(map(person.is_in, (contact.name, contact.email)))


def without_person(record: R, person: PersonMatcher) -> R:
    """The record after the person is erased from it."""
    return type(record).model_validate(_scrubbed(record.model_dump(mode="json"), person))


def _scrubbed(value: JsonValue, person: PersonMatcher) -> JsonValue:
    if isinstance(value, str):
        return person.out_of(value)
    if isinstance(value, list):
        return [_scrubbed(each, person) for each in value]
    if isinstance(value, dict):
        return {key: each if key in _OURS else _scrubbed(each, person) for key, each in value.items()}
    return value


def statistics_of(ticket: Ticket, at: Utc) -> Ticket:
    """An old ticket without people and free text."""
    return ticket.model_copy(
        update={
            "answers": {key: text if key in _KEPT_ANSWERS else MARK for key, text in ticket.answers.items()},
            **dict.fromkeys(("raised_by", "owner", "first_owner"), NOBODY),
            "second_owner": NOBODY if ticket.second_owner else "",
            "sent_by": NOBODY if ticket.sent_by else "",
            "source": "",
            "affected": tuple(
                each.model_copy(update={"impact": "", "contact": "", "by": NOBODY}) for each in ticket.affected
            ),
            "attachments": (),
            "status": ticket.status and ticket.status.model_copy(update={"by": NOBODY if ticket.status.by else ""}),
            "erased_at": at,
        }
    )


def event_statistics_of(event: Event) -> Event:
    """The event and its time, without the person and their words."""
    return event.model_copy(update={"by": NOBODY if event.by else "", "detail": _plain(event.detail), "before": None})


def _plain(detail: Mapping[str, str]) -> dict[str, str]:
    return {key: text if _is_kept(key) or not text else MARK for key, text in detail.items()}


def _is_kept(key: str) -> bool:
    return key in _KEPT_DETAILS or key.removeprefix("answer.") in _KEPT_ANSWERS
