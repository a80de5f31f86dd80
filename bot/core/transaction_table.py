"""Read a pasted table or a CSV file of affected transactions into the parts a ticket keeps of each.

Columns are found by their headings, German or English, or by what stands in them. The parts are those of the form:
`when` (Unix seconds), `direction`, `sender`, `recipient`, `inbound`, `status`, `log`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from zoneinfo import ZoneInfo

from bot.core.characters import plain
from bot.core.cleaning import clean_line, clean_text, shorten_middle
from bot.core.i18n import mark, t
from bot.core.moments import read_moment
from bot.core.telephone import number_of_machine
from bot.core.transaction_headings import column_parts

MAX_TRANSACTIONS = 50
ADDRESSES = ("sender", "recipient", "inbound")
_MAX_WORDS: Mapping[str, int] = {"sender": 300, "recipient": 300, "inbound": 100, "status": 500, "log": 3000}
"""Maximum length of each part."""

_ID_NAMES = {"message_id": "Message-ID", "queue": "Queue ID", "job": "Job ID"}
_DIRECTIONS = {
    "outbound": "outbound|out|s|outgoing|sent|senden|ausgehend|ausgang|gesendet|send|tx|xmt",
    "inbound": "inbound|in|e|r|empf|incoming|received|receive|eingehend|eingang|empfangen|empfang|recv|rcv|rx",
}
_DIRECTION = {word: direction for direction, words in _DIRECTIONS.items() for word in words.split("|")}
_COLUMNS_APART = re.compile(r"(?<=\S) {2,}(?=\S)")
"""The gap between two columns of a report that is aligned by blanks."""
_FEWEST_GAPS = 2
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_NUMBER = re.compile(r"[+(]?\d[\d\s()/.-]{4,30}")
_TYPED = re.compile(r"^(?:smtp|x-[\w-]{1,20}); ?", re.IGNORECASE)
_TRACED = re.compile(r"##(\w{2,30})$")
"""`b@target.example##Failed`: recipient and status in one cell, in a message trace of Exchange."""
_SHORTEST_NUMBER = 7
_MAX_ROWS, _MAX_COLUMNS = 5000, 60
"""Maximum size of a table that is read."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    line: int
    """Line number in the text, from 1."""
    parts: Mapping[str, str]
    faults: tuple[str, ...] = ()
    """Sentences on the faults of the line."""


@dataclass(frozen=True)
class TransactionTable:
    """Table parsed from a text."""

    columns: tuple[str, ...]
    """The part of each column; empty for a column without one."""
    headings: tuple[str, ...]
    """The headings as written; empty without a line of headings."""
    rows: tuple[Row, ...]


def address(text: str, region: str | None) -> str:
    """An e-mail address, or a telephone number as it is dialled from abroad; anything else as it stands."""
    found = _ADDRESS.search(text)
    if found:
        return found[0].lstrip("{'`|")
    text = clean_line(text)
    return (number_of_machine(text, region) or text) if _NUMBER.fullmatch(plain(text)) else text


def placed(texts: Mapping[str, str], direction: str) -> dict[str, str]:
    """The texts with the other party in its place: the sender of what came in, else the recipient."""
    found = dict(texts)
    if "remote" in found:
        found.setdefault("sender" if direction == "inbound" else "recipient", found.pop("remote"))
    if "local" in found:
        found.setdefault("inbound" if direction == "inbound" else "sender", found.pop("local"))
    if direction == "inbound" and "inbound" not in found and {"sender", "recipient"} <= found.keys():
        found["inbound"] = found.pop("recipient")
    return found


def direction_of(text: str) -> str:
    """`outbound` or `inbound`; empty for anything else."""
    return _DIRECTION.get(plain(text).strip(" .*").casefold(), "")


def transactions(text: str, zone: ZoneInfo, region: str | None, now: datetime) -> tuple[dict[str, str], ...]:
    """The transactions of a pasted table, as the form keeps them; `ValueError` with every fault, each with its line.

    `zone`: of times without one; `region`: the country of numbers without a country code.
    """
    table = read_table(text, zone, region, now)
    if table is None or not table.rows:
        raise ValueError(
            t("No transactions were read. Paste a table with a line of headings: Timestamp, Sender, Recipient, Status.")
        )
    if len(table.rows) > MAX_TRANSACTIONS:
        raise ValueError(
            t(
                "These are {count} transactions; at most {most} fit. Choose the most telling ones.",
                count=len(table.rows),
                most=MAX_TRANSACTIONS,
            )
        )
    faults = [t("Line {line}: {fault}", line=row.line, fault=fault) for row in table.rows for fault in row.faults]
    if faults:
        raise ValueError("\n".join(faults))
    return tuple(dict(row.parts) for row in table.rows)


