"""A person in the App Home of the desk."""

from __future__ import annotations

from localslack import PersonDriver
from localslack.visible import text_of
from tests.handlers.world import Json

BOT = "Partner Desk"


async def opened(person: PersonDriver, words: str = "") -> Json:
    """The Home as it is drawn when a person opens it."""
    return await person.home(BOT, words)


async def shown(person: PersonDriver, words: str) -> Json:
    """The Home that is open, as soon as it shows these words."""

    async def there() -> Json | None:
        views = (await person.state())["homes"].values()
        return next((view for view in views if words in text_of(view)), None)

    return await person.wait_for(there, f"a Home with {words!r}")  # type: ignore[no-any-return]


async def gone(person: PersonDriver, words: str) -> Json:
    """The Home that is open, as soon as it does not show these words any more."""

    async def without() -> Json | None:
        views = (await person.state())["homes"].values()
        return next((view for view in views if words not in text_of(view)), None)

    return await person.wait_for(without, f"a Home without {words!r}")  # type: ignore[no-any-return]


async def at(person: PersonDriver, part: str, words: str) -> Json:
    """The Home, opened, at this part of it."""
    await person.click(await opened(person, "Raise a ticket"), part)
    return await shown(person, words)


async def press(person: PersonDriver, home: Json, block: str, action: str) -> None:
    """One of several buttons with the same words."""
    where = {"type": "view", "view_id": home["id"]}
    await person.act("action", container=where, block_id=block, action_id=action)
