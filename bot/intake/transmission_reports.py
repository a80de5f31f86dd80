"""Fax status reports, and other records of labelled lines; tables and CSV files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.core.moments import read_moment
from bot.core.telephone import number_of_machine
from bot.core.transaction_headings import heading_part
from bot.core.transaction_table import (
    ADDRESSES,
    TransactionTable,
    address,
    direction_of,
    is_aligned,
    placed,
    read_table,
    separator_of,
    with_tabs,
)
from bot.intake.labels import is_form
from bot.intake.model import IntakeContext, Origin, Transaction
from bot.intake.text_page import TextPage

_LABELLED = re.compile(r"^\W{0,5}(\w[^:\t\n]{1,40}?)\s*(?::\s+(\S.*)|\t+([^\s\t][^\t]*))$")
"""A label and its value, behind a colon or in the second of two columns."""
_LABEL_AND_NUMBER = re.compile(r"^\s*([^\W\d][^\d\n:]{1,40}?)\s(\+?\d[\d ()/.-]{5,25})$")
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d(?!\d)(?![.]\d)")
_DAY = re.compile(r"\D{0,12}\d{1,2}\.\d{1,2}\.(?:\d\d){0,2}")
_FAX = re.compile(
    r"(?<![^\W_])(?:fax|facsimile)|(?<![^\W_])csid(?![^\W_])|transmission report|"
    r"(?:[tr]x|communication|verification) (?:report|result|journal)|"
    r"(?:sende-?|empfangs-?|übertragungs-?)(?:/\s?empfangs-?)?(?:bericht|journal)|empfangs-?bericht|sendeprotokoll",
    re.IGNORECASE,
)
_SMS = re.compile(r"(?<![^\W_])(?:sms|dlr|smpp)(?![^\W_])|msisdn", re.IGNORECASE)
_RECEIVED = re.compile(
    r"received? (?:fax )?report|incoming fax|received fax|reception report|fax received|"
    r"empfangs-?(?:bericht|protokoll)|fax-?(?:empfang|eingang)|"
    r"inbound|eingehend",
    re.IGNORECASE,
)
_FINE = re.compile(
    r"(?:ok|okay|sent|gesendet|success|successful|erfolgreich|delivered|delivrd|zugestellt|completed|done|"
    r"übertragen|relayed|expanded|"
    r"accepted|(?:status )?0|25\d(?:[ -].*)?)(?:[\s,.(].{0,80})?",
    re.IGNORECASE,
)
_REASON_BELOW = re.compile(r"(?<![^\W_])(?:because|weil|reason|grund|error|fehler)\s?:\s*$", re.IGNORECASE)
"""The end of a line whose next one is the reason: `was not completed because:`."""
_LED = re.compile(r"\{LED=([^{}]{3,500})\}")
"""The last error in a message tracking log of Exchange."""
_MACHINE = re.compile(
    r"^\s*\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\s+\d{1,2}:\d\d(?: ?[AP]M)?\s+(?:FAX|"
    r"TEL)[.:]?\s+([+(]?\d[\d ()/-]{5,25}?)(?:\s{2,}.*)?$"
)
"""The line that a machine prints on each page: time, own number, name."""
_SHORTEST_TABLE = 2
_TITLE = 6
"""Lines above a table that may say what it is of."""
_ABOVE = 20
"""Lines above a list that may say what its transactions have in common."""
_RULER = re.compile(r"^[-=_+|*.\s]{5,300}$")
_NO_PART = frozenset("seiten pages dauer duration nr nr. no no. # nummer number name größe size".split())
"""Headings that neither make a line headings nor keep it from being them."""
_BLANKS = "  "
"""Separator of columns that are aligned."""


_OF_REPORTS = {
    label: part
    for part, labels in {
        "status": "übertr|übertragung",
        "when": "beginn|start|begin|gestartet|started|st. time|st time",
        "recipient": "number|nummer|fax|telefon|phone|fax an|fax to|gefaxt an",
    }.items()
    for label in labels.split("|")
}
"""Labels that mean a transaction's part in a report of faxes or SMS only."""


def family_of(text: str) -> str:
    """`fax` or `sms`, where a report's words say so; empty otherwise."""
    return "fax" if _FAX.search(text) else "sms" if _SMS.search(text) else ""


def is_fine(status: str) -> bool:
    """True for a status of success."""
    return bool(_FINE.fullmatch(status.strip()))


# --- records of labelled lines


