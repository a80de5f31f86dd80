"""Detect messages of a chat that only acknowledge another one: “ok, danke dir”, “+1”, “on it :eyes:”."""

from __future__ import annotations

import re

from bot.core.characters import plain

_MARKS = re.compile(r"<[@!#][^<>]{1,200}>|:[\w+-]{1,60}:")
"""Mentions and emoji."""
_WORD = re.compile(r"[\w']+")
_LONGEST = 100
_WORDS = frozenset(
    "ok okay okey oki k kk alright thanks thank thx ty you guys yes yep yup yeah ya sure great nice cool perfect super "
    "top good well fine noted understood got it will do on im i'm i am hi hello hey morning 1 please pls cheers "
    "danke dankeschön vielen dank dir euch merci ja jo jep jawohl klar alles gut prima perfekt gerne bitte bin dran "
    "ich mache mach machs schaue schau mir das an hallo moin guten morgen tag "
    "verstanden gesehen passt lg gruß grüße".split()
)


def is_acknowledgement(words: str) -> bool:
    """True for a message without content of its own; one other word makes it a message."""
    if len(words) > _LONGEST:
        return False
    return all(word in _WORDS for word in _WORD.findall(plain(_MARKS.sub(" ", words)).casefold()))
