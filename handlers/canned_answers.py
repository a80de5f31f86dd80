"""Canned answers: the chosen text is added to what is typed, in the form that is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from blocks import canned_answers, outbound, reminders, transitions
from blocks.kit import Json
from bot.config.canned_answers import AnswerPlace
from bot.core.errors import NotNow
from bot.core.i18n import Language, t
from bot.desk import Desk
from bot.model.transitions import Move, Step
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher
from handlers.payload import Click

Draw = Callable[[Click, str], Awaitable[Json]]
"""Draws the form that was clicked in, with these words in its field."""


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    forms = _forms(desk)

    async def choose(click: Click) -> None:
        await desk.queries.open_to(click.ticket, click.user)
        number = int(click.value) if click.value.isdecimal() else len(desk.config.answers)
        if click.view_callback not in forms or number >= len(desk.config.answers):
            raise NotNow(t("This answer is no longer in desk.toml. Please open the form again."))
        place, draw = forms[click.view_callback]
        text = desk.config.answers[number].text(await _language(desk, place, click))
        words = "\n\n".join(filter(None, (click.typed.get(transitions.WORD, "").strip(), text)))
        view = canned_answers.filled(await draw(click, words), transitions.WORD, click.at.replace(".", ""))
        await dispatcher.update_view(click.view, view, seen=click.view_hash)

    dispatcher.clicks[canned_answers.CHOOSE] = choose


def _forms(desk: Desk) -> dict[str, tuple[AnswerPlace, Draw]]:
    """The forms that offer canned answers, by callback id."""

    def draw_for(move: Move | Step) -> Draw:
        async def draw(click: Click, words: str) -> Json:
            ticket = await desk.queries.allowed(click.ticket, move, click.user)
            name = reference(ticket, desk.config)
            return transitions.modal(move, ticket, name, desk.config, click.typed, words)

        return draw

    async def to_retarus(click: Click, words: str) -> Json:
        ticket, entry = await desk.outbound.draft(click.ticket, click.user), click.about.split("|", 2)[2]
        question = (await desk.conversation.entry_with_ticket(entry, click.user))[0].words if entry else ""
        name = reference(ticket, desk.config)
        return outbound.form(ticket, name, desk.config, text=words, entry=entry, question=question)

    async def chasing(click: Click, words: str) -> Json:
        ticket, _ = await desk.reminders.chaser(click.ticket, click.user)
        return reminders.chase(ticket, reference(ticket, desk.config), words, desk.routes.ways, desk.config)

    return {
        transitions.action_of(Step.NOTE): (AnswerPlace.NOTE, draw_for(Step.NOTE)),
        transitions.action_of(Move.ASK_CUSTOMER): (AnswerPlace.CUSTOMER, draw_for(Move.ASK_CUSTOMER)),
        outbound.WRITE: (AnswerPlace.RETARUS, to_retarus),
        reminders.CHASE: (AnswerPlace.RETARUS, chasing),
    }


async def _language(desk: Desk, place: AnswerPlace, click: Click) -> Language:
    """The reader's language: the end-customer's, that of letters, or the desk's."""
    if place is AnswerPlace.CUSTOMER:
        return Language((await desk.customer_words.write(click.ticket, click.user)).language)
    return desk.config.retarus.language if place is AnswerPlace.RETARUS else desk.config.desk.language
