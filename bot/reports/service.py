"""Report service: reports on request, the monthly report, and the request for Retarus's own view."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import JsonValue

from bot.config.settings import Config
from bot.core import month as periods
from bot.core.cleaning import clean_line, shorten_middle
from bot.core.clock import Clock, as_utc
from bot.core.errors import Invalid, Refused
from bot.core.i18n import spoken, t
from bot.core.month import Period
from bot.forms.validators import words
from bot.model.contact import Contact
from bot.model.monthly_view import View
from bot.model.notice import Notice, NoticeKind, notice_without_ticket
from bot.model.ticket import Level
from bot.register.contacts import Register
from bot.register.customers import Customers
from bot.reminders.digest import MORNING
from bot.reports import retarus_view
from bot.reports.month_report import MonthOrder
from bot.reports.ports import ReportSource
from bot.tickets import permissions
from bot.tickets.once import apply_once
from bot.tickets.ports import Batch
from bot.tickets.queries import Queries
from bot.tickets.routes import Routes

AGAIN = 5
"""Working days after which a missing view is reminded of once more."""
_OFFERED = 13
"""Months a form offers."""
_TOGETHER = 20
"""Tickets that are read in one trip to the database, and handed over together."""


@dataclass(frozen=True)
class Reports:
    """Reports are made when they are delivered, so that requests return at once."""

    queries: Queries
    customers: Customers
    register: Register
    store: ReportSource
    config: Config
    clock: Clock
    routes: Routes
    wake: Callable[[], None] = lambda: None

    # --- the month

    def month(self, text: str) -> Period:
        """The month in this text; `Refused` when it is none that has begun."""
        try:
            return self.period(periods.read(text, self.queries.today()))
        except ValueError:
            raise self._no_month(text) from None

    def understood(self, text: str) -> tuple[Period, str]:
        """The month, and the end-customer behind it if one is named: `October 2026 Müller GmbH`. `Refused` as above."""
        try:
            month, customer = periods.split(text, self.queries.today())
        except ValueError as error:
            raise self._no_month(str(error)) from None
        return self.period(month), customer

    def _no_month(self, text: str) -> Refused:
        example = periods.previous(self.queries.today())
        return Refused(
            t(
                "“{text}” is not a month that has begun. Write it like {example}.",
                text=shorten_middle(text, 40),
                example=f"{example:%Y-%m}",
            )
        )

    def period(self, month: date) -> Period:
        return periods.period(month, self.config.desk.timezone, self.clock())

    def offered(self) -> list[Period]:
        """The last months, the last completed one first; the running one last."""
        months = [periods.previous(self.queries.today())]
        while len(months) < _OFFERED - 1:
            months.append(periods.previous(months[-1]))
        return [self.period(month) for month in (*months, self.queries.today())]

    # --- the report

    async def ask(self, month: str, customer: str, by: str, click: str) -> Period:
        """Orders the report as a direct message to this person. `customer`: for one end-customer; empty: for all.

        `Invalid` for an end-customer nobody knows: a report of zeros would say they had no trouble.
        """
        await self.queries.require_reader(by)
        period = self.month(month)
        name = clean_line(customer)
        body_of_notice: dict[str, JsonValue] = {"customer": await self.customers.known_as(name) if name else ""}
        notice = self._notice(NoticeKind.REPORT, f"{click}:report", by, period, body_of_notice)
        await self._apply(Batch(notices=[notice], once=[f"{click}:report"]))
        return period

    def order(self, period: Period, customer: str) -> MonthOrder:
        """The order for this report, in the current language."""
        return MonthOrder(
            month=period.month, customer=customer, language=spoken(), at=as_utc(self.clock()), config=self.config
        )

    async def stored(self, order: MonthOrder) -> AsyncIterator[str]:
        """The tickets of that month as they are stored, a few at a time; the desk decodes none of them."""
        period = order.period
        names = await self.customers.folded_names(order.customer)
        some = [await self.store.open_between(period.start, period.until, name) for name in names]
        found = sorted({each for ids in some for each in ids})
        for first in range(0, len(found), _TOGETHER):
            yield await self.store.stored_histories(found[first : first + _TOGETHER])

    # --- periodic

    async def monthly(self) -> int:
        """Last month's report, and a reminder of Retarus's view, when they are due; returns how many were sent now.

        Once per month and recipient, whoever asks and however often. Where no ticket was open there is no report.
        """
        at = as_utc(self.clock())
        sent = [await self._report(to, at) for to in self._recipients()]
        sent += [await self._remind(to, at) for to in self._recipients()]
        if any(sent):
            self.wake()
        return sum(sent)

    def _recipients(self) -> Iterable[str]:
        chosen, desk = self.config.reports, self.config.desk
        if chosen.channel:
            return (self.routes.reports or chosen.channel,)
        return dict.fromkeys(chosen.people or desk.leads or desk.admins)

    def _due(self, working_day: int, at: datetime) -> Period | None:
        config = self.config
        calendar = config.calendar(config.reports.calendar or config.team(Level.SECOND).calendar)
        month = periods.due(working_day, calendar, config.desk.timezone, at, MORNING) if working_day else None
        return self.period(month) if month else None

    async def _report(self, to: str, at: datetime) -> bool:
        period = self._due(self.config.reports.working_day, at)
        key = f"report:{period.key}:{to}" if period else ""
        if period is None or await self.store.used(key):
            return False
        is_empty = not await self.store.open_between(period.start, period.until)
        return await self._once(key, [] if is_empty else [self._notice(NoticeKind.REPORT, key, to, period)])

    async def _remind(self, to: str, at: datetime) -> bool:
        chosen = self.config.reports
        first = max(chosen.working_day, 1)
        for number, day in enumerate((first + AGAIN, first) if chosen.monthly_view else ()):
            period = self._due(day, at)
            key = f"view:{period.key}:{2 - number}:{to}" if period else ""
            if period and not await self.store.used(key):
                view = await self.view(period.key)
                is_done = view.received_at is not None
                return await self._once(key, [] if is_done else [self._notice(NoticeKind.VIEW, key, to, period)])
        return False

    # --- Retarus's own view

    async def view(self, month: str) -> View:
        """State of Retarus's view of that month."""
        return await self.store.view(month) or View(month=month)

    async def undelivered(self, month: str) -> bool:
        """True if a request for it could not be delivered."""
        dead = await self.store.letters(state="dead")
        return any(each.notice.key.startswith(f"view:{month}:request") for each in dead)

    async def draft(self, month: str, by: str) -> tuple[Period, str]:
        """The request for Retarus; only for those who may send it (guide 2.1)."""
        contact, period = await self._declarant(by), self.month(month)
        return period, retarus_view.draft(period, contact, self.config)

    async def request(self, month: str, by: str, text: str, form: str) -> None:
        """Sends it, word for word, on each way to Retarus, and marks it as requested."""
        contact, period, at = await self._declarant(by), self.month(month), as_utc(self.clock())
        try:
            text = words(text, self.queries.check_context())
        except ValueError as error:
            raise Invalid({"word": str(error)}) from error
        view = (await self.view(period.key)).model_copy(update={"requested_at": at})
        body: dict[str, JsonValue] = {
            "subject": retarus_view.subject(period, self.config),
            "text": text,
            "reply_to": contact.email,
            "declarant": contact.slack_user,
        }
        ways = ((NoticeKind.REQUEST_POST, self.routes.retarus), (NoticeKind.REQUEST_MAIL, self.routes.email))
        notices = [
            self._notice(kind, f"view:{period.key}:request:{form}:{kind}", to, period, body) for kind, to in ways if to
        ]
        await self._apply(Batch(notices=notices, views=[view], once=[f"{form}:view"]))

    async def receive(self, month: str, by: str, click: str) -> Period:
        """Records that the view was received. Idempotent."""
        permissions.require_part(await self.queries.actor(by))
        period, at = self.month(month), as_utc(self.clock())
        view = await self.view(period.key)
        if view.received_at is None:
            received = view.model_copy(update={"received_at": at})
            await self._apply(Batch(views=[received], once=[f"{click}:view"]))
        return period

    async def _declarant(self, by: str) -> Contact:
        _, contact = await self.register.sender(by)
        self.routes.require_a_way()
        return contact

    # --- saving

    def _notice(
        self, kind: NoticeKind, key: str, to: str, period: Period, body: dict[str, JsonValue] | None = None
    ) -> Notice:
        """The lane of reports: slow work holds nothing else up."""
        body_of_notice: dict[str, JsonValue] = {"month": period.key, **(body or {})}
        return notice_without_ticket(kind, key, to, as_utc(self.clock()), body_of_notice)

    async def _once(self, key: str, notices: list[Notice]) -> bool:
        return await apply_once(self.store, Batch(notices=notices, once=[key])) and bool(notices)

    async def _apply(self, batch: Batch) -> None:
        if await apply_once(self.store, batch):
            self.wake()
