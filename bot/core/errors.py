"""Exception hierarchy, with the recipient of each message.

DeskError
├── Refused            a person asked for what is not allowed; the text is a full sentence for that person
│   ├── NotNow         … because the ticket has moved on
│   ├── NotYours       … because somebody else must do it
│   └── Incomplete     … because answers are missing; carries them
├── Invalid            answers that cannot be taken; one sentence per field
├── Conflict           somebody else changed the ticket since it was read; read again and decide again
├── Duplicate          this very thing was done before; nothing was written
├── Unprinted          a report could not be printed now
├── StoreDown          the database cannot be written or read now; nothing was changed
│   ├── StoreDamaged   … because it is damaged, or its file was moved away; an admin must act
│   └── SaveInDoubt    … because the connection broke while saving; it may be changed or not
└── Misconfigured      a setting is wrong; says which, where, and what to write instead
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping


class DeskError(Exception):
    """Everything the desk raises on purpose."""


class Refused(DeskError):
    """The text is a full sentence for the person who asked: what is not allowed, who could do it, and what to do."""


class NotNow(Refused):
    """The ticket is in a stage that does not have this move."""


class NotYours(Refused):
    """The person lacks the right; the text names who has it."""


class Invalid(DeskError):
    """Invalid answers. `errors`: field key → sentence shown beside that field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(errors)))  # the keys only: answers may hold personal data
        self.errors = dict(errors)


class Overtaken(Invalid):
    """Answers that others changed meanwhile, and this person too."""

    def __init__(self, errors: Mapping[str, str], found: Mapping[str, str], newer: Iterable[str], version: int) -> None:
        super().__init__(errors)
        self.found = dict(found)
        """Field key → sentence with what the other person answered."""
        self.newer = frozenset(newer)
        """Keys of the others' answers that this person left as they were."""
        self.version = version
        """Version of the ticket with the others' answers."""


class Conflict(DeskError):
    """The ticket was changed by somebody else since it was read. Nothing was written."""


class Duplicate(DeskError):
    """A once-key of the batch is used up: this change was made before. Nothing was written."""


class Unprinted(DeskError):
    """A report could not be printed now. The text is a sentence with the reason, without the report's content."""


class StoreDown(DeskError):
    """The database cannot be reached, is locked for too long, full or read-only. Nothing was written."""


class Unreachable(StoreDown):
    """There is no connection to the database. Nothing was written."""


class StoreDamaged(StoreDown):
    """The database is damaged, or its file was moved away or replaced: an admin must act. Nothing was written."""


class SaveInDoubt(StoreDown):
    """The connection to the database broke while a change was saved: it may be written or not."""


class Misconfigured(DeskError):
    """A setting is wrong. The text names the place, the fault, and what to write instead."""


def place_of(error: BaseException) -> str:
    """Type and location of an error for a log, without its message, which may quote typed text."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


_LIBRARIES = frozenset(
    {"aiohttp", "aiosmtplib", "psycopg", "psycopg_pool", "slack_sdk", "smtplib", "imaplib", "sqlite3"}
)
"""Packages whose errors are trouble of Slack, a server or the network."""
_OWN_FAULTS = (
    "invalid_argument",
    "invalid_blocks",
    "invalid_form",
    "invalid_json",
    "missing_argument",
    "no_text",
    "view_",
)
"""Names of Slack's errors, by their beginning, for a call that is wrong."""


def trouble_of(error: BaseException) -> str:
    """Trouble of Slack, a server, the database or the network in a few words; empty for a fault of the desk's own."""
    if isinstance(error, StoreDown):
        return "the database cannot be used"
    package = type(error).__module__.partition(".")[0]
    if package not in _LIBRARIES and not isinstance(error, OSError):
        return ""
    answer = getattr(getattr(error, "response", None), "data", None) or getattr(error, "response", None)
    name = str(answer.get("error", "")) if isinstance(answer, dict) else ""
    if name.startswith(_OWN_FAULTS):
        return ""
    return f"Slack says {name}" if name else f"no answer ({type(error).__name__})"


def described(error: BaseException) -> str:
    """An error for a log: trouble of another service in a few words, and any other error with its location."""
    return trouble_of(error) or place_of(error)
