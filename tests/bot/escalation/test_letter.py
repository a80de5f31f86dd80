"""Retarus reads the guide's headings, verbatim and in order, and nothing that does not apply."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.i18n import Language
from bot.escalation.letter import as_html, as_text, copy_of, write
from bot.model.letter_text import LetterText
from bot.model.ticket import Kind, Stage, Ticket
from bot.tickets.reference import reference
from tests.factories import BEN, COMPLETE, HANDED_OFF, RAISED, a_config, a_contact, an_incident, without
from tests.golden import agrees

GOLDEN = Path(__file__).parent / "golden"
HEADINGS = [
    "PARTNERS' MAIN CUSTOMER ID",
    "AFFECTED SERVICE",
    "START OF INCIDENT",
    "END OF INCIDENT (OPTIONAL)",
    "DESCRIPTION",
    "EXAMPLE",
    "ADDITIONAL INFORMATION",
    "PRE-QUALIFICATION",
]
REQUEST_HEADINGS = [heading for heading in HEADINGS if "INCIDENT" not in heading]
SENSITIVE = ("Müller", "Anna", "Arnold", "+49", "@", "Ben", "Brandt")


def letter(ticket: Ticket | None = None, **also: str) -> LetterText:
    ticket = ticket or an_incident(also=also)
    return write(ticket, a_contact(BEN), a_config())


def text(ticket: Ticket | None = None, **also: str) -> str:
    return as_text(letter(ticket, **also))


def row(heading: str, whole: str) -> str:
    return next(line for line in whole.splitlines() if line.startswith(heading))


def section(heading: str, whole: str) -> list[str]:
    """The lines under a heading of the template."""
    lines = whole.split("\n\n")
    return next(block for block in lines if block.startswith(f"{heading}\n")).splitlines()[1:]


def test_incident_reads_as_the_guide_asks() -> None:
    agrees(f"Subject: {letter().subject}\n\n{text()}", GOLDEN / "incident.txt")


def test_service_request_reads_as_the_guide_asks() -> None:
    ticket = an_incident(kind=Kind.SERVICE_REQUEST, answers=without(COMPLETE, "start"))
    agrees(f"Subject: {letter(ticket).subject}\n\n{text(ticket)}", GOLDEN / "service_request.txt")


@pytest.mark.parametrize(
    ("kind", "headings"),
    [(Kind.INCIDENT, HEADINGS), (Kind.SERVICE_REQUEST, REQUEST_HEADINGS), (Kind.CHANGE, REQUEST_HEADINGS)],
)
def test_headings_are_verbatim_and_in_the_guides_order(kind: Kind, headings: list[str]) -> None:
    lines = text(an_incident(kind=kind)).splitlines()
    assert [line for line in lines if line in HEADINGS] == headings


def test_rows_of_the_matrix_stand_under_prequalification_in_their_own_words() -> None:
    block = text().split("PRE-QUALIFICATION\n")[1].splitlines()
    assert [line.split("? ")[0].split(": ")[0] for line in block] == [
        "Contact person(s) including telephone number",
        "Was it possible to reproduce the error and what steps were taken to reproduce it",
        "What has already been done by the customer support to identify and/or fix the problem",
        "Is Retarus permitted to send test transactions",
        "Is this issue is already known",
    ]


def test_times_are_written_as_in_the_guide_in_the_reporters_zone() -> None:
    assert section("START OF INCIDENT", text()) == ["27.08.2019 - 11:00 UTC+2"]
    assert section("END OF INCIDENT (OPTIONAL)", text(end="1566903600")) == ["27.08.2019 - 13:00 UTC+2"]
    assert section("START OF INCIDENT", text(an_incident(zone="Asia/Kolkata"))) == ["27.08.2019 - 14:30 UTC+5:30"]


def test_incident_without_an_end_is_ongoing() -> None:
    assert section("END OF INCIDENT (OPTIONAL)", text()) == ["ongoing"]


def test_closed_incident_without_an_end_is_not_called_ongoing() -> None:
    text = as_text(write(an_incident(Stage.CLOSED), a_contact(), a_config()))
    assert section("END OF INCIDENT (OPTIONAL)", text) == ["-"]


def test_declarant_is_named_with_their_telephone_number() -> None:
    assert text().splitlines()[1] == "Reported by Ben Brandt, authorised support contact, +49 89 12345679"


def test_subject_carries_our_reference_and_no_personal_data() -> None:
    subject = letter().subject
    assert subject == "[PD-1042] P1 incident: Email Security, 73125 / 12345RS, 23456RS"
    assert not [word for word in SENSITIVE if word in subject]


def test_long_subject_keeps_its_reference_and_its_last_tenant() -> None:
    tenants = "\n".join(f"{number}RS" for number in range(10000, 10040))
    subject = letter(tenants=tenants).subject
    assert subject.startswith("[PD-1042] P1 incident: Email Security")
    assert subject.endswith("10039RS")
    assert len(subject) <= 150
    assert ", ".join(tenants.split("\n")) in text(tenants=tenants)


@given(st.text(max_size=200))
def test_subject_is_one_line_whatever_was_typed(typed: str) -> None:
    subject = letter(services="Other", service_other=f"{typed}\r\nBcc: x@y.example").subject
    assert len(subject.splitlines()) == 1
    assert len(subject) <= 150


def test_end_customers_name_and_first_level_checks_stay_with_us() -> None:
    whole = text(customer="SECRETCUSTOMER", summary_first="SECRETSUMMARY", triage="SECRETTRIAGE", access="SECRETACCESS")
    assert "SECRET" not in whole


FINDINGS = {
    "summary_second": (
        "Rejected by policy; DNS ruled out.",
        "Status summary (2nd level): Rejected by policy; DNS ruled out.",
    ),
    "why_retarus": ("Correct the policy on DE1", "What we ask of Retarus: Correct the policy on DE1"),
    "cause": ("The policy was changed", "Root cause: The policy was changed"),
    "system": ("Connector 4.2", "System customization: Connector 4.2"),
    "workaround": ("Send through DE2", "Workaround: Send through DE2"),
}


@pytest.mark.parametrize("key", FINDINGS)
def test_findings_and_ask_stand_under_description(key: str) -> None:
    answer, printed = FINDINGS[key]
    assert printed in section("DESCRIPTION", text(an_incident(also={key: answer})))


@pytest.mark.parametrize("answer", ["", "none"])
def test_workaround_that_is_not_known_is_not_printed(answer: str) -> None:
    assert "Workaround" not in text(workaround=answer)


GUIDE = (
    *HEADINGS,
    "Tenant(s) or Dedicated Customer ID(s):",
    "Contact person(s) including telephone number",
    "Was it possible to reproduce the error and what steps were taken to reproduce it?",
    "What has already been done by the customer support to identify and/or fix the problem?",
    "Is Retarus permitted to send test transactions?",
    "Is this issue is already known?",
)
"""The guide's own words, sections 4 and 5."""


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", Language)
def test_headings_and_rows_are_the_guides_own_words_in_every_language(kind: Kind, language: Language) -> None:
    whole = as_text(write(an_incident(kind=kind), a_contact(BEN), a_config(retarus={"language": language})))
    english = as_text(write(an_incident(kind=kind), a_contact(BEN), a_config()))
    lines = [[words for words in GUIDE if line.startswith(words)] for line in whole.splitlines()]
    expected = [[words for words in GUIDE if line.startswith(words)] for line in english.splitlines()]
    assert lines == expected
    assert "Tenant(s) or Dedicated Customer ID(s): 12345RS, 23456RS" in whole


