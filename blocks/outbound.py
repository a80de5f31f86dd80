"""Forms for a word to Retarus: what is to be said, and the preview of exactly what goes out."""

from __future__ import annotations

from blocks import canned_answers, kit
from blocks.evidence import along
from blocks.form import text_input
from blocks.kit import Json
from bot.config.canned_answers import AnswerPlace
from bot.config.settings import Config
from bot.conversation.outbound import OutgoingPreview
from bot.core.i18n import t
from bot.model.ticket import Ticket

WRITE = "outbound.write"
"""Opens the form; its callback shows the preview."""
SEND = "outbound.send"
WORD = "word"


def form(ticket: Ticket, name: str, config: Config, *, text: str = "", entry: str = "", question: str = "") -> Json:
    """Asks for the words. `entry`: the one that is answered, with its `question`."""
    blocks = [kit.note(f"{name} · {t('you see it before anything is sent')}")]
    if question:
        blocks.append(kit.rich(kit.quote(question[:500])))
    label = t("Your answer") if entry else t("What Retarus should know")
    hint = t("Their words are quoted below it") if entry else t("New facts, a correction, or that it is closed")
    blocks += [
        *canned_answers.menu(AnswerPlace.RETARUS, config),
        text_input(WORD, label, hint, value=text[: kit.CHUNK]),
    ]
    title = t("Answer Retarus") if entry else t("Send to Retarus")
    return kit.modal(WRITE, title, blocks, submit=t("Preview"), about=f"{ticket.id}|{ticket.version}|{entry}")


def preview(outgoing: OutgoingPreview, name: str, entry: str, config: Config) -> Json:
    """The exact text, its recipients and its channel."""
    ticket = outgoing.ticket
    ways = t("Goes {ways}, in your name, in the same thread", ways=kit.together(outgoing.ways))
    blocks = [kit.note(f"{name} · {ways}"), kit.rich(kit.line(kit.bold(outgoing.subject)))]
    blocks += [kit.rich(kit.line(kit.text(piece))) for piece in kit.chunks(outgoing.text)]
    blocks += along(outgoing.files, config)
    blocks += [kit.rich(kit.line(kit.bold(each))) for each in outgoing.warnings]
    about = f"{ticket.id}|{ticket.version}|{entry}|{outgoing.digest}"
    return kit.modal(SEND, t("Preview"), blocks, submit=t("Send to Retarus"), about=about)
