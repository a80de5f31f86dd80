"""Reading pasted words and files into the fields of a form, with the names this desk knows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.config.settings import Config
from bot.core.cleaning import clean_line, fitting, shorten_middle
from bot.core.clock import Clock, as_utc, zone
from bot.core.i18n import mark, t
from bot.core.text_files import readable_text
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
from bot.tickets.attachments import MissingFile
from bot.tickets.queries import Queries

log = logging.getLogger(__name__)

_TIMEOUT = 10.0
"""Seconds for all files of a message, while its form says that they are read."""
_ENDINGS = (".eml", ".txt", ".csv", ".tsv", ".log")
_MAX_FILES = 5
_MAX_CUSTOMERS = 2000
_TOO_LARGE = mark("larger than 1 MB")
_NAME = 30
"""Characters of a file's name."""
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
class FilesRead:
    """Files of a message: the contents of those that can be read, and the others."""

    documents: Sequence[IntakeDocument] = ()
    unread: Sequence[str] = ()
    """Names, each with the reason."""


@dataclass(frozen=True)
class MessageReader:
    """Service that reads messages: deterministic, without network, and off the event loop."""

    queries: Queries
    store: CustomerStore
    config: Config
    clock: Clock
    files: Files | None = None

    async def documents(self, files: Sequence[Attachment]) -> FilesRead:
        """Contents of the readable files, and the names of the others: they can still be attached."""
        found, unread, wanted = list[IntakeDocument](), unreadable(files), readable(files)
        try:
            async with asyncio.timeout(_TIMEOUT):
                while wanted:
                    content = await self._content(wanted[0])
                    file = wanted.pop(0)
                    if isinstance(content, bytes):
                        found.append(IntakeDocument(content, file.name))
                    else:
                        unread.append(_because(file, content))
        except TimeoutError:
            log.warning("the files of a message could not be read in time")
        unread += [_because(each, t("Slack did not give it in time")) for each in wanted]
        return FilesRead(found, unread)

    async def _content(self, file: Attachment) -> bytes | str:
        """Bytes of a text file, or the reason why it is not read."""
        content = await self.files.fetch(file, MAX_BYTES) if self.files else b""
        if isinstance(content, MissingFile):
            return t(_TOO_LARGE) if content.is_too_large else content.reason
        return content if readable_text(content).strip() else t("holds no text")

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
            other_names={other: each.name for each in customers for other in each.also},
            services={each: family_name(each, self.config) for each in self.config.services.names},
            own_domains=frozenset(_own_domains(self.config)),
            rcr_pattern=self.config.retarus.rcr_pattern,
            prefix=self.config.desk.prefix,
        )


def readable(files: Sequence[Attachment]) -> list[Attachment]:
    """The text files that are small enough to be read: mails, logs and tables."""
    return [each for each in files if is_text(each) and each.size <= MAX_BYTES][:_MAX_FILES]


def is_text(file: Attachment) -> bool:
    return file.name.lower().endswith(_ENDINGS)


def unreadable(files: Sequence[Attachment]) -> list[str]:
    """Name and reason of each file that is not `readable`."""
    left_out = [each for each in files if each not in readable(files)]
    return [_because(each, _reason(each)) for each in left_out]


def _reason(file: Attachment) -> str:
    if not is_text(file):
        return t("no mail, log or table: {endings}", endings=", ".join(_ENDINGS))
    return t(_TOO_LARGE) if file.size > MAX_BYTES else t("more than {count} files", count=_MAX_FILES)


def _because(file: Attachment, reason: str) -> str:
    """`trace.log (larger than 1 MB)`."""
    return f"{shorten_middle(clean_line(file.name), _NAME)} ({reason})"


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
