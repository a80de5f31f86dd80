"""Form and message of a shift handover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from blocks import kit, urgency
from blocks.card import Who, next_step, standing
from blocks.form import text_input
from blocks.kit import Json, Message
from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.i18n import many, t
from bot.forms.validation import level_name
from bot.model.ticket import Ticket
from bot.reminders.handover import Handover

START = "handover.start"
"""Opens the form; its callback posts the handover."""
ACCEPT = "handover.accept"
NOTE = "note"

Links = Mapping[str, str]


def begin(tickets: Sequence[Ticket], others: int) -> Message:
    """Answer to the command: how many tickets there are, and the button that opens the form."""
    total = len(tickets) + others
    words = many("You have {count} open ticket to hand over.", "You have {count} open tickets to hand over.", total)
    blocks: list[Json] = [kit.note(words), *_unnamed(len(tickets), others)]
    if tickets:
        blocks.append(kit.actions("handover", [kit.button(t("Hand over"), START, "mine", style="primary")]))
    return Message(words, blocks)


def modal(tickets: Sequence[Ticket], others: int, config: Config, who: Who, links: Links) -> Json:
    """The tickets as they will be listed, and a word for the colleague."""
    hint = t("In the desk channel, above the tickets; the first colleague who accepts gets them")
    asked = text_input(NOTE, t("What should your colleague know?"), hint, needed=False)
    blocks = [asked, *_lines(tickets, config, who, links), *_unnamed(len(tickets), others)]
    return kit.modal(START, t("Handover"), blocks, submit=t("Hand over"))


def message(handover: Handover, config: Config, who: Who, links: Links) -> Message:
    """Handover in the desk channel, with the button until somebody has accepted it."""
    if handover.level:
        heading = t("End of the day, {level}", level=level_name(handover.level))
    else:
        heading = t("Handover of {name}", name=who(handover.giver))
    blocks: list[Json] = [kit.header(heading)]
    if handover.note:
        blocks.append(kit.rich(kit.quote(excerpt(handover.note, 2900))))
    blocks += _lines(handover.tickets, config, who, links)
    blocks += _unnamed(len(handover.tickets), handover.others)
    if handover.accepted_by:
        blocks.append(kit.note(t("✅ accepted by {name}", name=who(handover.accepted_by))))
    else:
        blocks.append(
            kit.actions("handover", [kit.button(t("Accept handover"), ACCEPT, handover.key, style="primary")])
        )
    count = many("{count} open ticket", "{count} open tickets", len(handover.tickets) + handover.others)
    return Message(kit.escape(f"{heading}: {count}"), blocks)


def _unnamed(named: int, others: int) -> list[Json]:
    """Tickets beyond those that are named: they are not handed over."""
    if not others:
        return []
    words = t("The {named} most urgent are named. {count} more stay where they are: /retarus-ticket lists them.")
    return [kit.note(words.format(named=named, count=others))]


def _lines(tickets: Sequence[Ticket], config: Config, who: Who, links: Links) -> list[Json]:
    return [kit.rich(_line(each, config, who, links)) for each in tickets]


def _line(ticket: Ticket, config: Config, who: Who, links: Links) -> Json:
    """Ticket with its stage and owner, due and promised moments, and the next step."""
    parts = [[kit.text(f"\n{standing(ticket, who)}")], urgency.due(ticket, config), _promised(ticket)]
    if ticket.stage.is_open:
        parts.append([kit.text(t("next: {step}", step=next_step(ticket, config)))])
    about = f" · {urgency.about(ticket, 120)}"
    title = kit.link(urgency.title(ticket, config), links.get(ticket.id, ""))
    return kit.line(title, kit.text(about), *urgency.joined_elements([part for part in parts if part]))


def _promised(ticket: Ticket) -> list[Json]:
    promised = ticket.times.update_due or ticket.times.eta
    return kit.filled(t("Retarus promised news by {time}"), time=kit.moment(promised)) if promised else []
