"""Letter to Retarus in Slack: the same words as in the e-mail, as rich text."""

from __future__ import annotations

from collections.abc import Iterable

from blocks import kit
from blocks.kit import Json, Message
from bot.core.i18n import t
from bot.escalation.letter import as_text, copy_of
from bot.escalation.rewriting import RewrittenLetter
from bot.model.letter_text import LetterPart, LetterText

SHOW = "letter.show"
AGAIN = "letter.again"
SEND = "letter.send"
"""Sends a letter that was rewritten, from its preview."""

_ROOM = 9000
"""Characters of one message: Slack refuses messages of roughly 11,000 and more, summed over their blocks."""


def parts(letter: LetterText) -> list[Json]:
    """One block per heading; long answers in several."""
    return [block for part in copy_of(letter) for block in _part(part)]


def _part(part: LetterPart) -> Iterable[Json]:
    pieces = kit.chunks("\n".join(part.lines)) if part.lines else [""]
    for number, piece in enumerate(pieces):
        heading = [kit.bold(part.heading)] if part.heading and not number else []
        words = [kit.text(("\n" if heading else "") + piece)] if piece else []
        yield kit.rich(kit.line(*heading, *words))


def messages(letter: LetterText) -> list[Message]:
    """The letter as posts: the first in the channel, the others as replies to it, each within Slack's limits.

    A post that is not the last says that the letter continues below.
    """
    pages: list[list[Json]] = [[kit.rich(kit.line(kit.bold(letter.subject)))]]
    room = _ROOM
    for block in parts(letter):
        size = len(str(block))
        if size > room or len(pages[-1]) >= 45:  # noqa: PLR2004 (50 blocks to a message, and some air)
            pages.append([])
            room = _ROOM
        pages[-1].append(block)
        room -= size
    for page in pages[:-1]:
        page.append(kit.note(t("Continues below.")))
    first = kit.escape(as_text(letter))[:3000]
    rest = [f"{kit.escape(letter.subject)} ({number})" for number in range(2, len(pages) + 1)]
    return [Message(text, page) for text, page in zip([first, *rest], pages, strict=True)]


def rewritten(changed: RewrittenLetter, name: str) -> Json:
    """Preview of a letter that did not arrive, with the facts as they are now."""
    blocks = [kit.note(t("{reference} changed since this letter was written. This is its text now.", reference=name))]
    blocks += [kit.note(t("Goes {ways}. This is what Retarus reads:", ways=changed.way)), kit.divider()]
    blocks += [kit.rich(kit.line(kit.bold(changed.letter.subject))), *parts(changed.letter)]
    about = f"{changed.ticket.id}|{changed.ticket.version}|{changed.notice.key}"
    return kit.modal(SEND, t("Preview"), blocks[:100], submit=t("Send to Retarus"), about=about)


def modal(text: str, name: str) -> Json:
    """The text as it was sent."""
    blocks = [kit.rich({"type": "rich_text_preformatted", "elements": [kit.text(piece)]}) for piece in kit.chunks(text)]
    return kit.modal(SHOW, t("Sent to Retarus"), [kit.note(name), *blocks])
