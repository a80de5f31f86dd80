"""Notifications of every change: the card, the thread, and the person who must act next."""

from __future__ import annotations

import pytest

from blocks.delivery_lines import not_delivered
from bot.core.i18n import Language, speaking
from bot.escalation.letter import write
from bot.model.notice import BY_MAIL, Claim, Dead, Notice, NoticeKind, Outcome, Retry, Sent
from bot.model.ticket import Stage, Ticket
from bot.model.transitions import Move, Step, apply_move, change, event
from bot.tickets.notifications import after_delivery, letters, line_place, notices, receipt_place
from bot.tickets.routes import Routes
from tests.factories import ALEX, ANNA, BEA, BEN, DESK, MAIL, NOW, RETARUS, a_config, a_contact, a_notice, an_incident

ROUTES = Routes(desk=DESK, retarus=RETARUS, email=MAIL)


def notices_of(before: Ticket | None, ticket: Ticket, kind: Move | Step, by: str) -> list[Notice]:
    return notices(before, ticket, event(ticket, kind, by, NOW), ROUTES)


def moved(stage: Stage, move: Move, by: str, **values: str) -> list[Notice]:
    before = an_incident(stage, **values)
    return notices_of(before, apply_move(before, move, by, NOW), move, by)


def direct(notices: list[Notice]) -> list[str]:
    return [notice.to for notice in notices if notice.kind is NoticeKind.DIRECT]


def kinds(notices: list[Notice]) -> list[NoticeKind]:
    return [notice.kind for notice in notices]


def test_raising_posts_the_card_and_nothing_more() -> None:
    assert kinds(notices_of(None, an_incident(), Move.RAISE, ANNA)) == [NoticeKind.CARD]


def test_filling_in_only_redraws_the_card() -> None:
    ticket = an_incident()
    assert kinds(notices_of(ticket, change(ticket), Step.FILL_IN, BEN)) == [NoticeKind.CARD]


@pytest.mark.parametrize(("stage", "move"), [(Stage.NEW, Move.TAKE), (Stage.FIRST, Move.HAND_OFF)])
def test_step_of_the_owner_is_one_line_in_the_thread_without_a_mention(stage: Stage, move: Move) -> None:
    assert kinds(moved(stage, move, ANNA)) == [NoticeKind.CARD, NoticeKind.THREAD]


def test_former_owner_is_notified_of_a_takeover() -> None:
    assert direct(moved(Stage.FIRST, Move.TAKE_OVER, ALEX)) == [ANNA]
    assert direct(moved(Stage.SECOND, Move.TAKE_OVER, BEA)) == [BEN]


def test_acceptance_is_reported_in_the_thread_and_not_directly() -> None:
    assert direct(moved(Stage.HANDED_OFF, Move.ACCEPT, BEN)) == []


def test_person_whose_turn_it_becomes_is_notified() -> None:
    assert direct(moved(Stage.HANDED_OFF, Move.SEND_BACK, BEN)) == [ANNA]
    assert direct(moved(Stage.CLOSED, Move.REOPEN, ALEX)) == [ANNA]
    assert ANNA in direct(moved(Stage.SECOND, Move.RESOLVE, BEN))
    assert direct(moved(Stage.FIRST_ASKED, Move.CUSTOMER_ANSWERED, ALEX)) == [ANNA]
    assert direct(moved(Stage.FIRST_ASKED, Move.GO_ON, ALEX)) == [ANNA]
    assert direct(moved(Stage.RETARUS, Move.RETARUS_ANSWERED, BEA)) == [BEN]


def test_actor_is_not_notified_of_their_own_change() -> None:
    assert direct(moved(Stage.CLOSED, Move.REOPEN, ANNA)) == []
    assert direct(moved(Stage.FIRST, Move.RESOLVE, ANNA)) == []


def test_colleague_who_gets_a_ticket_is_notified() -> None:
    before = an_incident(Stage.SECOND)
    assert direct(notices_of(before, apply_move(before, Move.HAND_ON, BEA, NOW), Move.HAND_ON, BEN)) == [BEA]


def test_card_and_its_thread_are_one_lane_so_that_the_card_comes_first() -> None:
    lanes = {notice.lane for notice in moved(Stage.NEW, Move.TAKE, ANNA)}
    assert len(lanes) == 1


def test_notice_is_known_by_ticket_version_kind_and_recipient() -> None:
    first, again = moved(Stage.NEW, Move.TAKE, ANNA), moved(Stage.NEW, Move.TAKE, ANNA)
    assert [notice.key for notice in first] == [notice.key for notice in again]
    assert first[0].key == f"t1:2:card:{DESK}"


