"""Views for admins on the end-customers, and the options suggested while a name is typed."""

from __future__ import annotations

from collections.abc import Sequence

from blocks import kit, urgency
from blocks.customer_words import LANGUAGES
from blocks.form import ANSWER, text_input
from blocks.kit import Json
from bot.config.settings import Config
from bot.core.cleaning import clean_line, excerpt, shorten_middle
from bot.core.i18n import Language, many, t
from bot.core.identifiers import fold
from bot.home import Screen, Tab
from bot.model.contact import EndCustomer
from bot.register.customers import PAGE, CustomerOverview, CustomerPage
from bot.tickets.reference import reference

ADD = "customers.add"
CHANGE = "customers.change"
REMOVE = "customers.remove"
SAVE = "customers.save"
TURN = "customers.page."
"""Prefix of the buttons to other pages."""
TURNS = ("before", "after")


def listing(page: CustomerPage) -> list[Json]:
    """One page of them, by name."""
    blocks = [
        kit.note(
            t("End-customers do not report to Retarus themselves, and nothing is sent to them (guide, section 3).")
        ),
        kit.actions("customers", [kit.button(t("Add an end-customer"), ADD, "add", style="primary")]),
    ]
    for customer in page.customers:
        blocks += [_entry(customer), kit.actions(f"customer.{customer.id}", _buttons(customer))]
    last = page.first + len(page.customers)
    numbers = {"first": page.first + 1, "last": last, "total": page.total}
    where = t("{first} to {last} of {total}, by name", **numbers) if page.total else t("None yet.")
    turns = _turns(page, last)
    return [*blocks, kit.note(where), *([kit.actions("customers.pages", turns)] if turns else [])]


def _turns(page: CustomerPage, last: int) -> list[Json]:
    before = Screen(Tab.CUSTOMERS, first=max(0, page.first - PAGE)).pack()
    after = Screen(Tab.CUSTOMERS, first=last).pack()
    buttons = [kit.button(t("Previous page"), TURN + "before", before)] if page.first else []
    return [*buttons, kit.button(t("Next page"), TURN + "after", after)] if last < page.total else buttons


def _entry(customer: EndCustomer) -> Json:
    tenants = excerpt(", ".join(customer.tenants), 200) or t("no tenants")
    agreed = t("agreement {reference}", reference=customer.agreement)
    agreement = agreed if customer.agreement else f"⚠ {t('no agreement reference')}"
    people = t("Their contacts: {names}", names=excerpt(customer.contacts, 200)) if customer.contacts else ""
    also = t("Also: {names}", names=excerpt(", ".join(customer.also), 200)) if customer.also else ""
    learned = t("From a ticket; not checked by an admin yet") if customer.is_learned else ""
    facts = "\n".join(filter(None, (f"{tenants} · {agreement}", people, also, learned)))
    return kit.rich(kit.line(kit.bold(customer.name), kit.text(f"\n{facts}")))


def overview(known: CustomerOverview, config: Config) -> list[Json]:
    """Known facts of an end-customer, below their name in a form."""
    last = known.last
    tickets = many("{count} open", "{count} open", known.open)
    if last is not None:
        words = urgency.trouble(last, 80)
        tickets += ", " + t("last: {ticket} {words}", ticket=reference(last, config), words=words)
    parts = (
        tickets if last else "",
        excerpt(known.tenants.replace("\n", ", "), 100),
        excerpt(known.interface, 100),
        t("Their contacts: {names}", names=excerpt(known.contacts, 200)) if known.contacts else "",
    )
    facts = " · ".join(filter(None, parts))
    return [kit.note(facts)] if facts else []


def _buttons(customer: EndCustomer) -> list[Json]:
    name = shorten_middle(customer.name, 60)
    sure: Json = {
        "title": kit.plain(t("Remove?"), 100),
        "text": kit.plain(t("{name} is removed from the list. Tickets keep the name.", name=name), 300),
        "confirm": kit.plain(t("Remove"), 30),
        "deny": kit.plain(t("Keep"), 30),
    }
    return [
        kit.button(t("Edit"), CHANGE, customer.id, about=customer.name),
        kit.button(t("Remove"), REMOVE, customer.id, style="danger", confirm=sure, about=customer.name),
    ]


def modal(customer: EndCustomer | None) -> Json:
    """The form for a new end-customer, or for an existing one."""
    known = customer or EndCustomer(id="", name="")
    blocks = [
        text_input("name", t("Name"), "", value=known.name, multiline=False),
        text_input(
            "tenants",
            t("Tenant(s) or Dedicated Customer ID(s)"),
            t("e.g. 12345RS, 23456RS"),
            value=", ".join(known.tenants),
            multiline=False,
            needed=False,
        ),
        text_input(
            "agreement",
            t("Reference of the agreement"),
            t("Partner Agreement / Master Service Agreement"),
            value=known.agreement,
            multiline=False,
            needed=False,
        ),
        text_input(
            "contacts",
            t("Their contacts"),
            t("For you to call; nothing is sent to them"),
            value=known.contacts,
            needed=False,
        ),
        _language(known.language),
        text_input(
            "also",
            t("Other names of this customer"),
            t("One per line. An existing entry with that name is merged into this one"),
            value="\n".join(known.also),
            needed=False,
        ),
    ]
    title = t("Change end-customer") if customer else t("Add an end-customer")
    return kit.modal(SAVE, title, blocks, submit=t("Save"), about=known.id)


def _language(known: Language | None) -> Json:
    shapes = {each: kit.option(name, each.value) for each, name in LANGUAGES.items()}
    element: Json = {"type": "static_select", "action_id": ANSWER, "options": list(shapes.values())}
    if known:
        element["initial_option"] = shapes[known]
    return {
        "type": "input",
        "block_id": "language",
        "label": kit.plain(t("Language")),
        "hint": kit.plain(t("For the texts you copy for them. Empty: the language of their ticket")),
        "element": element,
        "optional": True,
    }


_LONGEST_NAME = 150
"""Characters of a name, as many as Slack allows the value of an option."""


def options(found: Sequence[EndCustomer], typed: str) -> list[Json]:
    """Options suggested while a name is typed: the matches, and the text as typed."""
    shown = [kit.option(each.name, each.name, ", ".join(each.tenants)) for each in found]
    text = clean_line(typed)
    if len(text) > _LONGEST_NAME:
        too_long = t("This is {length} characters long; at most {most} fit.", length=len(text), most=_LONGEST_NAME)
        return [kit.option(too_long, "-")]  # chosen all the same, it is refused as no answer
    if text and fold(text) not in {each.folded for each in found}:
        shown.append(kit.option(t("Use “{words}”", words=shorten_middle(text, 60)), text))
    return shown
