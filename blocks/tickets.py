"""Modal of `/retarus-ticket`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from blocks import bulk, customer_words, evidence_pack, kit, outage, urgency
from blocks.card import Who, standing
from blocks.kit import Json, Message
from blocks.urgency import title
from bot.config.settings import NOT_SET, Config
from bot.core.i18n import many, mark, t
from bot.model.ticket import Ticket
from bot.tickets.one_line import Verb
from bot.tickets.reference import reference

SCOPE = "tickets.scope."
"""Prefix of the buttons that change what is listed; the scope is the rest: `mine`, `level`, `all`."""

SCOPES = {"mine": mark("Mine"), "level": mark("My level"), "all": mark("All open")}


def listing(
    tickets: Sequence[Ticket],
    total: int,
    scope: str,
    config: Config,
    who: Who,
    links: Mapping[str, str],
    at: datetime | None = None,
) -> Message:
    """Open tickets with links to their cards; `links`: ticket id → permalink. `at`: the moment of the list."""
    heading = f"{t(SCOPES[scope])}: {many('{count} open ticket', '{count} open tickets', total)}"
    blocks = [kit.rich(kit.line(kit.bold(heading)))]
    blocks += [_row(ticket, config, who, links.get(ticket.id, ""), at) for ticket in tickets]
    if total > len(tickets):
        blocks.append(kit.note(t("The {count} most urgent of {total}.", count=len(tickets), total=total)))
    several = [bulk.button(scope)] if len(tickets) > 1 else []
    scopes = [_scope(key, name, scope) for key, name in SCOPES.items()]
    blocks.append(kit.actions("tickets", [*scopes, *several]))
    return Message(heading, blocks)


def _row(ticket: Ticket, config: Config, who: Who, link: str, at: datetime | None = None) -> Json:
    return kit.rich(
        kit.line(
            kit.link(title(ticket, config), link),
            kit.text(f" · {standing(ticket, who)} · "),
            *urgency.joined_elements([urgency.age(ticket), urgency.due(ticket, config, at)]),
            kit.text("\n"),
            kit.text(urgency.about(ticket, 160)),
        )
    )


def _scope(key: str, name: str, chosen: str) -> Json:
    return kit.button(t(name), f"{SCOPE}{key}", key, style="primary" if key == chosen else "")


HELP = (
    mark(
        "1. `/retarus-incident`, `-service-request`, `-change`: what you know now is enough; `Fill in` adds the rest."
    ),
    mark("2. `Take` makes it yours. Everything about it is in the thread under its card."),
    mark("3. `Hand off to 2nd level` asks for the 1st-level tasks of the guide and your summary."),
    mark("4. The 2nd level `Accept`s it, or sends it back with a reason."),
    mark("5. `Escalate to Retarus` shows what is missing and the exact text. Only an authorised contact can send it."),
    mark("6. Record the RCR number Retarus answers with, and their answer; then `Resolve`."),
    mark("7. The 1st level confirms with the customer and closes; `Reopen` if the remedy did not work."),
    mark("8. A ticket without activity brings a reminder, in its thread and to its owner."),
    mark(
        "9. `/retarus-ticket` lists open tickets (`mine`, `level`, `all`), shows one (`PD-1001`), and acts at once: "
        "`PD-1001 take`, `accept`, `confirm`, `resolve …`, `note …`, `rcr RCR-88123`, `wait 2 h`."
    ),
)


def help_message(config: Config) -> Message:
    """Help in ten lines: what the desk does, and how priorities are defined here."""
    known = [f"{each.name}: {t(each.definition)}" for each in config.priorities if each.definition != NOT_SET]
    last = kit.escape(t("10. Priorities: {priorities}.", priorities="; ".join(known) or t(NOT_SET)))
    text = "\n".join([*map(t, HELP), last])
    return Message(t("How Partner Desk works"), [{"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}])


def one(ticket: Ticket, config: Config, who: Who, link: str) -> Message:
    """One ticket, found by its name."""
    further = kit.actions("further", [each.button(ticket.id) for each in (customer_words, outage, evidence_pack)])
    return Message(kit.escape(title(ticket, config)), [_row(ticket, config, who, link), further])


_DONE = {
    Verb.TAKE: mark("{ticket} is yours."),
    Verb.TAKE_OVER: mark("{ticket} is yours."),
    Verb.ACCEPT: mark("{ticket} is yours."),
    Verb.CONFIRM: mark("{ticket} is confirmed and closed."),
    Verb.RESOLVE: mark("{ticket} is resolved; the 1st level confirms it with the end-customer."),
    Verb.NOTE: mark("Your note is in the thread of {ticket}."),
    Verb.RCR: mark("{ticket} has the number {number}."),
    Verb.WAIT: mark("Reminders about {ticket} wait until {time}, or until somebody acts."),
}


def done(verb: Verb, ticket: Ticket, config: Config, link: str) -> Message:
    """Answer to an action in one line."""
    until = ticket.times.snoozed_until
    holes: dict[str, Json | str] = {
        "ticket": kit.link(reference(ticket, config), link),
        "number": ", ".join(ticket.rcr),
        "time": kit.moment(until) if until else t("later"),
    }
    elements = kit.filled(t(_DONE[verb]), **holes)
    text = "".join(str(each.get("text") or each.get("fallback") or "") for each in elements)
    return Message(kit.escape(text), [kit.rich(kit.line(*elements))])