# --- letters


def sent(routes: Routes) -> list[Notice]:
    ticket, ben = an_incident(Stage.RETARUS), a_contact(BEN)
    return letters(ticket, (), write(ticket, ben, a_config()), ben, routes, NOW)


@pytest.mark.parametrize(
    ("routes", "ways"),
    [
        (ROUTES, [(NoticeKind.LETTER_POST, RETARUS), (NoticeKind.LETTER_MAIL, MAIL)]),
        (Routes(DESK, retarus=RETARUS), [(NoticeKind.LETTER_POST, RETARUS)]),
        (Routes(DESK, email=MAIL), [(NoticeKind.LETTER_MAIL, MAIL)]),
        (Routes(DESK), []),
    ],
)
def test_letter_takes_every_configured_way(routes: Routes, ways: list[tuple[NoticeKind, str]]) -> None:
    assert [(notice.kind, notice.to) for notice in sent(routes)] == ways
    assert bool(routes.no_way) is not bool(ways)


def test_letter_is_kept_word_for_word_and_says_where_to_answer() -> None:
    written = write(an_incident(Stage.RETARUS), a_contact(BEN), a_config())
    for notice in sent(ROUTES):
        assert notice.body == {
            "letter": written.model_dump(mode="json"),
            "reply_to": "ben@nordlicht.example",
            "after": [],
        }


def test_stuck_way_to_retarus_does_not_hold_up_the_other() -> None:
    assert len({notice.lane for notice in sent(ROUTES)}) == 2


def test_fallback_sends_by_e_mail_if_the_channel_fails() -> None:
    ticket, routes = an_incident(Stage.RETARUS), Routes(DESK, RETARUS, MAIL, fallback=True)
    posted = Claim(notice=a_notice(ticket, NoticeKind.LETTER_POST, to=RETARUS), attempt=1)
    mail, to_owner = after_delivery(posted, Dead("The channel is archived."), ticket, routes, NOW)
    body = {**posted.notice.body, "instead_of": posted.notice.key}
    assert (mail.kind, mail.to, mail.body) == (NoticeKind.LETTER_MAIL, MAIL, body)
    assert to_owner.body["instead"] is True
    assert routes.ways == (f"to the Retarus channel, or by e-mail to {MAIL} where that fails",)
    assert routes.all_ways == ("to the Retarus channel", f"by e-mail to {MAIL}")
    mailed = Claim(notice=mail, attempt=1)
    assert [each.kind for each in after_delivery(mailed, Dead("x"), ticket, routes, NOW)] == [NoticeKind.THREAD]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (NoticeKind.LETTER_POST, NoticeKind.LETTER_MAIL),
        (NoticeKind.CHASE_POST, NoticeKind.CHASE_MAIL),
        (NoticeKind.LETTER_MAIL, NoticeKind.LETTER_POST),
        (NoticeKind.CHASE_MAIL, NoticeKind.CHASE_POST),
    ],
)
@pytest.mark.parametrize("language", Language)
def test_fallback_takes_the_other_way_once_and_says_which(
    first: NoticeKind, second: NoticeKind, language: Language
) -> None:
    ticket, routes = an_incident(Stage.RETARUS), Routes(DESK, RETARUS, MAIL, fallback=True)
    claim = Claim(notice=a_notice(ticket, first, to="x"), attempt=1)
    other, in_thread = after_delivery(claim, Dead("It is full."), ticket, routes, NOW)
    assert (other.kind, other.to) == (second, MAIL if second in BY_MAIL else RETARUS)
    with speaking(language):
        line = not_delivered(in_thread, ticket)
    assert INSTEAD[language][second in BY_MAIL] in str(line.blocks)
    assert "Try again" not in str(line.blocks)
    (last,) = after_delivery(Claim(notice=other, attempt=1), Dead("x"), ticket, routes, NOW)
    assert "instead" not in last.body
    assert "Try again" in str(not_delivered(last, ticket).blocks)


INSTEAD = {
    Language.ENGLISH: ("It goes to the Retarus channel instead.", "It goes by e-mail instead."),
    Language.GERMAN: ("Es geht stattdessen in den Retarus-Channel.", "Es geht stattdessen per E-Mail."),
}
"""Sentences by language: for the channel, and for e-mail."""


