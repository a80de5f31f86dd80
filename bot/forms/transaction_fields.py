"""Addresses of a transaction: one table by family of services, and by direction (guide, sections 4 and 5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.config.custom_fields import FamilyName, Part
from bot.config.settings import Config
from bot.core.i18n import mark

OUTBOUND, INBOUND = "outbound", "inbound"
ADDRESSES: tuple[Part, ...] = ("sender", "recipient", "inbound")
"""Addresses of which at least one identifies a transaction (guide, section 5)."""
DEPENDING = frozenset({"direction", *ADDRESSES})
"""Parts that are asked for some services only."""


@dataclass(frozen=True)
class Family:
    """Services with the same kind of transactions."""

    outbound: tuple[Part, ...]
    inbound: tuple[Part, ...]
    called: Mapping[Part, tuple[str, str]] = field(default_factory=dict)
    """Label and hint of a part, where the matrix's own words are too wide."""

    @property
    def has_directions(self) -> bool:
        """True if the fields depend on the direction of the transaction."""
        return set(self.outbound) != set(self.inbound)


_NUMBERS: Mapping[Part, tuple[str, str]] = {
    "sender": (mark("Sending account"), mark("The account, or the number it was sent from")),
    "recipient": (mark("Termination number"), mark("e.g. +49 89 1234 5678")),
    "inbound": (mark("Inbound number"), mark("The customer's number it was sent to")),
}
FAMILIES: Mapping[FamilyName, Family] = {
    "mail": Family(
        ("sender", "recipient"),
        ("sender", "recipient"),
        {
            "sender": (mark("Sender"), mark("e.g. a@mueller.example")),
            "recipient": (mark("Recipient"), mark("e.g. b@target.example")),
        },
    ),
    "fax": Family(("sender", "recipient"), ("inbound", "sender"), _NUMBERS),
    "sms": Family(("sender", "recipient"), ("inbound", "sender"), _NUMBERS),
    "edi": Family(("sender", "recipient"), ("sender", "recipient")),
    "other": Family(("sender", "recipient", "inbound"), ("sender", "recipient", "inbound")),
}
"""Transaction parts of each family."""

_BY_NAME: tuple[tuple[re.Pattern[str], FamilyName], ...] = (
    (re.compile(r"fax", re.IGNORECASE), "fax"),
    (re.compile(r"sms", re.IGNORECASE), "sms"),
    (re.compile(r"mail|archive?", re.IGNORECASE), "mail"),
    (re.compile(r"\bedi\b", re.IGNORECASE), "edi"),
)
"""The guide's services, and those of Retarus's documentation, by a word in their names."""


def family_name(service: str, config: Config) -> FamilyName:
    """The name of the service's family: `mail`, `fax`, `sms`, `edi`, `other`."""
    guessed: FamilyName = next((family for pattern, family in _BY_NAME if pattern.search(service)), "other")
    return config.services.families.get(service, guessed)


def family_of(service: str, config: Config) -> Family:
    """The family `desk.toml` names, or its name implies; its addresses can be set by `[services.examples]`."""
    name = family_name(service, config)
    own = config.services.examples.get(service)
    return Family(own, own, FAMILIES[name].called) if own else FAMILIES[name]


def families(services: str, config: Config) -> list[Family]:
    """Services of an answer to AFFECTED SERVICE; all services, before there is one."""
    return [family_of(name, config) for name in services.split("\n") if name] or [FAMILIES["other"]]


def parts(services: str, direction: str, config: Config) -> set[str]:
    """Addresses that are asked for, and whether the direction is; both directions while it is unknown."""
    found = set[str]()
    for family in families(services, config):
        found |= set(() if direction == INBOUND else family.outbound)
        found |= set(() if direction == OUTBOUND else family.inbound)
        found |= {"direction"} if family.has_directions else set()
    return found


def called(part: str, services: str, config: Config) -> tuple[str, str] | None:
    """Label and hint common to all these services; None where they differ, so that the matrix's words stand."""
    names = {_named(family, part) for family in families(services, config)}
    return names.pop() if len(names) == 1 else None


def _named(family: Family, part: str) -> tuple[str, str] | None:
    return next((names for key, names in family.called.items() if key == part), None)
