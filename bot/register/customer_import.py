"""Import of end-customers and their people from a CSV file: all of them, or none and every fault with its line."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.config.settings import Config
from bot.core.company_names import spelling_key
from bot.core.errors import Invalid, Misconfigured
from bot.core.i18n import t
from bot.core.identifiers import fold, words_in
from bot.core.transaction_table import separator_of
from bot.forms.validators import CheckContext
from bot.model.contact import EndCustomer
from bot.register.customers import customer_called, read
from bot.register.ports import CustomerStore
from bot.tickets.ports import Batch

_COLUMNS: Mapping[str, str] = {
    heading: key
    for key, headings in {
        "name": "name|customer|customer name|company|company name|end-customer|kunde|endkunde|kundenname|firma|"
        "unternehmen",
        "tenants": "tenants|tenant|tenant id|tenant ids|ids|mandanten|mandant|mandanten-id|mandanten-ids|"
        "dedicated customer id",
        "agreement": "agreement|contract|vertrag|vereinbarung",
        "contacts": "contacts|contact|people|kontakte|kontakt|ansprechpartner",
        "language": "language|sprache",
        "also": "also|other names|andere namen|aliases",
    }.items()
    for heading in headings.split("|")
}
_LANGUAGES = {"de": "de", "deutsch": "de", "german": "de", "en": "en", "englisch": "en", "english": "en"}
_SEPARATOR = re.compile(r"sep=.\s*$", re.IGNORECASE)
"""A first line by which Excel is told the separator."""


async def import_customers(store: CustomerStore, config: Config, text: str, now: datetime) -> tuple[int, int]:
    """Saves the customers of the file; returns how many were new, and how many changed. Repeated, it changes nothing.

    A cell that is empty leaves what is saved. An entry that another one names as its other name is merged into it.
    `Misconfigured` with every fault.
    """
    found = _Import(store, CheckContext(now, config, {}))
    for line, typed in _rows(text):
        try:
            await found.take(typed)
        except Invalid as error:
            found.faults += [f"line {line}, {column}: {fault}" for column, fault in error.errors.items()]
    if found.faults:
        raise Misconfigured("\n".join(found.faults))
    changed = [each for key, each in found.customers.items() if found.saved.get(key) != each]
    await store.apply(Batch(customers=changed, forget_customers=sorted(found.merged)))
    new = sum(each.id not in found.saved for each in changed)
    return new, len(changed) - new


def unknown_columns(text: str) -> list[str]:
    """The headings of columns that are not imported though they have cells; empty for a file that cannot be read."""
    try:
        reader, _ = _reader(text)
        headings: list[str] = next(reader, [])
        filled = {number for cells in reader for number, cell in enumerate(cells) if cell.strip()}
    except csv.Error:
        return []
    named = ((number, each.strip() or f"column {number + 1}") for number, each in enumerate(headings))
    return list(dict.fromkeys(name for number, name in named if number in filled and _words(name) not in _COLUMNS))


@dataclass
class _Import:
    """The rows read so far. Dictionaries by the customer's key."""

    store: CustomerStore
    context: CheckContext
    customers: dict[str, EndCustomer] = field(default_factory=dict)
    saved: dict[str, EndCustomer] = field(default_factory=dict)
    """The saved entries."""
    keys: dict[str, str] = field(default_factory=dict)
    """Spelling of each name and other name → key."""
    merged: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    async def take(self, typed: Mapping[str, str]) -> None:
        """Adds a row; `Invalid` with its faults."""
        name = typed.get("name", "")
        entry = await self._named(name)
        others = await self._merged_into(entry, typed.get("also", ""))
        values = {**_filled(*others, *filter(None, [entry])), **typed}
        values["also"] = "\n".join([values.get("also", ""), *(each for other in others for each in other.also)])
        if entry and spelling_key(name) != spelling_key(entry.name):
            values["name"] = entry.name  # the row is about its other name
        elif entry and fold(name) != fold(entry.name):
            values["also"] += f"\n{entry.name}"  # tickets were raised under this spelling
        key = entry.id if entry else hashlib.sha256(fold(name).encode()).hexdigest()[:20]
        customer = read(values, key, self.context)
        for other in others:
            self.customers.pop(other.id, None)
            self.merged |= {other.id} & self.saved.keys()
        self.customers[key] = customer
        self.keys |= {spelling_key(each): key for each in (customer.name, *customer.also)}

    async def _named(self, name: str) -> EndCustomer | None:
        """The customer of this name or other name, as it is after the rows read so far."""
        key = self.keys.get(spelling_key(name), "")
        if not key:
            saved = await customer_called(self.store, name)
            if saved is None or saved.id in self.merged:
                return None
            key = saved.id
            self.saved.setdefault(key, saved)
        return self.customers.get(key) or self.saved.get(key)

    async def _merged_into(self, entry: EndCustomer | None, also: str) -> list[EndCustomer]:
        """The entries that these other names stand for. `Invalid` for a name of a third one."""
        found = list[EndCustomer]()
        for name in filter(words_in, also.split("\n")):
            other = await self._named(name)
            if other is None or other in found or (entry and other.id == entry.id):
                continue
            if spelling_key(other.name) != spelling_key(name):
                raise Invalid(
                    {"also": t("“{name}” is another name of “{other}” already.", name=name, other=other.name)}
                )
            found.append(other)
        return found


