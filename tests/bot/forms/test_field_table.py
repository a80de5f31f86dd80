"""Custom fields are asked, missed, printed and refused like the guide's own questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.config.settings import Config
from bot.core.errors import Invalid, Misconfigured
from bot.core.i18n import Language, speaking
from bot.escalation.letter import as_text, write
from bot.escalation.summaries import first_summary
from bot.forms.field_table import fields_of, fitting, is_asked, priority_reason, table
from bot.forms.template_fields import FIELDS, Need
from bot.forms.validation import checked, missing
from bot.model.ticket import Kind, Level
from tests.factories import COMPLETE, HANDED_OFF, NOW, RAISED, a_config, a_contact, an_incident, given, without

INCIDENT, REQUEST, CHANGE = Kind.INCIDENT, Kind.SERVICE_REQUEST, Kind.CHANGE

REGION = {
    "key": "region",
    "label": "Region of the data center",
    "hint": "As the portal shows it",
    "ask": "choice",
    "options": ["EU", "US"],
    "kinds": ["incident"],
    "services": ["FAX", "SMS"],
    "under": "DESCRIPTION",
}
JOB = {"key": "job", "label": "Job ID {see portal}", "level": "second"}


def config(*fields: Mapping[str, Any], **tables: Any) -> Config:
    return a_config(fields=list(fields), **tables)


def missing_keys(settings: Config, border: Need = Need.ESCALATE, *, region: str = "", services: str = "") -> set[str]:
    ticket = an_incident(answers=COMPLETE, also={"services": services or "SMS", "own.region": region})
    return {each.key for each in missing(ticket, border, settings)}


# --- fields of the desk's own


def test_guides_table_is_complete_without_custom_fields() -> None:
    assert table(config()) == FIELDS


def test_a_field_of_the_desks_own_is_asked_under_its_heading_after_the_guides() -> None:
    keys = [each.key for each in fields_of(INCIDENT, config(REGION, JOB))]
    assert keys.index("own.region") == keys.index("affected") + 1
    assert keys.index("own.job") == keys.index("related") + 1


def test_custom_field_is_missing_until_answered_for_its_kinds_and_services_only() -> None:
    settings = config(REGION)
    assert missing_keys(settings, services="FAX") == {"own.region"}
    assert missing_keys(settings, services="Email Security\nSMS") == {"own.region"}
    assert missing_keys(settings, services="Email Security") == set()
    assert missing_keys(settings, services="FAX", region="EU") == set()
    assert "own.region" not in {each.key for each in fields_of(CHANGE, settings)}


def test_custom_field_names_its_level_and_its_section() -> None:
    item = next(each for each in missing(an_incident(), Need.ESCALATE, config(JOB)) if each.key == "own.job")
    assert (item.name, item.level, item.heading.text) == ("Job ID {see portal}", Level.SECOND, "ADDITIONAL INFORMATION")


@pytest.mark.parametrize(
    ("needed", "border"), [("raise", Need.RAISE), ("handoff", Need.HANDOFF), ("escalate", Need.ESCALATE)]
)
def test_custom_field_is_required_at_its_configured_border(needed: str, border: Need) -> None:
    assert missing_keys(config(JOB | {"needed": needed}), border) == {"own.job"}
    earlier = [each for each in Need if each.order < border.order]
    assert not any(missing_keys(config(JOB | {"needed": needed}), each) for each in earlier)


def test_optional_custom_field_is_offered_all_the_same() -> None:
    settings = config(JOB | {"needed": "never"})
    assert missing_keys(settings) == set()
    assert "own.job" in {each.key for each in fields_of(INCIDENT, settings)}


def test_a_filler_is_no_answer_to_it_either_and_what_is_picked_is_one_of_its_options() -> None:
    settings = config(REGION, JOB)
    fields = [each for each in fields_of(INCIDENT, settings) if each.key.startswith("own.")]
    now = given(fields=[REGION, JOB])
    with pytest.raises(Invalid) as refused:
        checked(fields, {"own.region": "Mars", "own.job": "tbd"}, INCIDENT, now, Need.RAISE)
    assert set(refused.value.errors) == {"own.region", "own.job"}
    good = {"own.region": "EU", "own.job": "not available because the portal is down"}
    assert checked(fields, good, INCIDENT, now, Need.RAISE) == good


def test_a_moment_of_the_desks_own_is_kept_as_one_and_printed_as_the_guide_writes_moments() -> None:
    settings = config({"key": "seen", "label": "Last seen working", "ask": "moment"})
    ticket = an_incident(also={"own.seen": "1566896400"})
    assert "Last seen working: 27.08.2019 - 11:00 UTC+2" in as_text(write(ticket, a_contact(), settings))


def test_custom_field_is_printed_under_its_heading_with_its_label_and_begins_in_the_summary() -> None:
    settings = config(REGION, JOB)
    ticket = an_incident(also={"services": "FAX", "own.region": "EU", "own.job": "J-77"})
    text = as_text(write(ticket, a_contact(), settings))
    description = text[text.index("DESCRIPTION") : text.index("EXAMPLE")]
    additional = text[text.index("ADDITIONAL INFORMATION") : text.index("PRE-QUALIFICATION")]
    assert "Region of the data center: EU" in description
    assert "Job ID {see portal}: J-77" in additional
    assert "Region of the data center: EU" in first_summary(ticket, settings)


def test_answers_for_a_removed_service_are_not_printed() -> None:
    ticket = an_incident(also={"services": "Email Security", "own.region": "EU"})
    assert "Region" not in as_text(write(ticket, a_contact(), config(REGION)))


def test_an_answer_to_a_field_that_is_gone_from_the_settings_harms_nothing() -> None:
    ticket = an_incident(also={"own.gone": "x"})
    assert "own.gone" not in as_text(write(ticket, a_contact(), config()))
    assert missing(ticket, Need.ESCALATE, config()) == ()


@pytest.mark.parametrize(
    ("table_", "expected"),
    [
        ({"key": "Region!"}, r"\[\[fields\]\] no\. 1: `key`"),
        ({"label": ""}, r"\[\[fields\]\] no\. 1: `label`"),
        ({"ask": "riddle"}, r"\[\[fields\]\] no\. 1: `ask`"),
        ({"options": ["EU"]}, '`fields` no. 1: `ask = "choice"` needs two to 100 `options`'),
        ({"options": ["EU", "EU"]}, r"\[\[fields\]\] no\. 1: `options`: “EU” is given twice"),
        ({"ask": "line"}, 'takes no `options`; write `ask = "choice"`'),
        ({"kinds": ["riot"]}, r"\[\[fields\]\] no\. 1: `kinds`"),
        ({"kinds": []}, r"\[\[fields\]\] no\. 1: `kinds`"),
        ({"services": ["Telex"]}, r"\[\[fields\]\] no\. 1: `services`: there is no “Telex” \(known here: Email"),
        ({"needed": "soon"}, r"\[\[fields\]\] no\. 1: `needed`"),
        ({"under": "EXAMPLE"}, r"\[\[fields\]\] no\. 1: `under`"),
        ({"knd": "x"}, r"\[\[fields\]\] no\. 1: `knd` is not a setting. Did you mean `kinds`"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(table_: Mapping[str, Any], expected: str) -> None:
    with pytest.raises(Misconfigured, match=expected):
        config({**REGION, **table_})


def test_two_fields_cannot_be_kept_by_one_key() -> None:
    with pytest.raises(Misconfigured, match=r"\[\[fields\]\] no\. 2: `key` “job” is already used by no\. 1"):
        config(JOB, JOB)


# --- impact and urgency

MATRIX = {
    "impacts": ["Everybody", "One customer"],
    "urgencies": ["Now", "This week"],
    "priorities": [["P1", "P2"], ["P2", "P2"]],
}
JUDGED = ("extent", "urgency", "priority", "priority_reason")


def judged(border: Need = Need.HANDOFF, **typed: str) -> dict[str, str]:
    """The saved answers when the priority's questions are answered like this."""
    fields = [each for each in fields_of(INCIDENT, a_config(matrix=MATRIX)) if each.key in JUDGED]
    return checked(fields, dict.fromkeys(JUDGED, "") | typed, INCIDENT, given(matrix=MATRIX), border)


