"""A summary is begun from what is known, for a person to finish."""

from __future__ import annotations

import pytest

from bot.core.i18n import Language, speaking
from bot.escalation.summaries import done_so_far, first_summary, question_to_customer, second_summary
from bot.model.ticket import Kind
from tests.factories import COMPLETE, RAISED, a_config, an_incident

CONFIG = a_config()


def test_first_summary_says_symptom_impact_since_when_and_the_exact_error() -> None:
    assert first_summary(an_incident(), CONFIG).splitlines() == [
        "Symptom: Outbound mail is rejected with 550 since the connector update.",
        "Impact: no outbound mail for three customers",
        "Since: 27.08.2019 - 11:00 UTC+2",
        "Error: 550 5.7.1 rejected",
        "Customers affected: 3",
    ]


def test_unknown_answers_are_left_out() -> None:
    assert "Error" not in first_summary(an_incident(answers=RAISED), CONFIG)
    assert done_so_far(an_incident(answers=RAISED), CONFIG) == ""


def test_second_summary_begins_with_the_first_levels() -> None:
    assert second_summary(an_incident(), CONFIG).startswith(f"1st level: {COMPLETE['summary_first']}")


def test_steps_taken_come_from_the_checks_of_both_levels() -> None:
    lines = done_so_far(an_incident(), CONFIG).splitlines()
    assert lines[0] == "Triage: Restarted the connector: no change"
    assert "Remote connection: Works" in lines
    assert "Customization: Connector 4.2, standard set-up" in lines


def test_answer_of_several_lines_stays_as_it_was_written_below_its_name() -> None:
    draft = second_summary(an_incident(also={"summary_first": "restart: no change\nDE1 only"}), CONFIG)
    assert draft.startswith("1st level:\nrestart: no change\nDE1 only\n")


def test_draft_fits_the_field_it_is_put_in() -> None:
    long = dict.fromkeys(("happens", "error", "triage", "searched", "system", "summary_first"), "many\nlines " * 300)
    for draft in (first_summary, second_summary, done_so_far):
        assert 0 < len(draft(an_incident(also=long), CONFIG)) <= 3000


def test_draft_for_the_letter_is_in_the_language_of_letters() -> None:
    english = done_so_far(an_incident(), CONFIG)
    with speaking(Language.GERMAN):
        assert done_so_far(an_incident(), CONFIG) == english


def test_question_to_the_customer_begins_with_the_reason_for_sending_back_and_has_no_words_of_the_guide() -> None:
    ticket = an_incident(answers=RAISED, sent_back="Which of the two connectors is it?")
    asked = question_to_customer(ticket, CONFIG).splitlines()
    assert asked[1] == "- Which of the two connectors is it?"
    assert "- How many people or sites are affected?" in asked
    assert not any(word in "\n".join(asked) for word in ("Used interface", "Error pattern", "Tenant", "EXAMPLE"))


@pytest.mark.parametrize("kind", [Kind.SERVICE_REQUEST, Kind.CHANGE])
def test_question_about_a_request_asks_for_no_cause_and_quotes_the_beginning_of_a_long_text(kind: Kind) -> None:
    answers = {**RAISED, "happens": "Please set up a second fax number. " * 80}
    ticket = an_incident(kind=kind, answers=answers, sent_back="Which number,\nand from when on?")
    lead, *asked = question_to_customer(ticket, CONFIG).splitlines()
    assert lead.startswith("To do what you asked for (“Please set up a second fax number.")
    assert len(lead) < 400
    assert asked[0] == "- Which number, and from when on?"
    assert "came back" not in "".join(asked)
