"""Modals of an outage: tickets to be gathered, a word for all of them, and their common remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blocks import kit, urgency
from blocks.form import ANSWER, text_input
from blocks.kit import Json, Message
from bot.config.settings import Config
from bot.core.cleaning import excerpt, shorten_middle
from bot.core.i18n import many, t
from bot.known_issues.outage import Outage
from bot.model.ticket import Ticket
from bot.model.transitions import Move, can
from bot.tickets.reference import reference

SHOW = "outage.show"
"""Opens the outage; its callback links the ticked tickets."""
TELL = "outage.tell"
RESOLVE = "outage.resolve"
TICKETS = "tickets."
"""Block ids of the groups of checkboxes."""
WORD = "word"
_GROUP = 10
"""Slack's checkboxes have at most ten options."""
_LISTED = 20


def button(ticket_id: str, about: str = "") -> Json:
    """Opens the outage that this ticket leads or belongs to."""
    return kit.button(t("Outage"), SHOW, ticket_id, about=about)


def modal(outage: Outage, config: Config) -> Json:
    """The scope of the outage, what can be done for all its tickets, and the tickets that can be added."""
    leading = outage.leading
    name = reference(leading, config)
    blocks = [kit.note(t("{name} leads", name=name)), kit.rich(kit.line(kit.text(_scope(outage, config))))]
    if outage.led:
        tell, resolve = t("Tell all"), t("Resolve all")
        buttons = [kit.button(tell, TELL, leading.id), kit.button(resolve, RESOLVE, leading.id, style="primary")]
        blocks.append(kit.actions("all", buttons))
    groups = list(_groups(outage, config)) if leading.stage.is_open else []
    if not groups:
        blocks.append(kit.note(t("No other open ticket of this service.")))
    submit = t("Add to the outage") if groups else ""
    return kit.modal(SHOW, t("Outage"), [*blocks, *groups], submit=submit, about=f"{leading.id}|{leading.version}")


def _scope(outage: Outage, config: Config) -> str:
    scope = outage.scope
    counts = (
        many("{count} ticket", "{count} tickets", len(scope.numbers)),
        many("{count} end-customer", "{count} end-customers", scope.customers),
        many("{count} tenant", "{count} tenants", len(scope.tenants)),
    )
    names = ", ".join(reference(each, config) for each in outage.led)
    listed = t("Also part of it: {names}", names=excerpt(names, 1000)) if outage.led else ""
    return "\n".join(filter(None, (" · ".join(counts), listed)))


def _groups(outage: Outage, config: Config) -> Iterator[Json]:
    """Checkboxes of the candidates, ten at a time. Those raised since it began are ticked."""
    found = outage.candidates
    for first in range(0, len(found), _GROUP):
        some = found[first : first + _GROUP]
        shapes = {each.id: _option(each, config) for each in some}
        element: Json = {"type": "checkboxes", "action_id": ANSWER, "options": list(shapes.values())}
        ticked = [shapes[each.id] for each in some if each.id in outage.likely]
        if ticked:
            element["initial_options"] = ticked
        label = t("Open tickets of this service") if not first else t("… further ones")
        yield {
            "type": "input",
            "block_id": f"{TICKETS}{first // _GROUP}",
            "label": kit.plain(label),
            "element": element,
            "optional": len(found) > _GROUP,
        }


def _option(ticket: Ticket, config: Config) -> Json:
    about = urgency.trouble(ticket, 70)
    customer = shorten_middle(ticket.answer("customer"), 40)
    return kit.option(f"{reference(ticket, config)} · {customer}", ticket.id, about)


def tell(leading: Ticket, name: str) -> Json:
    """Asks for a word for every ticket of the outage."""
    hint = t("Goes to the thread of each ticket, and once to everybody who informs a customer; not to Retarus")
    blocks = [kit.note(name), text_input(WORD, t("What should they be told?"), hint)]
    return kit.modal(TELL, t("Tell all"), blocks, submit=t("Tell all"), about=leading.id)


def resolve(leading: Ticket, name: str) -> Json:
    """Asks for the common remedy."""
    hint = t("For all tickets of the outage; the 1st level confirms each with its end-customer")
    draft = leading.answer("remedy") or leading.answer("their_remedy")
    also = kit.note(t("{name} is resolved with them.", name=name)) if can(leading, Move.RESOLVE) else kit.note(name)
    blocks = [also, text_input(WORD, t("What is the remedy?"), hint, value=draft)]
    return kit.modal(RESOLVE, t("Resolve all"), blocks, submit=t("Resolve all"), about=leading.id)


def resolved(leading: Ticket, count: int, name: str) -> Json:
    """Confirmation with the number of resolved tickets."""
    result = many(
        "{count} ticket with the same cause is resolved.", "{count} tickets with the same cause are resolved.", count
    )
    return kit.modal(
        "outage.resolved", t("Outage"), [kit.note(name), kit.rich(kit.line(kit.text(result)))], about=leading.id
    )


def listing(running: Sequence[Ticket], config: Config) -> Message:
    """Running outages, each with a button that opens it."""
    heading = many("{count} running outage", "{count} running outages", len(running))
    blocks = [kit.rich(kit.line(kit.bold(heading)))]
    for each in running[:_LISTED]:
        with_it = many("{count} more ticket with this cause", "{count} more tickets with this cause", each.leads)
        problem = excerpt(each.answer("happens"), 120)
        line = kit.line(kit.bold(reference(each, config)), kit.text(f" · {with_it}\n{problem}"))
        blocks += [kit.rich(line), kit.actions(f"outage.{each.number}", [button(each.id, reference(each, config))])]
    if not running:
        blocks.append(
            kit.note(
                t(
                    "An outage begins at a ticket: press `Outage` under `Clocks and more`, or at `/retarus-ticket "
                    "PD-1001`."
                )
            )
        )
    return Message(kit.escape(heading), blocks)
