"""Threads with an assistant app: their title, what the app says it is doing, and the prompts it suggests."""

from dataclasses import dataclass, field

from localslack.records import Json, Message


@dataclass
class AssistantThread:
    """One thread in the direct messages with an app."""

    channel: str
    thread_ts: str
    user: str
    title: str = ""
    status: str = ""
    loading_messages: list[str] = field(default_factory=list)
    prompts: Json = field(default_factory=dict)  # {"title", "prompts": [{"title", "message"}]}

    def to_json(self) -> Json:
        """The thread as the control interface shows it."""
        return {
            "channel": self.channel,
            "thread_ts": self.thread_ts,
            "title": self.title,
            "status": self.status,
            "loading_messages": list(self.loading_messages),
            "prompts": dict(self.prompts),
        }


class AssistantThreads:
    """All threads; a restart forgets statuses and prompts."""

    def __init__(self) -> None:
        self._threads: dict[tuple[str, str], AssistantThread] = {}

    def begin(self, channel: str, thread_ts: str, user: str) -> AssistantThread:
        """Begin a thread."""
        thread = AssistantThread(channel, thread_ts, user)
        self._threads[channel, thread_ts] = thread
        return thread

    def find(self, channel: str, thread_ts: str) -> AssistantThread | None:
        """The thread with this root message."""
        return self._threads.get((channel, thread_ts))

    def answered(self, message: Message) -> AssistantThread | None:
        """The thread whose status ends because its app has written in it, if there is one."""
        thread = self.find(message.channel, message.thread_ts or "") if message.bot_id and message.is_reply else None
        if thread is None or not thread.status:
            return None
        thread.status, thread.loading_messages = "", []
        return thread

    def of(self, user: str) -> list[AssistantThread]:
        """Threads of a user."""
        return [thread for thread in self._threads.values() if thread.user == user]
