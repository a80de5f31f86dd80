"""What is asked? One table of fields: it drives the forms, the checks, the missing items, the letter and the docs.

Headings and matrix rows are the guide's own words (sections 3, 4 and 5), in the guide's order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from bot import answers
from bot.answers import Check
from bot.language import mark, t
from bot.settings import NOT_SET, Config
from bot.ticket import Glossed, Kind, Level


class Ask(Glossed):
    """How a field is asked."""

    LINE = "line", "one line of text"
    TEXT = "text", "several lines of text"
    CHOICE = "choice", "one of a few, picked from a list"
    CHOICES = "choices", "some of a few, picked from a list"
    SEARCH = "search", "found by typing, with what was typed as one of the answers"
    DECISION = "decision", "one of two or three, all in sight, none chosen beforehand"
    MOMENT = "moment", "a date and a time"


class Need(Glossed):
    """By when a field must be answered. The order of the members is the order of the borders."""

    RAISE = "raise", "at once, to raise the ticket"
    HANDOFF = "handoff", "before the 2nd level gets it (guide 2.4 and section 3)"
    ESCALATE = "escalate", "before Retarus gets it (guide 2.5)"
    NEVER = "never", "offered, never asked for"

    @property
    def order(self) -> int:
        return _BORDERS[self]


_BORDERS = {need: number for number, need in enumerate(Need)}


class Sheet(Glossed):
    """Which part of the guide a field belongs to."""

    TICKET = "ticket", "the ticket template and the pre-qualification matrix (sections 4 and 5)"
    FIRST = "first", "the tasks of the 1st level (section 3)"
    SECOND = "second", "the tasks of the 2nd level (section 3)"


@dataclass(frozen=True)
class Heading:
    """A heading of the template, a row of the matrix, or a task: the guide's words."""

    text: str
    """The guide's words: what Retarus reads, whatever language the desk speaks."""
    section: str
    """Where the guide says it: `4`, `5`, `3, 1st level` …"""
    sheet: Sheet = Sheet.TICKET

    @property
    def said(self) -> str:
        """As a form shows it, in the language of who reads it."""
        return t(self.text)


@dataclass(frozen=True)
class Option:
    """One of the answers to pick from."""

    value: str
    label: str
    about: str = ""


@dataclass(frozen=True)
class Field:
    """One question."""

    key: str
    heading: Heading
    need: Mapping[Kind, Need]
    """A kind that is not here is not asked."""
    ask: Ask = Ask.TEXT
    label: str = ""
    """What it is called beside its heading; empty when the heading says it all."""
    hint: str = ""
    check: Check = answers.words
    options: Callable[[Config], tuple[Option, ...]] = lambda _: ()
    only_if: tuple[str, frozenset[str]] | None = None
    """Asked for only when that other field has one of these answers."""
    printed: str = "{}"
    """How the answer stands in the letter; empty when it does not go to Retarus."""
    level: Level = Level.FIRST
    """Who knows it, usually."""
    most: int = 3000
    """Characters."""
    group: str = ""
    """The repeated group it is part of, with its number: `example.1`."""
    labels: Mapping[Kind, str] = field(default_factory=dict)
    """What it is called for kinds that call it something else."""

    @property
    def name(self) -> str:
        """What people call it, in their language: its label, or else its heading."""
        return t(self.label) or self.heading.said

    def called(self, kind: Kind) -> str:
        """Its name in a form of this kind."""
        return t(self.labels[kind]) if kind in self.labels else self.name


_I, _S, _C = Kind.INCIDENT, Kind.SERVICE_REQUEST, Kind.CHANGE


def _need(incident: Need, request: Need | None = None, change: Need | None = None) -> dict[Kind, Need]:
    pairs = ((_I, incident), (_S, request), (_C, change))
    return {kind: need for kind, need in pairs if need is not None}


def _all(need: Need) -> dict[Kind, Need]:
    return _need(need, need, need)


def _fixed(**labels: str) -> Callable[[Config], tuple[Option, ...]]:
    return lambda _: tuple(Option(value, t(label)) for value, label in labels.items())


OTHER = mark("Other")


def _services(config: Config) -> tuple[Option, ...]:
    return (*(Option(name, name) for name in config.services.names), Option(OTHER, t(OTHER)))


def _priorities(config: Config) -> tuple[Option, ...]:
    return tuple(
        Option(each.name, each.name, t(each.definition) if each.definition == NOT_SET else each.definition)
        for each in config.priorities
    )