def as_answers(found: Sequence[Mapping[str, str]], first: int = 1) -> dict[str, str]:
    """The answers of the form: `example.1.when`, …; numbered from `first`."""
    return {
        f"example.{number}.{part}": text for number, parts in enumerate(found, first) for part, text in parts.items()
    }


def as_table(found: Iterable[Mapping[str, str]], limit: int) -> tuple[str, int]:
    """Transactions as a table that `transactions` reads, of at most `limit` characters, and how many it has."""
    lines = [";".join(_COLUMNS)]
    length = len(lines[0])
    for parts in found:
        cells = io.StringIO()
        csv.writer(cells, delimiter=";", lineterminator="").writerow([_cell(parts, part) for part in _COLUMNS.values()])
        length += 1 + len(cells.getvalue())
        if length > limit:
            break
        lines.append(cells.getvalue())
    return ("\n".join(lines), len(lines) - 1) if len(lines) > 1 else ("", 0)


_COLUMNS = {
    "Timestamp": "when",
    "Direction": "direction",
    "Sender": "sender",
    "Recipient": "recipient",
    "Inbound number": "inbound",
    "Status": "status",
    "Log": "log",
}


def _cell(parts: Mapping[str, str], part: str) -> str:
    text = parts.get(part, "")
    if part == "when" and text:
        return f"{datetime.fromtimestamp(int(text), UTC):%Y-%m-%d %H:%M:%S} UTC"
    return clean_line(text)


def is_complete(parts: Mapping[str, str]) -> bool:
    """True for a transaction that the form takes: a moment, a status and one address, each not too long."""
    return not _checked(Row(0, parts), parts).faults


def read_table(text: str, zone: ZoneInfo, region: str | None, now: datetime) -> TransactionTable | None:
    """The table as written, faulty rows too; None for text that is no table of transactions. Linear."""
    cells = list(islice(_cells(clean_text(text)), _MAX_ROWS))
    if not cells or len(cells[0][1]) > _MAX_COLUMNS:
        return None
    names = column_parts(cells[0][1], cells[1][1] if len(cells) > 1 else (), _is_dialled)
    has_headings = bool({"when", "status", *ADDRESSES} & set(names)) and len(set(filter(None, names))) > 1
    if has_headings:
        reader = _Reader(names, tuple(cells[0][1]), zone, region, now)
        return TransactionTable(names, tuple(cells[0][1]), tuple(map(reader.row, cells[1:])))
    guessed = _guessed(cells[0][1], zone, now)
    if guessed is None:
        return None
    reader = _Reader(guessed, (), zone, region, now)
    return TransactionTable(guessed, (), tuple(map(reader.row, cells)))


def _is_dialled(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(plain(cell))) and sum(map(str.isdigit, cell)) >= _SHORTEST_NUMBER


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if is_aligned(first):
        heads, first = first, with_tabs(first)
        lines = [_in_columns(each, first, heads) for each in lines]
    separator = separator_of(first)
    if not separator:
        return
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator, skipinitialspace=True)
    line = 1
    try:
        for row in reader:
            cells = [clean_line(each) for each in row[: _MAX_COLUMNS + 1]]
            if any(each.strip("-=: ") for each in cells):
                yield line, cells[1:-1] if separator == "|" and not cells[0] else cells
            line = reader.line_num + 1
    except csv.Error:
        return


def _in_columns(line: str, first: str, heads: str) -> str:
    """The cells of a row with tabs between them; empty for a line that does not fit.

    `first`, `heads`: the headings with tabs, and as they stand. A row with another number of gaps is cut where the
    headings begin, if it is blank before each of those places.
    """
    row = with_tabs(line)
    if row.count("\t") == first.count("\t"):
        return row
    starts = [0, *(found.end() for found in _COLUMNS_APART.finditer(heads))]
    if any(line[at - 1 : at].strip() for at in starts[1:]) or len(line) <= starts[-1]:
        return ""
    return "\t".join(line[at:end].strip() for at, end in zip(starts, [*starts[1:], None], strict=True))


