"""Tasks of each level: the rows of the guide's section 3, verbatim, as fields."""

from __future__ import annotations

from bot.config.settings import Config
from bot.core.i18n import t
from bot.forms import validators
from bot.forms.field import ANYTHING, Field, GuidePart, Heading, InputType, Need, Option, fixed, for_all, need_of
from bot.model.ticket import Level

KNOWN = Heading("Is this issue is already known?", "5 and 3, 1st level")
"""A row of the matrix too, so it is printed."""

# --- the 1st level ---
INFO = Heading(
    "Check information provided by end-customer (incl. correct/ missing/ wrong information)",
    "3, 1st level",
    GuidePart.FIRST,
)
PRIORITY = Heading("Check priority based on given definition", "3, 1st level", GuidePart.FIRST)
TRIAGE = Heading("Perform initial triage to solve issue", "3, 1st level", GuidePart.FIRST)
REMOTE = Heading("Check functionality of end-customer's remote connection", "3, 1st level", GuidePart.FIRST)
SEARCH = Heading(
    "Search in partners' support database (e.g. technical notes, end-customer history)", "3, 1st level", GuidePart.FIRST
)
HELP_DESK_1 = Heading(
    "if required 1st level support includes end-customer and application management help desk service",
    "3, 1st level",
    GuidePart.FIRST,
)
SUMMARY_1 = Heading("Summarize status before forwarding to next level", "3, 1st level", GuidePart.FIRST)

# --- the 2nd level ---
SYSTEM = Heading("Verify end-customer's system customization", "3, 2nd level", GuidePart.SECOND)
ACCESS = Heading("Access end-customer's system, if necessary for problem analysis", "3, 2nd level", GuidePart.SECOND)
CAUSE = Heading("Root cause analysis were applicable", "3, 2nd level", GuidePart.SECOND)
REMEDY = Heading("Provide 1st level support with incident remedy", "3, 2nd level", GuidePart.SECOND)
WORKAROUND = Heading("Provide workaround", "3, 2nd level", GuidePart.SECOND)
PLAN = Heading(
    "Provide 1st level support for priority 1 incidents with incident remedy or action plan within SLA for corrective "
    "action",
    "3, 2nd level",
    GuidePart.SECOND,
)
UNLESS = Heading("Unless escalation to 3rd Level (Retarus Support) is needed", "3, 2nd level", GuidePart.SECOND)
HELP_DESK_2 = Heading(
    "if required 2nd level support includes end-customer and application management help desk service",
    "3, 2nd level",
    GuidePart.SECOND,
)
SUMMARY_2 = Heading("Summarize status before forwarding to next level", "3, 2nd level", GuidePart.SECOND)

# --- the 3rd level, Retarus ---
CAUSED = Heading("Check if incident is definitely caused by the Retarus services", "3, 3rd level", GuidePart.THIRD)
THEIR_NOTE = Heading(
    "Create technical note for selected incidents regarding: a)identified cause of the defect b)process of incident "
    "remedy with all requested information and material (e.g. bug fixes, patches, description of workarounds)",
    "3, 3rd level",
    GuidePart.THIRD,
)
THEIR_REMEDY = Heading("Provide incident remedy, inter alia potential workarounds", "3, 3rd level", GuidePart.THIRD)

OURS, THEIRS = "other", "retarus"
"""Findings of Retarus about the cause."""


def _priorities(config: Config) -> tuple[Option, ...]:
    return tuple(Option(each.name, each.name, t(each.definition)) for each in config.priorities)


