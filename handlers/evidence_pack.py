"""Evidence packs: ordered by a button, made when they are delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from blocks import evidence_pack
from blocks.kit import Message
from bot.core.clock import as_utc
from bot.core.i18n import t
from bot.desk import Desk
from bot.reports.document import ReportDocument, ReportFile
from bot.reports.evidence_json import as_json
from bot.reports.evidence_paper import paper
from bot.reports.ports import ReportPrinter
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher, Show
from handlers.payload import Click

ChannelName = Callable[[str], Awaitable[str]]
"""Name of the channel with this id; empty where it cannot be looked up."""


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def make(click: Click) -> Show:
        ticket = await desk.evidence_packs.ask(click.value, click.user, click.id)
        name = reference(ticket, desk.config)
        words = t("The evidence pack for {name} is being created. You get it as a direct message.", name=name)
        return lambda: dispatcher.tell(click, words)

    dispatcher.saving_clicks[evidence_pack.MAKE] = make


@dataclass(frozen=True)
class MadePack:
    """A finished pack: `bot.adapters.slack.report_carrier.Report`."""

    paper: ReportDocument
    files: Sequence[ReportFile]
    pictures: Sequence[ReportFile] = ()

    def message(self, _pictures: Sequence[str]) -> Message:
        return evidence_pack.message(self.paper)


async def made(desk: Desk, ticket_id: str, press: ReportPrinter, channel_name: ChannelName) -> MadePack:
    """Prints the pack of this ticket in the current language."""
    at = as_utc(desk.clock())
    async with press.opened() as print_report:
        pack = await desk.evidence_packs.gather(ticket_id)
        pack = pack.with_channels({each: await channel_name(each) for each in sorted(pack.channel_ids)})
        document = await asyncio.to_thread(paper, pack, desk.config, at)
        printed = await print_report(document)
    kinds = (("pdf", printed.pdf), ("json", as_json(pack, desk.config, at)))
    files = [ReportFile(f"{document.name}.{kind}", f"{document.title}.{kind}", content) for kind, content in kinds]
    return MadePack(document, files)