@pytest.mark.parametrize(
    ("routes", "kind"),
    [
        (Routes(DESK, RETARUS, MAIL), NoticeKind.LETTER_POST),
        (Routes(DESK, "", MAIL, severed=RETARUS, fallback=True), NoticeKind.LETTER_MAIL),
        (Routes(DESK, RETARUS, fallback=True), NoticeKind.CHASE_POST),
    ],
)
def test_message_without_a_fallback_that_is_open_is_only_told(routes: Routes, kind: NoticeKind) -> None:
    ticket = an_incident(Stage.RETARUS)
    (in_thread,) = after_delivery(Claim(notice=a_notice(ticket, kind), attempt=1), Dead("x"), ticket, routes, NOW)
    assert in_thread.kind is NoticeKind.THREAD


# --- how deliveries ended


def after(kind: NoticeKind, outcome: Outcome, **values: str) -> list[Notice]:
    ticket = an_incident(Stage.RETARUS)
    claim = Claim(notice=a_notice(ticket, kind, to=values.get("to", "x")), attempt=3)
    return list(after_delivery(claim, outcome, ticket, ROUTES, NOW))


@pytest.mark.parametrize("kind", [NoticeKind.LETTER_MAIL, NoticeKind.LETTER_POST])
def test_letter_that_arrived_redraws_the_line_of_its_event(kind: NoticeKind) -> None:
    (receipt,) = after(kind, Sent(), to=MAIL)
    assert (receipt.kind, receipt.to) == (NoticeKind.LINE, DESK)
    assert (receipt.body["delivered"], receipt.body["to"], receipt.body["place"]) == (kind, MAIL, line_place(1))
    assert receipt.pairs("places") == [("t1", receipt_place(f"t1:1:{kind}:{MAIL}"))]
    assert receipt.lane == "t1:thread"


@pytest.mark.parametrize("kind", [NoticeKind.LETTER_MAIL, NoticeKind.LETTER_POST])
def test_letter_that_will_not_arrive_is_reported_in_the_thread_with_the_reason(kind: NoticeKind) -> None:
    (alarm,) = after(kind, Dead("The mailbox is full."), to=MAIL)
    assert (alarm.kind, alarm.to) == (NoticeKind.THREAD, DESK)
    assert (alarm.body["failed"], alarm.body["why"]) == (kind, "The mailbox is full.")
    assert alarm.body["key"] == f"t1:1:{kind}:{MAIL}"


@pytest.mark.parametrize("kind", [NoticeKind.CARD, NoticeKind.THREAD])
def test_owner_is_notified_directly_when_the_channel_is_gone(kind: NoticeKind) -> None:
    (alarm,) = after(kind, Dead("The channel is archived."))
    assert (alarm.kind, alarm.to) == (NoticeKind.DIRECT, BEN)


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (NoticeKind.CARD, Sent()),
        (NoticeKind.THREAD, Sent()),
        (NoticeKind.DIRECT, Sent()),
        (NoticeKind.LETTER_MAIL, Retry(NOW, "busy")),
        (NoticeKind.DIRECT, Dead("They left.")),
    ],
)
def test_other_deliveries_have_no_follow_up(kind: NoticeKind, outcome: Outcome) -> None:
    assert after(kind, outcome) == []


def test_letter_that_dies_twice_is_reported_twice_and_one_sent_again_after_a_bounce_has_another_receipt() -> None:
    ticket = an_incident(Stage.RETARUS)
    notice = a_notice(ticket, NoticeKind.LETTER_MAIL, to=MAIL)

    def key(attempt: int, outcome: Outcome) -> str:
        return after_delivery(Claim(notice=notice, attempt=attempt), outcome, ticket, ROUTES, NOW)[0].key

    assert key(1, Dead("x")) != key(2, Dead("x"))
    assert key(1, Sent()) != key(2, Sent())  # a delivery is settled once, so that two mean that it bounced


def test_priority_that_a_handoff_changes_is_news_in_the_thread_and_to_the_owner() -> None:
    before = an_incident(Stage.FIRST, also={"priority": "P2"})
    after = apply_move(before, Move.HAND_OFF, BEN, NOW).model_copy(
        update={"answers": {**before.answers, "priority": "P1"}}
    )
    details = event(after, Move.HAND_OFF, BEN, NOW, **{"answer.priority": "P1"})
    found = {notice.kind: notice for notice in notices(before, after, details, ROUTES)}
    assert found[NoticeKind.THREAD].body["news"] == ["priority"]
    assert found[NoticeKind.DIRECT].to == ANNA
