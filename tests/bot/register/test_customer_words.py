"""Texts for an end-customer: one per stage, in their language, without internal names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.adapters.inbound_mail.parser import parse
from bot.core.errors import NotYours
from bot.core.i18n import Language, speaking
from bot.core.written_language import language_in
from bot.forms.template_fields import OTHER
from bot.model.contact import EndCustomer
from bot.model.conversation import ConversationChanges, MessageId
from bot.model.ticket import Kind, Stage, Times
from bot.model.transitions import Move, change
from bot.register.customer_words import CustomerStage, stage_for
from bot.register.internal_names import InternalNames, InternalSources
from bot.tickets.ports import Batch
from tests.adapters.inbound_mail.mails import mail
from tests.factories import ALEX, ANNA, BEN, NEMO, NOW, RAISED, a_config, a_contact, a_world, an_incident

ASKED = Times(customer_asked=NOW)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Outbound mail is rejected with 550 since the connector update.", Language.ENGLISH),
        ("Ausgehende Mails werden seit dem Update des Connectors abgelehnt.", Language.GERMAN),
        ("Faxe kommen nicht an", Language.GERMAN),
        ("Zustellung gestört", Language.GERMAN),
        ("SMS codes arrive an hour late on some phones", Language.ENGLISH),
        ("550 5.7.1 smtp-de1", None),
        ("", None),
    ],
)
def test_language_of_a_text_is_guessed_by_its_common_words(text: str, language: Language | None) -> None:
    assert language_in(text) is language


@pytest.mark.parametrize(
    ("stage", "times", "also", "expected"),
    [
        (Stage.NEW, Times(), {}, CustomerStage.RECEIVED),
        (Stage.SECOND, Times(), {"workaround": "none"}, CustomerStage.RECEIVED),
        (Stage.SECOND, Times(), {"workaround": "Send through DE2"}, CustomerStage.WORKAROUND),
        (Stage.FIRST_ASKED, Times(), {"workaround": "Send through DE2"}, CustomerStage.NEEDED),
        (Stage.RETARUS, Times(), {}, CustomerStage.OPERATOR),
        (Stage.RETARUS, Times(), {"their_workaround": "Send through DE2"}, CustomerStage.WORKAROUND),
        (Stage.RETARUS, ASKED, {}, CustomerStage.NEEDED),
        (Stage.RESOLVED, Times(), {"workaround": "Send through DE2"}, CustomerStage.SOLVED),
        (Stage.CLOSED, Times(), {}, CustomerStage.SOLVED),
    ],
)
def test_stage_of_the_text_follows_the_ticket(
    stage: Stage, times: Times, also: dict[str, str], expected: CustomerStage
) -> None:
    assert stage_for(an_incident(stage, times=times, also=also)) is expected


async def test_text_is_in_the_language_of_the_ticket() -> None:
    w = await a_world()
    english = await w.raised()
    german = await w.raised(happens="Ausgehende Mails werden seit dem Update mit 550 abgelehnt.", impact="kein Versand")
    assert "we have received your report" in (await w.desk.customer_words.write(english.id, ANNA)).text
    text = (await w.desk.customer_words.write(german.id, ANNA)).text
    assert "wir haben Ihre Meldung erhalten" in text
    assert "Ausgehende Mails werden seit dem Update" in text


async def test_language_of_the_customer_comes_before_that_of_the_ticket() -> None:
    w = await a_world()
    customer = EndCustomer(id="c1", name="Müller GmbH", language=Language.GERMAN)
    await w.store.apply(Batch(customers=[customer]))
    written = await w.desk.customer_words.write((await w.raised()).id, ANNA)
    assert written.language is Language.GERMAN
    chosen = await w.desk.customer_words.write(written.ticket.id, ANNA, CustomerStage.SOLVED, Language.ENGLISH)
    assert "the problem you reported is solved" in chosen.text


@pytest.mark.parametrize("stage", [CustomerStage.NEEDED, CustomerStage.WORKAROUND])
@pytest.mark.parametrize("language", list(Language))
async def test_text_chosen_before_there_is_anything_to_say_has_a_gap(stage: CustomerStage, language: Language) -> None:
    w = await a_world()
    ticket = await w.complete(workaround="none")
    assert "[…]" in (await w.desk.customer_words.write(ticket.id, ANNA, stage, language)).text
    later = await w.complete(workaround="Send through DE2")
    assert "[…]" not in (await w.desk.customer_words.write(later.id, ANNA, CustomerStage.WORKAROUND, language)).text


async def test_colleague_who_only_wrote_a_note_is_not_named() -> None:
    w = await a_world()
    ticket = await w.taken()
    await w.desk.outages.tell_all(ticket.id, ALEX, "I looked at the connector", w.form())
    await w.desk.tickets.resolve(ticket.id, ANNA, w.form(), "Alex Adler restarted it", {})
    assert "our team restarted it" in (await w.desk.customer_words.write(ticket.id, ANNA)).text


SOURCES = InternalSources(
    [a_contact(BEN)],
    ["Anna Arnold", "Bea Bäuer", "Max Mai", "Eva Müller", "Ole von der Heide"],
    ["Rita Reuter", "Tanner, Tom (Retarus)", "Retarus Support", "Technical Support"],
    ["4711/x"],
    ["Adler AG", "Süß & Groß KG", "23456XY"],
)
"""Ben is in the register; Adler AG has the same problem as Müller GmbH, whose ticket is PD-1042."""


@pytest.mark.parametrize(
    ("remedy", "expected"),
    [
        ("Ben Brandt corrected the policy", "our team corrected the policy"),
        ("Ben and Anna rolled 4.2 back", "our team rolled 4.2 back"),
        ("Retarus corrected policy 7 (RCR-88123)", "the operator corrected policy 7 (the operator's ticket)"),
        ("Call ben@nordlicht.example or 0049 (89) 1234 5679", "Call our team or our team"),
        ("Benefits of 4.1 are back, call +49 30 99887766", "Benefits of 4.1 are back, call +49 30 99887766"),
        ("rcr 88124, 4711/x", "the operator's ticket, the operator's ticket"),
        ("desk@nordlicht.example, rita@retarus.example", "our team, the operator"),
        ("See https://eas.retarus.com/PicoPortal/", "See the operator's website"),
        ("Use smtp-de1.retarus.com, port 587", "Use smtp-de1.retarus.com, port 587"),
        ("Retarus' policy, Retarus-Ticket", "the operator's policy, operator-Ticket"),
        ("ANNA ARNOLD, bea baeuer and Bäuer's team", "our team and our team's team"),
        ("In Mai, Max Mai said", "In Mai, our team said"),
        ("<@U0BEN> and @ben looked", "our team looked"),
        ("Müller GmbH and Adler AG", "Müller GmbH and another customer"),
        ("PD-1042 and PD 1003", "PD-1042 and another report"),
        ("Müller checked it at the 2nd level", "our team checked it at our team"),
        ("the 3rd-level support answered", "the operator answered"),
        ("Adler and Suess & Gross had it too", "another customer and another customer had it too"),
        ("Policy of 23456XY and 12345RS", "Policy of another customer and 12345RS"),
        ("Von der Heide and Ole said", "our team said"),
        ("See https://nordlicht.slack.com/archives/C01/p17 -> ok", "See our team -> ok"),
        ("<https://nordlicht.slack.com/archives/C01|the thread>", "our team"),
        ("Rita Reuter's fix, as Reuter said", "the operator's fix, as the operator said"),
        ("Tom Tanner asked @rita; our support too", "the operator asked the operator; our support too"),
        ("L2 support, Tier 3 and the 2nd line", "our team, the operator and our team"),
        ("@Retarus: RCR 88123/88124, layer L2", "the operator: the operator's ticket, layer L2"),
    ],
)  # fmt: skip
def test_internal_names_are_left_out(remedy: str, expected: str) -> None:
    assert InternalNames(SOURCES, a_config(), an_incident()).left_out(remedy) == expected


@pytest.mark.parametrize(
    ("remedy", "expected"),
    [
        ("Bens Prüfung: die Retarus GmbH half", "unseres Teams Prüfung: der Betreiber half"),
        ("Der 2nd-Level-Support fragte den 3rd Level", "unser Team fragte der Betreiber"),
        ("RCR-Nr. 88123 von Adler AG", "das Ticket des Betreibers von einem anderen Kunden"),
        ("Wie mit Ben Brandt von Retarus besprochen", "Wie mit unserem Team von dem Betreiber besprochen"),
        ("Vom Retarus-Support an Retarus gemeldet", "Von dem Betreiber an den Betreiber gemeldet"),
        (
            "Beim 2nd Level und bei Adler AG, siehe zu RCR-88123",
            "Bei unserem Team und bei einem anderen Kunden, siehe zu dem Ticket des Betreibers",
        ),
        ("Mit Anna, Frau Brandt und Ole geprüft", "Mit unserem Team geprüft"),
        ("Unser 2nd Level rief Herrn Brandt an", "unser Team rief unser Team an"),
        ("Für Adler AG durch Ben", "Für einen anderen Kunden durch unser Team"),
        (
            "Laut https://eas.retarus.com/x und laut PD-1003",
            "Laut der Website des Betreibers und laut einer anderen Meldung",
        ),
        ("Der Fehler bei der Policy von DE1", "Der Fehler bei der Policy von DE1"),
        ("rita@retarus.example half", "der Betreiber half"),
    ],
)
def test_internal_names_are_left_out_in_german(remedy: str, expected: str) -> None:
    with speaking(Language.GERMAN):
        assert InternalNames(SOURCES, a_config(), an_incident()).left_out(remedy) == expected


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("stage", CustomerStage)
async def test_text_of_every_stage_names_nobody_of_ours_and_no_other_customer(
    language: Language, stage: CustomerStage
) -> None:
    w = await a_world()
    words = "Bens Analyse mit Retarus (RCR-88123) für Adler AG, PD-1002, 2nd level"
    ticket = await w.raised(happens=words, services=OTHER, service_other="Retarus Fax")
    await w.raised(customer="Adler AG")
    await w.desk.outages.gather(ticket.id, ANNA, [(await w.desk.queries.by_reference("1002", ANNA)).id], w.form())
    ticket = await w.desk.queries.ticket(ticket.id)
    answers = {**ticket.answers, "workaround": words, "remedy": words}
    await w.store.apply(Batch(tickets=[change(ticket, answers=answers)]))
    text = (await w.desk.customer_words.write(ticket.id, ANNA, stage, language)).text
    for name in ("Ben", "Retarus", "88123", "Adler", "PD-1002", "2nd level", "Escalat", "Anna"):
        assert name not in text
    assert "PD-1001" in text


async def test_solved_text_tells_the_remedy_without_the_names_of_colleagues() -> None:
    w = await a_world()
    ticket = await w.accepted()
    await w.desk.tickets.resolve(ticket.id, BEN, w.form(), "Ben corrected the policy on {DE1}", {})
    text = (await w.desk.customer_words.write(ticket.id, ANNA)).text
    assert "our team corrected the policy on {DE1}" in text
    assert "Ben" not in text
    assert f"PD-{ticket.number}" in text


async def test_question_that_was_asked_is_in_the_text() -> None:
    w = await a_world()
    ticket = await w.taken()
    question = "Which connector version do you use?"
    await w.desk.tickets.act_with_text(ticket.id, Move.ASK_CUSTOMER, ANNA, w.form(), "question", question)
    assert question in (await w.desk.customer_words.write(ticket.id, ANNA)).text


async def test_texts_are_for_the_support_team_only() -> None:
    w = await a_world()
    with pytest.raises(NotYours):
        await w.desk.customer_words.write((await w.raised()).id, NEMO)


@pytest.mark.parametrize(
    ("kind", "language", "expected"),
    [
        (Kind.INCIDENT, Language.ENGLISH, ("Your report about", "the problem you reported is solved.")),
        (Kind.SERVICE_REQUEST, Language.ENGLISH, ("Your request about", "what you asked for is done.")),
        (Kind.CHANGE, Language.GERMAN, ("Ihre Anfrage zu", "was Sie angefragt haben, ist erledigt.")),
    ],
)
async def test_text_for_a_request_speaks_of_no_problem(
    kind: Kind, language: Language, expected: tuple[str, ...]
) -> None:
    w = await a_world()
    ticket = await w.desk.tickets.create(ANNA, kind, RAISED, w.form())
    text = (await w.desk.customer_words.write(ticket.id, ANNA, CustomerStage.SOLVED, language)).text
    assert [each for each in expected if each not in text] == []
    received = (await w.desk.customer_words.write(ticket.id, ANNA, CustomerStage.RECEIVED, language)).text
    assert ("report" in received or "Meldung" in received) is (kind is Kind.INCIDENT)


async def test_ticket_closed_without_a_remedy_is_not_said_to_be_solved_until_it_is() -> None:
    w = await a_world()
    ticket = await w.raised()
    await w.desk.tickets.act_with_text(ticket.id, Move.WITHDRAW, ANNA, "f1", "reason", "The customer has left us")
    text = (await w.desk.customer_words.write(ticket.id, ANNA)).text
    assert "we have closed this case." in text
    assert "solved" not in text
    await w.desk.tickets.act_with_text(ticket.id, Move.REOPEN, ANNA, "f2", "reason", "It is needed after all")
    await w.desk.tickets.resolve(ticket.id, ANNA, "f3", "Rolled the connector back", {})
    await w.desk.tickets.act(ticket.id, Move.CONFIRM, ANNA, "c1")
    text = (await w.desk.customer_words.write(ticket.id, ANNA)).text
    assert "the problem you reported is solved." in text
    assert "Rolled the connector back" in text


STATES = {
    CustomerStage.NEEDED: ("find out why", "what you asked for"),
    CustomerStage.WORKAROUND: ("a way round the problem", "there is another way"),
    CustomerStage.SOLVED: ("the problem you reported", "what you asked for"),
    CustomerStage.OPERATOR: ("your report", "your request"),
    CustomerStage.RECEIVED: ("your report", "your request"),
}
"""Words of a report, and those of a request."""


@pytest.mark.parametrize("stage", CustomerStage)
@pytest.mark.parametrize("kind", Kind)
async def test_words_of_every_stage_fit_the_kind_of_the_ticket(kind: Kind, stage: CustomerStage) -> None:
    w = await a_world()
    ticket = await w.desk.tickets.create(ANNA, kind, RAISED, w.form(), is_taken=True)
    back = change(ticket, sent_back="Which of the two domains is it?")
    await w.store.apply(Batch(tickets=[back]))
    text = (await w.desk.customer_words.write(ticket.id, ANNA, stage, Language.ENGLISH)).text.lower()
    report, request = STATES[stage]
    assert (report in text, request in text) == (kind is Kind.INCIDENT, kind is not Kind.INCIDENT)


async def test_text_keeps_the_lines_of_what_it_quotes() -> None:
    w = await a_world()
    ticket = await w.complete(workaround="none")
    steps = "1. Open the portal\n2. Choose DE2"
    ticket = await w.desk.answers.fill_in(ticket.id, BEN, {"their_workaround": steps}, w.form(), ticket.version)
    assert f"Please do this:\n{steps}\n\n" in (await w.desk.customer_words.write(ticket.id, ANNA)).text
    needed = await w.desk.customer_words.write((await w.raised()).id, ANNA, CustomerStage.NEEDED)
    assert "we need from you:\n- Which address" in needed.text


@pytest.mark.parametrize(
    ("helps", "stage", "is_given", "is_unproved"),
    [
        ("", CustomerStage.WORKAROUND, True, True),
        ("yes", CustomerStage.WORKAROUND, True, False),
        ("no", CustomerStage.OPERATOR, False, False),
    ],
)
async def test_workaround_is_given_until_it_is_known_not_to_help(
    helps: str, stage: CustomerStage, is_given: bool, is_unproved: bool
) -> None:
    w = await a_world()
    ticket = await w.sent()
    answers = {"workaround": "Send through DE2", "workaround_helps": helps}
    ticket = await w.desk.answers.fill_in(ticket.id, BEN, answers, w.form(), ticket.version)
    written = await w.desk.customer_words.write(ticket.id, ANNA)
    assert written.stage is stage
    assert ("Send through DE2" in written.text) is is_given
    assert ("Please tell us whether it helps." in written.text) is is_unproved
    by_hand = await w.desk.customer_words.write(ticket.id, ANNA, CustomerStage.WORKAROUND)
    assert ("[…]" in by_hand.text) is not is_given


async def test_news_are_announced_by_the_next_promise_that_has_not_passed() -> None:
    w = await a_world()
    ticket = await w.sent()
    times = ticket.times.model_copy(update={"update_due": NOW + timedelta(hours=1), "eta": NOW + timedelta(hours=3)})
    await w.store.apply(Batch(tickets=[change(ticket, times=times)]))
    assert "by 27.08.2019 - 12:20 UTC+2" in (await w.desk.customer_words.write(ticket.id, ANNA)).text
    w.clock.forward(hours=2)
    assert "by 27.08.2019 - 14:20 UTC+2" in (await w.desk.customer_words.write(ticket.id, ANNA)).text
    w.clock.forward(hours=2)
    assert "We expect news" not in (await w.desk.customer_words.write(ticket.id, ANNA)).text


async def test_text_says_what_is_true_when_nobody_has_taken_the_ticket_when_it_is_confirmed_and_reopened() -> None:
    w = await a_world()
    ticket = await w.raised()
    assert "will take care of it" in (await w.desk.customer_words.write(ticket.id, ANNA)).text
    ticket = await w.closed()
    text = (await w.desk.customer_words.write(ticket.id, ANNA)).text
    assert "Please tell us if the problem comes back." in text
    assert "check" not in text
    await w.desk.tickets.act_with_text(ticket.id, Move.REOPEN, ANNA, w.form(), "reason", "It is rejected again")
    text = (await w.desk.customer_words.write(ticket.id, ANNA)).text
    assert "we are working on it again." in text
    assert "received" not in text


async def test_ticket_with_the_same_cause_tells_what_is_known_on_the_leading_one() -> None:
    w = await a_world()
    leading, led = await w.sent(), await w.raised(customer="Adler AG")
    await w.desk.outages.gather(leading.id, BEN, [led.id], w.form())
    assert (await w.desk.customer_words.write(led.id, ANNA)).stage is CustomerStage.OPERATOR
    leading = await w.desk.queries.ticket(leading.id)
    known = {"their_workaround": "Müller GmbH sends through DE2"}
    await w.desk.answers.fill_in(leading.id, BEN, known, w.form(), leading.version)
    written = await w.desk.customer_words.write(led.id, ANNA)
    assert written.stage is CustomerStage.WORKAROUND
    assert "another customer sends through DE2" in written.text


async def test_customer_whose_ticket_of_the_same_cause_is_closed_is_not_named() -> None:
    w = await a_world()
    leading, led = await w.accepted(), await w.raised(customer="Adler AG")
    await w.desk.outages.gather(leading.id, BEN, [led.id], w.form())
    await w.desk.outages.resolve_all(leading.id, BEN, "As for Adler AG: policy corrected", w.form())
    await w.desk.tickets.act(led.id, Move.CONFIRM, ANNA, w.form())
    assert "As for another customer: policy corrected" in (await w.desk.customer_words.write(leading.id, ANNA)).text


async def test_question_is_drafted_in_the_language_of_the_customer_and_without_internal_names() -> None:
    w = await a_world()
    await w.store.apply(Batch(customers=[EndCustomer(id="c1", name="Müller GmbH", language=Language.GERMAN)]))
    ticket = await w.taken()
    ticket = change(ticket, sent_back="Ben braucht die Kennung für Retarus\nund den Server")
    question = await w.desk.customer_words.question(ticket)
    assert question.startswith("Um die Ursache von „")
    assert "\n- unser Team braucht die Kennung für den Betreiber und den Server\n" in question


async def test_person_of_retarus_who_wrote_is_not_named() -> None:
    w = await a_world(mail={"allowed": ["@retarus.example"]})
    ticket = await w.sent()
    ours = MessageId(message_id="<ours@nordlicht.example>", ticket_id=ticket.id, is_sent=True, at=NOW)
    await w.store.apply(Batch(conversation=ConversationChanges(message_ids=(ours,))))
    raw = mail(
        "Re: your letter",
        "The policy is corrected",
        answers=ours.message_id,
        sender="Rita Reuter <rita@retarus.example>",
    )
    entry = await w.desk.inbound.take(parse(raw), raw)
    assert entry
    await w.desk.tickets.resolve(ticket.id, BEN, w.form(), "Rita Reuter corrected the policy", {})
    assert (
        "What was done: the operator corrected the policy" in (await w.desk.customer_words.write(ticket.id, ANNA)).text
    )
