"""Foreign text as literal text in Slack: no mention, link or markup of theirs works."""

from __future__ import annotations

import re
from typing import Final

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_MARKUP: Final = re.compile(r"([*_~`:@#>|])")
_JOINER: Final = "\u2060"


def literal(text: str) -> str:
    """For `rich_text` and `plain_text` elements (with `emoji` off): without invisible characters."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))


def literal_mrkdwn(text: str) -> str:
    """For a `mrkdwn` text and the notification's fallback: escaped, and no markup character stands at a word's edge."""
    safe = literal(text).replace("&", "&amp;").replace("<", "&lt;")
    safe = _MARKUP.sub(rf"{_JOINER}\1{_JOINER}", safe)
    return safe.replace(f"{_JOINER}>{_JOINER}", "&gt;")
