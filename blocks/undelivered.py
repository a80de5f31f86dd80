"""View of undelivered notifications, with a retry for admins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from blocks import kit
from blocks.kit import Json
from bot.core.cleaning import excerpt
from bot.core.i18n import many, t
from bot.model.notice import Letter

AGAIN = "undelivered.again"
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def listing(
    letters: Sequence[Letter], names: dict[str, str], total: int, channels: Mapping[str, str] = NO_NAMES
) -> list[Json]:
    """The newest dead letters of this total, each with its reason. `names`: ticket id → what the ticket is called.

    `channels`: their names by id, for readers who are no members and would see none.
    """
    if not letters:
        return [kit.note(t("Everything was delivered, or is on its way."))]
    rest = t("These are the newest {count} of {total}.", count=len(letters), total=total)
    blocks = [kit.note(rest)] if total > len(letters) else []
    for number, letter in enumerate(letters):
        name = names.get(letter.notice.ticket_id) or t("no ticket")
        blocks += [_entry(letter, name, channels), kit.actions(f"undelivered.{number}", [_again(letter, name)])]
    return blocks


def _entry(letter: Letter, name: str, channels: Mapping[str, str]) -> Json:
    notice = letter.notice
    tried = many("tried {count} time", "tried {count} times", letter.attempts)
    to = kit.filled(t("to {whom}"), whom=_whom(notice.to, channels))
    kind, when = kit.text(f" · {t(notice.kind.gloss)} · "), [kit.text(f" · {tried} · "), kit.moment(letter.at)]
    return kit.rich(kit.line(kit.bold(name), kind, *to, *when, kit.text(f"\n{excerpt(letter.reason, 500)}")))


def _whom(to: str, channels: Mapping[str, str]) -> Json:
    """Recipient by name: of a channel or person that is not known here Slack shows it in place of the id."""
    if channels.get(to):
        return kit.text(f"#{excerpt(channels[to], 80)}")
    if _CHANNEL.fullmatch(to):
        return {"type": "channel", "channel_id": to}
    return kit.mention(to) if _USER.fullmatch(to) else kit.text(excerpt(to, 100))


_CHANNEL, _USER = re.compile(r"[CGD][A-Z0-9]{6,}"), re.compile(r"[UW][A-Z0-9]{4,}")
"""Shapes of Slack's ids."""


def _again(letter: Letter, name: str) -> Json:
    about = f"{name}, {t(letter.notice.kind.gloss)}"
    return kit.button(t("Try again"), AGAIN, letter.notice.key, style="primary", about=about)
