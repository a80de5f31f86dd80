"""A text by lines, which marks those that were read already."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.core.characters import plain
from bot.core.cleaning import clean_text
from bot.intake.model import Origin, Source, source

LONGEST_LINE = 4000
"""Maximum length: longer lines are neither words nor a report."""
ADDRESS = r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
ANY_ADDRESS = re.compile(ADDRESS)
CODE = re.compile(r"(?<![\w.])[245]\d\d(?:[ -]#?[245]\.\d{1,3}\.\d{1,3})(?![\w.]\d)")
"""An SMTP code with its enhanced code."""
LEGAL_FORM = re.compile(
    r"\s(?:GmbH & Co\. ?KG|GmbH|AG & Co\. ?KG|AG|KG|SE|OHG|e\. ?K\.|UG|Ltd\.?|Limited|Inc\.?|LLC|"
    r"S\.A\.|B\.V\.|e\. ?V\.)$"
)
"""The legal form at the end of a company's name."""
_LINK = re.compile(r"<(?:mailto:|tel:|https?://)[^|<>\n]{0,2000}\|([^<>\n]{0,2000})>")
_BOLD = re.compile(r"(?<![\w*])\*{1,2}(?=[^\s*])([^*\n]{1,80}?)(?<=\S)\*{1,2}(?![\w*])")
"""Words that are bold in a chat."""
_QUOTE = re.compile(r"^(?:> )*>(?!>)(?: |$|(?=\S))", re.MULTILINE)
"""The sign of a quoted line; not the three of a transcript of SMTP."""
_WRAPPED = re.compile(r"(?<![\n.;!?])(?<!\d)\n(?!\n|[ \t]{0,8}[-*•]|[^\n:]{1,40}:[ \t])")
"""The end of a line where a sentence continues: no label and no item of a list follows it, and no number ends it."""
_HOST = re.compile(r"^(?:host \S{1,255} \[[^\]]{1,60}\]:? (?:said: )?|transport \w{2,12}: (?=\d))")
_IN_REPLY = re.compile(r"(?<!\s)\s*\(in reply to [^()]{0,80}\)?\)*$")


@dataclass
class TextPage:
    """One text: a pasted message, a file, or a part of a mail."""

    lines: list[str]
    name: str = ""
    taken: set[int] = field(default_factory=set)
    """Indexes of the lines that were read."""

    @classmethod
    def of(cls, text: str, name: str = "") -> TextPage:
        text = plain(_LINK.sub(r"\1", clean_text(text).removeprefix("\n")))
        text = _BOLD.sub(r"\1", _QUOTE.sub("", text))
        return cls([line if len(line) <= LONGEST_LINE else "" for line in text.split("\n")], name)

    def free(self) -> Iterable[tuple[int, str]]:
        """The lines that were not read yet, with their indexes."""
        return ((number, line) for number, line in enumerate(self.lines) if number not in self.taken)

    def take(self, first: int, last: int) -> None:
        """Marks lines as read; `last` is not one of them."""
        self.taken.update(range(first, last))

    def source(self, origin: Origin, line: int) -> Source:
        return source(origin, self.name, line + 1, self.lines[line])

    def flow(self) -> Flow:
        """The lines that are left, with wrapped lines joined."""
        left = ["" if number in self.taken else line for number, line in enumerate(self.lines)]
        starts, at = list[int](), 0
        for line in left:
            starts.append(at)
            at += len(line) + 1
        return Flow(_WRAPPED.sub(" ", "\n".join(left)), self, starts)


@dataclass(frozen=True)
class Flow:
    """Words as they are read, with their positions."""

    text: str
    page: TextPage
    starts: list[int]

    def source(self, at: int) -> Source:
        return self.page.source(Origin.WORDS, bisect_right(self.starts, at) - 1)


def first_address(text: str) -> str:
    found = ANY_ADDRESS.search(text)
    return found[0] if found else ""


def diagnostic(text: str) -> str:
    """A server's answer on one line, without the sending side's remarks."""
    answer = _HOST.sub("", _IN_REPLY.sub("", " ".join(text.split()))).strip()
    return (answer if answer.count("'") % 2 == 0 and answer[:1] != "'" else answer.strip(" '"))[:500]
