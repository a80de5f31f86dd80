"""Log of views, exports and erasures of personal data."""

from __future__ import annotations

from pydantic import Field

from bot.model.ticket import Record, Utc


class Access(Record):
    """One entry of the log of views, exports and erasures of personal data."""

    at: Utc
    by: str
    """The account of the actor; `desk` for the daily job."""
    action: str = Field(validation_alias="what", serialization_alias="what")
    """Stored as `what`."""
    about: str = ""
    """A hash of the person, or how many tickets: never the person's name, which may have been erased."""
