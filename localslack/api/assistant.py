"""assistant.threads.*: title, status and suggested prompts of a thread with an assistant app."""

from typing import Any

from localslack.api import access
from localslack.api.registry import Call, method
from localslack.assistant_threads import AssistantThread
from localslack.changes import AssistantChanged
from localslack.errors import SlackError
from localslack.records import Json

MAX_PROMPTS = 4


def _thread(call: Call) -> AssistantThread:
    channel = access.channel(call, "channel_id")
    ts = call.arguments.ts("thread_ts", "invalid_thread_ts") or ""
    thread = call.slack.assistants.find(channel.id, ts)
    if thread is not None:
        return thread
    if call.slack.workspace.message(channel.id, ts) is None:
        raise SlackError("invalid_thread_ts")
    others = [user for user in channel.members if user != call.bot.id]
    return call.slack.assistants.begin(channel.id, ts, others[0] if others else call.bot.id)


def _changed(call: Call, thread: AssistantThread) -> Json:
    call.slack.workspace.publish(AssistantChanged(thread))
    return {}


@method("assistant.threads.setStatus", "assistant:write", "chat:write", tier=0)
async def set_status(call: Call) -> Json:
    """Set the status line of the app; an empty status, or a message of the app, removes it."""
    thread = _thread(call)
    thread.status = call.arguments.text("status") or ""
    thread.loading_messages = call.arguments.list("loading_messages")
    return _changed(call, thread)


@method("assistant.threads.setTitle", "assistant:write", tier=4)
async def set_title(call: Call) -> Json:
    """Give the thread a title."""
    thread = _thread(call)
    thread.title = call.arguments.needed("title")
    return _changed(call, thread)


@method("assistant.threads.setSuggestedPrompts", "assistant:write", tier=4)
async def set_prompts(call: Call) -> Json:
    """Offer up to four messages that a person can send with one click."""
    thread = _thread(call)
    prompts = call.arguments.json("prompts", "invalid_arguments")
    if not isinstance(prompts, list) or not 0 < len(prompts) <= MAX_PROMPTS or not all(map(_is_prompt, prompts)):
        raise SlackError.invalid_arguments("[ERROR] must provide 1 to 4 prompts [json-pointer:/prompts]")
    remaining = [{"title": prompt["title"], "message": prompt["message"]} for prompt in prompts]
    thread.prompts = {"title": call.arguments.text("title") or "", "prompts": remaining}
    return _changed(call, thread)


def _is_prompt(prompt: Any) -> bool:
    return isinstance(prompt, dict) and all(isinstance(prompt.get(name), str) for name in ("title", "message"))
