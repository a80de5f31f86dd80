"""Direct messages: an event of a ticket, for the one person it concerns."""

from __future__ import annotations

from blocks import delivery_lines, kit, priority_call, undo, urgency
from blocks.card import Who, primary
from blocks.kit import Message
from blocks.thread_lines import answered, details, pushed, reasons, words_of
from blocks.urgency import title
from bot.config.settings import Config
from bot.core.i18n import mark, t
from bot.model.notice import Notice
from bot.model.ticket import Event, Party, Ticket
from bot.model.transitions import Move, Step
from bot.tickets.notifications import FOLLOWED
from bot.tickets.priority_call import OPEN_TO_ALL


def direct(notice: Notice, ticket: Ticket, event: Event, config: Config, who: Who, link: str) -> Message:
    """A direct message: the event, its ticket, and the next step."""
    if "failed" in notice.body:
        return delivery_lines.not_delivered(notice, ticket)
    words = _to_you(notice, ticket, event, config, who)
    name = kit.link(title(ticket, config), link)
    about = kit.text(f"\n{urgency.about(ticket, 240)}")
    answers = answered(notice, ticket, config)
    blocks = [kit.rich(kit.line(name, kit.text(f"\n{words}"), about), *details(event), *answers)]
    if priority_call.is_call(notice):
        blocks += priority_call.buttons(ticket)
    elif ticket.stage.is_open and ticket.owner == notice.to and ticket.version == event.version:
        blocks.append(kit.actions("direct", [primary(ticket, config)]))
    return Message(pushed(ticket, config, " ".join(filter(None, (words, *reasons(event))))), blocks)


def _to_you(notice: Notice, ticket: Ticket, event: Event, config: Config, who: Who) -> str:
    name = who(event.by)
    if priority_call.is_call(notice):
        return _called(notice, ticket, who, event.by)
    news = next((words for key, words in _NEWS.items() if key in notice.names("news")), "")
    if news:
        return t(news).format(name=name)
    if event.kind == Step.UNDO.value:
        return undo.direct_words(event, name, is_owner=notice.to == ticket.owner)
    if notice.to != ticket.owner and event.kind in FOLLOWED:
        return words_of(event, ticket, config, name)
    if notice.to != ticket.owner:
        handed_on = event.kind == Move.HAND_ON.value
        words = t("{name} assigned it to somebody else.") if handed_on else t("{name} took it over from you.")
    else:
        judged = Step.FILL_IN.value if "priority" in notice.names("news") else ""
        turn = _STAYS_WITH_RETARUS.get(event.kind) if ticket.ball is Party.RETARUS else None
        words = t(turn or _YOURS.get(event.kind) or _YOURS.get(judged, _OWNER))
    return words.format(name=name)


def _called(notice: Notice, ticket: Ticket, who: Who, by: str) -> str:
    """The call for the highest priority: it asks for somebody only while the 2nd level has not taken it."""
    values = {"priority": ticket.answer("priority"), "name": who(by)}
    if ticket.stage in OPEN_TO_ALL:
        return t("It is {priority}, according to {name}. Please make sure that somebody takes it at once.", **values)
    if ticket.owner == notice.to:
        return t("It is {priority} now, according to {name}, and it is yours.", **values)
    return t("It is {priority} now, according to {name}. {owner} has it.", owner=who(ticket.owner), **values)


_NEWS = {
    "their_remedy": mark("Retarus provided a remedy, {name} recorded it. Please verify that it works."),
    "their_workaround": mark("Retarus provided a workaround, {name} recorded it. Please verify that it helps."),
    "remedy": mark("{name} has a remedy for you. Please confirm it with the end-customer."),
    "workaround": mark("{name} has a workaround for you. Please confirm that it helps the end-customer."),
}
"""Requests to the recipients of an answer, the most important first."""


_OWNER = mark("{name} assigned it to you.")


_YOURS = {
    Step.FILL_IN.value: mark("{name} changed its priority."),
    Move.SEND_BACK.value: mark("{name} sent it back to you."),
    Move.RESOLVE.value: mark("{name} resolved it. Please confirm with the end-customer, then close it."),
    Move.REOPEN.value: mark("{name} reopened it. It is yours again."),
    Move.CUSTOMER_ANSWERED.value: mark("{name} heard from the end-customer. It is your turn again."),
    Move.GO_ON.value: mark("{name} went on without the end-customer's answer. It is your turn again."),
    Move.RETARUS_ANSWERED.value: mark("{name} recorded Retarus's answer. It is your turn again."),
    Step.RETARUS_WROTE.value: mark("Retarus wrote. The message is in the ticket's thread: please record it there."),
}
_STAYS_WITH_RETARUS = {
    Move.CUSTOMER_ANSWERED.value: mark("{name} heard from the end-customer. Does Retarus need to know it?"),
    Move.GO_ON.value: mark("{name} no longer waits for the end-customer's answer. Retarus works on it."),
}
"""Line while the ticket is with Retarus."""
