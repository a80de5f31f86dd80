"""Raising a ticket whose kind is not given: by the short command, a shortcut, or from a message."""

from __future__ import annotations

from dataclasses import replace

from blocks import create
from blocks.evidence import AT_A_TIME, OFFERED
from blocks.form_state import FormState
from bot.core.errors import Refused
from bot.core.i18n import t
from bot.desk import Desk
from bot.forms.validation import present
from bot.model.ticket import Kind
from bot.register.message_reader import FilesRead, readable, unreadable
from bot.tickets.attachments import written
from handlers.dispatch import Dispatcher
from handlers.mention_names import MentionNames
from handlers.message_link import linked
from handlers.payload import Click, Command, Shortcut
from handlers.raise_form import RaiseForm
from handlers.slack_text import as_typed

COMMAND = "/retarus"
ANY = "raise_ticket"
"""The global shortcut."""
FROM_MESSAGE = "raise_from_message"
"""The shortcut on a message."""


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    names = MentionNames(desk, dispatcher)
    forms = RaiseForm(desk)

    async def choose(asked: Command | Shortcut) -> None:
        await desk.queries.require_staff(asked.user)
        await dispatcher.open_modal(asked.trigger, create.chooser(desk.config))

    async def from_message(used: Shortcut) -> None:
        """Opens the form at once, and looks up the link of the message after."""
        await desk.queries.require_staff(used.user)
        words = as_typed(used.text, await names.of(used.text))
        left = max(0, len(used.files) - AT_A_TIME)
        from_draft = FormState(Kind.INCIDENT, link="", left=left, place=f"{used.channel}/{used.ts}")
        if readable(used.files):  # reading them takes longer than a trigger lives
            opened = await dispatcher.open_modal(used.trigger, create.reading())
            form, answers = await forms.read(from_draft, used.user, words, await desk.reader.documents(used.files))
            answers[OFFERED] = written(used.files)
        else:
            unread = FilesRead(unread=unreadable(used.files))
            form, answers = await forms.read(from_draft, used.user, words, unread)
            answers[OFFERED] = written(used.files)
            opened = await dispatcher.open_modal(used.trigger, await forms.draw(form, used.user, answers))
        view = await forms.draw(await linked(dispatcher.client, form), used.user, answers)
        await dispatcher.update_view(str(opened["id"]), view, seen=str(opened["hash"]))

    dispatcher.commands[COMMAND] = choose
    dispatcher.shortcuts[ANY] = choose
    dispatcher.shortcuts[FROM_MESSAGE] = from_message
    _register_redraws(desk, dispatcher, forms)


def _register_redraws(desk: Desk, dispatcher: Dispatcher, forms: RaiseForm) -> None:
    async def show_kind(click: Click) -> None:
        """Draws the form of another kind, with what was typed so far."""
        await desk.queries.require_staff(click.user)
        kind = Kind(click.value)
        if click.about:
            view = await forms.draw(FormState.unpack(click.about).turned(kind), click.user, click.typed)
        else:
            view = await forms.from_draft(kind, click.user, await desk.queries.draft(click.user, kind))
        await dispatcher.update_view(click.view, view)

    async def use_template(click: Click) -> None:
        """Fills in what is empty, or stands as another template filled it in, from a frequent problem."""
        await desk.queries.require_staff(click.user)
        templates = desk.config.templates
        number = next((number for number, each in enumerate(templates, 1) if each.name == click.value), 0)
        if not number:
            raise Refused(t("This template is no longer there. Close the form and open it again."))
        template = templates[number - 1]
        about = FormState.unpack(click.about) if click.about else FormState(template.kind)
        form = replace(about.turned(template.kind), filled=about.filled + 1, template=number)
        before = templates[about.template - 1].answers if 0 < about.template <= len(templates) else {}
        typed = {key: text for key, text in click.typed.items() if not text or before.get(key) != text}
        for_customer = {key for key, text in typed.items() if about.prefilled.has(key, text)} & template.answers.keys()
        own = {key: text for key, text in typed.items() if key not in for_customer}
        answers = {**typed, **template.answers, **present(own)}
        await dispatcher.update_view(click.view, await forms.draw(form, click.user, answers))

    dispatcher.clicks[create.TEMPLATE] = use_template
    for kind in Kind:
        dispatcher.clicks[create.KIND + kind] = show_kind
