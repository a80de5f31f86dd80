"""What does a notice say in Slack?"""

from __future__ import annotations

from collections.abc import Sequence

from blocks import card, letter, story
from blocks.card import Who
from blocks.kit import Message
from bot.letter import LetterText
from bot.notices import Notice, Say
from bot.settings import Config
from bot.ticket import Event, Ticket


def messages(notice: Notice, ticket: Ticket, event: Event, config: Config, who: Who, link: str) -> Sequence[Message]:
    """One message, or several for a long letter. `event`: what happened at the notice's version."""
    if notice.say is Say.CARD:
        return [card.card(ticket, config, who)]
    if notice.say is Say.STORY:
        return [story.told(notice, ticket, event, config, who)]
    if notice.say is Say.DIRECT:
        return [story.direct(notice, ticket, event, config, who, link)]
    return letter.messages(LetterText.model_validate(notice.body["letter"]))