# --- section 4: the template's headings, and section 5: the matrix's rows ---
CUSTOMER = Heading("End-customer", "3")
"""Ours, not the guide's: who called. It does not go to Retarus."""
MAIN_ID = Heading("PARTNERS' MAIN CUSTOMER ID", "4 and 5")
SERVICE = Heading("AFFECTED SERVICE", "4")
START = Heading("START OF INCIDENT", "4")
END = Heading("END OF INCIDENT (OPTIONAL)", "4")
DESCRIPTION = Heading("DESCRIPTION", "4 and 5")
EXAMPLE = Heading("EXAMPLE", "4 and 5")
ADDITIONAL = Heading("ADDITIONAL INFORMATION", "4")
CONTACT = Heading("Contact person(s) including telephone number", "5")
REPRODUCED = Heading("Was it possible to reproduce the error and what steps were taken to reproduce it?", "5")
DONE = Heading("What has already been done by the customer support to identify and/or fix the problem?", "5")
TEST = Heading("Is Retarus permitted to send test transactions?", "5")
KNOWN = Heading("Is this issue is already known?", "5 and 3, 1st level")

TRANSACTIONS = (
    "Details of affected transactions (timestamp / status / inbound number / termination address / sending account)"
)
"""The matrix row that is asked and printed together with EXAMPLE."""
REQUEST = "Description of the request, change, problem and impact"
"""The matrix row that is asked and printed together with DESCRIPTION."""

TEMPLATE = (MAIN_ID, SERVICE, START, END, DESCRIPTION, EXAMPLE, ADDITIONAL)
PREQUALIFICATION = (CONTACT, REPRODUCED, DONE, TEST, KNOWN)

# --- section 3: the tasks ---
INFO = Heading(
    "Check information provided by end-customer (incl. correct/ missing/ wrong information)",
    "3, 1st level",
    Sheet.FIRST,
)
PRIORITY = Heading("Check priority based on given definition", "3, 1st level", Sheet.FIRST)
TRIAGE = Heading("Perform initial triage to solve issue", "3, 1st level", Sheet.FIRST)
REMOTE = Heading("Check functionality of end-customer's remote connection", "3, 1st level", Sheet.FIRST)
SEARCH = Heading(
    "Search in partners' support database (e.g. technical notes, end-customer history)", "3, 1st level", Sheet.FIRST
)
SUMMARY_1 = Heading("Summarize status before forwarding to next level", "3, 1st level", Sheet.FIRST)
SYSTEM = Heading("Verify end-customer's system customization", "3, 2nd level", Sheet.SECOND)
ACCESS = Heading("Access end-customer's system, if necessary for problem analysis", "3, 2nd level", Sheet.SECOND)
CAUSE = Heading("Root cause analysis were applicable", "3, 2nd level", Sheet.SECOND)
REMEDY = Heading("Provide workaround", "3, 2nd level", Sheet.SECOND)
UNLESS = Heading("Unless escalation to 3rd Level (Retarus Support) is needed", "3, 2nd level", Sheet.SECOND)
SUMMARY_2 = Heading("Summarize status before forwarding to next level", "3, 2nd level", Sheet.SECOND)

MOST_EXAMPLES = 5

EXAMPLE_NEED = {_I: Need.ESCALATE, _S: Need.ESCALATE, _C: Need.NEVER}
"""By when one whole example must be there: the group's need, since no single part of it is needed by itself."""


def _example(number: int) -> tuple[Field, ...]:
    """One affected transaction: timestamp and status, and at least one of the two accounts or the number."""
    group = f"example.{number}"

    def part(key: str, label: str, hint: str, ask: Ask = Ask.LINE, **more: object) -> Field:
        need = _need(Need.NEVER, Need.NEVER, Need.NEVER)
        return Field(f"{group}.{key}", EXAMPLE, need, ask, label, hint, group=group, **more)  # type: ignore[arg-type]

    return (
        part("when", "Timestamp", "", Ask.MOMENT, check=answers.moment),
        part("sender", "Sending account", "e.g. a@mueller.example, or the sending fax number", most=300),
        part("recipient", "Termination address (recipient)", "e.g. b@target.example, +49 89 …", most=300),
        part("inbound", "Inbound number", "For inbound fax and SMS", most=100),
        part(
            "status", "Status / error message", "e.g. 550 5.7.1 rejected. No example? not available because …", most=500
        ),
        part("log", "Error log extract", "The few lines that matter", Ask.TEXT),
    )


