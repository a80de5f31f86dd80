"""View of undelivered notifications, with a retry for admins."""

from __future__ import annotations

from collections.abc import Sequence

from blocks import kit
from blocks.kit import Json
from bot.core.cleaning import excerpt
from bot.core.i18n import many, t
from bot.model.notice import Letter

AGAIN = "undelivered.again"


def listing(letters: Sequence[Letter], names: dict[str, str]) -> list[Json]:
    """The newest dead letters, each with its reason. `names`: ticket id → what the ticket is called."""
    if not letters:
        return [kit.note(t("Everything was delivered, or is on its way."))]
    blocks = []
    for number, letter in enumerate(letters):
        blocks += [_entry(letter, names), kit.actions(f"undelivered.{number}", [_again(letter)])]
    return blocks


def _entry(letter: Letter, names: dict[str, str]) -> Json:
    notice = letter.notice
    about = names.get(notice.ticket_id) or t("no ticket")
    tried = many("tried {count} time", "tried {count} times", letter.attempts)
    words = " · ".join((t(notice.say.gloss), t("to {whom}", whom=excerpt(notice.to, 100)), tried, ""))
    return kit.rich(
        kit.line(
            kit.bold(about), kit.text(f" · {words}"), kit.moment(letter.at), kit.text(f"\n{excerpt(letter.why, 500)}")
        )
    )


def _again(letter: Letter) -> Json:
    return kit.button(t("Try again"), AGAIN, letter.notice.key, style="primary")
