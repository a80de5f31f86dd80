"""The table of fields: it drives the forms, the checks, the missing items, the letter and the docs.

Headings and matrix rows are the guide's own words (sections 3, 4 and 5), in the guide's order.
"""

from __future__ import annotations

from functools import lru_cache

from bot.config.settings import Config
from bot.core.i18n import mark, t
from bot.core.transaction_table import MAX_TRANSACTIONS
from bot.forms import validators
from bot.forms.field import Field, GuidePart, Heading, InputType, Need, Option, fixed, for_all, need_of
from bot.forms.guide_tasks import KNOWN, PRIORITY, TASKS
from bot.model.ticket import Kind, Level

OTHER = mark("Other")


def _services(config: Config) -> tuple[Option, ...]:
    return (*(Option(name, name) for name in config.services.names), Option(OTHER, t(OTHER)))


# --- section 4: the template's headings, and section 5: the matrix's rows ---
CUSTOMER = Heading("End-customer", "3")
"""Our own field: who called. It is not sent to Retarus."""
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

TRANSACTIONS = (
    "Details of affected transactions (timestamp / status / inbound number / termination address / sending account)"
)
"""The matrix row that is asked and printed together with EXAMPLE."""
REQUEST = "Description of the request, change, problem and impact"
"""The matrix row that is asked and printed together with DESCRIPTION."""

TEMPLATE = (MAIN_ID, SERVICE, START, END, DESCRIPTION, EXAMPLE, ADDITIONAL)
PREQUALIFICATION = (CONTACT, REPRODUCED, DONE, TEST, KNOWN)

SHOWN_EXAMPLES = 5
"""Transactions a form shows part by part; up to `transaction_table.MAX_TRANSACTIONS` are kept."""

EXAMPLE_NEED = need_of(Need.ESCALATE, Need.ESCALATE, Need.NEVER)
"""The border at which one whole example is required: the group's need, as no single part is needed by itself."""


DIRECTIONS = fixed(outbound="Outbound", inbound="Inbound")


@lru_cache(maxsize=MAX_TRANSACTIONS)
def example_fields(number: int) -> tuple[Field, ...]:
    """One affected transaction: timestamp and status, and at least one of the two accounts or the number."""
    group = f"example.{number}"

    def part(key: str, label: str, hint: str, ask: InputType = InputType.LINE, **more: object) -> Field:
        need = for_all(Need.NEVER)
        return Field(f"{group}.{key}", EXAMPLE, need, ask, label, hint, group=group, **more)  # type: ignore[arg-type]

    return (
        part("when", "Timestamp", "", InputType.MOMENT, check=validators.moment),
        part("direction", "Direction", "", InputType.DECISION, options=DIRECTIONS, decides=True),
        part("sender", "Sending account", "e.g. a@mueller.example, or the sending fax number", max_length=300),
        part("recipient", "Termination address (recipient)", "e.g. b@target.example, +49 89 …", max_length=300),
        part("inbound", "Inbound number", "For inbound fax and SMS", max_length=100),
        part(
            "status",
            "Status / error message",
            "e.g. 550 5.7.1 rejected. No example? Write: not available because …",
            max_length=500,
            check=validators.status,
        ),
        part("log", "Error log extract", "The few lines that matter", InputType.TEXT),
    )


