"""What does a person see when something goes wrong?

A refusal is said in its own words. A field's error lands beside the field. Anything else is logged under a reference
the person can quote; what they typed stays in the form.
"""

from __future__ import annotations

import logging
import secrets

from blocks import kit, transitions
from blocks.kit import Json
from bot.config.settings import Config
from bot.core.errors import Conflict, Invalid, Refused, StoreDown, place_of
from bot.core.i18n import mark, t
from bot.forms.field_table import field
from bot.forms.template_fields import Ask
from bot.forms.validation import Incomplete
from bot.model.ticket import Ticket
from handlers.payload import Submission

log = logging.getLogger(__name__)

STORE_DOWN = mark(
    "The desk's database cannot be written right now, so nothing was saved. Your text is still here: try again."
)
CONFLICT = mark("Somebody else changed this ticket at the same moment. Nothing of yours was saved: please try again.")
OLD = mark("This button is from an older version of Partner Desk. Use the ticket's card: it has the current ones.")

_ERROR_TEXT = 1000
_PROSE = 12


def words_for(error: Exception) -> str:
    """A sentence for the person. What nobody foresaw is logged, without what was typed, under a reference."""
    if isinstance(error, Incomplete):
        missing = "; ".join(each.line for each in error.missing)
        return t("{refusal} Missing: {items}.", refusal=error, items=missing)
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, Invalid):
        return " ".join(error.errors.values())
    if isinstance(error, StoreDown):
        log.error("the store is down")
        return t(STORE_DOWN)
    return t(CONFLICT) if isinstance(error, Conflict) else _unforeseen(error)


def _unforeseen(error: Exception) -> str:
    reference = secrets.token_hex(4)
    log.error("unforeseen, reference %s: %s", reference, place_of(error))
    return t(
        "Something went wrong on our side, and nothing was changed. Tell an admin this reference: {reference}.",
        reference=reference,
    )


def beside(error: Invalid, form: Submission, config: Config) -> dict[str, str]:
    """Slack shows errors only beside inputs of this form.

    What belongs to none goes to the answer that asks for it, or else to the first input, with its name.
    """
    errors: dict[str, str] = {}
    for key, text in error.errors.items():
        place, words = (key, text) if key in form.typed else _elsewhere(key, text, form, config)
        errors[place] = f"{errors.get(place, '')} {words}".strip()[:_ERROR_TEXT]
    return errors


def _elsewhere(key: str, text: str, form: Submission, config: Config) -> tuple[str, str]:
    asked = field(key, config)
    deciding = asked.only_if[0] if asked and asked.only_if else ""
    place = deciding if deciding in form.typed else next(iter(form.typed), "")
    return place, f"{asked.name if asked else key}: {text}"


def on_top(words: str) -> Json:
    """A modal that only says something."""
    return kit.modal("errors.said", t("Not possible"), [{"type": "section", "text": kit.plain(words)}])


def beside_first(words: str, form: Submission) -> dict[str, str]:
    """A form can be kept open only by an error beside one of its inputs."""
    return {next(iter(form.typed)): words[:_ERROR_TEXT]}


def _is_written(key: str, config: Config) -> bool:
    """What was picked from a list is not worth keeping by itself."""
    asked = field(key, config)
    return asked is None or asked.ask in {Ask.LINE, Ask.TEXT}


def rescued(ticket: Ticket, name: str, words: str, form: Submission, config: Config) -> Json | None:
    """For a form that has become pointless: its text, offered as a note. Nothing when nothing was written."""
    written = [text for key, text in form.typed.items() if text and _is_written(key, config)]
    if max(map(len, written), default=0) < _PROSE:
        return None
    return transitions.kept_text(ticket, name, words, "\n".join(written))
