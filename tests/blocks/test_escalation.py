"""Escalation modal: it shows everything that is missing at once, or the exact text that will be sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from blocks import escalation, escalation_form, fill_in
from blocks.kit import Json
from bot.escalation.letter import as_text, write
from bot.escalation.preview import Preview
from bot.forms.template_fields import Need
from bot.forms.validation import missing
from bot.model.ticket import Stage, Ticket
from bot.tickets.routes import Routes
from tests.blocks.surfaces import parts
from tests.factories import DESK, HANDED_OFF, MAIL, RAISED, RETARUS, a_config, a_contact, an_incident
from tests.golden import agrees

CONFIG = a_config()
ROUTES = Routes(DESK, RETARUS, MAIL)
GOLDEN = Path(__file__).parent / "golden"


def shown(ticket: Ticket | None = None, refusal: str = "", *, routes: Routes = ROUTES, **config: Any) -> Json:
    ticket = ticket or an_incident(Stage.SECOND)
    config_ = a_config(**config)
    letter, open_items = write(ticket, a_contact(), config_), missing(ticket, Need.ESCALATE, config_)
    preview = Preview(ticket, letter, open_items, refusal, ways=routes.ways)
    return escalation.preview(preview, "PD-1042", config_)


def words(view: Json) -> str:
    return "\n".join(part["text"] for part in parts(view) if isinstance(part.get("text"), str))


def test_form_says_which_answers_stay_with_us() -> None:
    view = escalation_form.modal(an_incident(Stage.SECOND), "PD-1042", CONFIG, everything=True)
    line = next(
        each for each in words(view).splitlines() if each.startswith("Retarus reads these answers. Only we read: ")
    )
    assert "Was the customer's system accessed" in line
    assert "Help desk, if one was needed" in line
    for printed in (
        "What is asked of Retarus",
        "Root cause",
        "Summary for Retarus",
        "How is the customer's system set up",
        "Workaround given",
    ):
        assert printed not in line


def test_form_lists_what_is_answered_in_short_lines() -> None:
    long = "Only they see the policy that rejects on the data centre in Frankfurt, and only they can correct it there"
    text = words(escalation_form.modal(an_incident(Stage.SECOND, also={"why_retarus": long}), "PD-1042", CONFIG))
    assert "Already answered" in text
    assert "EXAMPLE: \n1 transaction\n" in text
    assert "What is asked of Retarus, and why is Retarus needed: \nOnly they see the policy that rejects on" in text
    assert long not in text
    assert "What was done, and what came of it" not in text


def test_form_asks_before_it_lists_what_is_answered() -> None:
    text = words(escalation_form.modal(an_incident(Stage.SECOND, also={"why_retarus": ""}), "PD-1042", CONFIG))
    assert text.index("What is asked of Retarus") < text.index("Already answered") < text.index("Edit these answers")


def test_preview_of_a_complete_ticket_can_be_sent() -> None:
    view = shown()
    assert view["callback_id"] == escalation.SEND
    assert view["submit"] == {"type": "plain_text", "text": "Send to Retarus", "emoji": False}


def test_preview_is_the_letter_word_for_word() -> None:
    ticket = an_incident(Stage.SECOND)
    text = words(shown(ticket)).split()
    letter = as_text(write(ticket, a_contact(), CONFIG)).replace("telephone number:", "telephone number").split()
    assert " ".join(letter) in " ".join(text)


def test_preview_says_where_it_goes() -> None:
    assert "to the Retarus channel and by e-mail to support@retarus.example, in your name" in words(shown())
    assert "Goes to the Retarus channel, in your name" in words(shown(routes=Routes(DESK, RETARUS)))
    lost = Routes(DESK, severed=RETARUS)
    for routes in (Routes(DESK), lost):
        view = shown(refusal=routes.no_way, routes=routes)
        assert routes.no_way in words(view)
        assert "submit" not in view
        assert "Open it in EAS instead" in words(view)


def test_incomplete_ticket_cannot_be_sent_and_names_everything_missing_with_level_and_section() -> None:
    ticket = an_incident(Stage.SECOND, answers=RAISED | HANDED_OFF)
    view = shown(ticket)
    assert "submit" not in view
    assert f"Missing for Retarus ({len(missing(ticket, Need.ESCALATE, a_config()))})" in words(view)
    for item in missing(ticket, Need.ESCALATE, a_config()):
        assert item.line in words(view)


def test_button_asks_for_everything_that_is_missing() -> None:
    view = shown(an_incident(Stage.SECOND, answers=RAISED))
    (button,) = [part for part in parts(view) if part.get("type") == "button"]
    assert (button["action_id"], button["value"]) == (fill_in.PUSH, "t1")


def test_reader_without_permission_to_send_sees_the_reason_and_no_button() -> None:
    view = shown(refusal="You are not in the register of support contacts.")
    assert "submit" not in view
    assert "You are not in the register of support contacts." in words(view)


def test_preview_of_a_changed_ticket_is_redrawn_and_says_so() -> None:
    ticket = an_incident(Stage.SECOND)
    preview = Preview(ticket, write(ticket, a_contact(), CONFIG), (), "")
    assert "PD-1042 changed since you looked" in words(escalation.preview(preview, "PD-1042", CONFIG, changed=True))


def test_preview_looks_as_approved() -> None:
    agrees(json.dumps(shown(), indent=1, ensure_ascii=False) + "\n", GOLDEN / "preview.json")
