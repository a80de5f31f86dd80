"""Modal for recording a ticket that was opened in Retarus's portal instead of sent from here."""

from __future__ import annotations

from collections.abc import Iterable

from blocks import kit
from blocks.evidence import by_hand, doubtful
from blocks.form import ANSWER, text_input
from blocks.kit import Json
from bot.config.guide_texts import EAS
from bot.core.i18n import t
from bot.escalation.letter import copy_of
from bot.escalation.preview import Preview
from bot.model.letter_text import LetterPart

ASK = "eas.ask"
OPENED = "eas.opened"
WHEN = "opened"
NUMBER = "rcr"
_LIMIT = 100
"""Blocks of a modal."""


def modal(shown: Preview, name: str, now: int, *, reason: str = "", changed: bool = False) -> Json:
    """The text of every field, to be copied one by one, and the question when it was opened (`now`: Unix seconds).

    `reason`: why it is sent in spite of what is doubtful, when that was typed already.
    """
    changed_words = t("{reference} changed since you looked. This is its text now.", reference=name)
    blocks = [kit.note(changed_words)] if changed else []
    blocks += [kit.note(f"{name} · {t('nothing is sent from here')}"), _steps()]
    blocks += [*doubtful(shown, typed=reason), *by_hand(shown)]
    number, hint = t("RCR number"), t("As the portal shows it")
    asked = [_when(now), text_input(NUMBER, number, hint, multiline=False, needed=False)]
    blocks += [*tuple(_texts(shown))[: _LIMIT - len(blocks) - len(asked)], *asked]
    about = f"{shown.ticket.id}|{shown.ticket.version}"
    return kit.modal(OPENED, t("Open it in EAS"), blocks, submit=t("Record as opened"), about=about)


def _steps() -> Json:
    words = t(
        "Open the portal, copy each text into its field, then say here when it was opened and its number. {portal}"
    )
    return kit.rich(kit.line(*kit.filled(words, portal=kit.link("Enterprise Administration Services Portal", EAS))))


def _texts(shown: Preview) -> Iterable[Json]:
    """One copyable block per field; the opening and the subject first."""
    for part in (LetterPart(heading=t("Subject"), lines=(shown.letter.subject,)), *copy_of(shown.letter)):
        text = "\n".join(part.lines)
        if part.heading:
            yield kit.heading(part.heading)
        for piece in kit.chunks(text) if text else ():
            yield kit.rich({"type": "rich_text_preformatted", "elements": [kit.text(piece)]})


def _when(now: int) -> Json:
    element: Json = {"type": "datetimepicker", "action_id": ANSWER, "initial_date_time": now}
    return {"type": "input", "block_id": WHEN, "label": kit.plain(t("Opened at")), "element": element}