def _reader(text: str) -> tuple[Any, int]:
    """A reader of the rows from the headings on, and how many lines stand before them."""
    lines = text.lstrip("\ufeff").splitlines(keepends=True)
    before = next((number for number, line in enumerate(lines) if line.strip() and not _SEPARATOR.match(line)), 0)
    separator = (separator_of(lines[before]) if lines else "") or ","
    return csv.reader(lines[before:], delimiter=separator, skipinitialspace=True, strict=True), before


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and filled cells of each row. `Misconfigured` for a file that cannot be read."""
    reader, before = _reader(text)
    try:
        headings = [each.strip() for each in next(reader, [])]
        keys = [_COLUMNS.get(_words(each), "") for each in headings]
        if "name" not in keys:
            raise Misconfigured(
                "The first line must name the columns: name, tenants, agreement, contacts, also, language."
            )
        for key in filter(None, dict.fromkeys(keys)):
            if keys.count(key) > 1:
                same = ", ".join(f"“{each}”" for each, its in zip(headings, keys, strict=True) if its == key)
                raise Misconfigured(f"{same} are the same column, {key}: keep one of them.")
        for cells in reader:
            line = reader.line_num + before
            if any(map(str.strip, cells[len(keys) :])):
                raise Misconfigured(
                    f"line {line} has more cells than columns: quote a cell that has a “{reader.dialect.delimiter}”."
                )
            typed = {key: cell.strip() for key, cell in zip(keys, cells, strict=False) if key and cell.strip()}
            if typed:
                yield line, {key: _read_cell(key, cell) for key, cell in typed.items()}
    except csv.Error as error:
        raise Misconfigured(f"line {reader.line_num + before} cannot be read as CSV: {error}.") from error


def _words(heading: str) -> str:
    """A heading without signs: `Tenant(s)` is `tenants`."""
    return " ".join(re.sub(r"[^\w\s-]+", "", fold(heading)).split())


def _read_cell(key: str, cell: str) -> str:
    """A cell as the form has it: other names, separated by a bar, one per line; a language by its code."""
    if key == "also":
        return "\n".join(each.strip() for each in cell.split("|"))
    return _LANGUAGES.get(fold(cell), "") if key == "language" else cell


def _filled(*entries: EndCustomer) -> dict[str, str]:
    """Saved answers of these entries; the last one counts."""
    return {key: text for each in entries for key, text in _typed(each).items() if text}


def _typed(entry: EndCustomer) -> dict[str, str]:
    """The saved entry as its form has it."""
    known = {"tenants": ", ".join(entry.tenants), "agreement": entry.agreement, "contacts": entry.contacts}
    return {**known, "language": entry.language or "", "also": "\n".join(entry.also)}
