"""What does somebody see who escalates a ticket to Retarus?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from blocks import filling, kit
from blocks.eas import ASK as EAS_ASK
from blocks.evidence import beside_letter
from blocks.form import inputs, text_input
from blocks.kit import Json
from blocks.letter import parts
from bot.fields import Field, Need, Sheet, fields_of
from bot.forms import Missing, missing
from bot.reading import Preview
from bot.rights import GLASS
from bot.settings import Config
from bot.summaries import done_so_far, second_summary
from bot.ticket import Level, Ticket

ASK = "escalate.ask"
TASKS = "escalate.tasks"
SEND = "escalate.send"
RCR = "escalate.rcr"
RCR_NUMBER = "rcr"
_GLASS = "Who could not be reached, and why it cannot wait. Kept in the history, with your name (guide 2.3)"


def tasks(ticket: Ticket, name: str, config: Config, typed: Mapping[str, str] | None = None) -> Json:
    """The 2nd-level tasks (guide, section 3) and what else the 2nd level knows; above them, what else is missing."""
    asked = tuple(_asked(ticket))
    drafts = {"done": done_so_far(ticket, config), "summary_second": second_summary(ticket, config)}
    elsewhere = [each for each in missing(ticket, Need.ESCALATE) if each.key not in {field.key for field in asked}]
    blocks = [kit.note(f"{name} · nothing is sent yet: the exact text comes next"), *_missing(ticket, elsewhere)]
    blocks += inputs(asked, ticket.kind, config, {**drafts, **ticket.answers, **(typed or {})}, Need.ESCALATE)
    return kit.modal(TASKS, "Escalate to Retarus", blocks, submit="Preview", about=f"{ticket.id}|{ticket.version}")


def _asked(ticket: Ticket) -> Iterable[Field]:
    for field in fields_of(ticket.kind):
        if field.heading.sheet is Sheet.SECOND or (field.level is Level.SECOND and field.heading.sheet is Sheet.TICKET):
            yield field


def preview(shown: Preview, name: str, config: Config, *, changed: bool = False) -> Json:
    """The exact text, to be sent when nothing is missing and this person may; else what stands in the way."""
    blocks = [kit.note(f"{name} changed since you looked. This is its text now.")] if changed else []
    blocks += _missing(shown.ticket, shown.missing)
    if shown.refusal:
        blocks.append({"type": "section", "text": kit.plain(shown.refusal)})
    may_send = not (shown.missing or (shown.refusal and not shown.may_break_glass) or shown.excess)
    if may_send and shown.may_break_glass:
        blocks.append(text_input(GLASS, "Break the glass: why must it go without an authorised contact?", _GLASS))
    blocks += beside_letter(shown, config, may_send=may_send)
    if may_send:
        blocks.append(kit.note(f"Goes {_ways(config)}, in your name. This is what Retarus reads:"))
    if may_send and not shown.may_break_glass:
        blocks.append(kit.actions("escalate.ways", [kit.button("Open it in EAS instead", EAS_ASK, shown.ticket.id)]))
    blocks += [kit.divider(), kit.rich(kit.line(kit.bold(shown.letter.subject))), *parts(shown.letter)]
    about = f"{shown.ticket.id}|{shown.ticket.version}"
    return kit.modal(SEND, "Preview", blocks[:100], submit="Send to Retarus" if may_send else "", about=about)


def _ways(config: Config) -> str:
    ways = [
        "to the Retarus channel" if config.retarus.channel else "",
        f"by e-mail to {config.retarus.email}" if config.retarus.email else "",
    ]
    return " and ".join(way for way in ways if way) or "nowhere: no way to Retarus is set up"


def _missing(ticket: Ticket, items: Iterable[Missing]) -> list[Json]:
    """Every missing item at once, with level, field and guide section, and one button that asks for them."""
    items = tuple(items)
    if not items:
        return []
    lines = [kit.line(kit.text(item.line)) for item in items]
    listed: Json = {"type": "rich_text_list", "style": "bullet", "elements": lines}
    return [
        kit.rich(kit.line(kit.bold(f"Missing for Retarus ({len(items)})")), listed),
        kit.actions("escalate.missing", [kit.button("Fill in", filling.PUSH, ticket.id, style="primary")]),
    ]


def rcr_modal(ticket: Ticket, name: str) -> Json:
    """Asks for the number Retarus gave."""
    blocks = [
        kit.note(name),
        text_input(RCR_NUMBER, "RCR number", "As Retarus wrote it, e.g. RCR-88123", multiline=False),
    ]
    return kit.modal(RCR, "RCR number", blocks, submit="Record", about=ticket.id)
