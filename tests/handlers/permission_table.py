"""The row of each listener in the table of docs/administration.md, and the table itself."""

from __future__ import annotations

import re
from pathlib import Path

from blocks import home
from bot.home import FOR_ADMINS, FOR_LEADS, FOR_MEMBERS, Tab

RAISE = "Raise a ticket"
RESOURCES = "Read the resources"
READ = "Read tickets"
PART = "Take part in a ticket"
FIRST = "Take a ticket"
SECOND = "Accept a handoff"
MOVE = "Any other move"
UNDO = "Undo a step"
SEND = "Send to Retarus"
CONTACT = "Chase Retarus"
LEAD = "See the team's tickets"
ADMIN = "Register of contacts"
SLACK = ""
"""Listeners without a right: events of Slack, whose result is checked where it is drawn."""

PARTS = {**dict.fromkeys(FOR_ADMINS, ADMIN), **dict.fromkeys(FOR_MEMBERS, RESOURCES), **dict.fromkeys(FOR_LEADS, LEAD)}
TABS = {home.TAB + tab: PARTS.get(tab, READ) for tab in Tab}

ROWS: dict[str, str] = {
    **{f"command {name}": RAISE for name in ("/retarus", "/retarus-change", "/retarus-incident")},
    "command /retarus-service-request": RAISE,
    **{f"command {name}": READ for name in ("/retarus-find", "/retarus-report", "/retarus-ticket")},
    "saving command /retarus-report": READ,
    "command /retarus-note": PART,
    "saving command /retarus-ticket": PART,
    **{f"shortcut {name}": RAISE for name in ("raise_from_message", "raise_ticket")},
    "search customer": RAISE,
    **{
        f"event {name}": SLACK
        for name in ("app_home_opened", "channel_id_changed", "channel_shared", "channel_unshared", "user_change")
    },
    **{f"event member_{name}_channel": SLACK for name in ("joined", "left")},
    "event message": PART,
    "event reaction_added": MOVE,
    "redraw raising.raise": RAISE,
    "redraw find.search": READ,
    **{f"redraw {name}": PART for name in ("checks.submit", "escalate.tasks", "filling.submit", "handoff.submit")},
    **{f"redraw moving.ask.{move}": PART for move in ("retarus_answered", "retarus_update")},
    "click form.answer": SLACK,
    **{f"click home.{name}": RAISE for name in ("raise", "take_up.")},
    **{
        f"click raising.{name}": RAISE
        for name in ("aside", "away", "keep", "kind.", "more", "read", "replace", "template")
    },
    "submission raising.raise": RAISE,
    "click guides.known": RESOURCES,
    **{f"click {name}": row for name, row in TABS.items()},
    **{f"click home.{name}": READ for name in ("ball.", "level.", "page.", "turn.")},
    "click team.": LEAD,
    "click customers.page.": ADMIN,
    **{f"click notes.{name}": READ for name in ("page.", "earlier", "later", "show")},
    "click tickets.scope.": READ,
    "click find.search": READ,
    "submission find.search": READ,
    "click joining.join": READ,
    "submission reports.make": READ,
    **{f"click notes.{name}": PART for name in ("change", "from", "reinstate", "retire", "write")},
    **{f"submission notes.{name}": PART for name in ("change", "retire", "write")},
    **{f"click checks.{name}": PART for name in ("answer", "ask", "level.", "pick.")},
    "submission checks.submit": PART,
    **{f"click undo.{name}": UNDO for name in ("check", "step")},
    "click thread_offer.take_in": PART,
    **{f"click filling.{name}": PART for name in ("all", "another", "ask", "push")},
    "submission filling.submit": PART,
    "click escalate.save": PART,
    **{f"click joining.{name}": PART for name in ("known", "other", "same")},
    "submission joining.known": PART,
    **{f"click evidence.{name}": PART for name in ("fine", "look", "remove", "trouble")},
    **{f"click letter.{name}": PART for name in ("show", "again")},
    "submission letter.send": PART,
    **{f"click reminders.{name}": PART for name in ("expect", "pace", "plan", "show", "snooze")},
    **{f"submission reminders.{name}": PART for name in ("expect", "pace", "plan", "snooze")},
    "click canned_answers.choose": PART,
    "click customer_words.": PART,
    **{f"{kind} handover.start": PART for kind in ("click", "submission")},
    "click handover.accept": PART,
    **{f"{kind} bulk.open": PART for kind in ("click", "submission", "redraw")},
    "click bulk.page.": PART,
    "click evidence_pack.make": PART,
    **{f"{kind} outage.{name}": PART for kind in ("click", "submission") for name in ("show", "tell")},
    **{f"{kind} outage.resolve": MOVE for kind in ("click", "submission")},
    "click conversation.": PART,
    "submission conversation.assign": PART,
    "click escalate.rcr": PART,
    "submission escalate.rcr": PART,
    "click reports.received": PART,
    "click moving.now": PART,
    "click moving.take_over": MOVE,
    **{f"{kind} moving.ask.{move}": PART for kind in ("click", "submission") for move in ("note", "reopen")},
    **{f"click moving.{move}": FIRST for move in ("take", "confirm")},
    "click handoff.ask": FIRST,
    "submission handoff.submit": FIRST,
    "click moving.accept": SECOND,
    **{f"{kind} moving.ask.{move}": SECOND for kind in ("click", "submission") for move in ("compress", "send_back")},
    **{
        f"{kind} moving.ask.{move}": MOVE
        for kind in ("click", "submission")
        for move in (
            *("ask_customer", "customer_answered", "go_on", "resolve"),
            *("retarus_answered", "retarus_update", "withdraw"),
        )
    },
    **{f"{kind} reminders.hand_on": MOVE for kind in ("click", "submission")},
    "click escalate.ask": MOVE,
    "submission escalate.tasks": MOVE,
    "submission escalate.send": SEND,
    "click eas.ask": SEND,
    "submission eas.opened": SEND,
    **{f"{kind} reminders.chase": CONTACT for kind in ("click", "submission")},
    "click outbound.write": CONTACT,
    "click conversation.answer": CONTACT,
    **{f"submission outbound.{name}": CONTACT for name in ("write", "send")},
    "shortcut send_to_retarus": CONTACT,
    "click reports.draft": CONTACT,
    "submission reports.request": CONTACT,
    **{f"click contacts.{name}": ADMIN for name in ("add", "change", "hand_over", "reinstate", "suspend")},
    **{f"{kind} contacts.save": ADMIN for kind in ("submission", "redraw")},
    **{f"click customers.{name}": ADMIN for name in ("add", "change", "remove")},
    "submission customers.save": ADMIN,
    "click undelivered.again": ADMIN,
}
"""Rows by kind and id; an id that ends with a dot is a prefix."""


def row_of(listener: str) -> str | None:
    """The row of a listener; None where it has none."""
    if listener in ROWS:
        return ROWS[listener]
    return next((row for prefix, row in ROWS.items() if prefix.endswith(".") and listener.startswith(prefix)), None)


def table() -> dict[str, list[str]]:
    """The rows in docs/administration.md, by their first words: the cells by kind of person."""
    text = (Path(__file__).parents[2] / "docs" / "administration.md").read_text("utf-8")
    section = text.split("## Who may do and see what")[1].split("\n## ")[0]
    lines = re.findall(r"^\|.*\|$", section, re.MULTILINE)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in rows[2:]}
