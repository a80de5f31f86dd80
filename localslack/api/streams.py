"""chat.startStream, chat.appendStream, chat.stopStream: streaming messages."""

from typing import Any

from localslack.api import access
from localslack.api.chat import author, check_writable
from localslack.api.content import LONGEST_MARKDOWN, blocks, metadata
from localslack.api.registry import Call, method
from localslack.errors import SlackError
from localslack.records import Json, Message
from localslack.streams import Stream

_STATE = "streaming_state"


@method("chat.startStream", "chat:write", tier=2)
async def start(call: Call) -> Json:
    """Begin a message; outside of direct messages its recipient must be named."""
    channel = access.channel(call)
    check_writable(call, channel)
    if not channel.is_dm:
        for name in ("recipient_user_id", "recipient_team_id"):
            if not call.arguments.text(name):
                raise SlackError(f"missing_{name}")
        access.person(call, "recipient_user_id")
    thread_ts = call.arguments.ts("thread_ts", "invalid_thread_ts")
    if thread_ts and call.slack.workspace.message(channel.id, thread_ts) is None:
        raise SlackError("invalid_thread_ts")
    stream = Stream(mode=call.arguments.text("task_display_mode") or "timeline")
    if stream.mode not in ("timeline", "plan"):
        raise SlackError.invalid_arguments("[ERROR] must be a valid enum value [json-pointer:/task_display_mode]")
    _append(call, stream)
    facts = {**author(call), "thread_ts": thread_ts, "text": stream.text, "blocks": stream.blocks()}
    message = call.slack.posting.post(channel, **facts, extra={_STATE: "in_progress"})
    call.slack.streams.open[channel.id, message.ts] = stream
    return {"channel": channel.id, "ts": message.ts}


@method("chat.appendStream", "chat:write", tier=4)
async def append(call: Call) -> Json:
    """Append to a streaming message."""
    message, stream = _streaming(call)
    if not _append(call, stream):
        raise SlackError("no_text")
    call.slack.posting.edit(message, text=stream.text, blocks=stream.blocks())
    return {"channel": message.channel, "ts": message.ts}


@method("chat.stopStream", "chat:write", tier=2)
async def stop(call: Call) -> Json:
    """End a message, optionally with final text, blocks below it, and metadata."""
    message, stream = _streaming(call)
    last, described = blocks(call.arguments) or [], metadata(call.arguments)
    _append(call, stream)
    del call.slack.streams.open[message.channel, message.ts]
    extra = {key: value for key, value in message.extra.items() if key != _STATE}
    facts: Json = {"text": stream.text, "blocks": [*stream.blocks(), *last], "extra": extra}
    call.slack.posting.edit(message, **facts | ({"metadata": described} if described else {}))
    return {"channel": message.channel, "ts": message.ts, "message": call.slack.wire.message(message)}


def _streaming(call: Call) -> tuple[Message, Stream]:
    channel = access.channel(call)
    message = access.message(call, channel, "ts")
    stream = call.slack.streams.open.get((channel.id, message.ts))
    if stream is None or message.app_id != call.app.id:
        raise SlackError("message_not_in_streaming_state")
    if channel.is_archived:
        raise SlackError("is_archived")
    return message, stream


def _append(call: Call, stream: Stream) -> bool:
    """Take in text and chunks; False if there are none."""
    text = call.arguments.text("markdown_text") or ""
    if len(text) > LONGEST_MARKDOWN:
        raise SlackError("msg_too_long")
    chunks = call.arguments.json("chunks", "invalid_arguments") or []
    if not isinstance(chunks, list) or not all(_is_chunk(chunk) for chunk in chunks):
        raise SlackError.invalid_arguments("[ERROR] must be a valid chunk [json-pointer:/chunks]")
    if text:
        stream.add_text(text)
    for chunk in chunks:
        _take(stream, chunk)
    return bool(text or chunks)


def _is_chunk(chunk: Any) -> bool:
    needed = {"markdown_text": "text", "task_update": "id", "plan_update": "title", "blocks": "blocks"}
    return isinstance(chunk, dict) and bool(chunk.get(needed.get(str(chunk.get("type")), "")))


def _take(stream: Stream, chunk: Json) -> None:
    if chunk["type"] == "markdown_text":
        stream.add_text(chunk["text"])
    elif chunk["type"] == "task_update":
        stream.add_task(chunk)
    elif chunk["type"] == "plan_update":
        stream.title = chunk["title"]
    else:
        stream.pieces += chunk["blocks"]
