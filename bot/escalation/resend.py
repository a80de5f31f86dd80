"""Resends undelivered notices, after the same checks as the first time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.config.settings import Config
from bot.core.clock import Clock, as_utc
from bot.core.errors import Conflict, NotNow, NotYours, Refused
from bot.core.i18n import t
from bot.escalation import letter as letters
from bot.escalation.fallback import has_fallback
from bot.escalation.rewriting import RewrittenLetter, changes_facts, in_place_of, rewritten
from bot.model.letter_text import LetterText
from bot.model.notice import Letter, Notice, NoticeKind
from bot.model.ticket import Event, Stage, Ticket
from bot.model.transitions import Move, Step, change, event
from bot.outbox import DeliveryLog
from bot.register.contacts import Register
from bot.tickets import notifications, permissions
from bot.tickets.changes import Change, Changes
from bot.tickets.once import apply_once
from bot.tickets.ports import Batch, Directory, TicketStore
from bot.tickets.queries import Queries
from bot.tickets.reference import reference

_NEWEST = 500
_REQUESTS = frozenset({NoticeKind.REQUEST_POST, NoticeKind.REQUEST_MAIL})


@dataclass(frozen=True)
class Resend:
    """Retries a dead notice. What goes to Retarus is checked as for a first delivery."""

    changes: Changes
    queries: Queries
    register: Register
    store: TicketStore
    deliveries: DeliveryLog
    directory: Directory
    config: Config
    clock: Clock

    async def try_again(self, key: str, by: str) -> bool:
        """Sends a dead notice once more.

        False when it is not dead (any more), went by the other way, or a newer letter has gone since.

        To Retarus only authorised contacts send, checked now, with Slack asked again (guide 2.1): who clicks, and in
        whose name it was written. It must still be with them. `Conflict` when its facts have changed since: see
        `rewritten`.
        """
        permissions.require_part(await self.queries.actor(by))
        letter = await self._stored(key)
        if letter.state != "dead" or await has_fallback(letter, self.deliveries):
            return False
        if letter.notice.kind in _REQUESTS:
            await self._require_sender(by)
            await self._require_declarant(str(letter.notice.body.get("declarant") or by))
            if self._is_severed(letter.notice):
                self.changes.routes.require_a_way()
                words = t("The channel is no longer shared with Retarus. Request it again: it then goes by e-mail.")
                raise NotNow(words)
        if letter.notice.kind in notifications.TO_RETARUS and not await self._may_go(letter.notice, by):
            return False
        if letter.notice.kind in notifications.TO_RETARUS:
            ticket = await self.queries.ticket(letter.notice.ticket_id)
            if await self._text_now(letter.notice, ticket):
                raise Conflict
        if self._is_severed(letter.notice):
            ticket = await self.queries.ticket(letter.notice.ticket_id)
            mail = await self._by_mail(letter.notice, ticket)
            is_new = await apply_once(self.store, Batch(notices=[mail], once=[f"{mail.key}:instead"]))
            self.changes.wake()
            return is_new
        revived = await self.deliveries.revive(key, as_utc(self.clock()))
        self.changes.wake()
        return revived

    def _is_severed(self, notice: Notice) -> bool:
        """True for a message to the channel that is no longer shared: nobody of Retarus would read it."""
        return bool(notice.to) and notice.to == self.changes.routes.severed

    async def _by_mail(self, notice: Notice, ticket: Ticket) -> Notice:
        """The same message by e-mail, in place of one to a severed channel. Refuses where it went that way already."""
        self.changes.routes.require_a_way()
        mail = notifications.by_mail_instead(notice, ticket, self.changes.routes.email, as_utc(self.clock()))
        if await self.deliveries.letter(mail.key):
            raise NotNow(t("The channel is no longer shared with Retarus. Its e-mail has a receipt of its own."))
        return mail

    async def _stored(self, key: str) -> Letter:
        """The letter; refuses one that was forgotten with its ticket's personal data, or after a time."""
        letter = await self.deliveries.letter(key)
        if letter is None:
            raise Refused(t("This letter is no longer stored."))
        return letter

    async def messages_of(self, ticket: Ticket) -> list[Letter]:
        """The newest messages of a ticket, with how their deliveries ended."""
        return await self.deliveries.letters(ticket_id=ticket.id, limit=_NEWEST)

    async def rewritten(self, key: str, by: str) -> RewrittenLetter | None:
        """The letter as it would go now, to be shown first; none when it can be tried again as it was."""
        permissions.require_part(await self.queries.actor(by))
        letter = await self.deliveries.letter(key)
        if letter is None or letter.state != "dead" or letter.notice.kind not in notifications.TO_RETARUS:
            return None
        ticket = await self.queries.ticket(letter.notice.ticket_id)
        text = await self._text_now(letter.notice, ticket)
        if text is None or await has_fallback(letter, self.deliveries):
            return None
        if not await self._may_go(letter.notice, by):
            return None
        is_severed = self._is_severed(letter.notice)
        notice = await self._by_mail(letter.notice, ticket) if is_severed else letter.notice
        return RewrittenLetter(notice, ticket, text)

    async def _text_now(self, notice: Notice, ticket: Ticket) -> LetterText | None:
        """The letter with the facts of all its tickets as they are now; none when they are the same."""
        return rewritten(notice, ticket, self.config, await self.queries.led_by(ticket))

    async def send_rewritten(self, key: str, by: str, form: str, seen: int) -> Ticket:
        """Sends the letter with the facts as they are now, in place of the one that did not arrive.

        It has a Message-ID of its own. `seen`: the version that was shown; a `Conflict` with other facts.
        """
        permissions.require_part(await self.queries.actor(by))
        letter = await self._stored(key)
        once = f"{form}:anew"

        async def decide(ticket: Ticket, at: datetime) -> Change | None:
            if await self.store.used(once):
                return None
            shown = await self.rewritten(key, by)
            history = await self.store.history(ticket.id)
            if shown is None or any(changes_facts(each) for each in history if each.version > seen):
                raise Conflict
            cause = _cause(shown.notice, history)
            changed = change(ticket)
            detail = {"glass": cause.detail["glass"]} if cause.detail.get("glass") else {}
            signed = cause.detail.get("signed") or cause.by
            text = letters.as_text(shown.letter)
            sent_event = event(changed, Step.TELL, by, at, text=text, again=key, signed=signed, **detail)
            sending = in_place_of(shown.notice, changed, shown.letter).model_copy(update={"due": at})
            return Change(changed, sent_event, [sending], drop=[key])

        return await self.changes.change(letter.notice.ticket_id, once, decide, retry=False)

    async def _may_go(self, notice: Notice, by: str) -> bool:
        """Refuses what must not be sent; False when a newer letter was sent since."""
        ticket = await self.queries.ticket(notice.ticket_id)
        history = await self.store.history(ticket.id)
        cause = _cause(notice, history)
        is_break_glass = bool(cause.detail.get("glass"))
        await self._require_sender(by, ticket, is_break_glass=is_break_glass)
        if ticket.stage is not Stage.RETARUS:
            name = reference(ticket, self.config)
            raise NotNow(
                t(
                    "{name} is not with Retarus now. Escalate it when it should be: the letter is then written again.",
                    name=name,
                )
            )
        signed = cause.detail.get("signed") or cause.by
        if signed != by:
            await self._require_declarant(signed, ticket, is_break_glass=is_break_glass)
        return not any(each.kind == Move.ESCALATE and each.version > notice.version for each in history)

    async def _require_sender(self, user: str, ticket: Ticket | None = None, *, is_break_glass: bool = False) -> None:
        """Requires an authorised contact; for a break-glass letter, a person who may break the glass (guide 2.3)."""
        actor = await self.register.refreshed_actor(user)
        try:
            await self.register.declarant(actor)
        except NotYours:
            if not (is_break_glass and ticket and await self.register.stand_in(actor, ticket)):
                raise
        if ticket:
            permissions.require(actor, ticket, Move.ESCALATE)

    async def _require_declarant(
        self, user: str, ticket: Ticket | None = None, *, is_break_glass: bool = False
    ) -> None:
        """Requires that the contact in whose name it was written may still send."""
        try:
            await self._require_sender(user, ticket, is_break_glass=is_break_glass)
        except NotYours as error:
            who = (await self.directory.person(user)).name
            can = await self.register.who_can()
            words = t("It was written in the name of {name}, who may not send to Retarus any more.", name=who)
            raise NotYours(f"{words} {can}") from error


def _cause(notice: Notice, history: Sequence[Event]) -> Event:
    """The event that sent it."""
    return next(each for each in history if each.version == notice.version)