FIELDS: tuple[Field, ...] = (
    Field("customer", CUSTOMER, _all(Need.RAISE), Ask.SEARCH, hint="Which customer called? Type the name", printed="", most=150),
    Field("main_id", MAIN_ID, _all(Need.RAISE), Ask.LINE, hint="e.g. 73125", check=answers.main_id, most=20),
    Field(
        "tenants", MAIN_ID, _all(Need.ESCALATE), Ask.LINE, "Tenant(s) or Dedicated Customer ID(s):",
        f"e.g. 12345RS, 23456RS, or: {answers.MAIN_ACCOUNT}", check=answers.tenants,
        printed="Tenant(s) or Dedicated Customer ID(s): {}", most=500,
    ),
    Field(
        "services", SERVICE, _all(Need.RAISE), Ask.CHOICES, hint="e.g. Email Security, Transactional Email, SMS, FAX",
        options=_services,
    ),
    Field(
        "service_other", SERVICE, _all(Need.RAISE), Ask.LINE, "Which other service?",
        only_if=("services", frozenset({OTHER})), most=150,
    ),
    Field("start", START, _need(Need.RAISE), Ask.MOMENT, hint="In your own time zone", check=answers.moment),
    Field("end", END, _need(Need.NEVER), Ask.MOMENT, hint="Leave empty while it is ongoing", check=answers.end),
    Field(
        "happens", DESCRIPTION, _all(Need.RAISE), label="What happens?",
        labels={_S: "What is requested?", _C: "What is to be changed?"}, hint="As the customer tells it, with what they expect",
    ),
    Field("impact", DESCRIPTION, _all(Need.RAISE), Ask.LINE, "Impact", "Who cannot do what?", printed="Impact: {}", most=1000),
    Field(
        "interface", DESCRIPTION, _need(Need.ESCALATE, Need.NEVER, Need.NEVER), Ask.LINE, "Used interface",
        "URL, data center", printed="Used interface: {}", most=500,
    ),
    Field(
        "error", DESCRIPTION, _need(Need.ESCALATE, Need.NEVER, Need.NEVER), label="Error pattern(s) / message(s)",
        hint="The exact words", printed="Error pattern / message: {}",
    ),
    Field(
        "affected", DESCRIPTION, _need(Need.ESCALATE, Need.NEVER, Need.NEVER), Ask.LINE, "Number of affected customers",
        "e.g. 3", printed="Number of affected customers: {}", most=100,
    ),
    *(part for number in range(1, MOST_EXAMPLES + 1) for part in _example(number)),
    Field(
        "related", ADDITIONAL, _need(Need.ESCALATE, Need.NEVER, Need.NEVER), Ask.LINE,
        "Related / associated tickets", "RCR number(s), our own, or: none", check=answers.words_or_none,
        printed="Related tickets: {}", most=500,
    ),
    Field(
        "contact", CONTACT, _all(Need.RAISE), hint="Our people, one per line: Anna Arnold, +49 89 1234 5678",
        check=answers.contacts, most=600,
    ),
    Field(
        "reproduced", REPRODUCED, _need(Need.ESCALATE, Need.NEVER, Need.NEVER), Ask.DECISION,
        options=_fixed(yes="Yes", no="No", not_attempted="Not attempted"), level=Level.SECOND,
    ),
    Field(
        "steps", REPRODUCED, _need(Need.ESCALATE, Need.NEVER, Need.NEVER), label="Steps, or why not",
        hint="What was done, step by step; or why it was not tried", level=Level.SECOND,
    ),
    Field(
        "done", DONE, _need(Need.ESCALATE, Need.NEVER, Need.NEVER), hint="Each step with its result", level=Level.SECOND,
    ),
    Field(
        "test", TEST, _need(Need.ESCALATE, Need.NEVER, Need.ESCALATE), Ask.DECISION,
        options=_fixed(yes="Yes, permitted", no="No, not permitted"), level=Level.SECOND,
    ),
    Field(
        "test_terms", TEST, _need(Need.NEVER, Need.NEVER, Need.NEVER), Ask.LINE, "To whom and when",
        "e.g. to test@mueller.example, weekdays 09–17", only_if=("test", frozenset({"yes"})), most=500, level=Level.SECOND,
    ),
    # --- section 3, 1st level ---
    Field(
        "info", INFO, _need(Need.HANDOFF, Need.HANDOFF, Need.HANDOFF), Ask.DECISION,
        options=_fixed(correct="Correct and complete", missing="Something is missing", wrong="Something is wrong"),
        printed="",
    ),
    Field(
        "info_note", INFO, _need(Need.HANDOFF, Need.HANDOFF, Need.HANDOFF), Ask.LINE, "What is missing or wrong?",
        only_if=("info", frozenset({"missing", "wrong"})), printed="", most=1000,
    ),
    Field(
        "priority", PRIORITY, _need(Need.HANDOFF, Need.HANDOFF, Need.HANDOFF), Ask.CHOICE, "Priority", options=_priorities,
        printed="",
    ),
    Field(
        "priority_reason", PRIORITY, _need(Need.HANDOFF, Need.HANDOFF, Need.HANDOFF), Ask.LINE, "Why this priority?",
        "e.g. no outbound mail for three customers", printed="", most=500,
    ),
    Field("triage", TRIAGE, _need(Need.HANDOFF), hint="What was done, and what came of it", printed=""),
    Field(
        "remote", REMOTE, _need(Need.HANDOFF), Ask.DECISION,
        options=_fixed(ok="Works", failed="Does not work", not_applicable="Not applicable"), printed="",
    ),
    Field(
        "remote_note", REMOTE, _need(Need.HANDOFF), Ask.LINE, "What fails, or why not applicable?",
        only_if=("remote", frozenset({"failed", "not_applicable"})), printed="", most=1000,
    ),
    Field(
        "known", KNOWN, _need(Need.HANDOFF, Need.NEVER, Need.NEVER), Ask.DECISION, options=_fixed(yes="Yes", no="No"),
    ),
    Field(
        "known_as", KNOWN, _need(Need.HANDOFF, Need.NEVER, Need.NEVER), Ask.LINE, "Known as",
        "RCR number, technical note or ticket", only_if=("known", frozenset({"yes"})), most=500,
    ),
    Field(
        "searched", SEARCH, _need(Need.HANDOFF, Need.NEVER, Need.NEVER), Ask.LINE, "Where was it searched, and what came of it?",
        "e.g. technical notes for “connector”: nothing; last tickets of this customer: nothing", printed="", most=1000,
    ),
    Field(
        "summary_first", SUMMARY_1, _need(Need.HANDOFF, Need.HANDOFF, Need.HANDOFF),
        hint="So that a colleague can go on without a question", printed="",
    ),
    # --- section 3, 2nd level ---
    Field(
        "system", SYSTEM, _need(Need.ESCALATE), hint="What was found; or: not applicable because …", printed="",
        level=Level.SECOND,
    ),
    Field(
        "access", ACCESS, _need(Need.NEVER), Ask.LINE, hint="Who, when, with whose consent; or: not necessary", printed="",
        level=Level.SECOND, most=1000,
    ),
    Field(
        "cause", CAUSE, _need(Need.NEVER), Ask.LINE, "Root cause", "As far as it is known", printed="",
        level=Level.SECOND, most=1000,
    ),
    Field(
        "workaround", REMEDY, _need(Need.NEVER), Ask.LINE, "Workaround given to the 1st level", "Or: none known",
        check=answers.words_or_none, printed="", level=Level.SECOND, most=1000,
    ),
    Field(
        "why_retarus", UNLESS, _all(Need.ESCALATE), Ask.LINE, "Why is Retarus needed?", "What only they can see or do",
        printed="", level=Level.SECOND, most=1000,
    ),
    Field(
        "summary_second", SUMMARY_2, _all(Need.ESCALATE), hint="What was found, what was ruled out, what is asked of Retarus",
        printed="", level=Level.SECOND,
    ),
)  # fmt: skip

BY_KEY: dict[str, Field] = {each.key: each for each in FIELDS}


@cache
def fields_of(kind: Kind, sheet: Sheet | None = None) -> tuple[Field, ...]:
    """The fields a kind asks for, in the guide's order."""
    return tuple(each for each in FIELDS if kind in each.need and sheet in (None, each.heading.sheet))


def is_asked_for(heading: Heading, kind: Kind) -> bool:
    """Whether the matrix has a tick: some field under this heading must be answered for this kind."""
    if heading is EXAMPLE:
        return EXAMPLE_NEED[kind] is not Need.NEVER
    return any(each.need.get(kind, Need.NEVER) is not Need.NEVER for each in FIELDS if each.heading is heading)