FIELDS: tuple[Field, ...] = (
    Field("customer", CUSTOMER, for_all(Need.RAISE), InputType.SEARCH, hint="Which customer called? Type the name", printed="", max_length=150),
    Field("main_id", MAIN_ID, for_all(Need.RAISE), InputType.LINE, question="Main customer ID", hint="e.g. 73125", check=validators.main_id, max_length=20),
    Field(
        "tenants", MAIN_ID, for_all(Need.ESCALATE), InputType.LINE, "Tenant(s) or Dedicated Customer ID(s):",
        f"e.g. 12345RS, 23456RS, or: {validators.MAIN_ACCOUNT}", check=validators.tenants,
        question="Affected tenants",
        printed="Tenant(s) or Dedicated Customer ID(s): {}",
    ),
    Field(
        "services", SERVICE, for_all(Need.RAISE), InputType.CHOICES, question="Which service is affected?",
        hint="e.g. Email Security, Transactional Email, SMS, FAX",
        options=_services,
    ),
    Field(
        "service_other", SERVICE, for_all(Need.RAISE), InputType.LINE, "Which other service?",
        only_if=("services", frozenset({OTHER})), max_length=150,
    ),
    Field("start", START, need_of(Need.RAISE), InputType.MOMENT, question="Start of the incident", hint="In your own time zone", check=validators.moment),
    Field("end", END, need_of(Need.NEVER), InputType.MOMENT, question="End of the incident", hint="Leave empty while it is ongoing", check=validators.end),
    Field(
        "happens", DESCRIPTION, for_all(Need.RAISE), label="What happens?",
        labels={Kind.SERVICE_REQUEST: "What is requested?", Kind.CHANGE: "What is to be changed?"}, hint="In the customer's words, with what they expect",
    ),
    Field("impact", DESCRIPTION, for_all(Need.RAISE), InputType.LINE, "Impact", "Who cannot do what?", printed="Impact: {}", max_length=1000),
    Field(
        "interface", DESCRIPTION, need_of(Need.ESCALATE, Need.NEVER, Need.NEVER), InputType.LINE, "Used interface",
        "URL, data center", printed="Used interface: {}", max_length=500,
    ),
    Field(
        "error", DESCRIPTION, need_of(Need.ESCALATE, Need.NEVER, Need.NEVER), label="Error pattern(s) / message(s)",
        hint="The exact words", printed="Error pattern / message: {}",
    ),
    Field(
        "affected", DESCRIPTION, need_of(Need.ESCALATE, Need.NEVER, Need.NEVER), InputType.LINE, "Number of affected customers",
        "e.g. 3", printed="Number of affected customers: {}", max_length=100,
    ),
    *(part for number in range(1, SHOWN_EXAMPLES + 1) for part in example_fields(number)),
    Field(
        "related", ADDITIONAL, need_of(Need.ESCALATE, Need.NEVER, Need.NEVER), InputType.LINE,
        "Related / associated tickets", "RCR number(s), our own, or: none", check=validators.numbers_or_none,
        printed="Related tickets: {}", max_length=500,
    ),
    Field(
        "contact", CONTACT, for_all(Need.RAISE), question="Contact persons for Retarus", hint="Our people, one per line: Anna Arnold, +49 89 1234 5678",
        check=validators.contacts, max_length=600,
    ),
    Field(
        "reproduced", REPRODUCED, need_of(Need.ESCALATE, Need.NEVER, Need.NEVER), InputType.DECISION, question="Could it be reproduced?",
        options=fixed(yes="Yes", no="No", not_attempted="Not attempted"), level=Level.SECOND,
    ),
    Field(
        "steps", REPRODUCED, need_of(Need.ESCALATE, Need.NEVER, Need.NEVER), label="Steps, or why not",
        hint="What was done, step by step; or why it was not tried", level=Level.SECOND,
    ),
    Field(
        "done", DONE, need_of(Need.ESCALATE, Need.NEVER, Need.NEVER), question="What has been done so far?", hint="Each step with its result", level=Level.SECOND,
    ),
    Field(
        "test", TEST, need_of(Need.ESCALATE, Need.NEVER, Need.ESCALATE), InputType.DECISION, question="May Retarus send test transactions?",
        options=fixed(yes="Yes, permitted", no="No, not permitted"), level=Level.SECOND,
    ),
    Field(
        "test_terms", TEST, for_all(Need.NEVER), InputType.LINE, "To whom and when",
        "e.g. to test@mueller.example, weekdays 09–17", only_if=("test", frozenset({"yes"})), max_length=500, level=Level.SECOND,
    ),
    *TASKS,
)  # fmt: skip

VERBATIM = frozenset({"tenants"})
"""Fields whose printed words are a heading of the guide: never translated in a letter."""

BY_KEY: dict[str, Field] = {each.key: each for each in FIELDS}


def example_field(key: str) -> Field | None:
    """The field of a transaction beyond those a form shows: `example.23.status`."""
    name, _, rest = key.partition(".")
    number, _, _ = rest.partition(".")
    if name != "example" or not number.isdecimal() or not SHOWN_EXAMPLES < int(number) <= MAX_TRANSACTIONS:
        return None
    return next((each for each in example_fields(int(number)) if each.key == key), None)


def is_asked_for(heading: Heading, kind: Kind) -> bool:
    """True if the matrix has a tick: some field under this heading must be answered for this kind."""
    if heading is EXAMPLE:
        return EXAMPLE_NEED[kind] is not Need.NEVER
    return any(each.need.get(kind, Need.NEVER) is not Need.NEVER for each in FIELDS if each.heading is heading)


__all__ = [
    "BY_KEY", "FIELDS", "KNOWN", "OTHER", "PREQUALIFICATION", "PRIORITY", "TEMPLATE",
    "Field", "GuidePart", "Heading", "InputType", "Need", "Option", "is_asked_for",
]  # fmt: skip
