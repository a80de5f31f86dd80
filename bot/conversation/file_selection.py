"""Selects the files of a mail that are uploaded into the thread, with reasons for the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.conversation.mail import MailFile, MailRecord
from bot.core.i18n import mark, t

MAX_FILES: Final = 20
MAX_BYTES: Final = 25 * 1024 * 1024
LOGO: Final = 10 * 1024
_PROGRAMS: Final = frozenset(
    "exe com scr pif bat cmd msi msp ps1 vbs vbe js jse wsf wsh hta cpl jar lnk reg dll sys iso img vhd apk app dmg pkg"
    " chm scf url xll".split()
)

_REASONS: Final = {
    "incomplete": mark("it is bigger than this desk accepts"),
    "program": mark("it is a program"),
    "many": mark("the mail has more files than this desk accepts"),
    "big": mark("the files together are bigger than this desk accepts"),
    "format": mark("only Outlook can open this format"),
}


class LeftOut(MailRecord):
    """A file that stays in the original only."""

    file: MailFile
    reason: str

    def in_words(self) -> str:
        return t(_REASONS[self.reason])


class SortedFiles(MailRecord):
    """`logos` are pictures of the signature: not uploaded and not mentioned."""

    accepted: tuple[MailFile, ...]
    left_out: tuple[LeftOut, ...]
    logos: tuple[MailFile, ...]


def sort_files(files: Sequence[MailFile]) -> SortedFiles:
    """Files in the mail's order, as long as number and size allow."""
    accepted, left_out, logos = list[MailFile](), list[LeftOut](), list[MailFile]()
    for file in files:
        if _is_logo(file):
            logos.append(file)
        elif reason := _against(file, accepted):
            left_out.append(LeftOut(file=file, reason=reason))
        else:
            accepted.append(file)
    return SortedFiles(accepted=tuple(accepted), left_out=tuple(left_out), logos=tuple(logos))


def _is_logo(file: MailFile) -> bool:
    return bool(file.content_id) and file.type.startswith("image/") and file.size < LOGO


def _against(file: MailFile, accepted: Sequence[MailFile]) -> str:
    if not file.is_complete:
        return "incomplete"
    if file.name.rpartition(".")[2].lower() in _PROGRAMS:
        return "program"
    if file.type == "application/ms-tnef" or file.name.lower() == "winmail.dat":
        return "format"
    if len(accepted) >= MAX_FILES:
        return "many"
    return "big" if sum(each.size for each in accepted) + file.size > MAX_BYTES else ""
