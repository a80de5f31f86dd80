"""Settings of `desk.toml`: what the guide leaves open. What is secret or local: environment.py."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

import phonenumbers
from pydantic import AfterValidator, Field, field_validator, model_validator

from bot.config.calendar_url import calendar_url, is_calendar_url
from bot.config.canned_answers import CannedAnswer
from bot.config.custom_fields import (
    CustomField,
    FamilyName,
    Label,
    Labels,
    Matrix,
    Part,
    Template,
    require_fitting,
    require_known,
    require_once,
)
from bot.config.guide_versions import Guides
from bot.config.handover_settings import HandoverSettings
from bot.config.time_policy import Agreement, Cadence, OpeningHours, ReminderSettings, Section, Zone, calendar
from bot.core.business_hours import ALWAYS, Calendar
from bot.core.i18n import Language, mark
from bot.core.identifiers import RCR_PATTERN
from bot.core.telephone import dialling_number
from bot.model.contact import Contact
from bot.model.ticket import Level

NOT_SET = mark("not set: see your contract / the Global Support Guide")
"""Text shown where the guide is silent and no value was configured."""


def address(text: str) -> str:
    """The text, when it can be an e-mail address, or empty; else a `ValueError`."""
    local, at, domain = text.partition("@")
    if text and not (local and at and "." in domain and text.isprintable() and " " not in text and "@" not in domain):
        raise ValueError(f"“{text}” is not an e-mail address")
    return text


Address = Annotated[str, AfterValidator(address)]


class DeskSettings(Section):
    channel: str = "partner-desk"
    """The channel the cards are posted in: its id, or its name."""
    admins: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    """Leads who are notified of unanswered reminders at either level: Slack user ids."""
    timezone: Zone = "UTC"
    """For people whose Slack profile has no zone, and for the calendar day an authorisation begins."""
    prefix: str = Field("PD", pattern=r"^[A-Z]{1,6}$")
    """Tickets are called PD-1001, PD-1002, …"""
    language: Language = Language.ENGLISH
    """Language of messages to many readers: cards, threads, the digest; and for people without a known one."""
    emoji: bool = False
    """True if an emoji acts: eyes and a check mark on a card, a pin on a message in its thread."""
    phone_region: str | None = None
    """ISO country for telephone numbers written without a country code, e.g. `DE`."""

    @field_validator("phone_region")
    @classmethod
    def _known_region(cls, code: str | None) -> str | None:
        if code is not None and code not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(f"“{code}” is not an ISO country code such as DE, AT, CH")
        return code


class Customer(Section):
    main_id: str = ""
    """The partner's main customer ID with Retarus; prefilled in every form."""

    @field_validator("main_id")
    @classmethod
    def _shaped(cls, text: str) -> str:
        if text and not re.fullmatch(r"[0-9]{5}([A-Z]{2})?", text):
            raise ValueError("five digits are needed, and two letters after them if the ID has them: 73125, 12345RS")
        return text


class Team(Section):
    group: str = ""
    """A Slack user group id."""
    members: tuple[str, ...] = ()
    """Slack user ids."""
    calendar: str = ""
    """The name of one under [calendars]; empty: always at work."""
    second_person: str = ""
    """Person notified of unanswered reminders, before the leads: a Slack user id."""
    on_duty: str = ""
    """A Slack user group of the people on duty, or the address of an iCal calendar, which is secret."""
    leads: tuple[str, ...] = ()
    """Leads notified last, who get the digest each morning; without any, the desk's leads."""

    @field_validator("on_duty")
    @classmethod
    def _usable(cls, text: str) -> str:
        return calendar_url(text) if is_calendar_url(text) else text

    @model_validator(mode="after")
    def _one_of_them(self) -> Team:
        if self.group and self.members:
            raise ValueError("give either `group` or `members`, not both")
        return self


class Levels(Section):
    first: Team = Team()
    """Team of the 1st level; if empty, every full member of the workspace may work there."""
    second: Team = Team()


