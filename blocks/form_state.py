"""Origin of a form (a message or a draft), kept in its metadata when it is redrawn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

from blocks.prefilled import PrefilledFields
from bot.model.ticket import Kind

STATE_KEY = "@begun"
"""The key under which a draft keeps it; no field is called like this."""
_MAX_UNREAD = 1500
"""Characters for the names of files that were not read: Slack keeps 3,000 with a form."""


@dataclass(frozen=True)
class FormState:
    """The form's state; packed, it is the `private_metadata`."""

    kind: Kind
    """Kind of the ticket being raised: it can be changed where the form began with a message."""
    link: str | None = None
    """The permalink of the message it began with, empty where it is not known; None: with no message."""
    draft: Kind | None = None
    """The kind of the draft that was taken up: it is used up with this form, and no other is."""
    mark: str = ""
    """`mark_of` that draft: another form may have replaced it since."""
    is_hidden: bool = False
    """True if the bot is no member where the message stands: neither its link nor its files can be read."""
    left: int = 0
    """Files of the message that did not fit into the form."""
    place: str = ""
    """`<channel>/<ts>` of the message: its permalink can still be looked up when the form is submitted at once."""
    more: bool = False
    """True if it shows every field."""
    read: tuple[str, ...] = ()
    """Keys of the fields whose answers were read from the message."""
    filled: int = 0
    """Number of times the desk filled in fields while the form was open."""
    cut: int = 0
    """Length of the message, where its words do not fit into the form."""
    rows: int = 0
    """Transactions of the message that are not in the table of the form."""
    unread: tuple[str, ...] = ()
    """Files of the message that were not read, each with the reason."""
    template: int = 0
    """Number of the template that filled in fields last, as in desk.toml; 0: none."""
    prefilled: PrefilledFields = field(default_factory=PrefilledFields)
    """Fields that were filled in for the chosen end-customer."""

    @property
    def keeps_link(self) -> bool:
        """True if the ticket will have the permalink of the message."""
        return self.link is not None and not self.is_hidden

    def pack(self) -> str:
        link = {} if self.link is None else {"message": self.link}
        draft = {} if self.draft is None else {"draft": self.draft.value, "mark": self.mark}
        hidden = {"hidden": "yes"} if self.is_hidden else {}
        left = {"left": str(self.left)} if self.left else {}
        cut = {"cut": str(self.cut)} if self.cut else {}
        rows = {"rows": str(self.rows)} if self.rows else {}
        place = {"place": self.place} if self.place and not self.link else {}
        more = {"more": "yes"} if self.more else {}
        read = {"read": ",".join(self.read)} if self.read else {}
        filled = {"filled": str(self.filled)} if self.filled else {}
        unread = {"unread": "\n".join(_fitting(self.unread))} if self.unread else {}
        template = {"template": str(self.template)} if self.template else {}
        parts = link | draft | hidden | left | cut | rows | unread | place | more | read | filled | template
        parts |= self.prefilled.pack()
        return "|".join(filter(None, (self.kind.value, urlencode(parts))))

    @classmethod
    def unpack(cls, about: str) -> FormState:
        kind, _, rest = about.partition("|")
        parts = dict(parse_qsl(rest, keep_blank_values=True))
        draft = parts.get("draft")
        return cls(
            Kind(kind),
            parts.get("message"),
            Kind(draft) if draft else None,
            parts.get("mark", ""),
            "hidden" in parts,
            int(parts.get("left", "0")),
            parts.get("place", ""),
            "more" in parts,
            tuple(filter(None, parts.get("read", "").split(","))),
            int(parts.get("filled", "0")),
            int(parts.get("cut", "0")),
            int(parts.get("rows", "0")),
            tuple(filter(None, parts.get("unread", "").split("\n"))),
            int(parts.get("template", "0")),
            PrefilledFields.unpack(parts),
        )

    def turned(self, kind: Kind) -> FormState:
        """The same form, for another kind of ticket."""
        return replace(self, kind=kind)

    @classmethod
    def taken_up(cls, kind: Kind, draft: Mapping[str, str]) -> FormState:
        """The form's state when it was saved as a draft."""
        if not draft:
            return cls(kind)
        return replace(cls.unpack(draft.get(STATE_KEY, kind)), kind=kind, draft=kind, mark=mark_of(draft))


def _fitting(names: Sequence[str]) -> list[str]:
    """The first names that fit into the metadata."""
    found: list[str] = []
    for name in names:
        if len(urlencode({"unread": "\n".join((*found, name))})) > _MAX_UNREAD:
            break
        found.append(name)
    return found


def mark_of(draft: Mapping[str, str]) -> str:
    """Identifies a draft without its words."""
    return sha256(json.dumps(sorted(draft.items())).encode()).hexdigest()[:16]