PARTNER: tuple[Field, ...] = (
    Field(
        "info", INFO, for_all(Need.HANDOFF), InputType.DECISION, question="Is what the customer told us correct and complete?",
        options=fixed(correct="Correct and complete", missing="Something is missing", wrong="Something is wrong"),
        printed="",
    ),
    Field(
        "info_note", INFO, for_all(Need.HANDOFF), InputType.LINE, "What is missing or wrong?",
        only_if=("info", frozenset({"missing", "wrong"})), printed="", max_length=1000,
    ),
    Field(
        "priority", PRIORITY, for_all(Need.HANDOFF), InputType.CHOICE, "Priority", options=_priorities,
        printed="",
    ),
    Field(
        "priority_reason", PRIORITY, for_all(Need.HANDOFF), InputType.LINE, "Why this priority?",
        "e.g. no outbound mail for three customers", check=validators.reason, printed="", max_length=validators.MAX_REASON,
    ),
    Field(
        "triage", TRIAGE, need_of(Need.HANDOFF), question="What was tried, and what came of it?", hint="Each step with its result",
        printed="",
    ),
    Field(
        "remote", REMOTE, need_of(Need.HANDOFF), InputType.DECISION, question="Does the customer's remote connection work?",
        options=fixed(ok="Works", failed="Does not work", not_applicable="Not applicable"), printed="",
    ),
    Field(
        "remote_note", REMOTE, need_of(Need.HANDOFF), InputType.LINE, "What fails, or why not applicable?",
        only_if=("remote", frozenset({"failed", "not_applicable"})), printed="", max_length=1000,
    ),
    Field(
        "known", KNOWN, need_of(Need.HANDOFF, Need.NEVER, Need.NEVER), InputType.DECISION, question="Is it a known issue?",
        options=fixed(yes="Yes", no="No"),
    ),
    Field(
        "known_as", KNOWN, need_of(Need.HANDOFF, Need.NEVER, Need.NEVER), InputType.LINE, "Known as",
        "RCR number(s), technical note or ticket", check=validators.numbers_or_words, only_if=("known", frozenset({"yes"})), max_length=500,
    ),
    Field(
        "searched", SEARCH, need_of(Need.HANDOFF, Need.NEVER, Need.NEVER), InputType.LINE, "Where was it searched, and what came of it?",
        "e.g. technical notes for “connector”: nothing; last tickets of this customer: nothing", printed="", max_length=1000,
    ),
    Field(
        "help_desk_first", HELP_DESK_1, for_all(Need.NEVER), InputType.LINE, "Help desk, if one was needed",
        "Which one, who, and what came of it", printed="", max_length=1000,
    ),
    Field(
        "summary_first", SUMMARY_1, for_all(Need.HANDOFF), question="Summary for the 2nd level",
        hint="So that a colleague can continue without asking", printed="",
    ),
    Field(
        "system", SYSTEM, need_of(Need.ESCALATE), question="How is the customer's system set up?",
        hint="What was found; or: not applicable because …", printed="",
        level=Level.SECOND,
    ),
    Field(
        "access", ACCESS, need_of(Need.NEVER), InputType.LINE, question="Was the customer's system accessed?",
        hint="Who, when, with whose consent; or: not necessary", printed="",
        level=Level.SECOND, max_length=1000,
    ),
    Field(
        "cause", CAUSE, need_of(Need.NEVER), InputType.LINE, "Root cause", "As far as it is known", printed="",
        level=Level.SECOND, max_length=1000,
    ),
    Field(
        "remedy", REMEDY, for_all(Need.NEVER), label="Remedy", hint="What solves it; the 1st level is told", printed="",
        level=Level.SECOND,
    ),
    Field(
        "workaround", WORKAROUND, need_of(Need.NEVER), InputType.LINE, "Workaround given to the 1st level", "Or: none known",
        check=validators.words_or_none, printed="", level=Level.SECOND, max_length=1000,
    ),
    Field(
        "workaround_helps", WORKAROUND, need_of(Need.NEVER), InputType.DECISION, "Does it help the end-customer?",
        options=fixed(yes="Yes", no="No"), only_if=("workaround", ANYTHING), printed="",
    ),
    Field(
        "plan", PLAN, for_all(Need.NEVER), label="Action plan", hint="Steps, who does them, and by when", printed="",
        level=Level.SECOND,
    ),
    Field(
        "help_desk_second", HELP_DESK_2, for_all(Need.NEVER), InputType.LINE, "Help desk, if one was needed",
        "Which one, who, and what came of it", printed="", level=Level.SECOND, max_length=1000,
    ),
    Field(
        "why_retarus", UNLESS, for_all(Need.ESCALATE), InputType.LINE, "What is asked of Retarus, and why is Retarus needed?",
        "What they are to do, and what only they can see",
        check=validators.reason, printed="", level=Level.SECOND, max_length=1000,
    ),
    Field(
        "summary_second", SUMMARY_2, for_all(Need.ESCALATE), question="Summary for Retarus",
        hint="What was found, what was ruled out, what is asked of Retarus",
        printed="", level=Level.SECOND,
    ),
)  # fmt: skip
"""The tasks of the 1st and the 2nd level."""


def _theirs(key: str, heading: Heading, ask: InputType, label: str, hint: str = "", **more: object) -> Field:
    """Field of a task of Retarus: recorded when it arrives, never asked."""
    need = more.pop("need", for_all(Need.NEVER))
    level = more.pop("level", Level.THIRD)
    return Field(key, heading, need, ask, label, hint, printed="", level=level, **more)  # type: ignore[arg-type]


RETARUS: tuple[Field, ...] = (
    _theirs(
        "caused_by", CAUSED, InputType.DECISION, "What Retarus found", need=need_of(Need.NEVER),
        options=fixed(
            retarus="Caused by Retarus", other="Not caused by Retarus", undetermined="Not determined yet"
        ),
    ),
    _theirs("their_remedy", THEIR_REMEDY, InputType.TEXT, "Remedy of Retarus", "It comes back to the 2nd level, to be verified"),
    _theirs("their_workaround", THEIR_REMEDY, InputType.TEXT, "Workaround of Retarus", "Both levels are told"),
    _theirs(
        "verified", THEIR_REMEDY, InputType.DECISION, "Does it work?", "Verified by us", level=Level.SECOND,
        options=fixed(yes="Yes", no="No"), only_if=("their_remedy", ANYTHING),
    ),
    _theirs("their_note", THEIR_NOTE, InputType.DECISION, "Technical note of Retarus", options=fixed(yes="Received", no="None")),
    _theirs(
        "their_note_at", THEIR_NOTE, InputType.MOMENT, "Received on", check=validators.moment,
        only_if=("their_note", frozenset({"yes"})),
    ),
)  # fmt: skip
"""The tasks of the 3rd level that are recorded with the ticket; its updates and times are in `bot.model.timestamps`."""

TASKS = (*PARTNER, *RETARUS)
