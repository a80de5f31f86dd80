"""Threads with an assistant app: opening one, and changing the channel while it is open."""

from localslack.changes import AssistantChanged, AssistantContext
from localslack.errors import Refused
from localslack.people.actor import Actor, verb
from localslack.records import Json


@verb("open_assistant")
async def open_assistant(actor: Actor) -> Json:
    """Begin a thread with an app; `context` is the channel one is looking at."""
    app = actor.app()
    if actor.person.is_external or not app.has_assistant:
        raise Refused("no_assistant", f"{app.name} is not an assistant for this person.")
    channel, _ = actor.slack.membership.open_dm({actor.person.id, app.bot_user})
    root = actor.slack.posting.post(
        channel,
        text="New Assistant Thread",
        user=app.bot_user,
        bot_id=app.bot_id,
        app_id=app.id,
        team_id=actor.slack.workspace.team.id,
        subtype="assistant_app_thread",
        extra={"assistant_app_thread": {"title": "New Assistant Thread", "title_blocks": [], "artifacts": []}},
    )
    thread = actor.slack.assistants.begin(channel.id, root.ts, actor.person.id)
    actor.slack.workspace.publish(AssistantContext(thread, app.id, _context(actor), started=True))
    actor.slack.workspace.publish(AssistantChanged(thread))
    return {"channel": channel.id, "thread_ts": root.ts}


@verb("assistant_context")
async def assistant_context(actor: Actor) -> Json:
    """Look at another channel while a thread with an app is open."""
    app, channel, ts = actor.app(), actor.text("channel"), actor.text("thread_ts")
    thread = actor.slack.assistants.find(channel, ts)
    if thread is None or thread.user != actor.person.id:
        raise Refused("thread_not_found", "There is no such thread with an assistant.", 404)
    actor.slack.workspace.publish(AssistantContext(thread, app.id, _context(actor), started=False))
    return {}


def _context(actor: Actor) -> str | None:
    """The id of the channel one is looking at."""
    if actor.optional("context") is None:
        return None
    return actor.channel("context").id
