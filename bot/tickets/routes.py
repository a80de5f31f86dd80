"""The ways of notifications: to the desk's channels, and to Retarus."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.errors import Refused
from bot.core.i18n import t


@dataclass
class Routes:
    """Destinations of notifications: ids, resolved at startup. A channel that moves or is severed is followed."""

    desk: str
    """Channel id of the desk."""
    retarus: str = ""
    """Channel id of the escalation channel; empty: letters do not go there."""
    email: str = ""
    """Retarus Support's address; empty: letters do not go by e-mail."""
    reports: str = ""
    """Channel id of where the month's report goes; empty: to people."""
    severed: str = ""
    """Channel id of the escalation channel while it is severed: it is no way to Retarus then."""
    fallback: bool = False
    """True if letters go to the channel, and by e-mail if they cannot be delivered there."""

    @property
    def email_at_first(self) -> str:
        """The address that gets every letter; empty where e-mail is the second way."""
        return "" if self.fallback and self.retarus else self.email

    @property
    def no_way(self) -> str:
        """The reason why nothing can be sent to Retarus, with the ways out; empty if something can."""
        if self.retarus or self.email:
            return ""
        if self.severed:
            return t(
                "The channel is no longer shared with Retarus, and no e-mail address is set up: nothing can be sent "
                "from here, and every answer is kept. Use the EAS portal until an admin shares the channel again or "
                "enters `email` under [retarus] in desk.toml."
            )
        return t(
            "No way to Retarus is set up. An admin must enter `channel` or `email` under [retarus] in "
            "desk.toml; nothing was sent, and every answer is kept."
        )

    def require_a_way(self) -> None:
        """Raises `Refused` if no way to Retarus is set up."""
        if self.no_way:
            raise Refused(self.no_way)

    @property
    def ways(self) -> tuple[str, ...]:
        """Names of the ways of delivery in a sentence: it goes …"""
        if self.fallback and self.retarus and self.email:
            return (t("to the Retarus channel, or by e-mail to {address} where that fails", address=self.email),)
        return self.all_ways

    @property
    def all_ways(self) -> tuple[str, ...]:
        """The same for a message that is about no ticket: it goes every way at once."""
        channel = self.retarus and t("to the Retarus channel")
        mail = self.email and t("by e-mail to {address}", address=self.email)
        return tuple(way for way in (channel, mail) if way)