class Retarus(Section):
    channel: str = ""
    """The escalation channel shared with Retarus: its id, or its name. Empty: letters do not go there."""
    email: Address = ""
    """Retarus Support's address, as your contract names it. Empty: letters do not go by e-mail."""
    from_address: Address = ""
    reply_to: Address = ""
    """Reply-to address for Retarus; empty: the declarant's own address."""
    phone: str = ""
    """Retarus Support's telephone number; shown only, since a call is no report (guide 2.1)."""
    language: Language = Language.ENGLISH
    """Language of our own words in letters; the guide's headings stay as they are."""
    fallback: bool = False
    """True if a letter that one way to Retarus cannot deliver goes by the other."""
    partner_manager: str = ""
    """Your Retarus Partner Manager; shown only."""
    calendar: str = ""
    """Working hours of Retarus: the name of one under [calendars]; empty: always at work."""
    rcr_pattern: str = RCR_PATTERN
    status_page: str = Field("https://status.retarus.io/", pattern=r"^https?://\S+$")
    """The page the guide names, or the address of its feed."""
    status_adapter: Literal["link", "statuspage", "feed"] = "link"
    """Adapter that reads it before an escalation: a person, Statuspage's API, or RSS/Atom."""

    @field_validator("rcr_pattern")
    @classmethod
    def _readable(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"this is not a regular expression: {error}") from error
        return pattern

    @model_validator(mode="after")
    def _mail_needs_a_sender(self) -> Retarus:
        if self.email and not self.from_address:
            raise ValueError("`email` needs `from_address`: the address letters are sent from")
        return self


class Mail(Section):
    """Inbound mail. Its mailbox is named in the environment: IMAP_URL."""

    allowed: tuple[str, ...] = ()
    """Senders who may write into tickets: `@retarus.com` for everybody of this domain, or one address."""
    authserv: str = ""
    """The mail server whose Authentication-Results count; empty: only answers to our own mails find their ticket."""
    after: str = "seen"
    """Handling of a processed mail on the server: `keep`, `seen`, or `move:Done` for a folder."""

    @field_validator("allowed")
    @classmethod
    def _addresses(cls, listed: tuple[str, ...]) -> tuple[str, ...]:
        for each in listed:
            address(f"anybody{each}" if each.startswith("@") else each)
        return tuple(each.lower() for each in listed)

    @field_validator("after")
    @classmethod
    def require_known(cls, after: str) -> str:
        if after in {"keep", "seen"} or (after.startswith("move:") and after.removeprefix("move:").strip()):
            return after
        raise ValueError("“keep”, “seen”, or “move:” with the name of a folder is needed")


class Services(Section):
    names: Labels = Field(("Email Security", "Transactional Email", "SMS", "FAX"), max_length=99)
    """Offered under AFFECTED SERVICE; the guide's own examples, until you name yours."""
    trace_days: dict[str, int] = Field(default_factory=dict)
    """For how many days Retarus can trace a transaction, by service. An older example is warned about."""
    families: dict[str, FamilyName] = Field(default_factory=dict)
    """Family of a service's transactions, where its name does not tell."""
    examples: dict[str, tuple[Part, ...]] = Field(default_factory=dict)
    """Addresses of a transaction that are asked for, by service, in place of its family's."""

    notices: dict[str, tuple[Label, ...]] = Field(default_factory=dict)
    """Names of a service on the status page, where they differ from its name."""

    @model_validator(mode="after")
    def _of_services(self) -> Services:
        tables = (("families", self.families), ("examples", self.examples), ("notices", self.notices))
        for table, names in tables:
            for name in names:
                require_known(name, self.names, f"[services.{table}]")
        return self


class FileSettings(Section):
    max_total_mb: int = Field(20, ge=1, le=100)
    """Megabytes (of 1,000,000 bytes) of files that go along with one letter."""

    @property
    def max_bytes(self) -> int:
        return self.max_total_mb * 1_000_000


class Privacy(Section):
    keep_days: int = Field(0, ge=0)
    """Days after which a closed ticket loses its personal data and keeps its statistics; 0: never."""


class ReportSettings(Section):
    """The report of each month, and Retarus's own monthly view (guide, section 3, 3rd level)."""

    working_day: int = Field(1, ge=0, le=15)
    """Working day of a month on which the last month's report is sent; 0: never."""
    calendar: str = ""
    """Calendar of working days: the name of one under [calendars]; empty: the 2nd level's."""
    channel: str = ""
    """Channel for the report: an id, or a name; empty: to people, in direct messages."""
    people: tuple[str, ...] = ()
    """Recipients: Slack user ids; if empty, the desk's leads, or without any its admins."""
    name: str = Field("", max_length=60)
    """Your company, as it stands on an end-customer's report."""
    monthly_view: bool = True
    """True to remind each month that Retarus gives its own view of the month on request."""