@dataclass
class _Record:
    first: int
    parts: dict[str, str] = field(default_factory=dict)

    labels: set[str] = field(default_factory=set)
    """Labels of the status's lines."""
    latest: str = ""
    """The latest moment: a machine's report begins with that of its printing and the machine's own number."""
    is_own_number: bool = False
    """True if the recipient was called just `FAX`, which is the machine's own number if another follows."""

    def takes(self, part: str, label: str) -> bool:
        """False for a line that begins the next record."""
        if part == "recipient" and self.is_own_number:
            return True
        return part not in self.parts or part == "when" or (part == "status" and label not in self.labels)

    def add(self, part: str, label: str, value: str) -> None:
        if part == "recipient":
            if self.is_own_number:
                self.parts |= {"sender": self.parts.pop("recipient"), "when": self.latest or self.parts.get("when", "")}
            self.is_own_number = label.casefold() == "fax" and not self.parts.keys() & {"recipient", "sender"}
        before = self.parts.setdefault(part, value)
        if part == "when" and _CLOCK.search(value.rpartition(" ")[2]) and " " in value:
            self.latest = value
        if part == "when" and _CLOCK.match(value) and (_DAY.fullmatch(before) or not _CLOCK.search(before)):
            self.parts["when"] = f"{before} {value}"  # the day, then its time of day
        if part == "status":
            is_new = bool(self.labels) and value not in before
            self.parts["status"] = f"{before}, {value}" if is_new else before
            self.labels.add(label)

    @property
    def is_whole(self) -> bool:
        return (
            bool(self.parts.keys() & {*ADDRESSES, "remote"})
            and "status" in self.parts
            and bool({"when", "job"} & self.parts.keys())
        )


def records(page: TextPage, known: IntakeContext, context: str = "") -> list[tuple[Transaction, str]]:
    """Transactions, one a line, each with its family; their lines are consumed. `context`: a subject, a name."""
    found = list[tuple[Transaction, str]]()
    if is_form(page):
        return found
    words = "\n".join([context, *(line for _, line in page.free())])
    family = family_of(words)
    is_inbound = family != "" and bool(_RECEIVED.search(words[:3000]))
    for record, last in _records(page, family):
        direction = direction_of(record.parts.get("direction", "")) or ("inbound" if is_inbound else "outbound")
        parts = parts_of(placed(record.parts, direction), known, family)
        if family:
            parts = {**_own_number(page, direction, known), **parts, "direction": direction}
        origin = {"fax": Origin.FAX_REPORT, "sms": Origin.SMS_REPORT}.get(family, Origin.DELIVERY_REPORT)
        found.append((Transaction(parts, page.source(origin, record.first), is_fine(parts["status"])), family))
        page.take(record.first, last)
    return found


def _own_number(page: TextPage, direction: str, known: IntakeContext) -> dict[str, str]:
    """The number of the machine that printed the report, as the part that it is."""
    printed = next(filter(None, (_MACHINE.match(line) for line in page.lines[:_ABOVE])), None)
    number = number_of_machine(printed[1], known.region) if printed else None
    return {"inbound" if direction == "inbound" else "sender": number} if number else {}


def _records(page: TextPage, family: str) -> Iterator[tuple[_Record, int]]:
    record, last = _Record(0), 0
    for number, line in list(page.free()):
        labelled = _LABELLED.match(line.strip())
        if labelled and _BLANKS in labelled[1]:  # the colon is part of the value in the second column
            labelled = None
        label, value = (labelled[1], labelled[2] or labelled[3]) if labelled else _columns(line, family)
        part = _part(label, family)
        if family and _REASON_BELOW.search(line):
            part, label = "status", "reason"
            value = next((each for each in page.lines[number + 1 : number + 4] if each.strip()), "")
        if label.casefold() == "recipientstatus" and (led := _LED.search(value)):
            part, value = "status", led[1]
        if not part or not value or (label.casefold() == "source" and value.isupper()):
            continue
        if not record.takes(part, label):
            if record.is_whole:
                yield record, last
            record = _Record(number)
        record.first = record.first if record.parts else number
        record.add(part, label, " ".join(value.split()))
        last = number + 1
    if record.is_whole:
        yield record, last


def _columns(line: str, family: str) -> tuple[str, str]:
    """A label and its value, which blanks keep apart, a number by one blank; empty unless it is a report."""
    cells = with_tabs(line).split("\t", 1) if family else []
    if len(cells) == 1 and (found := _LABEL_AND_NUMBER.match(line)):
        return found[1], found[2]
    return (cells[0].rstrip(" :.") or "", cells[1]) if len(cells) > 1 else ("", "")


def _part(label: str, family: str) -> str:
    return heading_part(label) or (_OF_REPORTS.get(label.strip().casefold(), "") if family else "")


def common_parts(page: TextPage, before: int, known: IntakeContext, family: str) -> dict[str, str]:
    """Sender, job and time of all transactions, from labelled lines above their list."""
    texts = dict[str, str]()
    for line in page.lines[max(0, before - _ABOVE) : before]:
        labelled = _LABELLED.match(line.strip())
        part = _part(labelled[1].rsplit(_BLANKS, 1)[-1], family) if labelled else ""
        if labelled and part in {"sender", "job", "when", "local"}:
            texts[part] = " ".join((labelled[2] or labelled[3]).split())
    own = {"local": address(texts.pop("local"), known.region)} if "local" in texts else {}
    return {**(parts_of(texts, known, family) if texts else {}), **own}


