"""Answers without content are refused, in words that fit the question."""

from __future__ import annotations

import pytest
from hypothesis import given as anything

from bot.core.fillers import Asked, Emptiness, emptiness, is_filler, is_reasoned_absence, require_substance
from tests.bot.core.test_cleaning import ODD
from tests.linear import growth

BLANK = ["", " ", "\n", "\x00", "-", "…", "...", "?", "🔥", "\u3164", "\u3164\uffa0 \u115f", "\u2800", "\u200b"]
ENGLISH = [
    "n/a", "N/A - customer", "n / a", "N.A.", "TBC by customer", "tbd", "t b d", "TBD by Friday", "to come",
    "to follow", "will be delivered later", "to be delivered", "will be provided by the customer", "to be confirmed",
    "I'll send it later", "we'll get back to you", "same as above", "as above", "same", "ditto", "see above",
    "see ticket", "see e-mail", "don’t know", "we do not know yet", "not known", "unknown", "still pending",
    "awaiting customer", "xxx", "aaaa", "asdf", "not available", "not available yet", "not available because",
    "not available because tbd", "not applicable, n/a", "N—A",
    "n-a", "pending customer feedback", "waiting for response", "more to follow",
    "unknown at this point in time", "dont know", "who knows", "no information available", "no details",
    "see previous mail", "see email thread", "as described above", "as per ticket", "as per customer", "nothing known",
    "not needed", "not relevant", "in clarification with the customer", "testtest", "asdfasdf", "hmm",
    "lorem ipsum dolor sit amet", "not available because of reasons",
]  # fmt: skip
GERMAN = [
    "k. A.", "K.A", "n. b.", "s. o.", "liefere ich nach", "liefern wir nach", "Kunde liefert nach",
    "wird nachgereicht", "wird noch nachgereicht", "wird vom Kunden noch geliefert", "reiche ich morgen nach",
    "reichen wir nach", "trage ich nach", "kommt noch", "kommt vom Kunden", "folgt in Kürze", "wie oben",
    "siehe oben", "dito", "nicht bekannt", "noch nicht bekannt", "weiß ich nicht", "kläre ich",
    "wird zeitnah geklärt", "muss noch geklärt werden", "keine Angabe", "entfällt", "nicht verfügbar",
    "liegt nicht vor", "steht noch aus", "reich ich nach", "liefer ich morgen nach", "warte auf Rückmeldung vom Kunden",
    "Antwort steht noch aus", "ist in Klärung", "in Klärung mit dem Kunden", "siehe vorherige Mail", "vgl. oben",
    "wie bereits beschrieben", "wie im Ticket beschrieben", "laut Kunde", "keine Infos", "keine Angabe möglich",
    "keine Informationen vorhanden", "trifft nicht zu", "nicht relevant", "nicht notwendig", "demnächst", "äh",
]  # fmt: skip
CIRCULAR = [
    "not available because it is not available", "Not available: not available.",
    "not available because not yet known", "not available because there is no information available",
    "not available because we do not have it", "nicht verfügbar, weil nicht verfügbar",
    "nicht verfügbar, weil es nicht verfügbar ist", "nicht verfügbar, weil noch nicht geliefert",
    "not available due to unavailability", "liegt nicht vor, da nicht vorhanden",
    "n/a because it is not applicable", "nicht bekannt, weil unbekannt", "not known to the customer",
]  # fmt: skip
FILES = [
    "see attachment",
    "See attached.",
    "attached",
    "log attached",
    "see screenshot",
    "siehe Anhang",
    "anbei",
    "im Anhang",
    "siehe Screenshot",
    "see log file",
    "please find attached",
    "I have attached the log",
    "hängt an",
    "vgl. Anhang",
    "siehe angehängter Log",
]
ANSWERS = [
    "0", "1", "3", "550", "no", "nein", "Yes.", "ok", "否", "DE1", "DE 1", "P1", "noch nicht", "Kunde", "Retarus",
    "No answer", "busy", "Not known to the customer which mails", "offen seit gestern 11:00",
    "Unklar, warum nur DE1", "kommt noch vor", "kommt nicht an", "unknown user", "pending in queue DE1",
    "see ticket RCR-88123", "see attachment, line 4: 550", "A. B. Meyer", "test mail rejected",
    "i.e. the mails to b@target.example", "none of the mails arrive", "keine Mails", "Will be sent twice",
    "Mail to the customer is delayed", "Service not available since the update", "not known in DNS",
    "Bestätigung folgt nicht", "no response", "keine Antwort", "No reply from the server", "no data",
    "none yet",
    "information is wrong", "Details fehlen in der Rechnung", "time of the mail is wrong", "the test failed",
    "xyz GmbH",
    "A-B", "reported by the monitoring", "no details are shown", "Mails kommen später an", "attachment is missing",
    "waiting in queue DE1", "not delivered", "per Fax", "laut Log 550", "see KB 4711", "missing header",
]  # fmt: skip
REASONS = [
    "not available because the customer is offline", "Not available: the customer is offline",
    "not applicable, hosted by us", "n/a: hosted by us", "nicht verfügbar, weil der Kunde offline ist",
    "nicht bekannt, weil der Kunde nicht erreichbar ist",
    "Not available because the log was not provided by the customer", "entfällt, weil intern betrieben",
]  # fmt: skip


