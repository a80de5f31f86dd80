"""Answers to a submitted form that cannot be saved as it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from slack_bolt.async_app import AsyncAck

from blocks import kit
from blocks.fill_in import ALL
from blocks.form import ANSWER, filled_again
from blocks.kit import Json
from blocks.thread_offer import blocks_of
from bot.config.settings import Config
from bot.core.errors import Invalid, NotNow, Overtaken, Refused, StoreDown
from bot.core.i18n import t
from bot.core.saves import has_saved
from bot.desk import Desk
from bot.forms.field_table import field
from bot.forms.validation import Incomplete
from bot.tickets.reference import reference
from handlers import earlier_delivery, error_messages, views
from handlers.payload import Click, Submission, version_in

Redraw = Callable[[Click], Awaitable[Json | None]]


async def mark(ack: AsyncAck, form: Submission, error: Invalid, redraw: Redraw | None, config: Config) -> None:
    """Marks each wrong answer; a field that the form does not show yet is shown, and named on top.

    A form whose answers others changed meanwhile goes on from their version, with all that was typed. Closes the form
    where a part of it was saved before.
    """
    if has_saved():
        await ack(response_action="update", view=error_messages.partly_saved(error))
        return
    view = await _on_newest(form, error, redraw, config) if isinstance(error, Overtaken) else None
    view = view or await _with_hidden_fields(form, error.errors, redraw, config)
    if view:
        await ack(response_action="update", view=view)
    else:
        await ack(response_action="errors", errors=error_messages.field_errors(error, form, config))


async def _on_newest(form: Submission, error: Overtaken, redraw: Redraw | None, config: Config) -> Json | None:
    """The form on the version of the others, with what was typed: sent again, it replaces what they answered.

    None for a form that cannot be redrawn, or when the ticket has changed once more.
    """
    typed = {key: text for key, text in form.shown.items() if key not in error.newer}
    view = await _redrawn(form, typed, redraw)
    if not _shows(view, error.found):  # as it is answered now: among all answers then
        view = await _redrawn(form, typed, redraw, ALL)
    if view is None or not _shows(view, error.found) or version_in(str(view["private_metadata"])) != error.version:
        return None
    head = _listed(t("Nothing was saved yet. Send the form again to replace these answers:"), error.found, config)
    again = [each if _takes_files(each) else filled_again(each, f"v{error.version}") for each in blocks_of(view)]
    ticket, _, rest = form.about.partition("|")
    about = "|".join(filter(None, (ticket, f"{error.version}", rest.partition("|")[2])))
    return {**view, "blocks": [head, *again], "private_metadata": about}


def _takes_files(block: Json) -> bool:
    element = block.get("element")
    return isinstance(element, dict) and element.get("type") == "file_input"


def _shows(view: Json | None, keys: Iterable[str]) -> bool:
    return view is not None and {block.get("block_id") for block in blocks_of(view)} >= {*keys}


async def _redrawn(
    form: Submission, typed: Mapping[str, str], redraw: Redraw | None, action: str = ANSWER
) -> Json | None:
    if redraw is None:
        return None
    click = Click(
        form.user, action, "", "", "", view=form.view, view_callback=form.callback, about=form.about, typed=typed
    )
    try:
        return await redraw(click)
    except (Refused, StoreDown):
        return None


def _listed(title: str, texts: Mapping[str, str], config: Config) -> Json:
    lines = [kit.line(kit.bold(f"{_name(key, config)}: "), kit.text(text)) for key, text in texts.items()]
    asked: Json = {"type": "rich_text_list", "style": "bullet", "elements": lines}
    return kit.rich(kit.line(kit.bold(title)), asked)


async def _with_hidden_fields(
    form: Submission, errors: Mapping[str, str], redraw: Redraw | None, config: Config
) -> Json | None:
    """The form with the fields that came up with an answer in it; None when none is hidden, or they stay hidden.

    Slack redraws a form while it is filled in; one that is submitted at once is submitted as it was.
    """
    hidden = [key for key in errors if key not in form.typed and field(key, config)]
    view = await _redrawn(form, form.shown, redraw) if hidden else None
    if view is None or not _shows(view, hidden):
        return None
    head = _listed(t("Still needed, and shown below now:"), errors, config)
    return views.redrawn({**view, "blocks": [head, *blocks_of(view)]}, form.about)


def _name(key: str, config: Config) -> str:
    asked = field(key, config)
    return asked.name.rstrip(":?") if asked else key


async def refuse(ack: AsyncAck, form: Submission, error: Exception, redraw: Redraw | None, desk: Desk) -> None:
    """Keeps the form open with an error that can be corrected; offers the text of a form that came too late as a
    note.
    """
    await earlier_delivery.note_earlier_save(desk, form.view, error, form.callback)
    if has_saved():
        await ack(response_action="update", view=error_messages.partly_saved(error))
        return
    if isinstance(error, Incomplete):
        needed = {each.key: t("This is needed now.") for each in error.missing}
        if view := await _with_hidden_fields(form, needed, redraw, desk.config):
            await ack(response_action="update", view=view)
            return
    words = error_messages.words_for(error, typed=bool(form.typed))
    rescued_view = await _rescued(form, words, desk) if isinstance(error, NotNow) else None
    if rescued_view is None and form.typed:
        await ack(response_action="errors", errors=error_messages.first_field_error(words, form))
    else:
        await ack(response_action="update", view=rescued_view or error_messages.on_top(words))


async def _rescued(form: Submission, words: str, desk: Desk) -> Json | None:
    ticket = await desk.queries.ticket(form.ticket)
    return error_messages.rescued(ticket, reference(ticket, desk.config), words, form, desk.config)