def parts_of(texts: Mapping[str, str], known: IntakeContext, family: str) -> dict[str, str]:
    at = read_moment(texts.get("when", ""), known.zone, known.now)
    ids = (("message_id", "Message-ID"), ("queue", "Queue ID"), ("job", "Message-ID" if family == "sms" else "Job ID"))
    parts = {part: address(texts[part], known.region) for part in ADDRESSES if part in texts}
    parts |= {
        "when": str(int(at.timestamp())) if at else "",
        "status": texts.get("status", "")[:500],
        "log": "\n".join([f"{name}: {texts[part]}" for part, name in ids if part in texts]),
    }
    return {part: text for part, text in parts.items() if text}


# --- tables


def tables(
    page: TextPage, known: IntakeContext, context: str = "", *, is_one: bool = False
) -> list[tuple[Transaction, str]]:
    """Transactions of the tables on the page, each with its family; their lines are taken.

    `is_one`: the page is one table, however few of its headings are known.
    """
    found = list[tuple[Transaction, str]]()
    for first, last in [(0, len(page.lines))] if is_one else _blocks(page):
        table = read_table("\n".join(page.lines[first:last]), known.zone, known.region, known.now)
        if table and table.headings and any(row.parts.get("status") for row in table.rows):
            above = page.lines[max(0, first - _TITLE) : first]
            title = " ".join((context, page.name, *table.headings, *above))
            family = family_of(title)
            common = common_parts(page, first, known, family)
            read = _of_table(table, page, first, family, is_inbound=bool(_RECEIVED.search(title)))
            found += [(replace(each, parts=_with_common(each.parts, common)), of) for each, of in read]
            page.take(first, last)
    return found


def _with_common(parts: Mapping[str, str], common: Mapping[str, str]) -> dict[str, str]:
    """The parts of a row with those of all; the machine's own number is the sender's or the one that received."""
    own = common.get("local", "")
    shared = {part: text for part, text in common.items() if part != "local"}
    if own:
        shared["inbound" if parts.get("direction") == "inbound" else "sender"] = own
    if (
        parts.get("direction") == "inbound"
        and "sender" not in parts
        and "recipient" not in parts
        and "inbound" in parts
        and own
    ):
        return {**shared, **parts, "sender": parts["inbound"], "inbound": own}
    return {**shared, **parts}


def _blocks(page: TextPage) -> Iterator[tuple[int, int]]:
    """Runs of lines with the same separator, the first of which may be headings."""
    start, separator = 0, ""
    for number in range(len(page.lines) + 1):
        line = page.lines[number] if number < len(page.lines) and number not in page.taken else ""
        if separator and (separator in line.strip() or (number < len(page.lines) and _RULER.match(line))):
            continue
        if separator and number - start >= _SHORTEST_TABLE:
            yield start, number
        start, separator = number, (separator_of(line) or _BLANKS) if _may_be_headings(line) else ""


def _may_be_headings(line: str) -> bool:
    line = with_tabs(line) if is_aligned(line) else line
    separator = separator_of(line)
    if not separator:
        return False
    cells = [cell.strip(' "') for cell in line.split(separator)[:60]]
    named = [cell for cell in cells if cell.casefold() not in _NO_PART]
    known = sum(bool(heading_part(cell)) for cell in named)
    return known > 0 and known * 2 >= len(named)


def _family_by_addresses(parts: Mapping[str, str]) -> str:
    """`sms` for a sender in letters and a recipient's number."""
    sender, recipient = parts.get("sender", ""), parts.get("recipient", "")
    return "sms" if sender.isalpha() and recipient.startswith("+") else ""


def _of_table(
    table: TransactionTable, page: TextPage, first: int, family: str, *, is_inbound: bool
) -> Iterator[tuple[Transaction, str]]:
    has_sides = bool({"remote", "local"} & set(table.columns)) and "direction" not in table.columns
    for row in table.rows:
        if "status" in row.parts and row.parts.keys() & set(ADDRESSES):
            family = family or _family_by_addresses(row.parts)
            parts = {**({"direction": "outbound"} if family else {}), **row.parts}
            if family and is_inbound and has_sides:  # the other side sent it
                sides = {"sender": parts.pop("recipient", ""), "inbound": parts.pop("sender", "")}
                parts |= {"direction": "inbound", **{part: text for part, text in sides.items() if text}}
            if family == "sms" and "log" in parts:
                parts["log"] = parts["log"].replace("Job ID: ", "Message-ID: ")
            where = page.source(Origin.TABLE, min(first + row.line - 1, len(page.lines) - 1))
            yield Transaction(parts, where, is_fine(parts["status"])), family