def test_impact_and_urgency_are_not_asked_without_a_matrix() -> None:
    assert {"extent", "urgency"}.isdisjoint(each.key for each in fields_of(INCIDENT, a_config()))


def test_impact_and_urgency_propose_the_priority_and_say_why() -> None:
    found = judged(extent="Everybody", urgency="Now")
    assert (found["priority"], found["priority_reason"]) == ("P1", "from impact and urgency")
    assert priority_reason(found) == "Impact: Everybody, urgency: Now"
    assert judged(extent="One customer", urgency="Now")["priority"] == "P2"


def test_another_priority_than_the_proposed_one_needs_a_reason_of_its_own() -> None:
    with pytest.raises(Invalid) as refused:
        judged(extent="One customer", urgency="Now", priority="P1")
    assert set(refused.value.errors) == {"priority_reason"}
    found = judged(extent="One customer", urgency="Now", priority="P1", priority_reason="It is the hospital")
    assert (found["priority"], found["priority_reason"]) == ("P1", "It is the hospital")


def test_reason_of_the_proposal_is_stored_without_language_and_shown_in_the_readers() -> None:
    with speaking(Language.GERMAN):
        found = judged(extent="Everybody", urgency="Now")
    assert found == judged(extent="Everybody", urgency="Now")
    assert priority_reason(found) == "Impact: Everybody, urgency: Now"
    with speaking(Language.GERMAN):
        german = priority_reason(found)
    assert german != priority_reason(found)
    assert "Everybody" in german
    assert "Impact: Everybody, urgency: Now" in as_text(
        write(an_incident(also=found), a_contact(), a_config(matrix=MATRIX))
    )


