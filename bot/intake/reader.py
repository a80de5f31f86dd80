"""Read pasted words and files into the fields of a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.core.cleaning import clean_text
from bot.core.i18n import t
from bot.core.text_files import readable_text
from bot.core.transaction_table import ADDRESSES
from bot.intake import (
    address_rows,
    bare_lists,
    bounces,
    key_values,
    labels,
    logs,
    sentence_transactions,
    smtp_session,
    transmission_reports,
    words,
)
from bot.intake.json_table import JsonTable, before_json, json_table
from bot.intake.mail_parts import MailContents, read_mail
from bot.intake.message_headers import MessageHeaders, blocks
from bot.intake.model import (
    MAX_BYTES,
    MAX_TRANSACTIONS,
    FieldReading,
    Intake,
    IntakeContext,
    IntakeDocument,
    Origin,
    Source,
    Transaction,
)
from bot.intake.text_page import TextPage
from bot.intake.xml_table import before_xml, xml_table

_SENT_BY = re.compile(r"(?:from|von):\s", re.IGNORECASE)
_DIALLED_OR_MAILED = re.compile(r"@|(?:\d\D?){6}")
_RAW_MAIL = ("mime-version", "content-type", "content-transfer-encoding")


def read(documents: Sequence[IntakeDocument], known: IntakeContext) -> Intake:
    """All values in these texts, each with where it was read.

    Deterministic, without network, linear in their length. `ValueError`, with a sentence, for one that is too large.
    """
    found = _Found(known)
    for document in documents:
        found.add(document)
    return found.intake()


@dataclass
class _Found:
    """Accumulates the values read so far."""

    known: IntakeContext
    readings: list[FieldReading] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    sent: str = ""
    """Time of the mail in this document: of a fax or an SMS in it that names none."""
    of_machines: list[FieldReading] = field(default_factory=list)
    """Customers and tenants in machines' reports."""
    prose: list[str] = field(default_factory=list)

    def add(self, document: IntakeDocument) -> None:
        text, self.sent = _decoded(document), ""
        for apart, table_in in ((before_json, json_table), (before_xml, xml_table)):
            before, marked = apart(text)
            if marked and self._marked(table_in(marked), document.name, before):
                text = before
        if not text.strip():
            return
        page = TextPage.of(text, document.name)
        mail = read_mail(text.lstrip("\ufeff\n")) if _is_mail(document.name, page) else None
        if mail is None:
            self._page(page)
        else:
            self._mail(mail, document.name)

    def _marked(self, table: JsonTable | None, name: str, context: str) -> bool:
        """Reads the transactions of JSON or XML; returns whether there were any."""
        page = TextPage.of(table.text if table else "", name)
        found = (
            transmission_reports.tables(page, self.known, f"{table.channel} {context[-300:]}", is_one=True)
            if table
            else []
        )
        found = [(each, family) for each, family in found if any(map(_DIALLED_OR_MAILED.search, _ends(each)))]
        for each, family in found:
            self._of_family(each, family)
        return bool(found)

    # --- mails

    def _mail(self, mail: MailContents, name: str) -> None:
        outer = next(blocks(TextPage.of(mail.headers)), None)
        original = self._original(mail, name)
        self.sent = outer.parts(self.known).get("when", "") if outer else ""
        before = len(self.transactions)
        for table in mail.tables:
            self._page(TextPage.of(table, name), mail.subject)
        is_listed = len(self.transactions) > before
        where = Source(Origin.DELIVERY_REPORT, name, 0, mail.subject[:80])
        for report in mail.reports:
            readings_of_words = original or self._sent_back_to(outer)
            self.transactions += bounces.from_report(report, readings_of_words, self.known, where)
        if not mail.reports:
            self._body(mail, name, None if is_listed else outer, original)
        elif outer and outer.is_to(self.known.own_domains):  # a person's words, with a bounce beside them
            self._people(_with_subject(TextPage.of(mail.words[0] if mail.words else "", name), mail.subject))
        if len(self.transactions) == before:
            self._attached(mail, name)

    def _original(self, mail: MailContents, name: str) -> dict[str, str]:
        """Parts of the transaction from the returned message's headers; the recipient comes from the report."""
        pages = (TextPage.of(text, name) for text in mail.originals)
        parts = next((each.parts(self.known) for page in pages for each in blocks(page)), {})
        return {part: text for part, text in parts.items() if part != "recipient"}

    def _sent_back_to(self, outer: MessageHeaders | None) -> dict[str, str]:
        """The transaction's sender, from a bounce: it goes to the message's sender."""
        parts = outer.parts(self.known) if outer and outer.is_by_agent else {}
        return {"sender": parts["recipient"]} if "recipient" in parts else {}

    def _body(self, mail: MailContents, name: str, outer: MessageHeaders | None, original: dict[str, str]) -> None:
        page = TextPage.of("\n\n".join(mail.words), name)
        is_reported = outer is not None and outer.is_to(self.known.own_domains)
        if self._machines(page, mail.subject, original):
            if is_reported:
                self._people(_with_subject(page, mail.subject))
            return
        if outer and not outer.is_by_agent and self.known.own_domains and not outer.is_to(self.known.own_domains):
            where = Source(Origin.HEADERS, name, 1, mail.subject[:80])
            self.transactions.append(Transaction(outer.parts(self.known), where))
        else:
            self._people(_with_subject(page, mail.subject))

    def _attached(self, mail: MailContents, name: str) -> None:
        """Messages attached as examples."""
        for text in mail.originals:
            for each in blocks(TextPage.of(text, name)):
                where = Source(Origin.HEADERS, name, 0, mail.subject[:80])
                self.transactions.append(Transaction(each.parts(self.known), where))

    # --- texts

    def _page(self, page: TextPage, context: str = "") -> None:
        self._machines(page, context, {})
        self._people(page)

    def _machines(self, page: TextPage, context: str, original: dict[str, str]) -> bool:
        """Reads what machines wrote; returns whether there was any of it."""
        before, taken = len(self.transactions), set(page.taken)
        self.transactions += logs.transactions(page, self.known)
        for each, family in transmission_reports.tables(page, self.known, context):
            self._of_family(each, family)
        self.transactions += smtp_session.transactions(page)
        for reading in (key_values, bare_lists, address_rows):
            for each, family in reading.transactions(page, self.known):
                self._of_family(each, family)
        self._owner_in([number for number in page.taken if number not in taken], page)
        bounced = bounces.from_words(page, original, self.known)
        self.transactions += bounced
        if bounced:
            self._owner_in((number for number, line in enumerate(page.lines) if _SENT_BY.match(line)), page)
        if not bounced:
            self._records_or_headers(page, context or page.name)
        if any(each.source.origin is Origin.SMS_REPORT for each in self.transactions[before:]):
            self._service("sms", self.transactions[before].source)
        return len(self.transactions) > before

    def _records_or_headers(self, page: TextPage, context: str) -> None:
        """Reads a report below its mail's headers, or else the headers: an example, or a person's report."""
        headers = list(blocks(page))
        subjects = " ".join(each.values.get("subject", "") for each in headers)
        before = set(page.taken)
        for block in headers:
            page.take(block.first, block.last)
        found = transmission_reports.records(page, self.known, f"{context} {subjects}")
        found = [(each, family) for each, family in found if family or not headers]
        if headers and not found:
            page.taken.clear()
            page.taken |= before
            for block in headers:
                self._headers(block, page)
        self.sent = self.sent or (headers[0].parts(self.known).get("when", "") if headers else "")
        for each, family in found:
            self._of_family(each, family)
        if found:
            self._owner_in(range(len(page.lines)), page)

    def _owner_in(self, lines: Iterable[int], page: TextPage) -> None:
        """Reads the known customer and tenants in a machine's report, for want of a person's words."""
        for number in sorted(lines):
            found = words.owners_in(page.lines[number], self.known)
            self.of_machines += [FieldReading(key, value, page.source(Origin.TABLE, number)) for key, value in found]

    def _headers(self, headers: MessageHeaders, page: TextPage) -> None:
        """Adds an example, unless a person reports a problem in it, or it is a machine's own mail."""
        page.take(headers.first, headers.last)
        if headers.is_by_agent or headers.is_to(self.known.own_domains):
            return
        parts = headers.parts(self.known)
        if {"sender", "recipient"} <= parts.keys():
            self.transactions.append(Transaction(parts, page.source(Origin.HEADERS, headers.first)))

    def _of_family(self, transaction: Transaction, family: str) -> None:
        if family and self.sent and "when" not in transaction.parts:
            transaction = replace(transaction, parts={"when": self.sent, **transaction.parts})
        self.transactions.append(transaction)
        self._service(family, transaction.source)

    def _service(self, family: str, where: Source) -> None:
        service = self.known.service_of(family) if family else ""
        if service:
            self.readings.append(FieldReading("services", service, where))

    def _people(self, page: TextPage) -> None:
        """Reads what people wrote."""
        prose = page.flow()
        left = list(page.free())
        self.transactions += sentence_transactions.transactions(prose, self.known)
        labelled = list(labels.readings(page, self.known))
        impact = labels.line_of("impact", labelled)
        self.prose.append("\n".join(line for number, line in left if number != impact))
        self.readings += labelled
        keys = {each.key for each in labelled}
        self.readings += [each for each in words.readings(prose, self.known) if each.key not in keys]

    # --- merging

    def intake(self) -> Intake:
        remaining = [each for each in self.transactions if not each.is_fine] or self.transactions
        remaining = [each.in_lower_case() for each in remaining]
        once = list({tuple(sorted(each.parts.items())): each for each in reversed(remaining)}.values())[::-1]
        readings_of_words = [
            FieldReading("error", each.parts["status"], each.source)
            for each in once
            if not each.is_fine and "status" in each.parts
        ]
        self.readings += self._known_owners()
        readings = {(each.key, each.value): each for each in (*reversed(readings_of_words), *reversed(self.readings))}
        prose = clean_text("\n\n".join(filter(None, map(str.strip, self.prose))))
        left_out = max(0, len(once) - MAX_TRANSACTIONS)
        return Intake(tuple(reversed(readings.values())), tuple(once[:MAX_TRANSACTIONS]), prose, left_out)

    def _known_owners(self) -> Iterator[FieldReading]:
        """The tenants in machines' reports, and their customer if it is one and nobody named another."""
        keys = {each.key for each in self.readings}
        customers = {each.value: each for each in self.of_machines if each.key == "customer"}
        if "tenants" not in keys:
            yield from (each for each in self.of_machines if each.key == "tenants")
        if "customer" not in keys and len(customers) == 1:
            yield from customers.values()


