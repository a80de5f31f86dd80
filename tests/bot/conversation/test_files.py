"""Selection of a mail's files for upload."""

from __future__ import annotations

from itertools import count

import pytest

from bot.conversation.file_selection import LOGO, MAX_BYTES, MAX_FILES, sort_files
from bot.conversation.mail import MailFile

NUMBERS = count()


def a_file(name: str = "plan.pdf", size: int = 100, **more: object) -> MailFile:
    return MailFile.model_validate(
        {"number": next(NUMBERS), "name": name, "type": "application/x", "size": size, **more}
    )


def test_number_and_size_of_files_are_limited() -> None:
    many = sort_files([a_file() for _ in range(MAX_FILES + 2)])
    assert (len(many.accepted), [each.reason for each in many.left_out]) == (MAX_FILES, ["many", "many"])
    big = sort_files([a_file(size=MAX_BYTES - 10), a_file(size=100), a_file(size=10)])
    assert [each.size for each in big.accepted] == [MAX_BYTES - 10, 10]
    assert [each.reason for each in big.left_out] == ["big"]


@pytest.mark.parametrize("name", ["a.exe", "A.EXE", "b.pdf.js", "setup.msi", "x.lnk", "y.iso"])
def test_programs_are_left_out(name: str) -> None:
    assert [each.reason for each in sort_files([a_file(name)]).left_out] == ["program"]


def test_logo_is_a_small_picture_shown_inline() -> None:
    logo = a_file("logo.png", LOGO - 1, type="image/png", content_id="<a>")
    others = [
        logo.model_copy(update={"size": LOGO}),
        logo.model_copy(update={"content_id": ""}),
        logo.model_copy(update={"type": "application/pdf"}),
    ]
    found = sort_files([logo, *others])
    assert (found.logos, found.accepted) == ((logo,), tuple(others))


def test_every_reason_is_reported() -> None:
    files = [a_file("a.exe"), a_file("winmail.dat"), a_file(is_complete=False), a_file(size=MAX_BYTES + 1)]
    text = {each.in_words() for each in sort_files(files).left_out}
    assert len(text) == 4