def test_partners_priority_stands_under_additional_information() -> None:
    lines = section("ADDITIONAL INFORMATION", text())
    assert lines[-1] == "Priority (partner's assessment): P1, no outbound mail"


def test_known_issue_is_referenced_or_it_says_where_it_was_searched() -> None:
    assert row("Is this issue is already known?", text(known="yes", known_as="RCR-7")).endswith("? Yes: RCR-7")
    assert "? No; searched: technical notes" in row("Is this issue is already known?", text())


def test_answer_that_no_longer_applies_is_not_printed() -> None:
    assert "RCR-7" not in text(known="no", known_as="RCR-7")
    assert "weekdays" not in text(test="no")
    assert "Telex" not in text(service_other="Telex")
    assert "Telex" not in letter(service_other="Telex").subject


def test_another_service_is_called_by_its_name() -> None:
    assert section("AFFECTED SERVICE", text(services="SMS\nOther", service_other="Telex")) == ["SMS, Telex"]


def test_absence_is_printed_with_its_reason() -> None:
    reason = "not available because the customer is offline"
    assert f"Error pattern / message: {reason}" in section("DESCRIPTION", text(error=reason))


def test_transactions_are_numbered() -> None:
    second = {"example.2.when": "1566896700", "example.2.inbound": "+4989", "example.2.status": "busy"}
    lines = section("EXAMPLE", text(an_incident(also=second)))
    assert lines == [
        "1) 27.08.2019 - 11:04 UTC+2 · sender a@mueller.example · recipient b@target.example · 550 5.7.1 rejected",
        "log: 10:04:00 RCPT TO rejected",
        "2) 27.08.2019 - 11:05 UTC+2 · inbound number +4989 · busy",
    ]


def test_braces_and_percent_signs_are_only_characters() -> None:
    assert "Impact: {0} {x} %s" in text(impact="{0} {x} %s")


def test_row_the_matrix_leaves_blank_appears_only_when_it_was_answered() -> None:
    request = an_incident(kind=Kind.SERVICE_REQUEST, answers=RAISED)
    assert "Was it possible to reproduce" not in text(request)
    assert "Was it possible to reproduce" in text(request.model_copy(update={"answers": RAISED | {"reproduced": "no"}}))


def test_preview_shows_every_heading_even_when_its_answer_is_missing() -> None:
    whole = text(an_incident(answers=RAISED | HANDED_OFF))
    assert section("EXAMPLE", whole) == ["-"]
    assert row("Is Retarus permitted to send test transactions?", whole).endswith("? -")


def test_ticket_is_called_by_prefix_and_number() -> None:
    assert reference(an_incident(number=7), a_config(desk={"prefix": "NL"})) == "NL-7"


# --- HTML


class Reader(HTMLParser):
    """Text of an HTML mail, and its tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.feed(html.replace("<br>", "\n"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data.split()


TAGS = set(Reader(as_html(letter())).tags)


@given(st.text(max_size=300).map(lambda typed: f"{typed}<script>alert(1)</script>&amp;"))
def test_html_has_the_same_words_and_typed_text_stays_text(typed: str) -> None:
    written = letter(happens=typed, steps=typed)
    read = Reader(as_html(written))
    assert read.words == written.subject.split() + as_text(written).split()
    assert set(read.tags) == TAGS


def test_html_loads_nothing_and_links_nowhere() -> None:
    assert not re.search(r"\b(src|href|url|@import)\b", as_html(letter()))


def test_copy_holds_every_part_in_order() -> None:
    headings = [part.heading for part in copy_of(letter())]
    assert [heading for heading in headings if heading in HEADINGS] == HEADINGS
    assert headings[0] == ""
