"""`IMAP_URL` and `[mail] after`."""

from __future__ import annotations

import pytest

from bot.adapters.inbound_mail.after import After, Keep, MarkSeen, MoveToFolder, parse_after
from bot.adapters.inbound_mail.server import ImapServer, parse_imap_url
from bot.core.errors import Misconfigured


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("imaps://u:p@mail.example", ImapServer("mail.example", 993, "tls", "u", "p")),
        ("imaps://u%40x.example:p%2F%23@mail.example:1993/Desk", ImapServer("mail.example", 1993, "tls", "u@x.example", "p/#", "Desk")),
        ("imap://u:p@mail.example/Desk/In?starttls=1", ImapServer("mail.example", 143, "starttls", "u", "p", "Desk/In")),
        ("imap://u:p@127.0.0.1:1143/INBOX", ImapServer("127.0.0.1", 1143, "none", "u", "p")),
        ("imaps://u@mail.example", ImapServer("mail.example", 993, "tls", "u")),
    ],
)  # fmt: skip
def test_url_names_server_user_and_folder(url: str, server: ImapServer) -> None:
    assert parse_imap_url(url) == server
    assert "p/#" not in repr(server)


@pytest.mark.parametrize(
    "url",
    [
        "http://u:SECRET@mail.example",
        "imaps://mail.example",
        "imaps://u:SECRET@",
        "imap://u:SECRET@mail.example",
        "imaps://u:SECRET@mail.example:port",
        "imaps://u:SECRET@mail.example?tls=1",
        "imap://u:SECRET@mail.example?starttls=maybe",
        "imaps://u:SEC#RET@mail.example",
        "",
    ],
)
def test_wrong_url_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        parse_imap_url(url)
    assert "IMAP_URL" in str(caught.value)
    assert "SEC" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("keep", Keep()),
        ("Seen", MarkSeen()),
        ("move:Done", MoveToFolder("Done")),
        ("MOVE: Desk/Done ", MoveToFolder("Desk/Done")),
    ],
)
def test_setting_after_is_read(text: str, after: After) -> None:
    assert parse_after(text) == after


@pytest.mark.parametrize("text", ["", "delete", "move:", "move"])
def test_unknown_after_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured, match="keep, seen, or move:"):
        parse_after(text)