def _ends(transaction: Transaction) -> list[str]:
    """Sender and recipient."""
    return [text for part, text in transaction.parts.items() if part in ADDRESSES]


def _with_subject(page: TextPage, subject: str) -> TextPage:
    return TextPage([subject, "", *page.lines], page.name, {number + 2 for number in page.taken}) if subject else page


def _decoded(document: IntakeDocument) -> str:
    content = document.content
    size = len(content) if isinstance(content, bytes) else len(content.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        called = document.name or t("This text")
        raise ValueError(
            t("{name} is larger than 1 MB. Attach it as a file, and paste the lines that matter.", name=called)
        )
    if isinstance(content, str):
        return content
    return readable_text(content)


def _is_mail(name: str, page: TextPage) -> bool:
    """A mail's file, or a mail's source that was pasted: headers first, among them those of its parts."""
    if name.casefold().endswith(".eml"):
        return True
    first = next(_heads(page), "")
    return bool(first) and any(f"\n{each}:" in first for each in _RAW_MAIL)


def _heads(page: TextPage) -> Iterator[str]:
    """The lines before the first blank one, in lower case."""
    lines = page.lines[next((n for n, line in enumerate(page.lines) if line.strip()), 0) :][:300]
    end = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    yield "\n" + "\n".join(lines[:end]).casefold()