@pytest.mark.parametrize("text", BLANK)
def test_blank_text_says_nothing(text: str) -> None:
    assert emptiness(text) is Emptiness.BLANK


@pytest.mark.parametrize("text", [*ENGLISH, *GERMAN])
def test_filler_says_nothing(text: str) -> None:
    assert emptiness(text) is Emptiness.FILLER
    assert is_filler(text.upper())


@pytest.mark.parametrize("text", CIRCULAR)
def test_circular_reason_says_nothing(text: str) -> None:
    assert is_filler(text)
    assert not is_reasoned_absence(text)


@pytest.mark.parametrize("text", FILES)
def test_pointing_to_a_file_needs_a_file(text: str) -> None:
    assert emptiness(text) is Emptiness.NO_FILE
    assert emptiness(text, has_files=True) is None


@pytest.mark.parametrize("text", ANSWERS)
def test_answer_is_no_filler(text: str) -> None:
    assert emptiness(text) is None
    assert require_substance(f" {text}\x00") == text


@pytest.mark.parametrize("text", REASONS)
def test_absence_with_its_reason_is_an_answer(text: str) -> None:
    assert is_reasoned_absence(text)
    assert not is_filler(text)


@pytest.mark.parametrize("text", ["not available in DE1", "not available", "The customer is offline"])
def test_absence_without_a_reason_is_no_reasoned_absence(text: str) -> None:
    assert not is_reasoned_absence(text)


@pytest.mark.parametrize(
    ("text", "asked", "sentence"),
    [
        ("tbd", Asked.ANSWER, "“tbd” leaves the question open. Write the answer, or: not available because …"),
        ("tbd", Asked.REASON, "“tbd” gives no reason. Write why, so that a colleague can follow it."),
        (
            CIRCULAR[0],
            Asked.REASON,
            "“not available b…not available” gives no reason. Write why, so that a colleague can follow it.",
        ),
        (
            CIRCULAR[0],
            Asked.ANSWER,
            "“not available b…not available” only says that it is not available. Write why it is not.",
        ),
        (
            "see attachment",
            Asked.ANSWER,
            "“see attachment” points to a file, and no file is attached. Attach it, or write what it says.",
        ),
    ],
)
def test_refusal_fits_what_was_asked(text: str, asked: Asked, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        require_substance(text, asked)
    assert str(refused.value) == sentence


@anything(ODD)
def test_any_text_is_judged(text: str) -> None:
    assert is_filler(text) in {True, False}
    assert not (is_filler(text) and is_reasoned_absence(text))


@pytest.mark.parametrize(
    "unit", ["tbd ", "k. ", "a", "not available because ", "see ", "wird ", "- ", "n't ", "customer "]
)
def test_judging_is_linear(unit: str) -> None:
    assert growth(emptiness, unit) < 3


@pytest.mark.parametrize(
    "text",
    [
        "because", "just because", "because it is necessary", "no reason", "reason", "ok", "done", "weil",
        "ist halt so", "aus Gründen", "ohne Grund", "weil es wichtig ist", "passt so", "erledigt",
        "why not", "because I say so", "weil ich will", "various reasons", "aus bekannten Gründen", "egal", "whatever",
        "Begründung folgt", "muss sein", "geht nicht anders", "has to be", "alles gut",
    ],
)  # fmt: skip
def test_text_that_only_claims_a_reason_is_refused_as_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match="gives no reason"):
        require_substance(text, Asked.REASON)


@pytest.mark.parametrize(
    "text",
    [
        "because DE1 is down",
        "no outbound mail",
        "weil DE1 steht",
        "aus Datenschutzgründen",
        "customer is closed",
        "urgent",
        "must be done before the release",
        "auf Wunsch des Kunden",
        "as agreed",
    ],
)
def test_short_reason_that_names_something_is_a_reason(text: str) -> None:
    assert require_substance(text, Asked.REASON) == text
