"""Table of all listeners: a step that changes something, or the listener only shows something.

A key is the kind and the id of a listener, as in the table of rights; after a colon, one of several steps with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from blocks.tickets import SCOPES
from blocks.transitions import ASKED
from bot.bulk import BulkAction
from bot.core.i18n import Language
from bot.home import Screen, Tab
from bot.model.ticket import Kind, Level
from bot.register.customer_words import CustomerStage
from handlers.home import LOOKS
from handlers.payload import Emoji
from tests.factories import ALEX, ANNA, BEA, BEN, CARLA, DESK, GUS, HANDED_OFF, NOW, RAISED, RETARUS, SECOND

LATER = str(int(NOW.timestamp()) + 3600)
WORDS = "The policy on DE1 was corrected, mail flows"
MAIN = "{id}|{version}"


@dataclass(frozen=True)
class Step:
    """Action of one person. Names in braces are replaced by values of the scene: see `Scene.names`."""

    ticket: str = "first"
    user: str = ANNA
    value: str = "{id}"
    about: str = MAIN
    typed: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    """Text behind a command."""
    event: Mapping[str, Any] = field(default_factory=dict)
    """The event of Slack's."""
    after: str = ""
    """The step that comes before this one."""


def _by_ben(ticket: str, **more: Any) -> Step:
    return Step(ticket, BEN, **more)


def _with_words(ticket: str, user: str = BEN, **more: str) -> Step:
    return Step(ticket, user, typed={"word": WORDS, **more})


_LOOK = Step(user=CARLA, value=Screen(Tab.NOTES).pack())
_CONTACT = {"name": "Bea Bauer", "email": "bea@nordlicht.example", "phone": "+49 89 12345679", "person": BEA}
_FILES = [{"id": "F9", "name": "mail.log", "size": 10}]
_BULK = {"tickets.0": "{new_id}\n{first_id}", "until": LATER, "word": WORDS, "cause": "PD-{leading_number}", "to": ALEX}
_EMOJI = {
    Emoji.TAKE: ("eyes", "new", "{card}"),
    Emoji.DONE: ("white_check_mark", "resolved", "{card}"),
    Emoji.NOTE: ("pushpin", "first", "1.1"),
}


def _emoji(name: str, ticket: str, ts: str) -> Step:
    user = ANNA
    item = {"channel": DESK, "ts": ts}
    return Step(ticket, user, event={"type": "reaction_added", "reaction": name, "user": user, "item": item})


def _event(user: str, **values: Any) -> Step:
    return Step(user=user, event={"user": user, **values})


