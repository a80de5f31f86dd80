"""Alerts to admins about the desk itself: a closed transport, a team that cannot be read. Each is sent once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from bot.config.settings import Config
from bot.core.clock import Clock, as_utc
from bot.core.i18n import speaking, t
from bot.model.notice import Notice, NoticeKind, notice_without_ticket
from bot.register.ports import ContactRegister
from bot.tickets.ports import Batch, ChangeStore
from bot.transports import Closure

SLACK, MAIL = "Slack", "E-mail"
"""Names of the transports."""

_RANK = 1
"""Rank in the outbox: before everything but the most urgent."""


@dataclass(frozen=True)
class Alerts:
    """Notifies admins of trouble, by a transport that works."""

    store: ChangeStore
    contacts: ContactRegister
    config: Config
    clock: Clock
    has_mail: bool
    wake: Callable[[], None] = lambda: None

    async def closed(self, closure: Closure) -> None:
        """Reports a closed transport, or one closed channel of it. Once an hour at most."""
        with speaking(self.config.desk.language):
            subject = t("{transport}: sending is on hold", transport=closure.transport)
            if closure.channel:
                subject = t("Sending to a channel is on hold")
            text = f"{closure.reason} {t('Messages to it wait, and are sent automatically once this is fixed.')}"
        key = f"{closure.transport}:{closure.channel}:{closure.since:%Y-%m-%dT%H}"
        is_slack = closure.transport == SLACK and not closure.channel
        recipients = await self._addresses() if is_slack else self.config.desk.admins
        await self._tell(key, subject, text, recipients, closure.channel)

    async def warn(self, about: str, text: str) -> None:
        """Reports any other fault. `about` names it: the same one is reported once a day."""
        with speaking(self.config.desk.language):
            subject = t("Something does not work")
        key = f"{about}:{self.clock():%Y-%m-%d}"
        await self._tell(key, subject, text, self.config.desk.admins)

    async def _addresses(self) -> list[str]:
        """E-mail addresses of admins, if the register has them."""
        admins = set(self.config.desk.admins)
        found = await self.contacts.contacts() if self.has_mail else []
        return [contact.email for contact in found if contact.slack_user in admins and contact.email]

    async def _tell(self, key: str, subject: str, text: str, recipients: Iterable[str], channel: str = "") -> None:
        at = as_utc(self.clock())
        body: dict[str, JsonValue] = {"subject": f"Partner Desk: {subject}", "text": text, "channel": channel}
        await self.store.apply(Batch(notices=[_alert(key, body, to, at) for to in recipients]))
        self.wake()


def _alert(key: str, body: dict[str, JsonValue], to: str, at: datetime) -> Notice:
    kind = NoticeKind.ALERT_MAIL if "@" in to else NoticeKind.ALERT
    body = {**body, "reply_to": to}
    notice = notice_without_ticket(kind, f"alert:{key}:{to}", to, at, body, lane=f"alert:{to}")
    return notice.model_copy(update={"rank": _RANK})
