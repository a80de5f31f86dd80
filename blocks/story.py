"""How is the story told? One line per step in the thread, and a word to the one person it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from blocks import kit, letter, reminded
from blocks.card import Who, primary, title
from blocks.evidence import STATUS
from blocks.kit import Json, Message
from bot.answers import as_moment
from bot.letter import reference
from bot.moves import Move, Step
from bot.notices import Notice, Say
from bot.settings import Config, Team
from bot.text import one_line
from bot.ticket import Event, Ticket


def told(notice: Notice, ticket: Ticket, event: Event, config: Config, who: Who) -> Message:
    """A line in the thread: of what happened, or of how a delivery ended."""
    if "delivered" in notice.body:
        return _receipt(notice)
    if "failed" in notice.body:
        return _failed(notice, ticket)
    if event.what == Step.REMIND.value:
        return reminded.line(ticket, event)
    name = who(event.by)
    elements = list(_LINES[event.what](ticket, event, config, name))
    blocks = [kit.rich(kit.line(*elements), *_details(event))]
    if event.what == Move.ESCALATE.value:
        blocks.append(kit.actions("letter", [kit.button("Show letter", letter.SHOW, ticket.id)]))
    return Message(kit.escape(_words(elements)), blocks)


def _words(elements: Iterable[Json]) -> str:
    return one_line("".join(str(each.get("text", "")) for each in elements), 300)


def _details(event: Event) -> list[Json]:
    """What was written with it, quoted under the line; Slack folds it when it is long."""
    for key in ("summary", "reason", "question", "answer", "remedy", "note", "plan", "text"):
        if event.detail.get(key):
            return [kit.quote(piece) for piece in kit.chunks(event.detail[key])]
    return []


Line = Callable[[Ticket, Event, Config, str], Iterable[Json]]


def _plain(words: str) -> Line:
    return lambda _ticket, _event, _config, name: [kit.bold(name), kit.text(f" {words}")]


def _handed_off(_ticket: Ticket, _event: Event, config: Config, name: str) -> list[Json]:
    return [kit.bold(name), kit.text(" → 2nd level: please accept. "), *_called(config.levels.second)]


def _called(team: Team) -> list[Json]:
    """The 2nd level is told here, once, where the work is."""
    if team.group:
        return [kit.mention_group(team.group)]
    return [element for user in team.members for element in (kit.mention(user), kit.text(" "))]


def _rcr(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    return [kit.text("Retarus: "), kit.bold(event.detail["rcr"]), kit.text(f" (recorded by {name})")]


def _snoozed(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    until = as_moment(event.detail.get("until", ""))
    return [kit.bold(name), kit.text(" put reminders off until "), kit.moment(until) if until else kit.text("later")]


def _expected(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    """What was promised, each with its time; a question is quoted below."""
    elements = [kit.bold(name), kit.text(" recorded what Retarus said")]
    for key, words in (("update_due", "next update"), ("eta", "solved by")):
        at = as_moment(event.detail.get(key, ""))
        elements += [kit.text(f" · {words} "), kit.moment(at)] if at else []
    return [*elements, kit.text(" · they ask us")] if event.detail.get("question") else elements


def _paced(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    number = event.detail.get("minutes", "0")
    how = f"every {number} min" if number != "0" else "as the policy says"
    return [kit.bold(name), kit.text(f" has it reminded {how}")]


def _handed_on(ticket: Ticket, _event: Event, _config: Config, name: str) -> list[Json]:
    return [kit.bold(name), kit.text(" handed it on to "), kit.mention(ticket.owner)]


def _files(words: str) -> Line:
    def line(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
        return [kit.bold(name), kit.text(f" {words.format(event.detail.get('files', ''))}")]

    return line


def _status(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    health = STATUS[event.detail.get("status", "unknown")]
    return [kit.bold(name), kit.text(f" looked at Retarus's status page: {health}")]


def _escalated(_ticket: Ticket, event: Event, _config: Config, name: str) -> list[Json]:
    """With what was sent along, and what was known when it was sent."""
    health, _, says = event.detail.get("status", "").partition(": ")
    more = [f"with {event.detail['files']}"] if event.detail.get("files") else []
    more += [f"status page: {STATUS[health]}{f' ({one_line(says, 200)})' if says else ''}"] if health in STATUS else []
    more += [f"in spite of a warning: {one_line(event.detail['despite'], 200)}"] if event.detail.get("despite") else []
    if event.detail.get("glass"):
        more.append(f"without an authorised contact, by breaking the glass: {one_line(event.detail['glass'], 300)}")
    how = " opened it in EAS" if event.detail.get("way") == "eas" else " escalated it to Retarus"
    return [kit.bold(name), kit.text(how + "".join(f" · {each}" for each in more))]


def _judged_anew(ticket: Ticket, _event: Event, _config: Config, name: str) -> list[Json]:
    """The only answer that has a line of its own: a priority that was changed."""
    reason = one_line(ticket.answer("priority_reason"), 300)
    because = f": {reason}" if reason else ""
    return [kit.bold(name), kit.text(f" changed the priority to {ticket.answer('priority')}{because}")]


_LINES: dict[str, Line] = {
    Move.RAISE.value: _plain("raised it"),
    Move.TAKE.value: _plain("took it"),
    Move.TAKE_OVER.value: _plain("took it over"),
    Move.HAND_ON.value: _handed_on,
    Move.HAND_OFF.value: _handed_off,
    Move.COMPRESS.value: _plain("took it at the 2nd level without a handoff"),
    Move.ACCEPT.value: _plain("accepted it at the 2nd level"),
    Move.SEND_BACK.value: _plain("sent it back to the 1st level"),
    Move.ASK_CUSTOMER.value: _plain("waits for the end-customer"),
    Move.CUSTOMER_ANSWERED.value: _plain("heard from the end-customer"),
    Move.ESCALATE.value: _escalated,
    Move.RETARUS_UPDATE.value: _plain("logged an update from Retarus"),
    Move.RETARUS_ANSWERED.value: _plain("recorded Retarus's answer; it is back at the 2nd level"),
    Move.RESOLVE.value: _plain("resolved it; the 1st level confirms"),
    Move.CONFIRM.value: _plain("confirmed it with the customer and closed it"),
    Move.WITHDRAW.value: _plain("closed it without a remedy"),
    Move.REOPEN.value: _plain("reopened it"),
    Step.FILL_IN.value: _judged_anew,
    Step.NOTE.value: _plain("noted"),
    Step.ATTACH.value: _files("attached {}: goes along with the next letter to Retarus"),
    Step.DETACH.value: _files("took away {}: it does not go to Retarus"),
    Step.STATUS.value: _status,
    Step.ERASE.value: lambda *_: [kit.text("Personal data was taken out.")],
    Step.RCR.value: _rcr,
    Step.SNOOZE.value: _snoozed,
    Step.EXPECT.value: _expected,
    Step.CHASE.value: _plain("wrote to Retarus again"),
    Step.PACE.value: _paced,
    Step.PLAN.value: _plain("recorded an action plan"),
}


# --- deliveries ---


def _receipt(notice: Notice) -> Message:
    by_mail = notice.body["delivered"] in {Say.LETTER_MAIL.value, Say.CHASE_MAIL.value}
    to = str(notice.body["to"])
    where = [kit.text(f"by e-mail to {to}")] if by_mail else [kit.text("in "), {"type": "channel", "channel_id": to}]
    elements = [kit.text("Delivered to Retarus "), *where, kit.text(" · "), kit.moment(notice.due)]
    elements += [kit.text(f"\nNot sent along: {why}") for why in _left_out(notice)]
    words = f"Delivered to Retarus {'by e-mail' if by_mail else 'in their channel'}"
    return Message(words, [kit.rich(kit.line(*elements))])


def _left_out(notice: Notice) -> list[str]:
    """Files that could not be sent, each with the reason."""
    kept = notice.body.get("left_out")
    return [str(each) for each in kept] if isinstance(kept, list) else []


_WHAT = {
    Say.LETTER_MAIL.value: "The e-mail to Retarus",
    Say.LETTER_POST.value: "The letter to the Retarus channel",
    Say.CHASE_MAIL.value: "The later e-mail to Retarus",
    Say.CHASE_POST.value: "The later word in the Retarus channel",
    Say.CARD.value: "The card",
    Say.STORY.value: "A line in the thread",
    Say.GUIDES.value: "The message with both guides",
}


def _failed(notice: Notice, ticket: Ticket) -> Message:
    """A dead letter, as its owner sees it: what, why, and the way out."""
    what, why = _WHAT[str(notice.body["failed"])], str(notice.body["why"])
    elements = [kit.mention(ticket.owner), kit.text(" "), kit.bold(f"{what} was not delivered."), kit.text(f" {why}")]
    again = kit.button("Try again", letter.AGAIN, str(notice.body["key"]), style="primary")
    return Message(
        kit.escape(f"{what} was not delivered. {why}"), [kit.rich(kit.line(*elements)), kit.actions("failed", [again])]
    )


# --- direct messages ---


def direct(notice: Notice, ticket: Ticket, event: Event, config: Config, who: Who, link: str) -> Message:
    """A word to one person: what happened, to which ticket, and the next step."""
    if "failed" in notice.body:
        return _failed(notice, ticket)
    words = _to_you(notice, ticket, event, who(event.by))
    name = kit.link(title(ticket, config), link)
    about = kit.text(f"\n{one_line(ticket.answer('happens'), 200)}")
    blocks = [kit.rich(kit.line(name, kit.text(f"\n{words}"), about), *_details(event))]
    if ticket.stage.is_open and ticket.owner == notice.to and ticket.version == event.version:
        blocks.append(kit.actions("direct", [primary(ticket)]))
    return Message(kit.escape(f"{reference(ticket, config)}: {words}"), blocks)


def _to_you(notice: Notice, ticket: Ticket, event: Event, name: str) -> str:
    if notice.to != ticket.owner:
        return f"{name} {'gave it to a colleague' if event.what == Move.HAND_ON.value else 'took it over from you'}."
    return _YOURS.get(event.what, "{name} made you its owner.").format(name=name)


_YOURS = {
    Step.FILL_IN.value: "{name} changed its priority.",
    Move.SEND_BACK.value: "{name} sent it back to you.",
    Move.RESOLVE.value: "{name} resolved it. Please confirm with the end-customer, then close it.",
    Move.REOPEN.value: "{name} reopened it. It is yours again.",
    Move.CUSTOMER_ANSWERED.value: "{name} heard from the end-customer. It is your turn again.",
    Move.RETARUS_ANSWERED.value: "{name} recorded Retarus's answer. It is your turn again.",
}