STEPS: dict[str, Step] = {
    "click moving.take": Step("new"),
    "click moving.take_over": Step("first", ALEX),
    "click moving.accept": _by_ben("handed_off"),
    "click moving.confirm": Step("resolved"),
    "click moving.now": _by_ben("handed_off"),
    **{f"click checks.pick.{number}": Step(value="info=correct", about="{id}|{version}|first") for number in range(3)},
    "click undo.step": Step(value=MAIN),
    "click undo.check": Step("checked", value=MAIN, about="{id}|{version}|first"),
    **{f"click contacts.{name}": Step(user=CARLA, value=BEN) for name in ("hand_over", "suspend")},
    "click contacts.reinstate": Step(user=CARLA, value=ALEX),
    "click guides.known": _by_ben("first", value="1 / 2"),
    "click conversation.dismiss": Step(value="{unknown}"),
    **{f"click conversation.number.{place}": _by_ben("retarus", value="{known}|RCR-88123") for place in range(3)},
    "click conversation.original": Step(value="{known}"),
    "click customers.remove": Step(user=CARLA, value="customer"),
    "click escalate.save": _by_ben("second", typed=SECOND),
    "click evidence.remove": _by_ben("with_file", value="F1"),
    **{f"click evidence.{name}": _by_ben("complete") for name in ("fine", "look", "trouble")},
    "click evidence_pack.make": Step(),
    "click handover.accept": Step(user=ALEX, value="{handover}"),
    "click joining.join": Step(user=ALEX, about="incident", typed=RAISED | {"customer": "Schulze KG"}),
    "click joining.other": Step("led"),
    "click joining.same": Step(value="PD-{leading_number}"),
    "click letter.again": _by_ben("failed", value="{failed}"),
    "click undelivered.again": Step("failed", CARLA, value="{alert}"),
    "click notes.reinstate": _by_ben("first", value="{retired}"),
    "click raising.aside": Step(user=ALEX, about="incident", typed=RAISED),
    "click raising.replace": Step(about="incident", typed=RAISED),
    "click raising.away": Step(value="incident", about="{with_draft}"),
    "click reports.received": _by_ben("first", value="2019-07"),
    **{
        f"submission bulk.open: {action.name}": Step(
            user=CARLA if action is BulkAction.ASSIGN else ANNA, about="all", typed=_BULK | {"what": action}
        )
        for action in BulkAction
    },
    "submission checks.submit": Step(about="{id}|{version}|triage", typed={"triage": "Restarted it"}),
    "submission contacts.save": Step(user=CARLA, about="", typed=_CONTACT),
    "submission conversation.assign": Step(about="{unknown}", typed={"ticket": "PD-{number}"}),
    "submission customers.save": Step(user=CARLA, about="", typed={"name": "Schulze KG"}),
    "submission eas.opened": _by_ben("portal", typed={"opened": str(int(NOW.timestamp())), "rcr": "RCR-88123"}),
    "submission escalate.rcr": _by_ben("retarus", typed={"rcr": "RCR-88123"}),
    "submission escalate.send": _by_ben("complete"),
    "submission escalate.tasks": _by_ben("second", typed=SECOND),
    "submission filling.submit": Step(typed={"error": "550 5.7.1 rejected"}),
    "submission handoff.submit": Step(typed=HANDED_OFF),
    "submission handover.start": Step(typed={"note": WORDS}),
    "submission joining.known": Step(typed={"cause": "PD-{leading_number}"}),
    "submission letter.send": _by_ben("changed", about="{id}|{version}|{changed}"),
    "submission moving.ask.ask_customer": _with_words("second"),
    "submission moving.ask.compress": _with_words("urgent"),
    **{f"submission moving.ask.{name}": _with_words("asked", ANNA) for name in ("customer_answered", "go_on")},
    "submission moving.ask.note": _with_words("first", ANNA),
    "submission moving.ask.note: with an entry": _by_ben(
        "retarus", about="{id}|{version}|{known}|note|0", typed={"word": WORDS}
    ),
    "submission moving.ask.reopen": _with_words("closed", ANNA),
    **{f"submission moving.ask.{name}": _with_words("second") for name in ("resolve", "send_back", "withdraw")},
    **{f"submission moving.ask.{name}": _with_words("retarus") for name in ("retarus_answered", "retarus_update")},
    "submission notes.change": _by_ben("first", about="{note}|1", typed={"symptom": "551", "remedy": WORDS}),
    "submission notes.retire": _by_ben("first", about="{note}|1", typed={"reason": WORDS}),
    "submission notes.write": _by_ben("first", about="", typed={"symptom": "551", "remedy": WORDS}),
    "submission outage.resolve": _with_words("leading"),
    "submission outage.show": _by_ben("leading", typed={"tickets.0": "{first_id}\n{new_id}"}),
    "submission outage.tell": _with_words("leading"),
    "submission outbound.send": _by_ben("retarus", about="{shown}"),
    "submission outbound.write": _with_words("retarus"),
    "submission raising.raise": Step(about="incident", typed=RAISED),
    "submission raising.raise: with a draft": Step(about="{with_draft}", typed=RAISED),
    "submission reminders.chase": _with_words("retarus"),
    "submission reminders.expect": _by_ben("retarus", typed={"eta": LATER}),
    "submission reminders.hand_on": Step(user=CARLA, typed={"to": ALEX}),
    "submission reminders.pace": Step(typed={"word": "30"}),
    "submission reminders.plan": _with_words("second"),
    "submission reminders.snooze": Step(typed={"until": LATER, "word": WORDS}),
    "submission reports.make": Step(about="", typed={"month": "2019-07"}),
    "submission reports.request": _by_ben("first", about="2019-07", typed={"word": WORDS}),
    "saving command /retarus-report": Step(text="2019-07"),
    "saving command /retarus-ticket: TAKE": Step("new", text="PD-{number} take"),
    "saving command /retarus-ticket: TAKE_OVER": Step("first", ALEX, text="PD-{number} take over"),
    "saving command /retarus-ticket: ACCEPT": _by_ben("handed_off", text="PD-{number} accept"),
    "saving command /retarus-ticket: CONFIRM": Step("resolved", text="PD-{number} confirm"),
    "saving command /retarus-ticket: RESOLVE": _by_ben("second", text="PD-{number} resolve " + WORDS),
    "saving command /retarus-ticket: NOTE": Step(text="PD-{number} note " + WORDS),
    "saving command /retarus-ticket: RCR": _by_ben("retarus", text="PD-{number} rcr RCR-88123"),
    "saving command /retarus-ticket: WAIT": Step(text="PD-{number} wait 2h " + WORDS),
    **{f"event reaction_added: {each.name}": _emoji(*about) for each, about in _EMOJI.items()},
    "event message": _event(ANNA, type="message", channel=DESK, thread_ts="{card}", ts="9.1", files=_FILES),
    "event app_home_opened": _event(ANNA, type="app_home_opened", tab="home", event_ts="1566897600.000001"),
    "event user_change": Step(event={"type": "user_change", "user": {"id": BEN, "deleted": True}}),
    "event member_joined_channel": _event(GUS, type="member_joined_channel", channel=DESK),
    "event channel_unshared": Step(event={"type": "channel_unshared", "channel": RETARUS}),
    "event channel_shared": Step(event={"type": "channel_shared", "channel": RETARUS}, after="event channel_unshared"),
    "event channel_id_changed": Step(
        event={"type": "channel_id_changed", "old_channel_id": RETARUS, "new_channel_id": "C0NEW"}
    ),
}
"""Steps that change something."""

