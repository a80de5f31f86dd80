"""Log of who looked at, exported or erased personal data."""

from __future__ import annotations

from bot.model.ticket import Record, Utc


class Access(Record):
    """One entry of the log of who looked at, exported or erased personal data."""

    at: Utc
    by: str
    """The account of whoever did it; `desk` for the daily job."""
    what: str
    about: str = ""
    """A fingerprint of the person, or how many tickets: never the person's name, which may have been erased."""
