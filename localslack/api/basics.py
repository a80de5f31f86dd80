"""api.test, auth.test, apps.connections.open, team.info, bots.info, blocks.validate, emoji.list."""

from localslack import blockkit
from localslack.api.registry import Call, method
from localslack.errors import SlackError
from localslack.records import Json


@method("api.test", bearer="none", tier=4)
async def api_test(call: Call) -> Json:
    """Says what it was told, and fails on demand."""
    error = call.arguments.text("error")
    if error:
        raise SlackError(error, args=call.arguments.values)
    return {"args": call.arguments.values}


@method("auth.test", tier=0)
async def auth_test(call: Call) -> Json:
    """Who the token is."""
    team = call.slack.workspace.team
    return {
        "url": call.slack.base_url,
        "team": team.name,
        "user": call.bot.handle,
        "team_id": team.id,
        "user_id": call.bot.id,
        "bot_id": call.app.bot_id,
        "is_enterprise_install": False,
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
    if named not in (None, "", call.slack.workspace.team.id):
        raise SlackError("team_not_found")
    return {"team": call.slack.wire.team()}


@method("bots.info", "users:read")
async def bots_info(call: Call) -> Json:
    """A bot user's other half."""
    bot_id = call.arguments.text("bot") or call.app.bot_id
    for app in call.slack.workspace.apps.values():
        if app.bot_id == bot_id:
            return {"bot": call.slack.wire.bot(app)}
    raise SlackError("bot_not_found")


@method("blocks.validate", tier=4)
async def blocks_validate(call: Call) -> Json:
    """Whether blocks would be taken."""
    blocks = call.arguments.json("blocks", "invalid_blocks_format")
    if wrong := blockkit.validate_blocks(blocks, "message"):
        raise SlackError("invalid_blocks", errors=wrong, response_metadata={"messages": wrong})
    return {}


@method("emoji.list", "emoji:read", tier=2)
async def emoji_list(call: Call) -> Json:
    """Custom emoji: there are none here."""
    return {"emoji": {}, "cache_ts": str(call.slack.workspace.clock.now())}
