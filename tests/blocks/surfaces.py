"""All messages and views of one ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from blocks import (
    assignment,
    bulk,
    card,
    checklist,
    clocks,
    create,
    customer_words,
    digest,
    direct_messages,
    eas,
    escalation,
    escalation_form,
    fill_in,
    handoff,
    handover,
    letter,
    outage,
    priority_call,
    reminder_messages,
    reminders,
    thread_lines,
    thread_offer,
    tickets,
    transitions,
    undo,
)
from blocks.evidence import OFFERED
from blocks.form_state import FormState
from blocks.kit import Json, Message
from bot.bulk import BulkAction, Outcome
from bot.clocks.timers import Timer, runs
from bot.config.canned_answers import CannedAnswer
from bot.config.custom_fields import Template
from bot.config.settings import Config
from bot.core.i18n import Language
from bot.escalation.letter import as_text, write
from bot.escalation.preview import Preview
from bot.escalation.rewriting import RewrittenLetter
from bot.forms.checklist import Trace, tasks
from bot.forms.template_fields import BY_KEY, OTHER, InputType, Need
from bot.forms.validation import missing
from bot.known_issues.outage import Outage
from bot.model.notice import NoticeKind
from bot.model.outage_scope import scope_of
from bot.model.ticket import Affected, Attachment, Kind, Level, Stage, StatusReport, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import UNDOABLE
from bot.register.customer_words import CustomerStage, CustomerText
from bot.reminders.handover import Handover
from bot.reminders.snooze import presets
from bot.tickets.assignment import Assignee
from bot.tickets.attachments import written
from bot.tickets.notifications import NEWS, TO_RETARUS, TO_SECOND
from bot.tickets.priority_call import CALL
from handlers import error_messages
from handlers.thread_messages import ThreadMessage
from tests.blocks import learned
from tests.factories import (
    BEN,
    COMPLETE,
    DESK,
    MAIL,
    NOW,
    RAISED,
    RETARUS,
    START,
    a_contact,
    a_notice,
    an_event,
    an_incident,
)

_WAYS = ("to the Retarus channel",)
NASTY = "<!channel> <@U0BEN> *b* _i_ ~s~ `c` > & &amp; <b>x</b> {0} %s 👩‍👩‍👧 שלום "
LINK = "https://nordlicht.slack.example/archives/C0DESKDESK/p1"

REMINDED = {
    "watches": " ".join(Timer),
    "due": " ".join([START] * len(Timer)),
    "people": BEN,
    "until": START,
    "update_due": START,
    "eta": START,
    "id": "n1",
    "called": "TN-3",
    "customer": "7",
}
DETAILS = ("summary", "reason", "question", "answer", "remedy", "note")
FAILING = TO_RETARUS | {NoticeKind.CARD, NoticeKind.THREAD}
"""Notifications whose failed delivery is reported to somebody."""
ENDS: tuple[dict[str, Any], ...] = (
    {"delivered": NoticeKind.LETTER_MAIL.value, "to": MAIL},
    {"delivered": NoticeKind.LETTER_POST.value, "to": RETARUS},
    {"delivered": NoticeKind.CHASE_MAIL.value, "to": MAIL},
    *({"failed": kind.value, "to": DESK, "why": NASTY * 5, "key": "t1:1:x"} for kind in NoticeKind if kind in FAILING),
)


def longest(stage: Stage = Stage.SECOND, text: str = NASTY, **values: Any) -> Ticket:
    """A ticket with every answer as long as it may be, and as awkward."""
    answers = dict(COMPLETE)
    for key, field in BY_KEY.items():
        if field.input_type in {InputType.LINE, InputType.TEXT, InputType.SEARCH}:
            answers[key] = (text * 3000)[: field.max_length].strip() or "x"
        elif field.input_type is InputType.MOMENT:
            answers[key] = COMPLETE["start"]
    answers |= {
        "services": f"Email Security\nSMS\nFAX\n{OTHER}",
        "main_id": "73125",
        "info": "wrong",
        "remote": "failed",
    }
    answers |= {"known": "yes", "tenants": "\n".join(f"{number}RS" for number in range(10000, 10050))}
    return an_incident(stage, answers=answers, **values)


def _undone(ticket: Ticket, config: Config, who: Callable[[str], str]) -> Iterator[tuple[str, Message]]:
    """Lines of steps that can be undone, and of steps that were."""
    for step in sorted(UNDOABLE):
        done = an_event(ticket, step, BEN, rcr="RCR-1", **{"customer": "Nordsee", **_detail_of(ticket)})
        line = thread_lines.message(a_notice(ticket, NoticeKind.THREAD), ticket, done, config, who)
        yield f"undo {step}", undo.offered(line, ticket)
        yield f"undone {step}", undo.struck(line)
    yield "call again", priority_call.still(ticket, config, who(BEN), NOW)


def messages(ticket: Ticket, config: Config, who: Callable[[str], str]) -> Iterator[tuple[str, Message]]:
    """Messages by name. `who` gives names, which people choose themselves."""
    yield "card", card.card(ticket, config, who)
    yield from _undone(ticket, config, who)
    for kind in (*Move, *Step):
        event = an_event(
            ticket, kind, BEN, stage="second", rcr="RCR-1", undone="take", **REMINDED, **_detail_of(ticket)
        )
        yield f"story {kind}", thread_lines.message(a_notice(ticket, NoticeKind.THREAD), ticket, event, config, who)
        for to in (ticket.owner, BEN):
            notice = a_notice(ticket, NoticeKind.DIRECT, to)
            yield f"direct {kind} {to}", direct_messages.direct(notice, ticket, event, config, who, LINK)
    yield from learned.relayed(ticket, config, who)
    together = {"parent_number": 1009, "parent": "t9", "leads": 2}
    affected = Affected(customer=ticket.answer("customer"), by=BEN, at=NOW)
    yield "card together", card.card(ticket.model_copy(update={**together, "affected": (affected,) * 9}), config, who)
    for key in (*NEWS, *TO_SECOND):
        event, news = an_event(ticket, Step.FILL_IN, BEN), {"news": [key]}
        yield (
            f"story news {key}",
            thread_lines.message(a_notice(ticket, NoticeKind.THREAD, body=news), ticket, event, config, who),
        )
        direct = a_notice(ticket, NoticeKind.DIRECT, body=news)
        yield f"direct news {key}", direct_messages.direct(direct, ticket, event, config, who, LINK)
    yield from _messages_about_several(ticket, config, who)
    for end in ENDS:
        notice = a_notice(ticket, NoticeKind.THREAD, body=end)
        yield f"delivery {end}", thread_lines.message(notice, ticket, an_event(ticket, Move.ESCALATE), config, who)
    for number, page in enumerate(letter.messages(write(ticket, a_contact(), config))):
        yield f"letter {number}", page
    for stage in Stage:
        event = an_event(ticket, Step.CALL, "", stage=stage)
        called = a_notice(ticket.model_copy(update={"stage": stage}), NoticeKind.THREAD, body={CALL: True})
        yield (
            f"call {stage}",
            thread_lines.message(called, ticket.model_copy(update={"stage": stage}), event, config, who),
        )
    yield "help", tickets.help_message(config)


def _messages_about_several(ticket: Ticket, config: Config, who: Callable[[str], str]) -> Iterator[tuple[str, Message]]:
    """Messages that list tickets."""
    reminder = an_event(ticket, Step.REMIND, "", stage="second", **REMINDED)
    for number in (1, 10):
        items = [reminder_messages.Item(ticket, reminder, LINK)] * number
        yield f"reminders {number}", reminder_messages.direct(items, number * 3 - 2, BEN, config)
    parts_of_day = dict.fromkeys(digest.PARTS, [ticket] * 10)
    totals, links = dict.fromkeys(digest.PARTS, 400), {ticket.id: LINK}
    yield "digest", digest.message(list(Level), parts_of_day, totals, config, who, links, NOW.date())
    for scope in tickets.SCOPES:
        yield f"listing {scope}", tickets.listing([ticket] * 10, 11, scope, config, who, {ticket.id: LINK})
    yield "one", tickets.one(ticket, config, who, LINK)
    yield "nothing", tickets.listing([], 0, "mine", config, who, {})
    for giver, accepted_by in ((BEN, ""), ("", BEN)):
        given = Handover(
            "handover:1", giver, None if giver else Level.FIRST, NASTY * 9, accepted_by, [ticket] * 30, 999
        )
        yield f"handover {giver}", handover.message(given, config, who, links)
    yield "handover begun", handover.begin([ticket] * 30, 999)
    yield "handover of nothing", handover.begin([], 0)
    yield "outages", outage.listing([_numbered(ticket, number) for number in range(21)], config)
    yield "no outages", outage.listing([], config)


def _numbered(ticket: Ticket, number: int) -> Ticket:
    return ticket.model_copy(update={"id": f"t{number}", "number": number})


def _detail_of(ticket: Ticket) -> Mapping[str, str]:
    return {DETAILS[ticket.version % len(DETAILS)]: ticket.answer("happens")}


def _several(ticket: Ticket, name: str, config: Config) -> Iterator[tuple[str, Json]]:
    """The form for several tickets, and its result."""
    moments = presets(Level.FIRST, "Europe/Berlin", config, NOW)
    for action in ("", *BulkAction):
        people = [Assignee(f"U{number}", ticket.answer("customer")[:150], number) for number in range(100)]
        listed = [ticket.model_copy(update={"id": f"t{number:03}"}) for number in range(150)]
        for offer in (bulk.BulkOffer(moments), bulk.BulkOffer(moments, is_lead=True, candidates=people)):
            yield (
                f"several {action} {offer.is_lead}",
                bulk.modal(listed, bulk.Scope("level", 50), config, offer, action),
            )
    yield "several of none", bulk.modal([], bulk.Scope("mine"), config, bulk.BulkOffer(), "")
    results = [Outcome(ticket), Outcome(ticket, NASTY * 9)] * 5
    yield "results of several", bulk.result(results, config, lambda _: name)


def _with_thread(view: Json, ticket: Ticket) -> Json:
    offers = [ThreadMessage(ticket.id, f"{number}.1", NASTY, NOW, NASTY * 40) for number in range(5)]
    return thread_offer.with_messages(view, "triage", offers)


def _assigning(ticket: Ticket, name: str) -> Iterator[tuple[str, Json]]:
    many = [Assignee(f"U{number}", ticket.answer("customer")[:150], number) for number in range(100)]
    yield from ((f"assign to {len(some)}", assignment.modal(ticket, name, some)) for some in ((), many))


def views(ticket: Ticket, config: Config) -> Iterator[tuple[str, Json]]:
    """Views by name."""
    name = "PD-1042"
    yield from _raising(ticket, config)
    yield from _escalating(ticket, name, config)
    for at in (NOW, NOW + timedelta(days=9)):
        yield f"clocks {at}", clocks.shown(ticket, name, runs(ticket, config), at, config)
    moments = presets(Level.FIRST, "Europe/Berlin", config, NOW)
    yield from _several(ticket, name, config)
    yield "snooze", reminders.snooze(ticket, name, moments)
    yield "snooze without an offered moment", reminders.snooze(ticket, name, ())
    yield "expect", reminders.expect(ticket, name)
    yield "chase", reminders.chase(ticket, name, ticket.answer("happens"), ["to the Retarus channel"], config)
    yield "plan", reminders.plan(ticket, name)
    yield "pace", reminders.pace(ticket, name)
    yield from _assigning(ticket, name)
    answers = tuple(CannedAnswer(name=f"PD-{n}", texts={Language.ENGLISH: "Thank you."}) for n in range(100))
    with_answers = config.model_copy(update={"answers": answers})
    for kind in transitions.ASKED:
        yield f"moving {kind}", transitions.modal(kind, ticket, name, with_answers)
    yield "kept", transitions.kept_text(ticket, name, "It is closed.", ticket.answer("happens") * 3)
    yield from _customer_words(ticket, name)
    yield "handover", handover.modal([ticket] * 30, 999, config, lambda _: name, {ticket.id: LINK})
    yield from _outages(ticket, name, config)
    sent = write(ticket, a_contact(), config)
    yield "letter", letter.modal(as_text(sent), name)
    yield (
        "letter again",
        letter.rewritten(RewrittenLetter(a_notice(ticket, NoticeKind.LETTER_POST), ticket, sent), name),
    )
    yield "said", error_messages.on_top(ticket.answer("happens"))


def _raising(ticket: Ticket, config: Config) -> Iterator[tuple[str, Json]]:
    """The forms of a new ticket."""
    for kind in Kind:
        for more in (False, True):
            yield f"raising {kind} {more}", create.modal(FormState(kind, more=more), config, ticket.answers)
            yield f"raising {kind} {more} empty", create.modal(FormState(kind, more=more), config, {})
        offered = {**ticket.answers, OFFERED: written([Attachment(id="F1", name=NASTY * 9, type="x" * 90)])}
        yield f"raising {kind} from a message with files", create.modal(FormState(kind, LINK), config, offered)
        yield f"raising {kind} again", create.modal(FormState(kind, draft=kind), config, ticket.answers)
        yield f"raising {kind} aside", create.draft_saved(kind)
        yield f"raising {kind} away", create.draft_discarded(kind)
        yield (
            f"raising {kind} from a message",
            create.modal(FormState(kind, "https://x.slack.com/1"), config, ticket.answers),
        )
        yield f"raising {kind} draft", create.modal(FormState(kind, draft=kind), config, ticket.answers)
        yield "chooser", create.chooser(config)
        yield from _templates(kind, config)
        other = create.modal(FormState(kind, LINK), config, ticket.answers, create.FormContext(other=ticket.answers))
        yield f"raising {kind} with another draft", other
        yield f"raising {kind} put aside", create.draft_saved(kind)
        yield f"raising {kind} thrown away", create.draft_discarded(kind)


def _escalating(ticket: Ticket, name: str, config: Config) -> Iterator[tuple[str, Json]]:
    """The forms on the way to Retarus."""
    yield "handoff", handoff.modal(ticket, name, config)
    yield "handoff with the thread", _with_thread(handoff.modal(ticket, name, config), ticket)
    for everything in (False, True):
        for number in range(1, 6):
            view = fill_in.modal(ticket, name, config, everything=everything, transactions=number)
            yield f"filling {everything} {number}", view
    yield from _checks(ticket, name, config)
    yield "escalating", escalation_form.modal(ticket, name, config)
    yield "escalating again", escalation_form.modal(ticket, name, config, everything=True, transactions=5)
    for refusal in ("", "You cannot send."):
        text, items = write(ticket, a_contact(), config), missing(ticket, Need.ESCALATE, config)
        shown = Preview(ticket, text, items, refusal, ways=_WAYS)
        yield f"preview {refusal}", escalation.preview(shown, name, config, changed=bool(refusal))
        yield "eas", eas.modal(shown, name, int(NOW.timestamp()))
    for adapter in ("link", "feed"):
        retarus = config.retarus.model_copy(update={"status_adapter": adapter})
        for number, shown in enumerate(_previews(ticket, config)):
            view = escalation.preview(shown, name, config.model_copy(update={"retarus": retarus}))
            yield f"preview with evidence {adapter} {number}", view
    yield "rcr", escalation.rcr_modal(ticket, name)


def _outages(ticket: Ticket, name: str, config: Config) -> Iterator[tuple[str, Json]]:
    """A large outage, a new one, and the forms for all its tickets."""
    others = [ticket.model_copy(update={"id": f"t{number}", "number": number}) for number in range(80)]
    large = Outage(ticket, others * 6, others, frozenset({"t1"}), scope_of(ticket, others))
    yield "outage", outage.modal(large, config)
    yield "outage new", outage.modal(Outage(ticket, (), (), frozenset(), scope_of(ticket, ())), config)
    yield "outage tell", outage.tell(ticket, name)
    yield "outage resolve", outage.resolve(ticket, name)
    yield "outage resolved", outage.resolved(ticket, 30, name)


def _templates(kind: Kind, config: Config) -> Iterator[tuple[str, Json]]:
    offered = config.model_copy(update={"templates": tuple(Template(name=f"PD-{n}", kind=kind) for n in range(50))})
    yield f"raising {kind} with templates", create.modal(FormState(kind), offered, {})
    yield f"chooser with templates of {kind}", create.chooser(offered)


def _customer_words(ticket: Ticket, name: str) -> Iterator[tuple[str, Json]]:
    """A text of each stage."""
    for stage in CustomerStage:
        text = CustomerText(ticket, stage, Language.GERMAN, ticket.answer("happens") * 2)
        yield f"customer words {stage}", customer_words.modal(text, name)


def _checks(ticket: Ticket, name: str, config: Config) -> Iterator[tuple[str, Json]]:
    """Checklists of each level, with and without answers; and each task by itself."""
    bare = ticket.model_copy(update={"answers": RAISED, "sent_at": NOW})
    for level in Level:
        found = tasks(ticket, level, config)
        done = {each.key: Trace(BEN, NOW) for each in found}
        yield f"checks {level}", checklist.modal(ticket, name, level, config, done, lambda _: NASTY, list(done)[-1:])
        yield f"checks {level} open", checklist.modal(bare, name, level, config, {}, str)
        for each in found:
            yield f"check {each.key}", checklist.one(ticket, each, name, config)


def _previews(ticket: Ticket, config: Config) -> Iterator[Preview]:
    """Previews with files and every state of the status page."""
    files = tuple(Attachment(id=f"F{number}", name=NASTY * 9, size=10**number) for number in range(9))
    ticket = ticket.model_copy(update={"attachments": files})
    text = write(ticket, a_contact(), config)
    for health in ("fine", "trouble", "unknown"):
        status = StatusReport(health=health, says=(NASTY,) if health != "fine" else (), at=NOW)
        excess = "" if health == "fine" else NASTY
        yield Preview(ticket, text, (), "", status, (NASTY,) * 3, excess, _WAYS)


def parts(shape: object) -> Iterator[dict[str, Any]]:
    """Every object in it, at any depth."""
    left = [shape]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            yield each
            left.extend(reversed(each.values()))
        elif isinstance(each, list | tuple):
            left.extend(reversed(each))


def submitted(view: Json, **typed: str) -> dict[str, Any]:
    """The view as Slack returns it when a person changes only these texts."""
    values = {}
    for block in view["blocks"]:  # type: ignore[attr-defined]
        if block["type"] == "input":
            element = block["element"]
            values[block["block_id"]] = {element["action_id"]: _state(element, typed.get(block["block_id"]))}
    return {**view, "state": {"values": values}}


def _state(element: Mapping[str, Any], typed: str | None) -> dict[str, Any]:
    match element["type"]:
        case "datetimepicker":
            return {"selected_date_time": element.get("initial_date_time")}
        case "multi_static_select" | "checkboxes":
            return {"selected_options": element.get("initial_options", [])}
        case "static_select" | "radio_buttons" | "external_select":
            return {"selected_option": element.get("initial_option")}
        case _:
            return {"value": element.get("initial_value") if typed is None else typed}
