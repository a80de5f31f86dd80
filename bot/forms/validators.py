"""Checks of answers: each takes the typed text and returns the canonical text, or says what is wrong.

A check raises `ValueError` with one sentence for the person who typed. Canonical texts are what tickets keep:
moments as Unix seconds, lists one item per line, choices by their value, everything else as typed and cleaned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config.settings import Config
from bot.core.cleaning import clean_text, shorten_middle
from bot.core.clock import as_moment
from bot.core.fillers import Asked, is_reasoned_absence, require_substance
from bot.core.i18n import mark, t
from bot.core.identifiers import canonical_id, fold, split_ids, with_canonical_numbers
from bot.core.secret_detection import free_of_secrets
from bot.core.telephone import contact_lines


@dataclass(frozen=True)
class CheckContext:
    """Context of a check besides the text itself."""

    now: datetime
    config: Config
    answers: Mapping[str, str]
    """The other answers of the form, as typed or canonical."""
    has_files: bool = False
    """True if a file goes along with the ticket, so that “see attachment” points to something."""


Check = Callable[[str, CheckContext], str]

MAIN_ID = re.compile(r"[0-9]{5}([A-Z]{2})?")
TENANT_ID = re.compile(r"[0-9]{5}[A-Z]{2}|[0-9]{5}")
MAIN_ACCOUNT = mark("main account only")

MAX_REASON = 500
"""Characters of the reason for a priority."""
NONE = mark("none")
BY_MATRIX = mark("from impact and urgency")
"""The reason for the priority that `[matrix]` proposes."""

_FAR_PAST = timedelta(days=366)


def in_readers_language(answer: str) -> str:
    """Words that are saved in English, in the reader's language; others as they are."""
    return t(answer) if answer in {NONE, MAIN_ACCOUNT, BY_MATRIX} else answer


def words(text: str, context: CheckContext) -> str:
    """Any text with content, free of secrets. Refuses blank and filler words, and references to a missing file."""
    return require_substance(free_of_secrets(clean_text(text)), has_files=context.has_files)


def reason(text: str, context: CheckContext) -> str:
    """`words`, with an error message that fits a reason."""
    return require_substance(free_of_secrets(clean_text(text)), Asked.REASON, has_files=context.has_files)


def status(text: str, context: CheckContext) -> str:
    """`words`, for the status of a transaction."""
    return clean_text(text) if fold(text) in _STATUSES else words(text, context)


_STATUSES = frozenset({"pending", "open", "offen", "ausstehend", "in progress", "in bearbeitung"})


def words_or_none(text: str, context: CheckContext) -> str:
    """`words`, where “none” is an answer too."""
    return NONE if fold(text) in {NONE, "no", "keine", "keiner", "keines", "nein"} else words(text, context)


def numbers_or_words(text: str, context: CheckContext) -> str:
    """`words`; ticket numbers, Retarus's and our own, are saved in one spelling."""
    found = words(text, context)
    return with_canonical_numbers(found, context.config.retarus.rcr_pattern, context.config.desk.prefix)


def numbers_or_none(text: str, context: CheckContext) -> str:
    """`numbers_or_words`, where “none” is an answer too."""
    found = words_or_none(text, context)
    return found if found == NONE else numbers_or_words(found, context)


def main_id(text: str, context: CheckContext) -> str:  # noqa: ARG001
    """Five digits, and two letters where the ID has them (guide, section 4: e.g. 73125)."""
    text = canonical_id(text)
    if not MAIN_ID.fullmatch(text):
        raise ValueError(t("A main customer ID has five digits, some with two letters after them: 73125, 12345RS."))
    return text


def tenants(text: str, context: CheckContext) -> str:  # noqa: ARG001
    """IDs by comma, space, slash or line, each five digits and two letters; or “main account only”."""
    if fold(text) in {MAIN_ACCOUNT, "main account", "main only", "nur hauptkonto", "hauptkonto"}:
        return MAIN_ACCOUNT
    if is_reasoned_absence(text):
        return free_of_secrets(clean_text(text))
    ids = split_ids(text)
    wrong = [part for part in ids if not TENANT_ID.fullmatch(part)]
    if wrong or not ids:
        how = t(
            "IDs have five digits, most with two letters after them: 12345RS, 23456RS. Or: {none}.",
            none=t(MAIN_ACCOUNT),
        )
        raise ValueError(f"{t('“{part}” is not an ID.', part=shorten_middle(wrong[0], 30))} {how}" if wrong else how)
    return "\n".join(ids)


def moment(text: str, context: CheckContext) -> str:
    """Unix seconds, not in the future and not more than a year ago."""
    at = as_moment(text)
    if at is None:
        raise ValueError(t("Pick a date and a time."))
    if at > context.now + timedelta(minutes=1):
        raise ValueError(t("This is in the future. Pick when it really happened."))
    if at < context.now - _FAR_PAST:
        raise ValueError(
            t("This is more than a year ago. Pick the right year, or describe it in words under DESCRIPTION.")
        )
    return str(int(at.timestamp()))


def end(text: str, context: CheckContext) -> str:
    """A moment that is not before the start."""
    text = moment(text, context)
    start = as_moment(context.answers.get("start", ""))
    if start and int(text) < start.timestamp():
        raise ValueError(t("The end is before the start. Correct one of the two, or leave the end empty: ongoing."))
    return text


def contacts(text: str, context: CheckContext) -> str:
    """One person per line, a name and one or several telephone numbers, written as they are dialled from abroad."""
    return contact_lines(free_of_secrets(clean_text(text)), context.config.desk.phone_region)
