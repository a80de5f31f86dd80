"""A letter that did not arrive, rewritten after its facts changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from bot.config.settings import Config
from bot.core.i18n import t
from bot.escalation import letter
from bot.escalation.correspondence import SCOPE
from bot.model.contact import Contact
from bot.model.letter_text import LetterText
from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Event, Ticket
from bot.model.transitions import Step
from bot.tickets.attachments import unpacked

LETTERS = frozenset({NoticeKind.LETTER_POST, NoticeKind.LETTER_MAIL})
_FACTS = frozenset({Step.RCR.value, *SCOPE})
_UNSIGNED = Contact(slack_user="-", name="-", email="", phone="-")


@dataclass(frozen=True)
class RewrittenLetter:
    """The text that would go out now in place of one that did not arrive."""

    notice: Notice
    """The notice of the letter that did not arrive."""
    ticket: Ticket
    letter: LetterText

    @property
    def way(self) -> str:
        """Name of the way of delivery, as in `Routes.ways`."""
        if self.notice.kind is NoticeKind.LETTER_MAIL:
            return t("by e-mail to {address}", address=self.notice.to)
        return t("to the Retarus channel")


def rewritten(notice: Notice, ticket: Ticket, config: Config, led: Sequence[Ticket] = ()) -> LetterText | None:
    """The letter with the facts as they are now; none when they are the same, or it is no letter.

    `led`: tickets with the same cause, as for `letter.write`. Subject, signature and what is new since the letter
    before stay as they were.
    """
    if notice.kind not in LETTERS:
        return None
    was = LetterText.model_validate(notice.body["letter"])
    with_files = ticket.model_copy(update={"attachments": unpacked(notice.body)})
    facts = letter.write(with_files, _UNSIGNED, config, led=led)
    now = was.model_copy(update={"template": facts.template, "prequalification": facts.prequalification})
    return None if now == was else now


def in_place_of(notice: Notice, ticket: Ticket, text: LetterText) -> Notice:
    """The notice of a rewritten letter. Its key is new, and so is its Message-ID. `ticket`: as it is sent."""
    body: Mapping[str, JsonValue] = {**notice.body, "letter": text.model_dump(mode="json")}
    key = f"{ticket.id}:{ticket.version}:{notice.kind.value}:{notice.to}"
    return notice.model_copy(update={"key": key, "version": ticket.version, "body": body})


def changes_facts(event: Event) -> bool:
    """True if the text of a letter may be another after this event."""
    return event.kind in _FACTS or any(key.startswith("answer.") for key in event.detail)
