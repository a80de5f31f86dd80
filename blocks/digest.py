"""The message of the morning digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from blocks import kit, urgency
from blocks.card import Who, standing
from blocks.kit import Json, Message
from blocks.urgency import title
from bot.config.settings import Config
from bot.core.i18n import mark, t
from bot.forms.validation import level_name
from bot.model.ticket import Level, Ticket

PARTS = {
    "breached": mark("Past the SLA, without remedy or action plan"),
    "stale": mark("Overdue"),
    "today": mark("Due today"),
}
_BRIEFLY = {
    "breached": mark("Past the SLA: {count}"),
    "stale": mark("Overdue: {count}"),
    "today": mark("Due today: {count}"),
}


def message(
    levels: Sequence[Level],
    parts: Mapping[str, Sequence[Ticket]],
    totals: Mapping[str, int],
    config: Config,
    who: Who,
    links: Mapping[str, str],
    day: date,
) -> Message:
    """Each part with its tickets; the rest is counted. A digest mentions no one, and names its day: it stays."""
    name = t(
        "Overview of {day}, {levels}", day=f"{day:%d.%m.%Y}", levels=kit.together(level_name(level) for level in levels)
    )
    summary = " · ".join(t(_BRIEFLY[part], count=totals[part]) for part in PARTS if totals[part])
    blocks: list[Json] = [kit.header(name)]
    for part, heading in PARTS.items():
        if totals[part]:
            lines = [_line(ticket, config, who, links) for ticket in parts[part]]
            listed: Json = {"type": "rich_text_list", "style": "bullet", "elements": lines}
            more = totals[part] - len(lines)
            blocks.append(kit.rich(kit.line(kit.bold(f"{t(heading)} ({totals[part]})")), *([listed] if lines else [])))
            rest = t("… and {count} more: /retarus-ticket lists them.", count=more)
            blocks += [kit.note(rest)] if more > 0 else []
    return Message(f"{name}: {summary}", blocks)


def _line(ticket: Ticket, config: Config, who: Who, links: Mapping[str, str]) -> Json:
    problem = urgency.about(ticket, 120)
    return kit.line(
        kit.link(title(ticket, config), links.get(ticket.id, "")),
        kit.text(f" · {standing(ticket, who)} · "),
        *urgency.joined_elements([urgency.age(ticket), urgency.due(ticket, config)]),
        kit.text(f" · {problem}"),
    )
