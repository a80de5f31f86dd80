"""Import of end-customers and their people from a CSV file: all of them, or none and every fault with its line."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.config.settings import Config
from bot.core.errors import Invalid, Misconfigured
from bot.core.identifiers import fold
from bot.core.transaction_table import separator_of
from bot.forms.validators import CheckContext
from bot.model.contact import EndCustomer
from bot.register.customers import customer_called, read
from bot.register.ports import CustomerStore
from bot.register.spelling import spelling_key
from bot.tickets.ports import Batch

_COLUMNS: Mapping[str, str] = {
    heading: key
    for key, headings in {
        "name": "name|customer|end-customer|kunde|endkunde|kundenname",
        "tenants": "tenants|tenant|ids|mandanten|mandant|dedicated customer id",
        "agreement": "agreement|contract|vertrag|vereinbarung",
        "contacts": "contacts|contact|people|kontakte|kontakt|ansprechpartner",
        "also": "also|other names|andere namen|aliases",
    }.items()
    for heading in headings.split("|")
}


async def import_customers(store: CustomerStore, config: Config, text: str, now: datetime) -> tuple[int, int]:
    """Saves the customers of the file; returns how many were new, and how many changed. Repeated, it changes nothing.

    A cell that is empty leaves what is saved. `Misconfigured` with every fault.
    """
    customers, known, faults = dict[str, EndCustomer](), dict[str, EndCustomer](), list[str]()
    for line, typed in _rows(text):
        name = spelling_key(typed.get("name", ""))
        saved = None if name in customers else await customer_called(store, typed.get("name", ""))
        entry = customers.get(name) or saved
        key = entry.id if entry else hashlib.sha256(fold(typed.get("name", "")).encode()).hexdigest()[:20]
        try:
            customers[name] = read({**_typed(entry), **typed}, key, CheckContext(now, config, {}))
        except Invalid as error:
            faults += [f"line {line}, {column}: {fault}" for column, fault in error.errors.items()]
        if saved:
            known[name] = saved
    if faults:
        raise Misconfigured("\n".join(faults))
    changed = [each for name, each in customers.items() if known.get(name) != each]
    await store.apply(Batch(customers=changed))
    new = sum(spelling_key(each.name) not in known for each in changed)
    return new, len(changed) - new


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and filled cells of each row. `Misconfigured` for a file without a column of names."""
    lines = text.lstrip("\ufeff").splitlines(keepends=True)
    separator = separator_of(lines[0]) if lines else ""
    reader = csv.reader(lines, delimiter=separator or ",", skipinitialspace=True)
    keys = [_COLUMNS.get(fold(each), "") for each in next(reader, [])]
    if "name" not in keys:
        raise Misconfigured("The first line must name the columns: name, tenants, agreement, contacts, also.")
    for cells in reader:
        typed = {key: cell.strip() for key, cell in zip(keys, cells, strict=False) if key and cell.strip()}
        if typed:
            yield reader.line_num, {key: _several(key, cell) for key, cell in typed.items()}


def _several(key: str, cell: str) -> str:
    """Other names of one cell, separated by a bar, one per line."""
    return "\n".join(each.strip() for each in cell.split("|")) if key == "also" else cell


def _typed(entry: EndCustomer | None) -> dict[str, str]:
    """The saved entry as its form has it."""
    if entry is None:
        return {}
    known = {"tenants": ", ".join(entry.tenants), "agreement": entry.agreement, "contacts": entry.contacts}
    return {**known, "language": entry.language or "", "also": "\n".join(entry.also)}