STEPS |= {f"click {look}": _LOOK for look in LOOKS}

SHOWS: frozenset[str] = frozenset(
    f"{kind} {name}"
    for kind, names in {
        "click": (
            *("bulk.open", "canned_answers.choose", "checks.answer", "checks.ask", "contacts.add", "contacts.change"),
            *(f"bulk.page.{page}" for page in ("back", "next")),
            *(f"checks.level.{level}" for level in Level),
            *(f"conversation.{name}" for name in ("answer", "assign", "whole")),
            *(f"conversation.record.{kind}" for kind in ("answer", "question", "update")),
            *(f"customer_words.choose.{choice}" for choice in (*CustomerStage, *Language)),
            *("customer_words.show", "customers.add", "customers.change", "eas.ask", "escalate.ask", "escalate.rcr"),
            *(f"filling.{name}" for name in ("all", "another", "ask", "push")),
            *("find.search", "form.answer", "handoff.ask", "handover.start", "home.raise", "joining.known"),
            *(f"home.take_up.{kind}" for kind in Kind),
            *("letter.show", *(f"moving.ask.{move}" for move in ASKED)),
            *(f"notes.{name}" for name in ("change", "earlier", "from", "later", "retire", "show", "write")),
            *(f"outage.{name}" for name in ("resolve", "show", "tell")),
            *("outbound.write", "raising.keep", "raising.more", "raising.read", "raising.template"),
            *(f"raising.kind.{kind}" for kind in Kind),
            *(f"reminders.{name}" for name in ("chase", "expect", "hand_on", "pace", "plan", "show", "snooze")),
            *("reports.draft", "thread_offer.take_in", *(f"tickets.scope.{scope}" for scope in SCOPES)),
        ),
        "submission": ("find.search",),
        "command": (
            *("/retarus", "/retarus-change", "/retarus-find", "/retarus-incident", "/retarus-note", "/retarus-report"),
            *("/retarus-service-request", "/retarus-ticket"),
        ),
        "shortcut": ("raise_from_message", "raise_ticket", "send_to_retarus"),
        "redraw": (
            *("bulk.open", "checks.submit", "contacts.save", "escalate.tasks", "filling.submit", "find.search"),
            *("handoff.submit", "moving.ask.retarus_answered", "moving.ask.retarus_update", "raising.raise"),
        ),
        "event": ("member_left_channel",),
        "search": ("customer",),
    }.items()
    for name in names
)
"""Listeners that change nothing but what one person sees."""
