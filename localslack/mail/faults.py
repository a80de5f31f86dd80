"""Faults of mail delivery, ordered by tests."""

from dataclasses import dataclass, field
from typing import Literal

Drop = Literal["before", "after"]


@dataclass
class Faults:
    """Switches of one mail server. All are off at first; those counted in mails wear off by themselves."""

    delay: float = 0.0
    """Seconds every mail waits before it is answered."""

    _refusals: list[str] = field(default_factory=list)
    _drops: list[Drop] = field(default_factory=list)
    _recipients: dict[str, str] = field(default_factory=dict)

    def refuse(self, times: int = 1, code: int = 451, text: str = "4.3.0 Try again later") -> None:
        """Refuses the next mails; once sent they are answered with `code` (4xx: temporary, 5xx: permanent)."""
        self._refusals += [f"{code} {text}"] * times

    def refuse_recipient(self, address: str, code: int = 552, text: str = "5.2.2 Mailbox full") -> None:
        """Refuses mails to this address, until `clear`."""
        self._recipients[address.lower()] = f"{code} {text}"

    def drop(self, times: int = 1, when: Drop = "before") -> None:
        """Breaks the connection instead of an answer to the next mails: `before` they are kept, or `after`,
        when the sender cannot know that they arrived."""
        self._drops += [when] * times

    def clear(self) -> None:
        self.delay = 0.0
        self._refusals.clear()
        self._drops.clear()
        self._recipients.clear()

    def next_refusal(self) -> str | None:
        return self._refusals.pop(0) if self._refusals else None

    def next_drop(self) -> Drop | None:
        return self._drops.pop(0) if self._drops else None

    def refusal_of(self, address: str) -> str | None:
        return self._recipients.get(address.lower())
