"""New words of a mail and the quoted text below them.

Binding rule: text too much is a flaw, text lost is a fault. The mail is cut only where the rest begins with what a
mail program writes (an introduction with date and address, a header block with a dated line, `>` lines) and where
nothing new can stand below. Every step is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from bot.conversation.mail import MailRecord
from bot.conversation.quotation_signs import (
    block_length,
    block_subject,
    introduction_length,
    is_divider,
    is_forward_marker,
    is_marker,
    points_below,
)

_FORWARDED: Final = re.compile(r"^\s*(?:wg|fw|fwd|tr|wtr)\s*:", re.IGNORECASE)
_PREFIX: Final = re.compile(
    r"^\s*(?:(?:aw|re|antw|antwort|sv|wg|fw|fwd)\s*(?:\[\d+\])?:|\[[^\]]{0,60}\])", re.IGNORECASE
)
_WORD: Final = re.compile(r"\w+")
_SUBSTANCE: Final = 3
"""Characters: shorter lines occur in any text."""
_SIGNATURE: Final = "--"
_LINES: Final = 20_000


class NewWords(MailRecord):
    """Text of the sender. `new` and `quoted` together are the whole text."""

    new: str
    quoted: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.quoted


def new_words(text: str, subject: str = "", known: str = "") -> NewWords:
    """Splits off the quoted text. Forwards, answers between quoted lines and doubtful cases stay whole.

    `known`: the text of the mails that may be quoted (our letter, their last mail). With it, answers that were written
    between quoted lines without any mark, as Outlook allows, are found too.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cut = _cut(lines[:_LINES], subject)
    if cut is None:
        return NewWords(new=_joined(_without_markers(lines)))
    if known and _has_answers_between(lines[cut:], known):
        return NewWords(new=_joined(_without_markers(lines)))
    end = _before_divider(lines, cut)
    return NewWords(new=_joined(_without_markers(lines[:end])), quoted=_joined(lines[end:]))


def _cut(lines: Sequence[str], subject: str) -> int | None:
    """The line where the quoted text begins; None when the mail is shown whole."""
    if _FORWARDED.match(subject):
        return None
    start = next(_starts(lines), None)
    if start is None:
        return None
    at, marked = start
    above = [line for line in lines[:at] if line.strip() and not is_divider(line)]
    is_in_doubt = (
        not above
        or any(is_forward_marker(line) for line in lines[: at + 2])
        or any(points_below(line) for line in above)
        or (not marked and above[-1].rstrip().endswith(":"))
        or (marked and _has_new_words(lines, at))
        or any(_is_quoted(line) for line in lines[:at])
        or not _is_same_subject(subject, block_subject(lines[at : at + block_length(lines, at)]))
    )
    return None if is_in_doubt else at


def _starts(lines: Sequence[str]) -> Iterator[tuple[int, bool]]:
    """Lines where quoted text may begin, and whether they begin with `>`."""
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        length = introduction_length(lines, at)
        if length:
            yield at, _next_is_quoted(lines, at + length)
        elif block_length(lines, at):
            yield at, _next_is_quoted(lines, at + block_length(lines, at))
        elif _is_quoted(line):
            yield at, True


def _has_new_words(lines: Sequence[str], at: int) -> bool:
    """Lines without `>` after the first line with it, but for a signature: answers between the quoted lines."""
    first = next((number for number in range(at, len(lines)) if _is_quoted(lines[number])), len(lines))
    for number in range(first, len(lines)):
        line = lines[number].strip()
        if line == _SIGNATURE:
            return False
        if line and not _is_quoted(line) and not is_divider(line):
            return True
    return False


def _has_answers_between(quoted: Sequence[str], known: str) -> bool:
    """True if an unknown line stands between lines of the known text; line breaks may differ."""
    stream = f" {_flat(known)} "
    seen_known = seen_answer = False
    for line in quoted:
        words = _flat(line)
        if len(words) < _SUBSTANCE:
            continue
        is_known = f" {words} " in stream
        if is_known and seen_answer:
            return True
        seen_answer = seen_answer or (seen_known and not is_known)
        seen_known = seen_known or is_known
    return False


def _flat(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _is_same_subject(ours: str, theirs: str) -> bool:
    """A reply quotes a mail with its own subject; a mail with another subject was pasted in by the writer."""
    ours, theirs = _bare(ours), _bare(theirs)
    return not ours or not theirs or ours in theirs or theirs in ours


def _bare(subject: str) -> str:
    while found := _PREFIX.match(subject):
        subject = subject[found.end() :]
    return " ".join(subject.split()).casefold()


def _next_is_quoted(lines: Sequence[str], at: int) -> bool:
    return next((_is_quoted(line) for line in lines[at : at + 5] if line.strip()), False)


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t").startswith(">")


def _before_divider(lines: Sequence[str], cut: int) -> int:
    """A lone separator line above the quoted text belongs to it."""
    while cut and (not lines[cut - 1].strip() or is_divider(lines[cut - 1])):
        cut -= 1
    return cut


def _without_markers(lines: Sequence[str]) -> Sequence[str]:
    """The text without the helpdesks' line “reply above this line”."""
    return [line for line in lines if not is_marker(line)]


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")