def separator_of(line: str) -> str:
    """Separator between the cells of this line; empty when it has no cells."""
    counts = {each: line.count(each) for each in "\t;|,"}
    return next((each for each in "\t;|," if counts[each] and (each != "," or not counts[";"])), "")


def with_tabs(line: str) -> str:
    """The line with a tab in each gap between columns that are aligned by blanks."""
    return _COLUMNS_APART.sub("\t", line.strip())


def is_aligned(line: str) -> bool:
    """True for a line whose columns are aligned by blanks, without another separator."""
    return not separator_of(line) and len(_COLUMNS_APART.findall(line)) >= _FEWEST_GAPS


def _guessed(cells: Sequence[str], zone: ZoneInfo, now: datetime) -> tuple[str, ...] | None:
    """The parts without headings: a moment, one or two addresses, and the rest is the status."""
    names = list[str]()
    for cell in cells:
        if "when" not in names and read_moment(cell, zone, now):
            names.append("when")
        elif "recipient" not in names and (_ADDRESS.fullmatch(cell) or _NUMBER.fullmatch(plain(cell))):
            names.append("recipient" if "sender" in names else "sender")
        else:
            names.append("status" if "status" not in names and "sender" in names else "")
    return tuple(names) if {"when", "sender", "status"} <= set(names) else None


@dataclass(frozen=True)
class _Reader:
    """Reads the rows below these headings."""

    names: tuple[str, ...]
    headings: tuple[str, ...]
    zone: ZoneInfo
    region: str | None
    now: datetime

    @cached_property
    def in_utc(self) -> bool:
        return any(
            re.search(r"(?<![^\W_])(?:utc|gmt)(?![^\W_]|\s?[+-])", each, re.IGNORECASE) for each in self.headings
        )

    def row(self, numbered: tuple[int, Sequence[str]]) -> Row:
        line, cells = numbered
        texts = dict[str, str]()
        for name, cell in zip(self.names, cells, strict=False):
            if name and cell:
                texts[name] = self._joined(name, texts.get(name, ""), cell)
        return _checked(Row(line, self._parts(texts)), texts)

    def _joined(self, name: str, before: str, cell: str) -> str:
        """Two cells of one part: the day and its time; a code and its words, of which one may say both."""
        if name == "when":
            is_whole = before and read_moment(before, self.zone, self.now)
            return before if is_whole else f"{before} {cell}".strip()
        cell = _TYPED.sub("", cell) if name == "status" else cell
        if before and before in cell:
            return cell
        return f"{before}, {cell}" if before else cell

    def _parts(self, texts: Mapping[str, str]) -> dict[str, str]:
        texts = placed(texts, direction_of(texts.get("direction", "")))
        parts = {part: address(texts[part], self.region) for part in ADDRESSES if part in texts}
        traced = _TRACED.search(texts.get("recipient", ""))
        at = read_moment(texts.get("when", ""), self.zone, self.now, in_utc=self.in_utc)
        ids = [f"{name}: {texts[part]}" for part, name in _ID_NAMES.items() if part in texts]
        parts |= {
            "when": str(int(at.timestamp())) if at else "",
            "direction": direction_of(texts.get("direction", "")),
            "status": texts.get("status", traced[1] if traced else ""),
            "log": "\n".join(filter(None, (*ids, texts.get("log", "")))),
        }
        if parts["direction"] == "inbound" and "inbound" not in parts and "recipient" in parts:
            parts["inbound"] = parts.pop("recipient")
        return {part: text for part, text in parts.items() if text}


_NO_MOMENT = mark("“{text}” is not a date and time that can be read. Write it like 27.08.2019 11:04.")
_NO_ADDRESS = mark("Name at least one: sending account, termination address or inbound number.")
_TOO_LONG = mark("“{text}” is {length} characters long; at most {most} fit.")


def _checked(row: Row, texts: Mapping[str, str]) -> Row:
    faults = list[str]()
    if "when" not in row.parts:
        typed = texts.get("when", "")
        faults.append(t(_NO_MOMENT, text=shorten_middle(typed, 30)) if typed else t("When did it happen?"))
    if "status" not in row.parts:
        faults.append(t("What was its status or error message?"))
    if not row.parts.keys() & set(ADDRESSES):
        faults.append(t(_NO_ADDRESS))
    for part, limit in _MAX_WORDS.items():
        length = len(row.parts.get(part, ""))
        if length > limit:
            faults.append(t(_TOO_LONG, text=shorten_middle(row.parts[part], 30), length=length, most=limit))
    return replace(row, faults=tuple(faults))
