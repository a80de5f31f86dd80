"""Actions in one line: which ticket, which verb, and the words behind it."""

from __future__ import annotations

import pytest

from blocks.transitions import NAMES
from bot.core.errors import Refused
from bot.core.i18n import Language, speaking, t
from bot.model.transitions import Move, Step
from bot.tickets.one_line import OneLine, Verb, parse
from tests.factories import a_config

CONFIG = a_config()


@pytest.mark.parametrize(
    ("text", "ticket", "verb", "words"),
    [
        ("1001 take", "1001", Verb.TAKE, ""),
        ("PD-1001 TAKE", "pd-1001", Verb.TAKE, ""),
        ("pd 1001: note They called again", "pd 1001", Verb.NOTE, "They called again"),
        ("1001 note\ntwo lines\nof text", "1001", Verb.NOTE, "two lines\nof text"),
        ("1001 take over", "1001", Verb.TAKE_OVER, ""),
        ("1001 übernehmen", "1001", Verb.TAKE, ""),
        ("1001 ich übernehme bitte!", "1001", Verb.TAKE, ""),
        ("1001 u\u0308bernehmen", "1001", Verb.TAKE, ""),
        ("1001 selbst übernehmen", "1001", Verb.TAKE_OVER, ""),
        ("#1001 take", "1001", Verb.TAKE, ""),
        ("#PD-1001 take.", "pd-1001", Verb.TAKE, ""),
        ("PD–1001 nehme an", "pd-1001", Verb.ACCEPT, ""),
        ("*Ticket 1001* - note - called twice", "1001", Verb.NOTE, "- called twice"),
        ("`1001`. Bestätigt, danke", "1001", Verb.CONFIRM, ""),
        ("1001 erledigt: Regel angepasst", "1001", Verb.RESOLVE, "Regel angepasst"),
        ("1001 RCR-88123", "1001", Verb.RCR, "88123"),
        ("1001 rcr: #88123", "1001", Verb.RCR, "88123"),
        ("1001 warte bis morgen", "1001", Verb.WAIT, "bis morgen"),
        ("1001 note", "1001", Verb.NOTE, ""),
        ("1001 rcr RCR-88123, RCR-88124", "1001", Verb.RCR, "RCR-88123, RCR-88124"),
        ("1001 wait", "1001", Verb.WAIT, ""),
        ("1001 Notiz Kunde rief an", "1001", Verb.NOTE, "Kunde rief an"),
        ("1001 resolve: Policy corrected", "1001", Verb.RESOLVE, "Policy corrected"),
        ("take 1001", "1001", Verb.TAKE, ""),
        ("Bitte nimm PD-1001!", "pd-1001", Verb.TAKE, ""),
        ("ACCEPT #1001 please", "1001", Verb.ACCEPT, ""),
        ("1001 nimm es 👀", "1001", Verb.TAKE, ""),
        ("1001 note 1002 is the same", "1001", Verb.NOTE, "1002 is the same"),
        ("wait 1001 2 h", "1001", Verb.WAIT, "2 h"),
        ("Bitte warte PD-1001 bis morgen", "pd-1001", Verb.WAIT, "bis morgen"),
        ("note #1001: They called", "1001", Verb.NOTE, "They called"),
        ("SCHLIEẞEN 1001", "1001", Verb.CONFIRM, ""),
        ("resolve 1001", "1001", Verb.RESOLVE, ""),
        ("1001 uebernehmen", "1001", Verb.TAKE, ""),
        ("1001 SCHLIESSEN", "1001", Verb.CONFIRM, ""),
        ("1001 geloest: Regel angepasst", "1001", Verb.RESOLVE, "Regel angepasst"),
        ("1001 I'll take it", "1001", Verb.TAKE, ""),
        ("i take 1001", "1001", Verb.TAKE, ""),
        ("1001 nehm ich pls", "1001", Verb.TAKE, ""),
        ("1001 -> take", "1001", Verb.TAKE, ""),
        ("1001 *take*", "1001", Verb.TAKE, ""),
        ("1001 `note` They *called*", "1001", Verb.NOTE, "They *called*"),
        ("Ticket Nr. 1001 nehmen", "1001", Verb.TAKE, ""),
        ("„1001“ take", "1001", Verb.TAKE, ""),
        ("1001 RCR88123", "1001", Verb.RCR, "88123"),
        ("rcr PD-1001 88123, 88124", "pd-1001", Verb.RCR, "88123, 88124"),
        ("RCR 1001 RCR-88123", "1001", Verb.RCR, "RCR-88123"),
        ("1001 RCR_88123", "1001", Verb.RCR, "88123"),
        ("1001 RCR—88123", "1001", Verb.RCR, "88123"),
        ("1001 Wiedervorlage Montag", "1001", Verb.WAIT, "Montag"),
    ],
)
def test_line_is_read(text: str, ticket: str, verb: Verb, words: str) -> None:
    line = parse(text, CONFIG)
    assert line is not None
    assert (line.ticket, *line.read()) == (ticket, verb, words)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1001",
        "PD-1001",
        "mine",
        "help",
        "what about 1001",
        "XX-1001 take",
        "1001take",
        "1001-2",
        "rcr 88123",
        "wait 2 h",
        "take",
    ],
)
def test_other_texts_are_no_action(text: str) -> None:
    assert parse(text, CONFIG) is None


