"""Button and messages of an evidence pack."""

from __future__ import annotations

from blocks import kit
from blocks.kit import Json, Message
from bot.core.i18n import t
from bot.reports.document import ReportDocument

MAKE = "evidence_pack.make"


def button(ticket_id: str) -> Json:
    """Orders the pack."""
    return kit.button(t("Evidence pack"), MAKE, ticket_id)


def message(paper: ReportDocument) -> Message:
    """Message above the files in the thread."""
    blocks = [kit.header(paper.title), kit.note(paper.about), kit.note(t("In the thread: as PDF and as JSON."))]
    return Message(kit.escape(f"{paper.title}, {paper.about}"), blocks)
