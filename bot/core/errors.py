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
from collections.abc import Mapping


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
