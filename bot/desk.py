"""The desk: a record of its services, and how they are put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.bulk import Bulk
from bot.config.settings import Config
from bot.conversation.channel import Channel
from bot.conversation.channel_routes import ChannelRoutes
from bot.conversation.inbound import Inbound
from bot.conversation.outbound import Outbound
from bot.conversation.service import Conversation
from bot.conversation.thread_headers import OutgoingMails
from bot.core.clock import Clock
from bot.escalation.eas import Portal
from bot.escalation.evidence import Evidence
from bot.escalation.ports import Files
from bot.escalation.receipts import Receipts
from bot.escalation.resend import Resend
from bot.escalation.retarus_replies import RetarusReplies
from bot.escalation.service import Escalation
from bot.escalation.status_page import StatusPageWatch
from bot.home import Home
from bot.known_issues.links import KnownIssues
from bot.known_issues.outage import Outages
from bot.notes.service import Notes
from bot.ports import Store
from bot.privacy.erasure import PersonalDataArchive
from bot.register.contacts import Register
from bot.register.customer_words import CustomerWords
from bot.register.customers import Customers
from bot.register.membership import Membership
from bot.register.message_reader import MessageReader
from bot.register.raising import Raising
from bot.reminders.digest_service import Digests
from bot.reminders.handover import Handovers
from bot.reminders.service import Reminders
from bot.reminders.status_alerts import StatusAlerts
from bot.reports.evidence_pack import EvidencePacks
from bot.reports.service import Reports
from bot.search.service import Search
from bot.team import TeamHome
from bot.tickets.answers import Answers
from bot.tickets.assignment import Assignment
from bot.tickets.changes import Changes
from bot.tickets.ports import ChannelMembers, Directory, Drafts, Maintenance, NoMembers, NoRoster, OnDuty
from bot.tickets.queries import Queries
from bot.tickets.routes import Routes
from bot.tickets.service import Tickets
from bot.tickets.successors import Successors
from bot.tickets.undo import Undo


@dataclass(frozen=True)
class Desk:
    """All services: each field is one, and its name leads to its file.

    `config`, `clock`, `routes` and `directory` are what every handler needs to know; no service gives its store away.
    """

    config: Config
    clock: Clock
    routes: Routes
    directory: Directory
    members: ChannelMembers
    queries: Queries
    tickets: Tickets
    assignment: Assignment
    answers: Answers
    undo: Undo
    escalation: Escalation
    portal: Portal
    evidence: Evidence
    retarus_replies: RetarusReplies
    resend: Resend
    successors: Successors
    receipts: Receipts
    outgoing: OutgoingMails
    inbound: Inbound
    conversation: Conversation
    channel: Channel
    channel_routes: ChannelRoutes
    outbound: Outbound
    reminders: Reminders
    digests: Digests
    handovers: Handovers
    status_alerts: StatusAlerts
    known_issues: KnownIssues
    outages: Outages
    bulk: Bulk
    register: Register
    customers: Customers
    customer_words: CustomerWords
    membership: Membership
    raising: Raising
    reader: MessageReader
    notes: Notes
    search: Search
    reports: Reports
    evidence_packs: EvidencePacks
    home: Home
    team: TeamHome
    archive: PersonalDataArchive
    maintenance: Maintenance


def open_desk(
    store: Store,
    drafts: Drafts,
    directory: Directory,
    config: Config,
    clock: Clock,
    routes: Routes,
    wake: Callable[[], None] = lambda: None,
    status_page: StatusPageWatch | None = None,
    members: ChannelMembers | None = None,
    files: Files | None = None,
    duty: OnDuty | None = None,
) -> Desk:
    """Puts the services together. `wake` is called after each change; `status_page` reads Retarus's status page."""
    status_page = status_page or StatusPageWatch()
    members = members or NoMembers()
    queries = Queries(store, drafts, directory, config, clock, members, duty or NoRoster())
    changes = Changes(store, queries, config, clock, routes, wake)
    answers = Answers(changes, queries, store, directory, config)
    register = Register(queries, store, directory, config, clock, wake)
    customers = Customers(queries, store)
    notes = Notes(changes, queries, store, config, clock)
    evidence = Evidence(changes, queries, customers, store, config, status_page)
    escalation = Escalation(changes, queries, answers, evidence, register, config, clock, routes)
    tickets = Tickets(changes, queries, answers, drafts, directory, config, clock)
    assignment = Assignment(changes, queries, store)
    links = KnownIssues(changes, queries, store, config, routes, customers)
    reminders = Reminders(changes, queries, answers, register, store, store, config, clock, routes)
    inbound, successors = Inbound(changes, queries, store, config, clock), Successors(directory, config)
    conversation = Conversation(inbound, changes, queries, store, clock, successors)
    return Desk(
        config=config,
        clock=clock,
        routes=routes,
        directory=directory,
        members=members,
        queries=queries,
        tickets=tickets,
        assignment=assignment,
        answers=answers,
        undo=Undo(changes, queries, store, directory, config, conversation.unrecord),
        escalation=escalation,
        portal=Portal(changes, queries, answers, evidence, escalation, register, config),
        evidence=evidence,
        retarus_replies=RetarusReplies(changes, queries, answers, clock),
        resend=Resend(changes, queries, register, store, store, directory, config, clock),
        successors=successors,
        receipts=Receipts(store, routes, clock, successors),
        outgoing=OutgoingMails(store, store, store),
        inbound=inbound,
        conversation=conversation,
        channel=Channel(inbound, changes, queries, store, config, clock),
        channel_routes=ChannelRoutes(changes, store, clock),
        outbound=Outbound(changes, queries, answers, register, store, config, routes),
        reminders=reminders,
        digests=Digests(changes, store, config, clock, routes),
        handovers=Handovers(changes, queries, store, drafts, config, clock),
        status_alerts=StatusAlerts(changes, queries, store, config, clock, status_page),
        known_issues=links,
        outages=Outages(changes, queries, answers, links, store, config),
        bulk=Bulk(queries, tickets, assignment, reminders, links),
        register=register,
        customers=customers,
        customer_words=CustomerWords(queries, customers, store, store, config, clock),
        membership=Membership(store, directory, config, clock, wake),
        raising=Raising(tickets, queries, customers, register, config, clock),
        reader=MessageReader(queries, store, config, clock, files),
        notes=notes,
        search=Search(queries, notes, store, config, clock),
        reports=Reports(queries, customers, register, store, config, clock, routes, wake),
        evidence_packs=EvidencePacks(queries, store, store, clock, wake),
        home=Home(queries, register, store, store, drafts, config, clock),
        team=TeamHome(queries, directory, store, config, clock),
        archive=PersonalDataArchive(store, drafts, clock, by="desk"),
        maintenance=store,
    )
