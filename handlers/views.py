"""Opens and updates views: the only place that calls `views.open`, `views.push` and `views.update`."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks.create import RAISE
from blocks.kit import Json
from bot.adapters.slack.api_errors import name_of
from bot.core.deadline import lift
from handlers.payload import Click

_SUPERSEDED = frozenset({"not_found", "hash_conflict"})
"""Errors of a view that was closed or submitted meanwhile, or replaced by a later update."""


TRIGGER_USED = "exchanged_trigger_id"
"""A call without an answer opened the view already, and this is its repetition."""


async def open_modal(client: AsyncWebClient, trigger: str, view: Json | str) -> Json:
    """Opens a modal while the trigger is valid, and returns it as Slack keeps it."""
    opened: dict[str, Any] = (await client.views_open(trigger_id=trigger, view=view))["view"]  # type: ignore[arg-type]  # Slack takes JSON
    lift()
    return opened


async def open_for(client: AsyncWebClient, click: Click, view: Json) -> Json | None:
    """Pushes onto the modal that was clicked in; opens a new one for a click elsewhere. Returns it as Slack keeps it.

    Idempotent: a view that the same click opened already stays as it is, and None is returned.
    """
    is_in_modal = click.view and not click.is_home
    try:
        answer = await (client.views_push if is_in_modal else client.views_open)(trigger_id=click.trigger, view=view)
    except SlackApiError as error:
        if name_of(error) != TRIGGER_USED:
            raise
        return None
    lift()
    opened: Json = answer["view"]
    return opened


def redrawn(view: Json, about: str) -> Json:
    """A form that is drawn again, with the version of the ticket that it began with.

    `about`: its metadata so far. The form in which a ticket is raised has no version, and keeps what it filled in.
    """
    return view if view["callback_id"] == RAISE else {**view, "private_metadata": about}


async def update(client: AsyncWebClient, view_id: str, view: Json, *, seen: str = "") -> Json | None:
    """Updates a modal, and returns it as Slack keeps it; None if it was closed, submitted or redrawn meanwhile.

    `seen`: the hash of the view the update was made from, for a redraw that must not replace a later one.
    """
    try:
        answer = await client.views_update(view_id=view_id, view=view, **({"hash": seen} if seen else {}))
    except SlackApiError as error:
        if name_of(error) in _SUPERSEDED:
            return None
        raise
    updated: Json = answer["view"]
    return updated
