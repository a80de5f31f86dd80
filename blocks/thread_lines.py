"""Thread messages: one line per event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from blocks import delivery_lines, kit, letter, notes, outbound, priority_call, reminder_messages, undo, urgency
from blocks.card import Who
from blocks.evidence import STATUS, health_of
from blocks.kit import Json, Message
from blocks.transitions import RETARUS
from bot.config.settings import Config, Team
from bot.core.cleaning import excerpt
from bot.core.clock import as_moment
from bot.core.i18n import mark, t
from bot.escalation.letter import shown
from bot.forms.field_table import field as field_of
from bot.forms.field_table import priority_reason
from bot.model.notice import Notice
from bot.model.ticket import Event, Stage, Ticket
from bot.model.transitions import Move, Step
from bot.tickets.notifications import AS_BEFORE, SILENT


def message(
    notice: Notice, ticket: Ticket, event: Event, config: Config, who: Who, outcomes: Sequence[Json] = ()
) -> Message:
    """A line in the thread: an event, or the outcome of a delivery. `outcomes`: of the event's own deliveries."""
    if "delivered" in notice.body:
        return delivery_lines.receipt(notice)
    if "failed" in notice.body:
        return delivery_lines.not_delivered(notice, ticket)
    if "waits" in notice.body:
        return delivery_lines.waits(notice)
    if event.kind == Step.REMIND.value:
        return reminder_messages.line(ticket, event, config)
    name = who(event.by)
    elements = [*_line(notice, ticket, event, config, name), *outcomes]
    called = priority_call.is_call(notice)
    if called:
        elements = [*priority_call.lines(ticket, config, event.at, _called_out(event, config)), *elements]
    blocks = [kit.rich(kit.line(*elements), *details(event), *answered(notice, ticket, config))]
    if called:
        return Message(priority_call.words(ticket, config), [*blocks, *priority_call.buttons(ticket)])
    button = _next(ticket, event)
    words = ": ".join((_words(elements), *reasons(event)))
    return Message(pushed(ticket, config, words), [*blocks, kit.actions("story", [button])] if button else blocks)


def _next(ticket: Ticket, event: Event) -> Json | None:
    """Buttons for the likely next action of a reader of this line."""
    if event.kind == Move.ESCALATE.value:
        return kit.button(t("Show letter"), letter.SHOW, ticket.id)
    if event.kind == Move.RETARUS_ANSWERED.value:
        return kit.button(t("Keep as a technical note"), notes.FROM, ticket.id)
    if event.kind in _NEW_FACTS and ticket.stage is Stage.RETARUS:
        return kit.button(t("Send to Retarus"), outbound.WRITE, ticket.id)
    if event.kind == Step.LEARN.value:
        return kit.button(t("Show {name}", name=event.detail.get("called", "")), notes.SHOW, event.detail.get("id", ""))
    return None


_NEW_FACTS = frozenset({Step.FILL_IN.value, Step.ATTACH.value})
"""Events that Retarus may need to know of while the ticket is with them."""


def words_of(event: Event, ticket: Ticket, config: Config, name: str) -> str:
    """Event in one line, without any clickable element."""
    return _words(_LINES[event.kind](ticket, event, config, name))


def words_in_call(event: Event, ticket: Ticket, config: Config, who: Who) -> str:
    """Event in one line of a call that is redrawn, with the owner's name in place of a mention."""
    elements = _LINES[event.kind](ticket, event, config, who(event.by))
    owner = kit.mention(ticket.owner)
    return _words(kit.text(who(ticket.owner)) if each == owner else each for each in elements).strip()


def _words(elements: Iterable[Json]) -> str:
    return excerpt("".join(str(each.get("text", "")) for each in elements), 300)


def details(event: Event) -> list[Json]:
    """Text that came with the event, quoted under the line; Slack folds it when it is long.

    What an escalation sums up is in its letter, which the line's button shows. A summary is quoted once.
    """
    if event.kind == Move.ESCALATE.value or event.detail.get(AS_BEFORE):
        return []
    for key in ("summary", "reason", "question", "answer", "remedy", "note", "plan", "text"):
        if event.detail.get(key):
            return [kit.quote(piece) for piece in kit.chunks(event.detail[key])]
    return []


