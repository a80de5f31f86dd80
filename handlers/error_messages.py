"""Error messages for people.

A refusal is shown in its own words, and a field's error beside the field. Trouble of Slack's is named as such. Any
other error is logged under a reference the person can quote. Only what failed before a save says that nothing changed.
"""

from __future__ import annotations

import logging
import secrets

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from blocks import kit, transitions
from blocks.kit import Json
from bot.adapters.slack.api_errors import closes_slack, is_slacks_fault, lacks_scope, name_of
from bot.config.settings import Config
from bot.core.errors import Conflict, Invalid, Refused, SaveInDoubt, StoreDamaged, StoreDown, place_of
from bot.core.i18n import mark, t
from bot.core.saves import has_saved
from bot.forms.field_table import field
from bot.forms.template_fields import BY_KEY, InputType
from bot.forms.validation import Incomplete
from bot.model.ticket import Kind, Ticket
from handlers import views
from handlers.payload import Submission

log = logging.getLogger(__name__)

STORE_DOWN = mark("The desk's database cannot be used right now, so nothing was changed. Please try again in a moment.")
STORE_DOWN_FORM = mark(
    "The desk's database cannot be written right now, so nothing was saved. Your text is still here: try again."
)
STORE_DAMAGED = mark(
    "The desk's database is damaged or not in its place, so nothing was changed. Tell an admin: the desk's log says "
    "why."
)
IN_DOUBT = mark(
    "The connection to the desk's database broke in the moment of saving. It may be saved or not: look, and do it "
    "again if it is not."
)
SLACK_DOWN = mark("Slack did not answer properly just now, so nothing was changed. Please try again in a moment.")
NOT_OPENED = mark(
    "Slack did not answer properly when this was to open. If it is open, go on with it; if not, try again."
)
SLACK_CLOSED = mark("Slack refuses the desk at the moment, so nothing was changed. {why}")
TOO_SLOW = mark(
    "Slack opens a form only within three seconds of a click, and this took longer. Nothing was changed: click again."
)
CONFLICT = mark("Somebody else changed this ticket at the same moment. Nothing of yours was saved: please try again.")
OLD = mark("This button is from an older version of Partner Desk. Use the ticket's card: it has the current ones.")

_ERROR_TEXT = 1000
_PROSE = 12


_TRIGGER_ENDED = frozenset({"expired_trigger_id", "invalid_trigger_id", "trigger_expired"})


def words_for(error: Exception, *, typed: bool = False) -> str:
    """A sentence for the person. `typed`: in a form that stays open with what was typed."""
    if not has_saved():
        return _words_before_saving(error, STORE_DOWN_FORM if typed else STORE_DOWN, SLACK_DOWN)
    reason = _words_of_the_cause(error)
    return t("It was saved, or a part of it was: look before you do it again. {why}", why=reason)


def words_for_opening(error: Exception) -> str:
    """A sentence for the person whose click opens or redraws a view.

    Slack's answer may have been lost after the form had opened, and the person may be on in it when the sentence comes.
    """
    return words_for(error) if has_saved() else _words_before_saving(error, STORE_DOWN, NOT_OPENED)


def _words_before_saving(error: Exception, store_down: str, slack_down: str) -> str:
    """A sentence for the person when nothing was saved."""
    if isinstance(error, Refused | Invalid):
        return _refusal(error)
    if isinstance(error, StoreDown):
        return _store_trouble(error, store_down)
    if isinstance(error, Conflict):
        return t(CONFLICT)
    if reason := _closed(error):
        return t(SLACK_CLOSED, why=reason)
    if trouble := _slack_trouble(error):
        return t(TOO_SLOW if trouble in _TRIGGER_ENDED else slack_down)
    return t(
        "Something went wrong on our side, and nothing was changed. Tell an admin this reference: {reference}.",
        reference=_logged(error),
    )


def _store_trouble(error: StoreDown, store_down: str) -> str:
    log.error("the store is down: %s", error)
    if isinstance(error, SaveInDoubt):
        return t(IN_DOUBT)
    if isinstance(error, StoreDamaged):
        return t(STORE_DAMAGED)
    return t(store_down)


def _refusal(error: Refused | Invalid) -> str:
    if isinstance(error, Invalid):
        return "\n".join(_with_question(key, text) for key, text in error.errors.items())
    if isinstance(error, Incomplete):
        missing = "; ".join(each.line for each in error.missing)
        return t("{refusal} Missing: {items}.", refusal=error, items=missing)
    return str(error)


def _with_question(key: str, text: str) -> str:
    """The fault with the name of its question, as it is shown in another place than that."""
    asked = BY_KEY.get(key)
    return f"{asked.called(Kind.INCIDENT).rstrip(':?')}: {text}" if asked else text


