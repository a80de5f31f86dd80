"""Errors of payloads that Slack delivered before: an earlier delivery may have saved something.

Slack delivers a submission or click again that was not acknowledged, as after a kill between the save and the
acknowledgement. If the second delivery fails, “nothing was changed” would not be true.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from blocks import escalation
from bot.core.errors import StoreDown
from bot.core.saves import note_save
from bot.desk import Desk
from bot.model.transitions import Move
from handlers import error_messages

log = logging.getLogger(__name__)
_REDELIVERED = timedelta(days=1)
"""The longest time since the first delivery. Slack's retries end sooner, but the clock may be set meanwhile."""
_AFTER_A_FORM = {escalation.SEND: Move.ESCALATE.value}
"""The step of a view that took the place of a form: what was saved under the same id may be the form's answers."""


async def words_for(desk: Desk, payload: str, error: Exception) -> str:
    """A sentence for the person, like `error_messages.words_for`. `payload`: id of the click or the submitted view."""
    await note_earlier_save(desk, payload, error)
    return error_messages.words_for(error)


async def note_earlier_save(desk: Desk, payload: str, error: Exception, callback: str = "") -> None:
    """Notes that an earlier delivery saved something, after trouble of Slack or the database.

    `callback`: the submitted view's callback id.
    """
    if not payload or not error_messages.may_pass(error):
        return
    store, step = desk.queries.store, _AFTER_A_FORM.get(callback)
    try:
        if await (store.used(f"{payload}:{step}") if step else store.used_by(payload, desk.clock() - _REDELIVERED)):
            note_save()
    except StoreDown:
        log.warning("It is not known whether an earlier delivery was saved: the database cannot be read.")
