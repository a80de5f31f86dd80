"""Reports of a month, and the request for Retarus's own view of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from blocks import reports
from blocks.kit import Message
from blocks.reports import Posted
from bot.core.i18n import speaking
from bot.core.month import Period
from bot.desk import Desk
from bot.model.notice import Notice
from bot.reports.document import PrintedReport, ReportDocument, ReportFile
from bot.reports.ports import ReportPrinter
from handlers import evidence_pack
from handlers.dispatch import Dispatcher, Show
from handlers.evidence_pack import ChannelName, MadePack
from handlers.payload import Click, Command, Submission
from handlers.response_url import reply

COMMAND = "/retarus-report"


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    _register_reports(desk, dispatcher)
    _register_views(desk, dispatcher)


def _register_reports(desk: Desk, dispatcher: Dispatcher) -> None:
    reporting = desk.reports

    async def order(command: Command) -> Show:
        """Orders the report of the month, and optionally the end-customer, that was typed behind the command."""
        period, customer = reporting.understood(command.text)
        await reporting.ask(period.key, customer, command.user, f"{command.user}:{command.trigger}")
        return lambda: reply(dispatcher.client, command.response_url, reports.promised(period))

    async def ask(command: Command) -> None:
        await desk.queries.require_reader(command.user)
        first, *others = reporting.offered()
        view, dead = await reporting.view(first.key), await reporting.undelivered(first.key)
        await dispatcher.open_modal(command.trigger, reports.modal([first, *others], view, undelivered=dead))

    async def make(form: Submission) -> None:
        typed = form.typed
        await reporting.ask(typed.get(reports.MONTH, ""), typed.get(reports.CUSTOMER, ""), form.user, form.view)

    dispatcher.commands[COMMAND] = ask
    dispatcher.saving_commands[COMMAND] = order
    dispatcher.submissions[reports.MAKE] = make


def _register_views(desk: Desk, dispatcher: Dispatcher) -> None:
    """Retarus's own view of a month: requested, and recorded when it was received."""
    reporting = desk.reports

    async def draft(click: Click) -> None:
        period, text = await reporting.draft(click.value, click.user)
        await dispatcher.open_for(click, reports.request(period, text, desk.routes.all_ways))

    async def request(form: Submission) -> None:
        await reporting.request(form.about, form.user, form.typed.get(reports.WORD, ""), form.view)

    async def received(click: Click) -> Show:
        period = await reporting.receive(click.value, click.user, click.id)
        return lambda: show(period, click)

    async def show(period: Period, click: Click) -> None:
        if click.block == reports.VIEW and click.response_url:
            shown = reports.reminder(period, await reporting.view(period.key), undelivered=False)
            await reply(dispatcher.client, click.response_url, shown, replace=True)
        elif click.response_url:
            await reply(dispatcher.client, click.response_url, reports.noted(period))
        elif click.view:
            view = reports.modal(reporting.offered(), await reporting.view(period.key), undelivered=False)
            await dispatcher.update_view(click.view, view)

    dispatcher.submissions[reports.REQUEST] = request
    dispatcher.clicks[reports.DRAFT] = draft
    dispatcher.saving_clicks[reports.RECEIVED] = received


@dataclass(frozen=True)
class Made:
    """A finished report: `bot.adapters.slack.report_carrier.Report`."""

    posted: Posted
    pictures: Sequence[ReportFile]
    files: Sequence[ReportFile]

    def message(self, pictures: Sequence[str]) -> Message:
        return reports.message(self.posted, pictures)


def maker(
    desk: Desk, press: ReportPrinter, channel_name: ChannelName
) -> Callable[[Notice], Awaitable[Made | MadePack]]:
    """Prints the report a notice asks for, in the language of its recipient."""
    reporting = desk.reports

    async def make(notice: Notice) -> Made | MadePack:
        if "evidence" in notice.body:
            with speaking(await desk.queries.language_of(notice.to)):
                return await evidence_pack.made(desk, str(notice.body["evidence"]), press, channel_name)
        period = reporting.month(str(notice.body["month"]))
        customer = str(notice.body.get("customer", ""))
        alone = notice.to.startswith(("U", "W"))
        with speaking(await desk.queries.language_of(notice.to) if alone else desk.config.desk.language):
            order = reporting.order(period, customer)
            printed = await press.print_month(order, reporting.stored(order))
            view = None if customer or not period.is_over else await reporting.view(period.key)
            paper = printed.document
            return _made(paper, printed.files, Posted(paper, period.key, _shown(paper), view))

    return make


def _shown(paper: ReportDocument) -> tuple[int, ...]:
    charted = [part for part in paper.parts if part.chart]
    return tuple(number for number, part in enumerate(charted) if part.in_slack)


def _made(paper: ReportDocument, printed: PrintedReport, posted: Posted) -> Made:
    pictures = [
        ReportFile(f"{paper.name}-{number + 1}.png", chart.title, printed.pictures[number], chart.alt)
        for number, chart in enumerate(paper.charts)
        if number in posted.shown
    ]
    kinds = (("pdf", printed.pdf), ("html", printed.page), ("csv", printed.sheet))
    files = [ReportFile(f"{paper.name}.{kind}", f"{paper.title}.{kind}", content) for kind, content in kinds]
    return Made(posted, pictures, files)
