"""Reading pasted words and files into the fields of a form, with the names this desk knows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.config.settings import Config
from bot.core.cleaning import fitting
from bot.core.clock import Clock, as_utc, zone
from bot.core.transaction_table import as_table, is_complete
from bot.escalation.ports import Files
from bot.forms.field_table import fields_of
from bot.forms.pasted_transactions import PASTED
from bot.forms.transaction_fields import family_name
from bot.intake.model import MAX_BYTES, Intake, IntakeContext, IntakeDocument
from bot.intake.reader import read
from bot.model.ticket import Attachment, Kind
from bot.register.ports import CustomerStore
from bot.tickets import permissions
from bot.tickets.queries import Queries

log = logging.getLogger(__name__)

_TIMEOUT = 10.0
"""Seconds for all files of a message, while its form says that they are read."""
_ENDINGS = (".eml", ".txt", ".csv", ".tsv", ".log")
_MAX_FILES = 5
_MAX_CUSTOMERS = 2000
_LONGEST = 3000
"""Characters of an input."""


@dataclass(frozen=True)
class MessageAnswers:
    """Answers read from a message, and the number of its transactions that are not among them."""

    answers: Mapping[str, str] = field(default_factory=dict)
    """Answers by field, and the transactions as one table."""
    left_out: int = 0
    """Transactions that are not in the table: they do not fit, or lack a moment, a status or an address."""


@dataclass(frozen=True)
class MessageReader:
    """Service that reads messages: deterministic, without network, and off the event loop."""

    queries: Queries
    store: CustomerStore
    config: Config
    clock: Clock
    files: Files | None = None

    async def documents(self, files: Sequence[Attachment]) -> list[IntakeDocument]:
        """Contents of the readable files. A file that cannot be read in time is left out: it stays attached."""
        if self.files is None:
            return []
        found = list[IntakeDocument]()
        try:
            async with asyncio.timeout(_TIMEOUT):
                for each in readable(files):
                    content = await self.files.fetch(each, MAX_BYTES)
                    if isinstance(content, bytes):
                        found.append(IntakeDocument(content, each.name))
        except TimeoutError:
            log.warning("the files of a message could not be read in time")
        return found

    async def answers(self, documents: Sequence[IntakeDocument], kind: Kind, by: str) -> MessageAnswers:
        """The answers in these texts, by field; transactions as one table. `ValueError` for one that is too large."""
        known = await self._context(by)
        return answers_of(await asyncio.to_thread(read, documents, known), kind, self.config)

    async def _context(self, by: str) -> IntakeContext:
        actor = await self.queries.actor(by)
        permissions.require_staff(actor)
        customers = await self.store.customers((), limit=_MAX_CUSTOMERS)
        return IntakeContext(
            now=as_utc(self.clock()),
            zone=zone(actor.person.zone or self.config.desk.timezone),
            region=self.config.desk.phone_region,
            customers={each.name: each.tenants for each in customers},
            services={each: family_name(each, self.config) for each in self.config.services.names},
            own_domains=frozenset(_own_domains(self.config)),
            rcr_pattern=self.config.retarus.rcr_pattern,
            prefix=self.config.desk.prefix,
        )


def readable(files: Sequence[Attachment]) -> list[Attachment]:
    """The text files that are small enough to be read: mails, logs and tables."""
    texts = [each for each in files if each.name.lower().endswith(_ENDINGS) and each.size <= MAX_BYTES]
    return texts[:_MAX_FILES]


def _own_domains(config: Config) -> set[str]:
    """Domains of the partner's own addresses."""
    addresses = (config.retarus.from_address, config.retarus.reply_to, *(each.email for each in config.contacts))
    return {domain.lower() for _, _, domain in (each.partition("@") for each in addresses) if domain}


def answers_of(intake: Intake, kind: Kind, config: Config) -> MessageAnswers:
    """The answers for fields that this kind has. The contact field names our own people, so none is read into it."""
    keys = {each.key for each in fields_of(kind, config) if not each.group} - {"contact"}
    found = {key: text for key, text in intake.answers().items() if key in keys}
    rows = [_completed(each.parts, found) for each in intake.transactions]
    table, count = as_table(filter(is_complete, rows), _LONGEST)
    answers = {**found, PASTED: table, "happens": fitting([intake.prose], _LONGEST)}
    left_out = len(rows) - count + intake.left_out if count else 0
    return MessageAnswers({key: text for key, text in answers.items() if text}, left_out)


def _completed(parts: Mapping[str, str], answers: Mapping[str, str]) -> dict[str, str]:
    """A transaction whose missing moment or status is what the message says elsewhere."""
    known = {"when": answers.get("start", ""), "status": answers.get("error", "").partition("\n")[0]}
    return {**{key: text for key, text in known.items() if text}, **parts}
