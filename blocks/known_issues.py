"""Views on a problem of several customers: suggestions, linked tickets, and relayed messages."""

from __future__ import annotations

from collections.abc import Mapping

from blocks import kit, notes, outage, search
from blocks.card import KNOWN, Who
from blocks.form import text_input
from blocks.kit import Json, Message
from blocks.thread_lines import answered, details, words_of
from blocks.urgency import title
from bot.config.settings import Config
from bot.core.i18n import t
from bot.known_issues.links import CAUSE
from bot.model.notice import Notice, NoticeKind
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Ticket
from bot.search.results import (
    Hit,
    SearchResult,
)
from bot.tickets.reference import reference

JOIN = "joining.join"
SAME = "joining.same"
"""Button: this open ticket has the same cause."""
OTHER = "joining.other"

Links = Mapping[str, str]


# --- while an incident is raised


def offers(found: SearchResult, config: Config, links: Links) -> list[Json]:
    """Notes and open tickets that may be the same problem, each with its actions."""
    if not found.hits:
        return []
    blocks: list[Json] = [kit.divider(), kit.heading(t("The same problem?"))]
    for number, hit in enumerate(found.hits):
        blocks += [search.line(hit, config, links), kit.actions(f"offer.{number}", [_offer(hit, config)])]
    return [*blocks, kit.divider()]


def hits(found: SearchResult, config: Config, links: Links) -> list[Json]:
    """Search results shown before a handoff; notes can be read."""
    blocks = [block for number, hit in enumerate(found.hits) for block in search.hit(hit, config, links, f"{number}")]
    return [kit.divider(), kit.heading(t("The same problem?")), *blocks, kit.divider()] if blocks else []


def _offer(hit: Hit, config: Config) -> Json:
    if isinstance(hit.found, TechnicalNote):
        return kit.button(t("Show {name}", name=hit.found.name), notes.SHOW, hit.found.id)
    name = reference(hit.found, config)
    return kit.button(t("Join {name} instead", name=name), JOIN, hit.found.id, confirm=_sure(name))


def _sure(name: str) -> Json:
    return {
        "title": kit.plain(t("Join {name}?", name=name), 100),
        "text": kit.plain(t("The end-customer is added there, and you follow it. No second ticket is raised."), 300),
        "confirm": kit.plain(t("Join"), 30),
        "deny": kit.plain(t("Cancel"), 30),
    }


def joined(ticket: Ticket, customer: str, config: Config, link: str) -> Json:
    """Modal after a customer has joined a ticket."""
    name = reference(ticket, config)
    words_of_event = t("{customer} was added. You are kept informed.", customer=customer)
    line = kit.line(kit.link(title(ticket, config), link), kit.text(f"\n{words_of_event}"))
    return kit.modal("joining.joined", t("Joined {name}", name=name), [kit.rich(line)])


# --- possible duplicates of a ticket


def known(ticket: Ticket, found: SearchResult, config: Config, links: Links, query: str = "") -> Json:
    """Modal of possible duplicates; an open ticket can be made the leading one by a click, or by its name."""
    blocks: list[Json] = [kit.note(reference(ticket, config))]
    if ticket.parent:
        blocks += _led(ticket, config)
    hint = t("What Retarus says on it reaches this ticket's thread and owner")
    blocks.append(text_input(CAUSE, t("Which ticket has the same cause?"), hint, multiline=False, value=query))
    blocks.append(kit.actions("outage", [outage.button(ticket.id)]))
    blocks.append(kit.divider())
    shown = [hit for hit in found.hits if hit.found.id != ticket.id]
    for number, hit in enumerate(shown):
        blocks.append(search.line(hit, config, links))
        blocks += _choices(hit, ticket, config, number)
    if not shown:
        blocks.append(kit.note(t("Nothing like it was found in the notes and tickets.")))
    about = f"{ticket.id}|{ticket.version}"
    return kit.modal(KNOWN, t("Known already?"), blocks, submit=t("Link"), about=about)


def _led(ticket: Ticket, config: Config) -> list[Json]:
    name = f"{config.desk.prefix}-{ticket.parent_number}"
    line = kit.line(kit.text(t("It has the same cause as {name}.", name=name)))
    return [kit.rich(line), kit.actions("led", [kit.button(t("Another cause after all"), OTHER, ticket.id)])]


def _choices(hit: Hit, ticket: Ticket, config: Config, number: int) -> list[Json]:
    if isinstance(hit.found, TechnicalNote):
        return [
            kit.actions(
                f"known.{number}", [kit.button(t("Show {name}", name=hit.found.name), notes.SHOW, hit.found.id)]
            )
        ]
    if not hit.found.stage.is_open or hit.found.id == ticket.parent:
        return []
    name = reference(hit.found, config)
    return [kit.actions(f"known.{number}", [kit.button(t("Same cause as {name}", name=name), SAME, name)])]


# --- relayed messages


def relayed(
    notice: Notice, ticket: Ticket, leading: Ticket, event: Event, config: Config, who: Who, link: str
) -> Message:
    """A word on the leading ticket, in the thread of one with the same cause, or to its owner."""
    words_of_event = words_of(event, leading, config, who(event.by))
    words = t("From {name}, the same cause: {said}", name=reference(leading, config), said=words_of_event)
    line = [kit.text(words)]
    if notice.kind is NoticeKind.DIRECT:
        line = [kit.link(title(ticket, config), link), kit.text(f"\n{words}")]
        line += _for_tickets(notice, config)
    quoted = (*details(event), *answered(notice, leading, config))
    return Message(kit.escape(words), [kit.rich(kit.line(*line), *quoted)])


_NAMED = 30


def _for_tickets(notice: Notice, config: Config) -> list[Json]:
    """Names of the reader's tickets, where one message is about several."""
    numbers = notice.body.get("numbers")
    if not isinstance(numbers, list):
        return []
    names = ", ".join(f"{config.desk.prefix}-{number}" for number in numbers[:_NAMED])
    more = len(numbers) - _NAMED
    named = t("{names} and {count} more", names=names, count=more) if more > 0 else names
    return [kit.text("\n" + t("For your tickets {names}", names=named))]