def _line(notice: Notice, ticket: Ticket, event: Event, config: Config, name: str) -> Iterable[Json]:
    """Line of the event, then its files and its changed priority."""
    news = notice.names("news")
    more: list[Line] = [_attached] if event.kind in SILENT and event.detail.get("files") else []
    more += [_rejudged] if "priority" in news else []
    if event.kind != Step.FILL_IN.value:
        more = [_LINES[event.kind], *more]
    elif "priority" not in news and (news or not more):
        more = [_recorded, *more]
    lines = [list(line(ticket, event, config, name)) for line in more]
    return [element for line in lines[:-1] for element in (*line, kit.text("\n"))] + lines[-1]


def answered(notice: Notice, ticket: Ticket, config: Config) -> list[Json]:
    """The answers that are news, each quoted with its name. `ticket`: the one they were given on."""
    fields = [field for key in notice.names("news") if key != "priority" and (field := field_of(key, config))]
    answers = [(field.name, shown(field, ticket.answer(field.key), ticket.zone, config)) for field in fields]
    return [kit.quote(piece) for name, words in answers for piece in kit.chunks(f"{name.rstrip(':?')}: {words}")]


Line = Callable[[Ticket, Event, Config, str], Iterable[Json]]


def _plain(words: str) -> Line:
    return lambda _ticket, _event, _config, name: kit.filled(t(words), name=kit.bold(name))


def _handed_off(_ticket: Ticket, event: Event, config: Config, name: str) -> list[Json]:
    words = kit.filled(t("{name} → 2nd level: please accept. "), name=kit.bold(name))
    again = [kit.text(f" · {t('summary as before')}")] if event.detail.get(AS_BEFORE) else []
    return [*words, *_called(config.levels.second), *again]


def _called_out(event: Event, config: Config) -> list[Json]:
    """The 2nd level, unless the line of the event names it."""
    return [] if event.kind == Move.HAND_OFF.value else _called(config.levels.second)


def calls_second(notice: Notice, event: Event) -> bool:
    """True for a line that calls the 2nd level."""
    return priority_call.is_call(notice) or event.kind == Move.HAND_OFF.value


def in_place_of_second(people: Sequence[str]) -> list[Json]:
    """End of a line that calls the 2nd level while nobody there is known."""
    words = t("Nobody at the 2nd level is known to the desk, so this may reach nobody there.")
    return _mentioned(f" {words}", people)


def members_of_second(people: Sequence[str]) -> list[Json]:
    """End of a line that calls the 2nd level by a group that may be gone."""
    return _mentioned(f" {t('The group cannot be read now; its last known members:')}", people)


def on_duty(people: Sequence[str]) -> list[Json]:
    """Line of a call: the people on duty, beside the group."""
    return [kit.text("\n"), *_mentioned(t("On duty:"), people)] if people else []


def _mentioned(words: str, people: Sequence[str]) -> list[Json]:
    return [kit.text(words), *(each for user in people for each in (kit.text(" "), kit.mention(user)))]


def _called(team: Team) -> list[Json]:
    """The line of a handoff; the 2nd level is mentioned here, once, where the work is."""
    if team.group:
        return [kit.mention_group(team.group)]
    return [element for user in team.members for element in (kit.mention(user), kit.text(" "))]


