"""A ticket in lists and notifications: the customer's name stands beside the trouble, and is said once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from blocks import urgency
from bot.model.ticket import Stage, Times
from tests.factories import NOW, a_config, an_incident

REST = "Outbound mail is rejected"


@pytest.mark.parametrize(
    ("happens", "shown"),
    [
        (REST, f"Müller GmbH: {REST}"),
        ("Müller GmbH: outbound mail is rejected", f"Müller GmbH: {REST}"),
        ("MÜLLER GMBH – outbound mail is rejected", f"Müller GmbH: {REST}"),
        ("Müller\u00a0GmbH |\noutbound mail is rejected", f"Müller GmbH: {REST}"),
        ("Mu\u0308ller GmbH, outbound mail is rejected", f"Müller GmbH: {REST}"),
        ("Müller GmbH cannot send: 550", "Müller GmbH cannot send: 550"),
        ("Müller GmbHs mail is late", "Müller GmbH: Müller GmbHs mail is late"),
        ("Müller: outbound mail is rejected", f"Müller GmbH: {REST}"),
        ("Müllerei: closed today", "Müller GmbH: Müllerei: closed today"),
        ("Müller GmbH:", "Müller GmbH:"),
        ("Error: Müller GmbH", "Müller GmbH: Error: Müller GmbH"),
    ],
)
def test_customer_is_named_once_beside_the_trouble(happens: str, shown: str) -> None:
    assert urgency.about(an_incident(also={"happens": happens}), 100) == shown


def test_customer_is_named_once_in_a_notification() -> None:
    ticket = an_incident(also={"happens": "Müller GmbH: outbound mail is rejected"})
    assert urgency.pushed(ticket, a_config()) == f"🔴 P1 · PD-1042 · Müller GmbH: {REST}"


def test_ticket_without_a_customer_begins_with_the_trouble() -> None:
    assert urgency.about(an_incident(also={"customer": "", "happens": f": {REST}"}), 100) == f": {REST}"


def test_long_trouble_is_cut_to_the_limit() -> None:
    assert len(urgency.about(an_incident(also={"happens": "word " * 100}), 75)) <= 75


def test_view_that_is_drawn_at_a_moment_shows_the_breach_of_that_moment() -> None:
    config = a_config(sla={"P1": {"action_plan": 60}})
    ticket = an_incident(Stage.RESOLVED, times=Times(priorities={"P1": NOW}))
    shown = {
        minutes: "".join(
            str(each.get("text", "")) for each in urgency.due(ticket, config, NOW + timedelta(minutes=minutes))
        )
        for minutes in (59, 60)
    }
    assert "⌛ plan due" in shown[59]
    assert "⚠️ past the SLA since" in shown[60]
    assert "⌛ plan due" in "".join(str(each.get("text", "")) for each in urgency.due(ticket, config))
