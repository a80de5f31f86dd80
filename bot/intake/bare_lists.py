"""Lists without headings below the words of a report: a moment, a number and an outcome in each line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.moments import read_moment
from bot.core.telephone import number_of_machine
from bot.core.transaction_table import with_tabs
from bot.intake.model import IntakeContext, Origin, Transaction
from bot.intake.text_page import TextPage
from bot.intake.transmission_reports import common_parts, family_of, is_fine

_NUMBER = re.compile(r"[+(]?\d[\d\s()/.-]{5,30}")
_WORDS = re.compile(r"[^\W\d_].{1,200}")
_CELLS = 3


def transactions(page: TextPage, known: IntakeContext) -> Iterator[tuple[Transaction, str]]:
    """The transactions of such lines, each with its family; the lines are consumed."""
    family = family_of("\n".join(line for _, line in page.free()))
    for number, line in list(page.free()) if family else []:
        parts = _parts(line, known)
        if parts:
            parts = {"direction": "outbound", **common_parts(page, number, known, family), **parts}
            page.take(number, number + 1)
            yield Transaction(parts, page.source(Origin.LOG, number), is_fine(parts["status"])), family


def _parts(line: str, known: IntakeContext) -> dict[str, str]:
    cells = [each for each in re.split(r"\t|;|\|", with_tabs(line)) if each.strip()]
    if len(cells) != _CELLS:
        return {}
    moment, number, outcome = cells
    at = read_moment(moment, known.zone, known.now)
    dialled = number_of_machine(number, known.region) if _NUMBER.fullmatch(number.strip()) else None
    if not at or not dialled or not _WORDS.fullmatch(outcome.strip()):
        return {}
    return {"when": str(int(at.timestamp())), "recipient": dialled, "status": outcome.strip()}