def words_after_saving(error: Exception) -> str:
    """A sentence for the person when it was saved, but could not be shown."""
    if isinstance(error, Refused | Invalid):
        return t("It was saved. {refusal}", refusal=_refusal(error))
    if isinstance(error, StoreDown):
        log.error("the store is down: %s", error)
        return t("It was saved. It cannot be shown right now, as the desk's database does not answer.")
    if reason := _closed(error):
        return t("It was saved. Slack refuses to show it at the moment. {why}", why=reason)
    if _slack_trouble(error):
        return t("It was saved. Slack could not show it just now.")
    return t(
        "It was saved, but it could not be shown. Tell an admin this reference: {reference}.",
        reference=_logged(error),
    )


def _words_of_the_cause(error: Exception) -> str:
    """The cause of a failure after a first save."""
    if isinstance(error, Refused | Invalid):
        return _refusal(error)
    if isinstance(error, StoreDown):
        log.error("the store is down: %s", error)
        return t("The desk's database does not answer.")
    if isinstance(error, Conflict):
        return t("Somebody else changed this ticket at the same moment.")
    if reason := _closed(error):
        return t("Slack refuses the desk at the moment. {why}", why=reason)
    if _slack_trouble(error):
        return t("Slack did not answer properly just now.")
    return t("Tell an admin this reference: {reference}.", reference=_logged(error))


def may_pass(error: Exception) -> bool:
    """True for trouble of the database or of Slack: the same work may succeed in a moment."""
    if isinstance(error, SlackApiError):
        return is_slacks_fault(error) or bool(closes_slack(error))
    return isinstance(error, StoreDown | Conflict | ClientError | TimeoutError)


def _closed(error: Exception) -> str:
    """Reason why Slack refuses the whole desk, and what an admin does about it; empty for any other error."""
    if not isinstance(error, SlackApiError):
        return ""
    reason = closes_slack(error) or lacks_scope(error)
    if reason:
        log.warning("Slack refuses the desk: %s", name_of(error))
    return reason


def _slack_trouble(error: Exception) -> str:
    """Slack's own name for a failure that is not the desk's fault; empty for any other error."""
    if isinstance(error, SlackApiError):
        name = name_of(error)
        is_theirs = is_slacks_fault(error) or name in {*_TRIGGER_ENDED, views.TRIGGER_USED}
        if is_theirs:
            log.warning("Slack refused a call: %s", name or "no answer of Slack's")
        return (name or "no_answer") if is_theirs else ""
    if isinstance(error, ClientError | TimeoutError):
        log.warning("Slack did not answer: %s", type(error).__name__)
        return type(error).__name__
    return ""


def kind_of(error: Exception) -> str:
    """The name of an error for the log."""
    return name_of(error) or "no answer of Slack's" if isinstance(error, SlackApiError) else type(error).__name__


def _logged(error: Exception) -> str:
    """Logs an unexpected error, without user input, under a reference id. Returns the reference."""
    reference = secrets.token_hex(4)
    name = f"{name_of(error)} " if isinstance(error, SlackApiError) else ""
    log.error("unforeseen, reference %s: %s%s", reference, name, place_of(error))
    return reference


def field_errors(error: Invalid, form: Submission, config: Config) -> dict[str, str]:
    """Assigns errors to inputs: Slack shows errors only beside inputs of this form.

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
    if asked is None:
        return place, text
    words = t("“{field}” is not in this form: {fault}", field=asked.name.rstrip(":?"), fault=text)
    return place, f"{words} {t('Answer it under “Fill in”.')}" if form.ticket and form.version else words


def on_top(words: str, title: str = "") -> Json:
    """A modal with nothing but a sentence."""
    return kit.modal("errors.said", title or t("Not possible"), [{"type": "section", "text": kit.plain(words)}])


def saved(error: Exception) -> Json:
    """A modal for what was saved, but could not be shown."""
    return on_top(words_after_saving(error), t("Saved"))


def partly_saved(error: Exception) -> Json:
    """A modal for a form that failed after a save: it may be saved completely, or in part."""
    return on_top(words_for(error), t("Please look"))


def first_field_error(words: str, form: Submission) -> dict[str, str]:
    """A form can be kept open only by an error beside one of its inputs."""
    return {next(iter(form.typed)): words[:_ERROR_TEXT]}


def _is_written(key: str, config: Config) -> bool:
    """Typed text of a form; choices from lists are not kept."""
    asked = field(key, config)
    return asked is None or asked.input_type in {InputType.LINE, InputType.TEXT}


def rescued(ticket: Ticket, name: str, words: str, form: Submission, config: Config) -> Json | None:
    """The text of a form that was submitted too late, offered as a note. None when it is empty."""
    written = [text for key, text in form.typed.items() if text and _is_written(key, config)]
    if max(map(len, written), default=0) < _PROSE:
        return None
    return transitions.kept_text(ticket, name, words, "\n".join(written))
