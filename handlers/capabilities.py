"""All capabilities that listen to Slack, and how they are registered."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from handlers import (
    assignment,
    bulk,
    canned_answers,
    checklist,
    contacts,
    conversation,
    create,
    customer_words,
    customers,
    eas,
    escalation,
    evidence,
    evidence_pack,
    fill_in,
    handoff,
    handover,
    home,
    kind_chooser,
    known_issues,
    letter,
    notes,
    one_line,
    outage,
    outbound,
    privacy,
    reactions,
    reminders,
    reports,
    search,
    shared_channel,
    thread_offer,
    tickets,
    transitions,
    undo,
)
from handlers.dispatch import Dispatcher

CAPABILITIES = (
    create,
    kind_chooser,
    transitions,
    undo,
    handoff,
    handover,
    checklist,
    fill_in,
    escalation,
    eas,
    evidence,
    privacy,
    letter,
    outbound,
    canned_answers,
    shared_channel,
    thread_offer,
    reminders,
    assignment,
    conversation,
    tickets,
    bulk,
    one_line,
    reactions,
    notes,
    search,
    known_issues,
    outage,
    home,
    contacts,
    customers,
    customer_words,
    evidence_pack,
    reports,
)


def listen(dispatcher: Dispatcher, app: AsyncApp) -> None:
    """Registers the listeners of every capability, then opens the dispatcher."""
    for capability in CAPABILITIES:
        capability.register(dispatcher.desk, dispatcher)
    dispatcher.connect(app)