def test_the_reason_of_the_proposal_does_not_serve_for_another_priority() -> None:
    stored = judged(extent="One customer", urgency="Now")
    with pytest.raises(Invalid) as refused:
        judged(Need.HANDOFF, **stored | {"priority": "P1"})
    assert set(refused.value.errors) == {"priority_reason"}


def test_proposal_needs_impact_and_urgency() -> None:
    with pytest.raises(Invalid) as refused:
        judged()
    assert set(refused.value.errors) == set(JUDGED)


def test_impact_and_urgency_are_missed_before_the_handoff_with_a_matrix() -> None:
    keys = [each.key for each in missing(an_incident(answers=RAISED), Need.HANDOFF, a_config(matrix=MATRIX))]
    assert keys == ["info", "extent", "urgency", *list(HANDED_OFF)[1:]]


def test_the_proposal_is_said_beside_the_priority() -> None:
    settings = a_config(matrix=MATRIX)
    row = next(each for each in fields_of(INCIDENT, settings) if each.key == "priority")
    text = fitting(row, {"extent": "Everybody", "urgency": "Now"}, settings).hint
    assert text == "Impact and urgency give P1. A different one needs a reason"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"priorities": [["P1", "P2"]]}, "needs a row for each of `impacts`"),
        ({"priorities": [["P1"], ["P2"]]}, "in it a priority for each of `urgencies`"),
        (
            {"priorities": [["P1", "P9"], ["P2", "P2"]]},
            r"\[matrix\] `priorities`: there is no “P9”",
        ),
        ({"impacts": []}, "needs a row for each"),
    ],
)
def test_a_matrix_with_a_hole_is_refused(change: Mapping[str, Any], expected: str) -> None:
    with pytest.raises(Misconfigured, match=expected):
        a_config(matrix={**MATRIX, **change})


# --- transactions that fit the service


def addresses(chosen: str, direction: str = "", **tables: Any) -> list[str]:
    """Parts of the first transaction that are asked for."""
    settings = a_config(**tables)
    answers = {"services": chosen, "example.1.direction": direction}
    group = [each for each in fields_of(INCIDENT, settings) if each.group == "example.1"]
    return [each.part for each in group if is_asked(each, answers, settings)]