@pytest.mark.parametrize(
    "text",
    [
        "1001 1002 take",
        "1001, PD-1002: take",
        "1001 und 1002 nehmen",
        "pd-1001 & 1002",
        "1001 1002 1003 wait 2 h",
        "1001, 1002 rcr 88123",
        "take 1001 and 1002",
        "1001 1002 bitte annehmen",
    ],
)
def test_several_tickets_in_one_line_are_refused(text: str) -> None:
    line = parse(text, CONFIG)
    assert line is not None
    with pytest.raises(Refused, match="one line acts on one ticket"):
        line.read()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1001 2 h wait", "1001 wait 2 h"),
        ("PD-1001 15:00 wait", "pd-1001 wait 15:00"),
        ("1001 24.12.2026 warten", "1001 warten 24.12.2026"),
        ("1001 1,5 h warten", "1001 warten 1,5 h"),
        ("1001 2 h wait Bea asks the provider", "1001 wait 2 h Bea asks the provider"),
        ("1001 88123 rcr", "1001 rcr 88123"),
        ("1001 3 customers called: note", "1001 note 3 customers called"),
        ("1001 Kunde rief an, Notiz", "1001 Notiz Kunde rief an"),
    ],
)
def test_words_before_their_action_are_refused_with_the_line_in_its_order(text: str, line: str) -> None:
    found = parse(text, CONFIG)
    assert found is not None
    with pytest.raises(Refused, match=f"Nothing was done: the action comes right after the ticket, as in `{line}`"):
        found.read()


@pytest.mark.parametrize("typed", ["taken", "1002", "notes", "escalate", "?"])
def test_unknown_verb_is_refused_with_the_known_ones(typed: str) -> None:
    with pytest.raises(Refused, match=r"is not an action on a ticket.*`take`.*`wait`"):
        OneLine("1001", typed).read()


@pytest.mark.parametrize("typed", ["take them please", "take over now", "accept and resolve", "confirm not yet"])
def test_words_behind_a_verb_that_stands_alone_are_refused(typed: str) -> None:
    with pytest.raises(Refused, match="Nothing was done"):
        OneLine("1001", typed).read()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("label", "verb"),
    [
        (NAMES[Move.TAKE], Verb.TAKE),
        (NAMES[Move.TAKE_OVER], Verb.TAKE_OVER),
        (NAMES[Move.ACCEPT], Verb.ACCEPT),
        (NAMES[Move.CONFIRM], Verb.CONFIRM),
        (NAMES[Move.RESOLVE], Verb.RESOLVE),
        (NAMES[Step.NOTE], Verb.NOTE),
        ("RCR number", Verb.RCR),
        ("Snooze", Verb.WAIT),
    ],
)
def test_label_of_the_button_is_understood_in_both_languages(language: Language, label: str, verb: Verb) -> None:
    with speaking(language):
        assert OneLine("1001", t(label)).read() == (verb, "")