class Priority(Section):
    name: str = Field(min_length=1, max_length=20, pattern=r"^[^\r\n]+$")
    definition: str = Field(NOT_SET, max_length=300)
    """The definition in your contract's words: shown where a priority is chosen (guide L1.2)."""
    around_the_clock: bool = False
    """Around the clock: timers without closing time, reminders without quiet hours."""
    reminders: Cadence = Cadence()


class ContactEntry(Section):
    """One `[[contacts]]` table: see `bot.model.contact.Contact`."""

    slack_user: str = Field(pattern=r"^[UW][A-Z0-9]+$")
    name: str = Field(min_length=1)
    email: Address
    phone: str
    levels: tuple[Level, ...] = ()
    authorised_since: date | None = None
    attested_on: date | None = None

    @field_validator("phone")
    @classmethod
    def _dialling_number(cls, text: str) -> str:
        return dialling_number(text)

    def record(self) -> Contact:
        return Contact.model_validate(self.model_dump())


class Config(Section):
    """All of `desk.toml`."""

    desk: DeskSettings = DeskSettings()
    customer: Customer = Customer()
    levels: Levels = Levels()
    retarus: Retarus = Retarus()
    mail: Mail = Mail()
    guides: Guides = Guides()
    services: Services = Services()
    files: FileSettings = FileSettings()
    privacy: Privacy = Privacy()
    priorities: tuple[Priority, ...] = Field((Priority(name="P1"), Priority(name="Lower")), min_length=1)
    """The guide says that priority 1 exists, and no more."""
    matrix: Matrix = Matrix()
    """The priority of an impact and an urgency; the guide has none."""
    fields: tuple[CustomField, ...] = Field((), max_length=10)
    """Custom fields beyond the guide's own questions (guide 2.5); more would not fit into one Slack form."""
    templates: tuple[Template, ...] = Field((), max_length=50)
    """Frequent problems that fill in a new ticket."""
    answers: tuple[CannedAnswer, ...] = Field((), max_length=100)
    """Canned answers."""
    reminders: ReminderSettings = ReminderSettings()
    calendars: dict[str, OpeningHours] = Field(default_factory=dict)
    reports: ReportSettings = ReportSettings()
    handover: HandoverSettings = HandoverSettings()
    sla: dict[str, Agreement] = Field(default_factory=dict)
    """SLAs by priority. What is not here is not claimed."""
    contacts: tuple[ContactEntry, ...] = ()
    """Contacts added to the register once; from then on they are edited in App Home."""

    @model_validator(mode="after")
    def _named_things_exist(self) -> Config:
        for where, name in (("levels.first", self.levels.first), ("levels.second", self.levels.second)):
            require_known(name.calendar, self.calendars, f"[{where}] `calendar`")
        require_known(self.retarus.calendar, self.calendars, "[retarus] `calendar`")
        require_known(self.reports.calendar, self.calendars, "[reports] `calendar`")
        priorities = [each.name for each in self.priorities]
        for priority in self.sla:
            require_known(priority, priorities, "[sla]")
        for priority in (each for row in self.matrix.priorities for each in row):
            require_known(priority, priorities, "[matrix] `priorities`")
        return self

    @model_validator(mode="after")
    def _fields_fit(self) -> Config:
        require_once([each.key for each in self.fields], "fields", "key")
        for number, each in enumerate(self.fields, 1):
            for service in each.services:
                require_known(service, self.services.names, f"[[fields]] no. {number}: `services`")
        return self

    @model_validator(mode="after")
    def _have_own_names(self) -> Config:
        require_once([each.name for each in self.answers], "answers")
        require_once([each.name for each in self.priorities], "priorities")
        return self

    @model_validator(mode="after")
    def _templates_fit(self) -> Config:
        require_fitting(self.templates, self.services.names, [each.name for each in self.priorities])
        return self

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name; the empty name's is always open."""
        return calendar(self.calendars[name]) if name else ALWAYS

    def team(self, level: Level) -> Team:
        """Team of this level; Retarus's level is the 2nd's care."""
        return self.levels.first if level is Level.FIRST else self.levels.second

    def leads(self, level: Level) -> tuple[str, ...]:
        return self.team(level).leads or self.desk.leads