def names(chosen: str, **tables: Any) -> dict[str, str]:
    settings = a_config(**tables)
    group = [each for each in fields_of(INCIDENT, settings) if each.group == "example.1"]
    return {each.part: fitting(each, {"services": chosen}, settings).name for each in group}


@pytest.mark.parametrize(
    ("services", "direction", "asked"),
    [
        ("Email Security", "", ["sender", "recipient"]),
        ("Transactional Email", "", ["sender", "recipient"]),
        ("FAX", "", ["direction", "sender", "recipient", "inbound"]),
        ("FAX", "outbound", ["direction", "sender", "recipient"]),
        ("FAX", "inbound", ["direction", "sender", "inbound"]),
        ("SMS", "inbound", ["direction", "sender", "inbound"]),
        ("Email Security\nFAX", "inbound", ["direction", "sender", "recipient", "inbound"]),
        ("Other", "", ["sender", "recipient", "inbound"]),
        ("", "", ["sender", "recipient", "inbound"]),
    ],
)
def test_a_transaction_is_asked_for_as_its_service_and_direction_have_it(
    services: str, direction: str, asked: list[str]
) -> None:
    assert addresses(services, direction) == ["when", *asked, "status", "log"]


def test_a_fax_has_numbers_and_an_e_mail_a_sender_and_a_recipient() -> None:
    assert names("FAX")["recipient"] == "Termination number"
    assert names("FAX")["inbound"] == "Inbound number"
    assert (names("Email Security")["sender"], names("Email Security")["recipient"]) == ("Sender", "Recipient")
    assert names("Email Security\nFAX")["recipient"] == "Termination address (recipient)"


def test_fields_of_a_service_can_be_configured_by_its_name() -> None:
    services = {"names": ["Pigeons", "FAX"], "families": {"Pigeons": "sms"}, "examples": {"FAX": ["inbound"]}}
    asked = ["when", "direction", "sender", "inbound", "status", "log"]
    assert addresses("Pigeons", "inbound", services=services) == asked
    assert addresses("FAX", services=services) == ["when", "inbound", "status", "log"]


@pytest.mark.parametrize("table_", ["families", "examples", "notices"])
def test_unknown_service_is_refused_there(table_: str) -> None:
    value: Any = "fax" if table_ == "families" else ["sender"]
    with pytest.raises(Misconfigured, match=rf"\[services\.{table_}\]: there is no “Telex”"):
        a_config(services={table_: {"Telex": value}})


def test_an_address_that_does_not_fit_any_more_can_still_be_corrected() -> None:
    answers = {"services": "Email Security", "example.1.inbound": "+49 89 1"}
    settings = a_config()
    row = next(each for each in fields_of(INCIDENT, settings) if each.key == "example.1.inbound")
    assert is_asked(row, answers, settings)


def test_a_transaction_without_an_address_is_reported_beside_the_first_one_that_is_asked() -> None:
    services = {"examples": {"FAX": ["inbound"]}}
    settings = a_config(services=services)
    keys = {f"example.1.{part}" for part in ("when", "inbound", "status", "log")}
    fields = [each for each in fields_of(INCIDENT, settings) if each.key in keys]
    typed = {"example.1.when": f"{int(NOW.timestamp())}", "example.1.status": "busy"}
    with pytest.raises(Invalid) as refused:
        checked(fields, typed, INCIDENT, given({"services": "FAX"}, services=services), Need.RAISE)
    assert set(refused.value.errors) == {"example.1.inbound"}


def test_the_letter_says_which_way_a_transaction_went() -> None:
    ticket = an_incident(
        answers=without(COMPLETE, "example.1.recipient"),
        also={"services": "FAX", "example.1.direction": "inbound", "example.1.inbound": "+49 89 1"},
    )
    text = as_text(write(ticket, a_contact(), a_config()))
    assert "1) 27.08.2019 - 11:04 UTC+2 · inbound · sender a@mueller.example · inbound number +49 89 1 · 550" in text
