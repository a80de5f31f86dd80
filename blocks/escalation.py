"""The preview of a letter to Retarus, and the modal for their number."""

from __future__ import annotations

from collections.abc import Iterable

from blocks import fill_in, kit
from blocks.eas import ASK as EAS_ASK
from blocks.evidence import with_letter
from blocks.form import text_input
from blocks.kit import Json
from blocks.letter import parts
from bot.config.settings import Config
from bot.core.i18n import mark, t
from bot.escalation.preview import Preview
from bot.forms.validation import Missing
from bot.model.ticket import Ticket
from bot.tickets.permissions import BREAK_GLASS_REASON

ASK = "escalate.ask"
SEND = "escalate.send"
RCR = "escalate.rcr"
RCR_NUMBER = "rcr"
_BREAK_GLASS_HINT = mark(
    "Who could not be reached, and why it cannot wait. Kept in the history, with your name (guide 2.3)"
)


def preview(shown: Preview, name: str, config: Config, *, changed: bool = False) -> Json:
    """The exact text with a button to send it, when nothing is missing and this person may; else the obstacles."""
    changed_words = t("{reference} changed since you looked. This is its text now.", reference=name)
    blocks = [kit.note(changed_words)] if changed else []
    blocks += _missing(shown.ticket, shown.missing)
    if shown.refusal:
        blocks.append({"type": "section", "text": kit.plain(shown.refusal)})
    is_refused = bool(shown.refusal) and not shown.may_break_glass
    may_send = bool(shown.ways) and not (shown.missing or is_refused or shown.excess)
    if may_send and shown.may_break_glass:
        reason = t("Break the glass: why must it go without an authorised contact?")
        blocks.append(text_input(BREAK_GLASS_REASON, reason, t(_BREAK_GLASS_HINT)))
    blocks += with_letter(shown, config, may_send=may_send)
    if may_send:
        ways = kit.together(shown.ways)
        blocks.append(kit.note(t("Goes {ways}, in your name. This is what Retarus reads:", ways=ways)))
    if (may_send and not shown.may_break_glass) or not (shown.ways or shown.missing):
        blocks.append(kit.actions("escalate.ways", [kit.button(t("Open it in EAS instead"), EAS_ASK, shown.ticket.id)]))
    blocks += [kit.divider(), kit.rich(kit.line(kit.bold(shown.letter.subject))), *parts(shown.letter)]
    about = f"{shown.ticket.id}|{shown.ticket.version}"
    return kit.modal(SEND, t("Preview"), blocks[:100], submit=t("Send to Retarus") if may_send else "", about=about)


def _missing(ticket: Ticket, items: Iterable[Missing]) -> list[Json]:
    """Every missing item at once, with level, field and guide section, and one button that asks for them."""
    items = tuple(items)
    if not items:
        return []
    lines = [kit.line(kit.text(item.line)) for item in items]
    listed: Json = {"type": "rich_text_list", "style": "bullet", "elements": lines}
    return [
        kit.rich(kit.line(kit.bold(t("Missing for Retarus ({count})", count=len(items)))), listed),
        kit.actions("escalate.missing", [kit.button(t("Fill in"), fill_in.PUSH, ticket.id, style="primary")]),
    ]


def rcr_modal(ticket: Ticket, name: str) -> Json:
    """Asks for the number Retarus gave."""
    blocks = [
        kit.note(name),
        text_input(RCR_NUMBER, t("RCR number"), t("As Retarus wrote it, e.g. RCR-88123"), multiline=False),
    ]
    return kit.modal(RCR, t("RCR number"), blocks, submit=t("Record"), about=ticket.id)
