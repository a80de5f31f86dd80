"""Who is who, and who may speak for the partner?"""

from __future__ import annotations

from datetime import date

from bot.ticket import Level, Record


class Person(Record):
    """Somebody in Slack, as the workspace knows them."""

    id: str
    name: str
    zone: str = "UTC"
    """IANA time zone of their profile."""
    is_guest: bool = False
    is_external: bool = False
    """From another organisation, in a shared channel (Slack Connect)."""
    is_active: bool = True
    is_bot: bool = False

    @property
    def is_staff(self) -> bool:
        """A full, active member of the partner's own workspace: what every right presupposes (guide 2.1, 2.2)."""
        return self.is_active and not (self.is_guest or self.is_external or self.is_bot)


class Contact(Record):
    """A support contact of the partner, as registered (guide 2.1, 2.3)."""

    slack_user: str
    name: str
    email: str
    phone: str
    """E.164, e.g. `+498912345679`."""
    levels: tuple[Level, ...] = ()
    authorised_since: date | None = None
    attested_on: date | None = None
    """The day they attested to know the support processes (guide 2.3); no authorisation without it."""

    def is_authorised(self, level: Level, on: date) -> bool:
        """Whether they may speak to Retarus for that level on that day."""
        return (
            level in self.levels
            and self.authorised_since is not None
            and self.authorised_since <= on
            and self.attested_on is not None
            and self.attested_on <= on
        )