def _rcr(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    if not event.by:
        return kit.filled(t("Retarus gave its number: {number}"), number=kit.bold(event.detail["rcr"]))
    return kit.filled(t("Retarus: {number} (recorded by {name})"), number=kit.bold(event.detail["rcr"]), name=name)


def _retarus_wrote(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    if event.by:
        return kit.filled(t("{name} assigned a mail of Retarus"), name=kit.bold(name))
    return [kit.text(t("Retarus wrote"))]


def _snoozed(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    until = as_moment(event.detail.get("until", ""))
    time = kit.moment(until) if until else t("later")
    return kit.filled(t("{name} snoozed the reminders until {time}"), name=kit.bold(name), time=time)


def _expected(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    """Promises, each with its time; a question is quoted below."""
    elements = [*kit.filled(t("{name} recorded what Retarus said"), name=kit.bold(name)), *_promised(event)]
    return [*elements, kit.text(f" · {t('they ask us')}")] if event.detail.get("question") else elements


def _updated(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    return [*kit.filled(t("{name} logged an update from Retarus"), name=kit.bold(name)), *_promised(event)]


def _promised(event: Event) -> list[Json]:
    """The moments Retarus announced: its next update, and the expected solution."""
    elements: list[Json] = []
    for key, words in (("update_due", t("next update {time}")), ("eta", t("solved by {time}"))):
        at = as_moment(event.detail.get(key, ""))
        elements += kit.filled(f" · {words}", time=kit.moment(at)) if at else []
    return elements


def _paced(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    number = event.detail.get("minutes", "0")
    every = t("{name} set the reminders to every {minutes} min")
    words = every if number != "0" else t("{name} set the reminders back to the policy")
    return kit.filled(words, name=kit.bold(name), minutes=number)


def _handed_on(ticket: Ticket, _event: Event, _config: Config, name: str) -> list[Json]:
    return kit.filled(t("{name} assigned it to {colleague}"), name=kit.bold(name), colleague=kit.mention(ticket.owner))


def _files(words: str) -> Line:
    def line(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
        return kit.filled(t(words), name=kit.bold(name), files=event.detail.get("files", ""))

    return line


def _status(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    health = health_of(event.detail.get("status", "unknown"))
    return kit.filled(t("{name} looked at Retarus's status page: {health}"), name=kit.bold(name), health=health)


def _escalated(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    """The line of a sent letter, with its files, and the state of the status page at that time."""
    in_eas = event.detail.get("way") == "eas"
    how = t("{name} opened it in EAS") if in_eas else t("{name} escalated it to Retarus")
    more = [kit.text(f" · {each}") for each in _circumstances(event.detail)]
    return [*kit.filled(how, name=kit.bold(name)), *more]


def _chased(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    elements, files = kit.filled(t("{name} wrote to Retarus again"), name=kit.bold(name)), event.detail.get("files", "")
    return [*elements, kit.text(f" · {t('with {files}', files=files)}")] if files else elements


def _circumstances(detail: Mapping[str, str]) -> Iterable[str]:
    if detail.get("files"):
        by_hand = detail.get("way") == "eas"
        files = detail["files"]
        yield t("with {files}, uploaded by hand", files=files) if by_hand else t("with {files}", files=files)
    health, _, says = detail.get("status", "").partition(": ")
    if health in STATUS:
        known = t("status page: {health}", health=health_of(health))
        reason = excerpt("; ".join(t(each) for each in says.split("; ")), 200)
        yield f"{known} ({reason})" if says else known
    if detail.get("despite"):
        yield t("despite a warning: {reason}", reason=excerpt(detail["despite"], 200))
    if detail.get("glass"):
        reason = excerpt(detail["glass"], 300)
        yield t("without an authorised contact, as an emergency: {reason}", reason=reason)


def _recorded(_ticket: Ticket, _event: Event, _config: Config, name: str) -> list[Json]:
    return kit.filled(t("{name} recorded"), name=kit.bold(name))


def _called_up(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    """A telephone call: kept for us, and no report (guide 2.1)."""
    with_retarus = event.detail.get("called") == RETARUS
    words = t("{name} logged a phone call with Retarus. Only a written report counts")
    return kit.filled(words if with_retarus else t("{name} logged a phone call"), name=kit.bold(name))


def _noticed(_ticket: Ticket, event: Event, config: Config, _name: str) -> list[Json]:
    """Report of the status page, and no more: a relation to this ticket is not known (guide L3.6)."""
    quoted, page = excerpt(event.detail.get("says", ""), 300), config.retarus.status_page
    words = t("{page} names a service of this ticket: “{notice}”. Whether the two belong together is not known.")
    return kit.filled(words, page=kit.link(t("The status page"), page), notice=quoted)


def _rejudged(ticket: Ticket, _event: Event, _config: Config, name: str) -> list[Json]:
    """A priority that was changed, with its reason."""
    reason = excerpt(priority_reason(ticket.answers), 300)
    words = t("{name} changed the priority to {priority}")
    elements = kit.filled(words, name=kit.bold(name), priority=ticket.answer("priority"))
    return [*elements, kit.text(f": {reason}")] if reason else elements


def _joined(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    words = t("{name} added {customer}, who has the same problem")
    return kit.filled(words, name=kit.bold(name), customer=kit.bold(event.detail.get("customer", "")))


def _linked(words: str) -> Line:
    def line(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
        detail = {key: event.detail.get(key, "") for key in ("called", "customer")}
        return kit.filled(t(words), name=kit.bold(name), called=kit.bold(detail["called"]), customer=detail["customer"])

    return line


def _led(ticket: Ticket, event: Event, config: Config, name: str) -> list[Json]:
    if "count" not in event.detail:
        return list(_linked(mark("{name}: {called} ({customer}) has the same cause"))(ticket, event, config, name))
    words, called = t("{name}: {called} have the same cause"), excerpt(event.detail.get("called", ""), 300)
    return kit.filled(words, name=kit.bold(name), called=kit.bold(called))


def _learnt(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    words = t("{name} wrote a technical note: {note}")
    return kit.filled(words, name=kit.bold(name), note=kit.bold(event.detail.get("called", "")))


_attached = _files(mark("{name} attached {files}, to be sent with the next letter to Retarus"))

_LINES: dict[str, Line] = {
    Move.RAISE.value: _plain(mark("{name} raised it")),
    Move.TAKE.value: _plain(mark("{name} took it")),
    Move.TAKE_OVER.value: _plain(mark("{name} took it over")),
    Move.HAND_ON.value: _handed_on,
    Move.HAND_OFF.value: _handed_off,
    Move.COMPRESS.value: _plain(mark("{name} took it at the 2nd level without a handoff")),
    Move.ACCEPT.value: _plain(mark("{name} accepted it at the 2nd level")),
    Move.SEND_BACK.value: _plain(mark("{name} sent it back to the 1st level")),
    Move.ASK_CUSTOMER.value: _plain(mark("{name} waits for the end-customer")),
    Move.CUSTOMER_ANSWERED.value: _plain(mark("{name} heard from the end-customer")),
    Move.GO_ON.value: _plain(mark("{name} went on without the end-customer's answer")),
    Move.ESCALATE.value: _escalated,
    Move.RETARUS_UPDATE.value: _updated,
    Move.RETARUS_ANSWERED.value: _plain(mark("{name} recorded Retarus's answer; it is back at the 2nd level")),
    Move.RESOLVE.value: _plain(mark("{name} resolved it; the 1st level confirms")),
    Move.CONFIRM.value: _plain(mark("{name} confirmed it with the customer and closed it")),
    Move.WITHDRAW.value: _plain(mark("{name} closed it without a remedy")),
    Move.REOPEN.value: _plain(mark("{name} reopened it")),
    Step.FILL_IN.value: _rejudged,
    Step.NOTE.value: _plain(mark("{name} noted")),
    Step.CALL.value: _called_up,
    Step.FOUND.value: _plain(mark("{name} recorded what Retarus found")),
    Step.SERVICE.value: _noticed,
    Step.ATTACH.value: _attached,
    Step.DETACH.value: _files(mark("{name} removed {files}; not sent to Retarus")),
    Step.STATUS.value: _status,
    Step.ERASE.value: lambda *_: [kit.text(t("Personal data was removed."))],
    Step.RCR.value: _rcr,
    Step.RETARUS_WROTE.value: _retarus_wrote,
    Step.TELL.value: _plain(mark("{name} wrote to Retarus")),
    Step.SNOOZE.value: _snoozed,
    Step.EXPECT.value: _expected,
    Step.CHASE.value: _chased,
    Step.PACE.value: _paced,
    Step.LEARN.value: _learnt,
    Step.JOIN.value: _joined,
    Step.LINK.value: _linked(mark("{name}: it has the same cause as {called}")),
    Step.UNLINK.value: _linked(mark("{name}: it has another cause than {called}")),
    Step.LEAD.value: _led,
    Step.UNLEAD.value: _linked(mark("{name}: {called} ({customer}) has a cause of its own")),
    Step.PLAN.value: _plain(mark("{name} recorded an action plan")),
    Step.UNDO.value: lambda _ticket, event, _config, name: undo.line(event, name),
}


def pushed(ticket: Ticket, config: Config, words: str) -> str:
    """Text of a notification: priority, number and end-customer first."""
    return kit.escape(f"{urgency.push(ticket, config)}: {excerpt(words, 300)}")


def reasons(event: Event) -> list[str]:
    return [event.detail["reason"]] if event.detail.get("reason") else []
