"""users.*: the people of the workspace."""

from localslack.api import access
from localslack.api.pages import page
from localslack.api.registry import Call, method
from localslack.errors import SlackError
from localslack.records import Json, Person


def _shown(call: Call, person: Person, *, locale: bool = False) -> Json:
    return call.slack.wire.user(person, email=call.app.may("users:read.email"), locale=locale)


@method("users.info", "users:read", tier=4)
async def info(call: Call) -> Json:
    """The user of an argument."""
    person = access.person(call)
    return {"user": _shown(call, person, locale=call.arguments.flag("include_locale"))}


@method("users.list", "users:read", tier=2)
async def list_users(call: Call) -> Json:
    """All members, bots and the deactivated, too; people of other workspaces are found by users.info only."""
    people = [person for person in call.slack.workspace.people.values() if not person.is_external]
    shown, cursor = page(call, people, default=len(people) or 1)
    locale = call.arguments.flag("include_locale")
    members = [_shown(call, person, locale=locale) for person in shown]
    return {"members": members, "cache_ts": call.slack.workspace.now, "response_metadata": {"next_cursor": cursor}}


@method("users.lookupByEmail", "users:read.email")
async def lookup_by_email(call: Call) -> Json:
    """The person with an address; the deactivated are not found."""
    email = call.arguments.needed("email").lower()
    for person in call.slack.workspace.humans():
        if person.email.lower() == email and not person.deleted and not person.is_external:
            return {"user": _shown(call, person)}
    raise SlackError("users_not_found")


@method("users.profile.get", "users.profile:read", tier=4)
async def profile_get(call: Call) -> Json:
    """A profile, the bot's own unless another is named."""
    person = access.person(call) if call.arguments.text("user") else call.bot
    return {"profile": call.slack.wire.profile(person, email=call.app.may("users:read.email"))}


@method("users.profile.set", "users.profile:write")
async def profile_set(call: Call) -> Json:
    """Refuse: the method needs a user token, and there are none here."""
    raise SlackError("not_allowed_token_type")


@method("users.getPresence", "users:read")
async def get_presence(call: Call) -> Json:
    """The presence of a user: active while the page is open."""
    person = access.person(call) if call.arguments.text("user") else call.bot
    return {"presence": call.slack.presence.of(person)}


@method("users.setPresence", "users:write", tier=2)
async def set_presence(call: Call) -> Json:
    """Accept the presence without effect: bots are always active."""
    if call.arguments.text("presence") not in ("auto", "away"):
        raise SlackError("invalid_presence")
    return {}
