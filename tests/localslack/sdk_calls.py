"""Web API calls that are made with each of the official SDKs in turn.

A string `"$name"` stands for a value of an earlier response, or of the workspace: `$anna`, `$desk`. Where two SDKs
expect an argument differently, `python` or `node` overrides it.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]

WORKSPACE: Json = {
    "team": {"name": "Proof", "domain": "proof"},
    "people": [
        {"handle": "anna", "name": "Anna Albrecht", "tz": "Europe/Berlin", "admin": True},
        {"handle": "ben", "name": "Ben Brandt", "title": "Engineer"},
        {"handle": "carla", "name": "Carla Costa"},
    ],
    "channels": [
        {"name": "general", "members": ["anna", "ben", "carla", "Proof App"], "general": True},
        {"name": "desk", "members": ["anna", "ben", "Proof App"], "topic": "Tickets"},
        {"name": "random", "members": ["anna"]},
        {"name": "secret", "members": ["anna", "Proof App"], "private": True},
        {"name": "closed", "members": ["anna"], "private": True},
    ],
    "groups": [{"handle": "second-level", "name": "2nd level", "members": ["ben"]}],
    "apps": [{"name": "Proof App", "handle": "proof"}],
}


@dataclass(frozen=True)
class Call:
    method: str
    args: Json = field(default_factory=dict)
    expect: Json = field(default_factory=dict)
    """Dotted path in the response -> expected value; `...` accepts any value that is present."""
    keep: dict[str, str] = field(default_factory=dict)
    """Name -> dotted path in the response of a value for later calls."""
    error: str = ""
    python: Json = field(default_factory=dict)
    node: Json = field(default_factory=dict)

    def for_node(self) -> Json:
        return {**asdict(self), "args": {**self.args, **self.node}, "expect": {}}


def value_at(answer: Any, path: str) -> Any:
    """Value at a dotted path of a response; None if missing, the length for `#`."""
    for step in path.split("."):
        if step == "#":
            return len(answer)
        try:
            answer = answer[int(step)] if isinstance(answer, list) else answer.get(step)
        except (IndexError, AttributeError):
            return None
    return answer


def substitute(value: Any, known: Json) -> Any:
    """`value` with each `"$name"` replaced by its known value."""
    if isinstance(value, str) and value.startswith("$"):
        return known[value[1:]]
    if isinstance(value, dict):
        return {key: substitute(part, known) for key, part in value.items()}
    return [substitute(part, known) for part in value] if isinstance(value, list) else value


def check_response(call: Call, answer: Json, known: Json) -> None:
    """Asserts the expectations of a call and stores the values it keeps in `known`."""
    if call.error:
        assert (answer.get("ok"), answer.get("error")) == (False, call.error), (call, answer)
    else:
        assert answer.get("ok") is True, (call, answer)
    for path, expected in substitute(call.expect, known).items():
        got = value_at(answer, path)
        assert (got not in (None, "", [])) if expected is ... else (got == expected), (call.method, path, got, answer)
    known.update({name: value_at(answer, path) for name, path in call.keep.items()})


PLAIN = {"type": "plain_text", "text": "Hello"}
BLOCKS = [{"type": "section", "block_id": "b1", "text": {"type": "mrkdwn", "text": "*Hello* & <@U1>"}}]
HOME = {"type": "home", "blocks": BLOCKS}
EVENT = {"event_type": "ticket_raised", "event_payload": {"number": 7, "tags": ["a"]}}
NO_VIEW: Json = {"type": "modal", "title": PLAIN, "blocks": []}

CALLS = [
    # authentication and team
    Call("api.test", {"foo": "bar"}, {"args.foo": "bar"}),
    Call("api.test", {"error": "my_error"}, error="my_error"),
    Call("auth.test", {}, {"team": "Proof", "user": "proof", "url": ...}, {"bot_user": "user_id", "bot": "bot_id"}),
    Call("team.info", {}, {"team.name": "Proof", "team.domain": "proof"}),
    Call("bots.info", {"bot": "$bot"}, {"bot.name": "Proof App", "bot.user_id": "$bot_user"}),
    # people
    Call("users.list", {"limit": 2}, {"members.#": 2}, {"next": "response_metadata.next_cursor"}),
    Call("users.list", {"limit": 2, "cursor": "$next"}, {"members.#": 2}),
    Call("users.info", {"user": "$anna", "include_locale": True}, {"user.name": "anna", "user.locale": ...}),
    Call("users.info", {"user": "U000"}, error="user_not_found"),
    Call("users.lookupByEmail", {"email": "ben@example.com"}, {"user.id": "$ben"}),
    Call("users.lookupByEmail", {"email": "nobody@example.com"}, error="users_not_found"),
    Call("users.profile.get", {"user": "$ben"}, {"profile.real_name": "Ben Brandt", "profile.title": "Engineer"}),
    Call("users.conversations", {"types": "public_channel,private_channel", "limit": 99}, {"channels.#": 3}),
    Call("users.getPresence", {"user": "$anna"}, {"presence": "away"}),
    # conversations
    Call(
        "conversations.list",
        {"types": "public_channel,private_channel", "exclude_archived": True, "limit": 2},
        {"channels.#": 2},
        {"next": "response_metadata.next_cursor"},
        python={"types": ["public_channel", "private_channel"]},
    ),
    Call(
        "conversations.list",
        {"types": "public_channel,private_channel", "limit": 2, "cursor": "$next"},
        {"channels.#": 2},
    ),
    Call("conversations.list", {"cursor": "nonsense"}, error="invalid_cursor"),
    Call(
        "conversations.info",
        {"channel": "$desk", "include_num_members": True},
        {"channel.name": "desk", "channel.num_members": 3},
    ),
    Call("conversations.info", {"channel": "$closed"}, error="channel_not_found"),
    Call(
        "conversations.members",
        {"channel": "$desk", "limit": 2},
        {"members.#": 2},
        {"next": "response_metadata.next_cursor"},
    ),
    Call("conversations.members", {"channel": "$desk", "limit": 2, "cursor": "$next"}, {"members.#": 1}),
    Call("conversations.join", {"channel": "$random"}, {"channel.name": "random", "channel.is_member": True}),
    Call("conversations.invite", {"channel": "$random", "users": "$ben"}, {"channel.id": "$random"}),
    Call("conversations.invite", {"channel": "$random", "users": "$ben"}, error="already_in_channel"),
    Call(
        "conversations.open",
        {"users": "$anna", "return_im": True},
        {"channel.is_im": True, "channel.user": "$anna"},
        {"dm": "channel.id"},
        python={"users": ["$anna"]},
    ),
    Call(
        "conversations.create",
        {"name": "sdk-made", "is_private": True},
        {"channel.is_private": True},
        {"made": "channel.id"},
    ),
    Call("conversations.create", {"name": "desk"}, error="name_taken"),
    Call("conversations.setTopic", {"channel": "$made", "topic": "Topic"}, {"channel.topic.value": "Topic"}),
    Call("conversations.setPurpose", {"channel": "$made", "purpose": "Purpose"}, {"channel.purpose.value": "Purpose"}),
    Call("conversations.rename", {"channel": "$made", "name": "sdk-renamed"}, {"channel.name": "sdk-renamed"}),
    Call("conversations.kick", {"channel": "$random", "user": "$ben"}),
    Call("conversations.leave", {"channel": "$random"}),
    Call("conversations.archive", {"channel": "$made"}),
    Call("chat.postMessage", {"channel": "$made", "text": "x"}, error="is_archived"),
    # messages
    Call(
        "chat.postMessage",
        {"channel": "$desk", "text": "Hello", "blocks": BLOCKS, "unfurl_links": False, "metadata": EVENT},
        {"message.blocks.0.block_id": "b1", "message.bot_id": "$bot", "channel": "$desk", "message.user": "$bot_user"},
        {"ts": "ts"},
    ),
    Call(
        "chat.postMessage",
        {"channel": "#desk", "text": "by name", "mrkdwn": False},
        {"channel": "$desk"},
        {"other": "ts"},
    ),
    Call("chat.postMessage", {"channel": "$anna", "text": "to a person"}, {"channel": "$dm"}),
    Call("chat.postMessage", {"channel": "C000", "text": "x"}, error="channel_not_found"),
    Call("chat.postMessage", {"channel": "$random", "text": "x"}, error="not_in_channel"),
    Call("chat.postMessage", {"channel": "$desk", "text": ""}, error="no_text"),
    Call(
        "chat.postMessage",
        {"channel": "$desk", "text": "x", "blocks": [{"type": "foo"}]},
        {
            "response_metadata.messages.0": "[ERROR] unsupported type: foo [json-pointer:/blocks/0/type]",
            "errors.0": "unsupported type: foo [json-pointer:/blocks/0/type]",
        },
        error="invalid_blocks",
    ),
    Call(
        "chat.postMessage",
        {
            "channel": "$desk",
            "thread_ts": "$ts",
            "text": "reply",
            "reply_broadcast": True,
            "attachments": [{"text": "a", "color": "good"}],
        },
        {"message.thread_ts": "$ts", "message.attachments.0.text": "a"},
        {"reply": "ts"},
    ),
    Call(
        "chat.update",
        {"channel": "$desk", "ts": "$ts", "text": "Changed", "blocks": BLOCKS},
        {"ts": "$ts", "text": "Changed"},
    ),
    Call("chat.update", {"channel": "$desk", "ts": "1.000", "text": "x"}, error="message_not_found"),
    Call("chat.getPermalink", {"channel": "$desk", "message_ts": "$ts"}, {"permalink": ..., "channel": "$desk"}),
    Call("chat.postEphemeral", {"channel": "$desk", "user": "$anna", "text": "psst"}, {"message_ts": ...}),
    Call("chat.postEphemeral", {"channel": "$desk", "user": "$carla", "text": "psst"}, error="user_not_in_channel"),
    Call("chat.meMessage", {"channel": "$desk", "text": "waves"}, {"ts": ...}),
    Call(
        "chat.scheduleMessage",
        {"channel": "$desk", "post_at": "$soon", "text": "later"},
        {"post_at": "$soon"},
        {"scheduled": "scheduled_message_id"},
    ),
    Call("chat.scheduleMessage", {"channel": "$desk", "post_at": 1, "text": "x"}, error="time_in_past"),
    Call("chat.scheduledMessages.list", {"channel": "$desk"}, {"scheduled_messages.0.id": "$scheduled"}),
    Call("chat.deleteScheduledMessage", {"channel": "$desk", "scheduled_message_id": "$scheduled"}),
    Call(
        "conversations.history",
        {"channel": "$desk", "limit": 1},
        {"messages.#": 1, "has_more": True},
        {"next": "response_metadata.next_cursor"},
    ),
    Call("conversations.history", {"channel": "$desk", "limit": 1, "cursor": "$next"}, {"messages.#": 1}),
    Call(
        "conversations.history",
        {"channel": "$desk", "oldest": "$ts", "latest": "$ts", "inclusive": True, "include_all_metadata": True},
        {"messages.0.text": "Changed", "messages.0.metadata.event_payload.number": 7, "messages.0.reply_count": 1},
    ),
    Call("conversations.replies", {"channel": "$desk", "ts": "$ts"}, {"messages.#": 2, "messages.1.ts": "$reply"}),
    Call("conversations.replies", {"channel": "$desk", "ts": "1.000"}, error="thread_not_found"),
    Call("conversations.mark", {"channel": "$desk", "ts": "$ts"}),
    # reactions, pins, bookmarks
    Call("reactions.add", {"channel": "$desk", "timestamp": "$ts", "name": "eyes"}),
    Call("reactions.add", {"channel": "$desk", "timestamp": "$ts", "name": "eyes"}, error="already_reacted"),
    Call("reactions.get", {"channel": "$desk", "timestamp": "$ts", "full": True}, {"message.reactions.0.name": "eyes"}),
    Call("reactions.list", {"user": "$bot_user"}, {"items.0.message.ts": "$ts"}),
    Call("reactions.remove", {"channel": "$desk", "timestamp": "$ts", "name": "eyes"}),
    Call("reactions.remove", {"channel": "$desk", "timestamp": "$ts", "name": "eyes"}, error="no_reaction"),
    Call("pins.add", {"channel": "$desk", "timestamp": "$ts"}),
    Call("pins.list", {"channel": "$desk"}, {"items.0.message.ts": "$ts"}),
    Call("pins.remove", {"channel": "$desk", "timestamp": "$ts"}),
    Call(
        "bookmarks.add",
        {"channel_id": "$desk", "title": "Guide", "type": "link", "link": "https://example.com", "emoji": ":book:"},
        {"bookmark.title": "Guide"},
        {"bookmark": "bookmark.id"},
    ),
    Call(
        "bookmarks.edit",
        {"channel_id": "$desk", "bookmark_id": "$bookmark", "title": "Book"},
        {"bookmark.title": "Book"},
    ),
    Call("bookmarks.list", {"channel_id": "$desk"}, {"bookmarks.0.id": "$bookmark"}),
    Call("bookmarks.remove", {"channel_id": "$desk", "bookmark_id": "$bookmark"}),
    # groups
    Call(
        "usergroups.list",
        {"include_users": True, "include_count": True},
        {"usergroups.0.handle": "second-level", "usergroups.0.users.0": "$ben"},
    ),
    Call(
        "usergroups.create",
        {"name": "Leads", "handle": "leads", "description": "Who leads"},
        {"usergroup.handle": "leads"},
        {"group": "usergroup.id"},
    ),
    Call(
        "usergroups.users.update",
        {"usergroup": "$group", "users": "$both"},
        {"usergroup.users.#": 2},
        python={"users": ["$anna", "$ben"]},
    ),
    Call("usergroups.users.list", {"usergroup": "$group"}, {"users.#": 2}),
    Call("usergroups.update", {"usergroup": "$group", "name": "Heads"}, {"usergroup.name": "Heads"}),
    Call("usergroups.disable", {"usergroup": "$group"}, {"usergroup.date_delete": ...}),
    Call("usergroups.enable", {"usergroup": "$group"}, {"usergroup.date_delete": 0}),
    # views and blocks
    Call(
        "views.publish",
        {"user_id": "$anna", "view": HOME},
        {"view.type": "home", "view.blocks.0.block_id": "b1"},
        {"hash": "view.hash"},
    ),
    Call("views.publish", {"user_id": "$anna", "view": HOME, "hash": "$hash"}, {"view.type": "home"}),
    Call("views.publish", {"user_id": "$anna", "view": HOME, "hash": "$hash"}, error="hash_conflict"),
    Call(
        "views.publish",
        {"user_id": "$anna", "view": {"type": "home", "blocks": [{"type": "foo"}]}},
        {"response_metadata.messages.0": "[ERROR] unsupported type: foo [json-pointer:/view/blocks/0/type]"},
        error="invalid_arguments",
    ),
    Call("views.open", {"trigger_id": "1.2.x", "view": NO_VIEW}, error="invalid_trigger_id"),
    Call("views.push", {"trigger_id": "1.2.x", "view": NO_VIEW}, error="invalid_trigger_id"),
    Call("views.update", {"view_id": "V000", "view": NO_VIEW}, error="not_found"),
    Call("blocks.validate", {"blocks": BLOCKS}),
    Call("blocks.validate", {"blocks": [{"type": "foo"}]}, error="invalid_blocks"),
    # files
    Call("files.list", {"channel": "$desk"}, {"files.#": 0}),
    Call("files.getUploadURLExternal", {"filename": "a.txt", "length": 3}, {"upload_url": ...}, {"file": "file_id"}),
    Call("files.info", {"file": "F000"}, error="file_not_found"),
    # revocation
    Call("chat.delete", {"channel": "$desk", "ts": "$other"}, {"ts": "$other"}),
    Call("chat.delete", {"channel": "$desk", "ts": "$other"}, error="message_not_found"),
]
