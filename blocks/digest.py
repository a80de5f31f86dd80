"""How does the morning's digest look?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from blocks import kit
from blocks.card import PARTIES, Who, title
from blocks.kit import Json, Message
from bot.forms import level_name
from bot.moves import STANDING
from bot.settings import Config
from bot.text import one_line
from bot.ticket import Level, Ticket

PARTS = {
    "breached": "Past the SLA, without remedy or action plan",
    "stale": "Overdue",
    "today": "Due today",
}


def message(
    levels: Sequence[Level],
    parts: Mapping[str, Sequence[Ticket]],
    totals: Mapping[str, int],
    config: Config,
    who: Who,
    links: Mapping[str, str],
) -> Message:
    """Each part with its tickets; what is not listed is counted. Nobody is mentioned: a digest is read, not obeyed."""
    name = " and ".join(level_name(level) for level in levels)
    summary = " · ".join(f"{PARTS[part].split(',')[0]}: {totals[part]}" for part in PARTS if totals[part])
    blocks: list[Json] = [kit.header(f"This morning, {name}")]
    for part, heading in PARTS.items():
        if totals[part]:
            lines = [_line(ticket, config, who, links) for ticket in parts[part]]
            listed: Json = {"type": "rich_text_list", "style": "bullet", "elements": lines}
            more = totals[part] - len(lines)
            blocks.append(kit.rich(kit.line(kit.bold(f"{heading} ({totals[part]})")), *([listed] if lines else [])))
            blocks += [kit.note(f"… and {more} more: /retarus-ticket lists them.")] if more > 0 else []
    return Message(f"This morning, {name}: {summary}", blocks)


def _line(ticket: Ticket, config: Config, who: Who, links: Mapping[str, str]) -> Json:
    ball = f" · ball: {PARTIES[ticket.ball]}" if ticket.ball else ""
    what = one_line(ticket.answer("happens"), 80)
    return kit.line(
        kit.link(title(ticket, config), links.get(ticket.id, "")),
        kit.text(f" · {STANDING[ticket.stage]}{ball} · {who(ticket.owner)} · {what}"),
    )
