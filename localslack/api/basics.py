"""api.test, auth.test, apps.connections.open, team.info, bots.info, blocks.validate, emoji.list."""

from localslack import blockkit
from localslack.api.registry import Call, method
from localslack.errors import SlackError
from localslack.records import Json

_VALIDATED: tuple[blockkit.Kind, ...] = ("blocks", "message", "view")


@method("api.test", bearer="none", tier=4)
async def api_test(call: Call) -> Json:
    """Answer the arguments, or the error that they ask for."""
    error = call.arguments.text("error")
    if error:
        raise SlackError(error, args=call.arguments.values)
    return {"args": call.arguments.values}


@method("auth.test", tier=0)
async def auth_test(call: Call) -> Json:
    """The identity behind the token."""
    team = call.slack.workspace.team
    return {
        "url": call.slack.base_url,
        "team": call.slack.workspace.other_workspaces().get(call.app.external_team, team.name),
        "user": call.bot.handle,
        "team_id": call.app.external_team or team.id,
        "user_id": call.bot.id,
        "bot_id": call.app.bot_id,
        "is_enterprise_install": False,
        **({"enterprise_id": team.enterprise_id} if team.enterprise_id else {}),
    }


@method("apps.connections.open", tier=1, bearer="app")
async def connections_open(call: Call) -> Json:
    """A websocket address for Socket Mode."""
    if not call.app.socket_mode:
        raise SlackError("socket_mode_not_enabled")
    ticket = call.slack.sockets.ticket(call.app)
    host = call.slack.base_url.replace("http", "ws", 1)
    return {"url": f"{host}link/?ticket={ticket}&app_id={call.app.id}"}


@method("team.info", "team:read")
async def team_info(call: Call) -> Json:
    """The workspace."""
    named = call.arguments.text("team")
    if named in (None, "", call.slack.workspace.team.id):
        return {"team": call.slack.wire.team()}
    others = call.slack.workspace.other_workspaces()
    if named not in others:
        raise SlackError("team_not_found")
    return {"team": call.slack.wire.other_team(str(named), others[str(named)])}


@method("bots.info", "users:read")
async def bots_info(call: Call) -> Json:
    """The bot object of an app."""
    bot_id = call.arguments.text("bot") or call.app.bot_id
    for app in call.slack.workspace.apps.values():
        if app.bot_id == bot_id:
            return {"bot": call.slack.wire.bot(app)}
    raise SlackError("bot_not_found")


@method("blocks.validate", tier=4)
async def blocks_validate(call: Call) -> Json:
    """Validate blocks, a message or a view, with the reasons of a refusal."""
    given = [kind for kind in _VALIDATED if kind in call.arguments]
    if len(given) != 1:
        raise SlackError.invalid_arguments("[ERROR] provide exactly one of blocks, message, view")
    error = f"invalid_{given[0]}"
    if wrong := blockkit.explain(call.arguments.json(given[0], error), given[0]):
        raise SlackError(error, errors=wrong)
    return {}


@method("emoji.list", "emoji:read", tier=2)
async def emoji_list(call: Call) -> Json:
    """Custom emoji: there are none here."""
    return {"emoji": {}, "cache_ts": str(call.slack.workspace.clock.now())}
