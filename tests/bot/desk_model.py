"""A small model of the desk: stages, who may do what, and a courier with chosen outcomes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import strategies as st

from bot.model.notice import Claim, Dead, NoticeKind, Outcome, Place, Retry, Sent
from bot.model.ticket import Stage
from bot.model.transitions import Move
from tests.factories import (
    ALEX,
    ANNA,
    BEA,
    BEN,
    DESK,
    GUS,
    RITA,
)

FIRST, SECOND_LEVEL = (ANNA, ALEX), (BEN, BEA)
BOTH = (*FIRST, *SECOND_LEVEL)
STAFF = st.sampled_from(BOTH)
ANYBODY = st.sampled_from([*BOTH, GUS, RITA])
WORDS = st.sampled_from(["The policy was corrected", "Which recipients are affected", "All of them, since noon"])
MODEL: dict[Move, dict[Stage, tuple[Stage, tuple[str, ...]]]] = {
    Move.TAKE: {Stage.NEW: (Stage.FIRST, FIRST)},
    Move.ACCEPT: {Stage.HANDED_OFF: (Stage.SECOND, SECOND_LEVEL)},
    Move.TAKE_OVER: {
        Stage.FIRST: (Stage.FIRST, FIRST),
        Stage.FIRST_ASKED: (Stage.FIRST_ASKED, FIRST),
        Stage.SECOND: (Stage.SECOND, SECOND_LEVEL),
        Stage.SECOND_ASKED: (Stage.SECOND_ASKED, SECOND_LEVEL),
        Stage.RETARUS: (Stage.RETARUS, SECOND_LEVEL),
        Stage.RESOLVED: (Stage.RESOLVED, FIRST),
    },
    Move.CONFIRM: {Stage.RESOLVED: (Stage.CLOSED, FIRST)},
    Move.SEND_BACK: {Stage.HANDED_OFF: (Stage.FIRST, SECOND_LEVEL), Stage.SECOND: (Stage.FIRST, SECOND_LEVEL)},
    Move.ASK_CUSTOMER: {
        Stage.FIRST: (Stage.FIRST_ASKED, FIRST),
        Stage.SECOND: (Stage.SECOND_ASKED, SECOND_LEVEL),
        Stage.RETARUS: (Stage.RETARUS, SECOND_LEVEL),
    },
    Move.CUSTOMER_ANSWERED: {
        Stage.FIRST_ASKED: (Stage.FIRST, FIRST),
        Stage.SECOND_ASKED: (Stage.SECOND, SECOND_LEVEL),
        Stage.RETARUS: (Stage.RETARUS, SECOND_LEVEL),
    },
    Move.RESOLVE: {
        Stage.FIRST: (Stage.RESOLVED, FIRST),
        Stage.SECOND: (Stage.RESOLVED, SECOND_LEVEL),
        Stage.RETARUS: (Stage.RESOLVED, SECOND_LEVEL),
    },
    Move.REOPEN: {Stage.RESOLVED: (Stage.FIRST, BOTH), Stage.CLOSED: (Stage.FIRST, BOTH)},
    Move.RETARUS_ANSWERED: {Stage.RETARUS: (Stage.SECOND, SECOND_LEVEL)},
}
"""Stages of each move, from and to, and the levels that may make it."""
CLICKS = st.sampled_from([Move.TAKE, Move.ACCEPT, Move.TAKE_OVER, Move.CONFIRM])
DETAIL_KEYS = {
    Move.SEND_BACK: "reason",
    Move.ASK_CUSTOMER: "question",
    Move.CUSTOMER_ANSWERED: "answer",
    Move.RESOLVE: "remedy",
    Move.REOPEN: "reason",
    Move.RETARUS_ANSWERED: "answer",
}
TAKEN_BY_ACTOR = {Move.TAKE, Move.ACCEPT, Move.TAKE_OVER}
BACK_TO_FIRST = {Move.SEND_BACK, Move.RESOLVE, Move.REOPEN}
OUTCOMES = st.sampled_from(["sent", "sent", "sent", "busy", "dead", "lost"])


@dataclass
class Model:
    """One ticket, modelled as simply as possible."""

    id: str
    stage: Stage
    owner: str
    first_owner: str
    version: int = 1
    answers: dict[str, str] = field(default_factory=dict)
    asked: bool = False
    """True while the end-customer is asked and the ticket is with Retarus."""
    letters: int = 0
    """Number of times it was sent to Retarus."""

    def is_possible(self, move: Move) -> bool:
        """False for a second question with Retarus, and for an answer there without a question."""
        expected = {Move.ASK_CUSTOMER: False, Move.CUSTOMER_ANSWERED: True}.get(move, self.asked)
        return self.stage is not Stage.RETARUS or expected is self.asked

    def moved(self, move: Move, by: str) -> None:
        before, self.stage = self.stage, MODEL[move][self.stage][0]
        if before is Stage.RETARUS and self.stage is not Stage.RETARUS:  # asked again for the next letter
            for key in ("summary_second", "why_retarus"):
                self.answers.pop(key, None)
        if move in TAKEN_BY_ACTOR:
            self.owner = by
        elif move in BACK_TO_FIRST:
            self.owner = self.first_owner
        if self.stage in {Stage.FIRST, Stage.FIRST_ASKED, Stage.RESOLVED}:
            self.first_owner = self.owner
        self.asked = self.stage is Stage.RETARUS and {
            Move.ASK_CUSTOMER: True,
            Move.CUSTOMER_ANSWERED: False,
        }.get(move, self.asked)
        self.version += 1


class Courier:
    """A carrier that arrives, is busy, gives up, or loses the answer after it arrived; counts what arrived."""

    def __init__(self) -> None:
        self.arrived = Counter[str]()
        self.next = "sent"

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        """Like Slack's carrier, it looks for what may have arrived before it sends anything."""
        key, how = claim.notice.key, self.next
        if how == "busy":
            return Retry(at + timedelta(seconds=5), "busy")
        if how == "dead":
            return Dead("It cannot be delivered.")
        if not (claim.progress.unsure and self.arrived[key]):
            self.arrived[key] += 1
        if how == "lost":
            return Retry(at + timedelta(seconds=5), "lost", claim.progress.model_copy(update={"unsure": True}))
        is_card = claim.notice.kind is NoticeKind.CARD
        ticket = claim.notice.ticket_id
        return Sent(Place(ticket_id=ticket, role="card", channel=DESK, ts=f"{ticket}.0")) if is_card else Sent()
