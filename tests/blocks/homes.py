"""All views of the Home with one ticket, one contact and one end-customer, and the modals opened from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
from typing import Any

from blocks import contacts, customers, guides, home, resources, settings, team, undelivered
from blocks.kit import Json, Message
from bot.config.guide_versions import Guides
from bot.config.settings import Config
from bot.home import AttentionReason, Overview, Screen, Tab, Urgent
from bot.model.contact import Contact, ContractException, EndCustomer
from bot.model.notice import Letter, NoticeKind
from bot.model.ticket import Kind, Level, Party, Stage, Ticket
from bot.register.customers import CustomerPage
from bot.team import OWN, Load, TeamList, TeamOverview, TeamPage
from tests.blocks import learned
from tests.factories import BEN, NOW, a_contact, a_notice

TODAY = date(2019, 8, 27)
GUIDES = Guides(partner_version="2019-08", global_url="https://guides.example/global")


def an_overview(ticket: Ticket, who: Callable[[str], str] = str, **values: Any) -> Overview:
    """A full first page of the same ticket over and over."""
    many = [ticket.model_copy(update={"id": f"t{number}"}) for number in range(10)]
    defaults: dict[str, Any] = {
        "screen": Screen(),
        "now": NOW,
        "urgent": [
            Urgent(each, reason) for each, reason in zip(many, [*AttentionReason, *AttentionReason], strict=False)
        ],
        "urgent_total": 12,
        "standing": {(stage, stage.ball): 700 for stage in Stage if stage.ball},
        "mine": 300,
        "page": many,
        "total": 5000,
        "compared": 100,
        "next": Screen(first=10),
        "drafts": dict.fromkeys(Kind, ticket.answers),
        "links": {each.id: "https://nordlicht.slack.example/archives/C0/p1" for each in many[:5]},
        "who": who,
        "to_acknowledge": GUIDES.edition,
        "misses_webinars": True,
        "may_change": True,
        "dead": 3,
    }
    return Overview(**{**defaults, **values})


def views(ticket: Ticket, config: Config, who: Callable[[str], str] = str) -> Iterator[tuple[str, Json]]:
    """Views by name."""
    config = config.model_copy(update={"guides": GUIDES})
    for level, ball, mine in product((None, *Level), (None, *Party), (True, False)):
        screen = Screen(level=level, ball=ball, mine=mine, first=10, urgent=2)
        seen = an_overview(ticket, who, screen=screen)
        yield f"home {level} {ball} {mine}", home.overview(seen, config, is_admin=True)
    nothing = an_overview(
        ticket, urgent=(), urgent_total=0, page=(), total=0, compared=0, next=None, drafts={}, standing={}
    )
    yield "home of nobody", home.overview(nothing, config, is_admin=False)
    yield "home closed", home.closed(ticket.answer("happens"))
    yield "home closed, raising open", home.closed(ticket.answer("happens"), raises=True)
    yield from _team(ticket, config, who)
    for tab, blocks in _parts(ticket, config):
        yield f"home {tab}", home.part(tab, blocks, is_admin=True)
    yield from learned.views(ticket, config, who)
    for contact in (None, *_register(ticket)):
        yield f"contact {contact and contact.slack_user}", contacts.modal(contact)
    for customer in (None, a_customer(ticket)):
        yield f"customer {customer and customer.id}", customers.modal(customer)


def _team(ticket: Ticket, config: Config, who: Callable[[str], str]) -> Iterator[tuple[str, Json]]:
    """The leads' part, and each of its lists, full and empty."""
    many = [ticket.model_copy(update={"id": f"t{number}"}) for number in range(10)]
    people = [Load(f"U{number}", number, number // 2) for number in range(24)]
    navigation = home.navigation(Tab.TEAM, is_admin=True, dead=3)
    for listed, full in product(("", *TeamList, f"{OWN}{BEN}"), (True, False)):
        page = TeamPage(many, 5000, 100) if full else TeamPage()
        names = (listed,) if listed else tuple(TeamList)
        screen = Screen(Tab.TEAM, listed=listed, first=10 if listed and full else 0)
        shown = people if full else []
        seen = TeamOverview(screen, dict.fromkeys(names, page), shown, 5 * len(shown), {}, who)
        yield f"home team {listed} {full}", home.view(team.blocks(seen, config, navigation))


def _parts(ticket: Ticket, config: Config) -> Iterator[tuple[Tab, list[Json]]]:
    text = ticket.answer("happens")
    yield Tab.NOTES, learned.listing(ticket)
    yield Tab.RESOURCES, resources.resources(config)
    yield Tab.CONTACTS, contacts.register(_many(ticket), GUIDES.edition, TODAY)
    many = tuple(a_customer(ticket, id=f"c{number}") for number in range(10))
    yield Tab.CUSTOMERS, customers.listing(CustomerPage(many, 5000, 20))
    yield Tab.SETTINGS, settings.listing(config)
    dead = [
        Letter(notice=a_notice(ticket, kind, text[:100] or "x"), state="dead", attempts=5, reason=text, at=NOW)
        for kind in NoticeKind
    ]
    yield Tab.LETTERS, undelivered.listing([*dead] * 3, {ticket.id: "PD-1042"}, 3 * len(dead))


def _register(ticket: Ticket) -> tuple[Contact, ...]:
    text = ticket.answer("happens")
    exception = ContractException(reference=text[:150], approver=text[:150], expires=TODAY)
    wild = a_contact(
        BEN, name=text[:150], email=text[:150], phone=text[:150], has_eas=True, is_employee=False, exception=exception
    )
    gone = wild.model_copy(update={"slack_user": "U0GONE", "suspended_on": TODAY, "suspended_why": text[:150]})
    return (wild, gone)


def _many(ticket: Ticket) -> list[Contact]:
    both = _register(ticket) * 25
    return [each.model_copy(update={"slack_user": f"U0{number:04}"}) for number, each in enumerate(both)]


def a_customer(ticket: Ticket, **values: Any) -> EndCustomer:
    text = ticket.answer("happens")
    tenants = tuple(f"{number}RS" for number in range(10000, 10050))
    known = {"id": "c1", "name": text[:75], "tenants": tenants, "agreement": text[:150], "contacts": text[:1000]}
    return EndCustomer(**{**known, **values})


def messages() -> Iterator[tuple[str, Message]]:
    """Modals by name."""
    yield "guides", guides.message(GUIDES)
