"""Turns a pasted or uploaded table of transactions into the answers of the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.config.settings import Config
from bot.core.cleaning import clean_text
from bot.core.errors import Invalid
from bot.core.i18n import many, t
from bot.core.secret_detection import free_of_secrets
from bot.core.transaction_table import MAX_TRANSACTIONS, as_answers, transactions
from bot.forms.validation import examples

PASTED = "transactions"
"""The key of the pasted text. It is no answer itself: its rows become answers."""
TABLE_FILE = "transactions.file"
"""The key of the text of an uploaded table, likewise."""
MODE = "transactions.mode"
"""The key of the choice for existing transactions: `ADD`, unless `REPLACE` is chosen."""
ADD, REPLACE = "add", "replace"
_MAX_FAULTS = 5
"""Number of listed faults; an error beside an input is short."""


def with_pasted(
    typed: Mapping[str, str], answers: Mapping[str, str], zone: ZoneInfo, config: Config, now: datetime
) -> dict[str, str]:
    """Typed answers, with the transactions of the pasted table as separate answers. `Invalid` with its faults.

    `answers`: those the ticket has. `zone`: of times without one.
    """
    rest = {key: text for key, text in typed.items() if key not in {PASTED, TABLE_FILE, MODE}}
    texts = {key: text for key in (PASTED, TABLE_FILE) if (text := clean_text(typed.get(key, "")))}
    if not texts:
        return rest
    if len(texts) > 1:
        raise Invalid({TABLE_FILE: t("Paste the table or upload it: only one of the two is read.")})
    ((source, text),) = texts.items()
    is_replacing = typed.get(MODE) == REPLACE
    there = examples({**answers, **rest})
    first = 1 if is_replacing else max(there, default=0) + 1
    try:
        found = transactions(free_of_secrets(text), zone, config.desk.phone_region, now)
    except ValueError as error:
        raise Invalid({source: _shortened(str(error))}) from error
    if first - 1 + len(found) > MAX_TRANSACTIONS:
        raise Invalid({source: _too_many(first - 1 + len(found))})
    gone = {key: "" for key in (*answers, *rest) if is_replacing and key.startswith("example.")}
    return {**rest, **gone, **as_answers(found, first)}


@contextmanager
def faults_with_table(typed: Mapping[str, str]) -> Iterator[None]:
    """Moves the faults of transactions from the table beside the table, as they have no inputs."""
    try:
        yield
    except Invalid as error:
        examples_given = examples(typed)
        pasted = [
            key
            for key in error.errors
            if key.startswith("example.")
            and (key not in typed or (_has_table(typed) and _number(key) not in examples_given))
        ]
        if not pasted:
            raise
        rest = {key: text for key, text in error.errors.items() if key not in pasted}
        lines = [t("Transaction {number}: {fault}", number=_number(key), fault=error.errors[key]) for key in pasted]
        source = TABLE_FILE if typed.get(TABLE_FILE) else PASTED
        raise Invalid({**rest, source: _shortened("\n".join(lines))}) from error


def _has_table(typed: Mapping[str, str]) -> bool:
    return bool(typed.get(PASTED) or typed.get(TABLE_FILE))


def _number(key: str) -> int:
    """The number of the transaction a field belongs to."""
    return int(key.split(".")[1])


def _shortened(faults: str) -> str:
    lines = faults.split("\n")
    more = len(lines) - _MAX_FAULTS
    return "\n".join([*lines[:_MAX_FAULTS], *([many("{count} more", "{count} more", more)] if more > 0 else [])])


def _too_many(count: int) -> str:
    return t(
        "With the existing ones, there would be {count} transactions; at most {most} fit.",
        count=count,
        most=MAX_TRANSACTIONS,
    )
