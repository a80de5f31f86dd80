"""Public mails of other projects: their kind, and no word of a person is lost. See corpora/README.md."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.inbound_mail.parser import parse
from bot.conversation.kind import MailKind, classify
from bot.conversation.mail import InboundMail
from bot.conversation.quoted_text import new_words

CORPORA = Path(__file__).parent / "corpora"
OTHERWISE = {"groupwise_03.txt": MailKind.ANSWER, "qmail_08.txt": MailKind.AUTOMATIC_REPLY}
"""Mails among the delivery reports that are none: a person's, and an automatic reply."""
HTML = b"From: a@b.example\r\nSubject: Re: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
PLAIN = HTML.replace(b"html", b"plain")


def files(name: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(CORPORA / name) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            if content and member.name != "LICENSE":
                yield member.name, content.read()


def human() -> dict[str, tuple[InboundMail, str]]:
    """Mails of people, and the words each of them certainly wrote."""
    found = dict(files("talon-1.4.4.tar.xz"))
    wanted = {name: text.decode().strip() for name, text in found.items() if name.endswith("_reply_text")}
    mails = {}
    for name, raw in found.items():
        if name.endswith(".eml"):
            mails[name] = (parse(raw), wanted.get(f"{name.removesuffix('.eml')}_reply_text", "Hello"))
        elif name.endswith(".html"):
            mails[name] = (parse(HTML + raw), "Hi. I am fine.\n\nThanks,\nAlex")
        elif name.endswith("_body"):
            mails[name] = (parse(PLAIN + raw), raw.decode())
    return mails


def kind(mail: InboundMail) -> MailKind:
    return classify(
        mail,
        own_addresses=("desk@partner.example",),
        is_own_id=False,
        is_allowed=True,
        rcr_pattern=r"RCR-\d+",
        known_rcr=(),
    ).kind


def test_kind_is_right_for_97_of_100_mails() -> None:
    reports = {
        name: (parse(raw), OTHERWISE.get(name, MailKind.DELIVERY_REPORT))
        for name, raw in files("flufl.bounce-6.0.0.tar.xz")
    }
    people = {name: (mail, MailKind.ANSWER) for name, (mail, _) in human().items()}
    every = reports | people
    wrong = [name for name, (mail, wanted) in every.items() if kind(mail) is not wanted]
    assert len(every) == 117 + 27
    assert len(wrong) <= 0.03 * len(every), wrong


@pytest.mark.parametrize("name", sorted(human()))
def test_human_mail_is_an_answer_and_loses_no_word(name: str) -> None:
    mail, wanted = human()[name]
    assert kind(mail) is MailKind.ANSWER
    shown = new_words(mail.text, mail.subject).new.split()
    assert [word for word in wanted.split() if word not in shown] == []
