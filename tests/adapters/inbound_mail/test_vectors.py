"""Twenty mails from raw bytes to the decision: kind, ticket, new words, files."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from bot.adapters.inbound_mail.parser import parse
from bot.conversation.assessment import assess
from bot.conversation.file_selection import sort_files
from bot.conversation.kind import Classification, MailKind
from bot.conversation.literal import literal, literal_mrkdwn
from bot.conversation.mail import InboundMail
from bot.conversation.matching import (
    Assigned,
    Ignored,
    KnownMail,
    KnownTicket,
    MailPolicy,
    Match,
    MatchedBy,
    Reason,
    TicketState,
    Unassigned,
)
from bot.conversation.quoted_text import new_words
from tests.adapters.inbound_mail.mails import ANNA, DESK, FAILED, LETTER, PASSED, head, mail, multipart, part, report
from tests.bot.conversation.replies import LOG, OUTLOOK_DE, QUOTED, SIGNED

POLICY = MailPolicy(own_addresses=(DESK,), allowed=("@retarus.example",), authserv="mx.partner.example")
OLD_STYLE = f"<{sha256(b'PD-42:5:letter_mail:support@retarus.example').hexdigest()[:40]}@partner.example>"
T42 = KnownTicket(ticket="t42", reference="PD-42")
T43 = KnownTicket(ticket="t43", reference="PD-43")


@dataclass
class Desk:
    """A lookup over two tickets, PD-42 and PD-43."""

    mails: dict[str, KnownMail] = field(
        default_factory=lambda: {
            LETTER: KnownMail(ticket="t42"),
            "<L2@partner.example>": KnownMail(ticket="t43"),
            OLD_STYLE: KnownMail(ticket="t42", is_guessable=True),
        }
    )
    tickets: dict[str, KnownTicket] = field(default_factory=lambda: {"t42": T42, "t43": T43})
    rcr: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"RCR-88123": ("t42",)})

    async def known_mails(self, message_ids: Sequence[str]) -> Mapping[str, KnownMail]:
        return {each: self.mails[each] for each in message_ids if each in self.mails}

    async def tickets_by_reference(self, references: Sequence[str]) -> Mapping[str, KnownTicket]:
        by_reference = {each.reference: each for each in self.tickets.values()}
        return {each: by_reference[each] for each in references if each in by_reference}

    async def tickets_by_rcr(self, numbers: Sequence[str]) -> Mapping[str, Sequence[KnownTicket]]:
        return {each: [self.tickets[ticket] for ticket in self.rcr[each]] for each in numbers if each in self.rcr}

    async def tickets_by_id(self, ids: Sequence[str]) -> Mapping[str, KnownTicket]:
        return {each: self.tickets[each] for each in ids if each in self.tickets}


@dataclass(frozen=True)
class Taken:
    mail: InboundMail
    kind: Classification
    match: Match

    @property
    def new(self) -> str:
        return new_words(self.mail.text, self.mail.subject).new


async def taken(raw: bytes, desk: Desk | None = None, policy: MailPolicy = POLICY) -> Taken:
    """Takes a mail in, as the desk does."""
    desk = desk or Desk()
    read = parse(raw)
    found = await assess(read, policy, desk)
    return Taken(read, found.classification, found.match)


def reason(found: Match) -> Reason:
    assert isinstance(found, Unassigned)
    return found.reason


def ticket(found: Match) -> str:
    assert isinstance(found, Assigned)
    return found.ticket


async def test_01_outlook_top_post_is_shown_without_the_quotation() -> None:
    raw = mail("AW: [PD-42] Faxe kommen nicht an", f"{SIGNED}\n\n{OUTLOOK_DE}", answers=LETTER)
    found = await taken(raw)
    assert (found.kind.kind, ticket(found.match)) == (MailKind.ANSWER, "t42")
    assert found.new.split() == SIGNED.split()


async def test_02_same_mail_by_standard_input_and_imap_has_one_identity() -> None:
    raw = mail("Re: [PD-42]", "Ja.", answers=LETTER)
    by_pipe = b"Return-Path: <x@y.example>\nReceived: from a by b\n" + raw.replace(b"\r\n", b"\n") + b"\n"
    assert parse(raw).identity == parse(by_pipe).identity
    assert parse(raw).identity != parse(raw.replace(b"Ja.", b"Nein.")).identity
    nameless = raw.replace(b"Message-ID: <m1@mail.retarus.example>\r\n", b"")
    assert parse(nameless).identity == parse(nameless.replace(b"\r\n", b"\n")).identity
    assert parse(nameless).identity != parse(raw).identity


async def test_03_apple_mail_quotation_is_cut_off() -> None:
    text = f"Kurz: ja.\n\nVon meinem iPhone gesendet\n\n> Am 03.12.2026 um 10:12 schrieb Desk <{DESK}>:\n> \n{QUOTED}"
    assert (await taken(mail("Re: [PD-42]", text, answers=LETTER))).new == "Kurz: ja.\n\nVon meinem iPhone gesendet"


async def test_04_gmail_html_only_with_an_introduction_of_two_lines() -> None:
    html = (
        '<div dir="ltr">Läuft <b>wieder</b>.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        "Am Do., 3. Dez. 2026 um 10:12&nbsp;Uhr schrieb Partner Desk<br>&lt;"
        f'<a href="mailto:{DESK}">{DESK}</a>&gt;:<br></div><blockquote class="gmail_quote" style="margin:0">'
        "<div>Guten Tag,<br><br>bitte prüfen.</div></blockquote></div>"
    )
    found = await taken(mail("Re: [PD-42]", html=html, answers=LETTER))
    assert (found.new, found.mail.is_from_html) == ("Läuft wieder.", True)


async def test_05_answers_between_quoted_lines_are_shown_whole() -> None:
    text = "Am 03.12.26 um 10:12 schrieb Desk:\n> Läuft der Spool?\nJa.\n> Seit wann?\nSeit 9:40."
    assert (await taken(mail("Re: [PD-42]", text, answers=LETTER))).new == text


async def test_06_sentence_and_pasted_log_are_no_quotation() -> None:
    assert (await taken(mail("Re: [PD-42]", LOG, answers=LETTER))).new == LOG


async def test_07_subject_of_an_authenticated_sender_matches_and_gives_the_rcr_number() -> None:
    found = await taken(mail("[RCR-88123] PD-42", "Behoben.", proof=PASSED), Desk(rcr={}))
    assert found.match == Assigned(ticket="t42", by=MatchedBy.REFERENCE, is_authenticated=True)
    assert found.kind.rcr == ("RCR-88123",)


async def test_08_subject_of_a_failed_sender_is_unassigned() -> None:
    found = await taken(mail("[RCR-88123] PD-42", "Behoben.", proof=FAILED))
    assert found.match == Unassigned(reason=Reason.AUTHENTICATION_FAILED, candidates=("t42",))


async def test_09_forged_second_authentication_header_does_not_count() -> None:
    raw = mail("PD-42", "x", f"Authentication-Results: {PASSED}", proof=FAILED)
    assert reason((await taken(raw)).match) is Reason.AUTHENTICATION_FAILED


async def test_10_guessed_message_id_opens_no_ticket() -> None:
    stranger = await taken(mail("Re: x", "x", sender="Eve <eve@evil.example>", answers=OLD_STYLE))
    forged = await taken(mail("Re: x", "x", answers=OLD_STYLE, proof=FAILED))
    genuine = await taken(mail("Re: x", "x", answers=OLD_STYLE, proof=PASSED))
    assert reason(stranger.match) is Reason.SENDER_UNKNOWN
    assert reason(forged.match) is Reason.AUTHENTICATION_FAILED
    assert ticket(genuine.match) == "t42"


async def test_10_mail_of_theirs_that_is_answered_proves_nothing_where_no_server_proves_senders() -> None:
    desk, unproven = Desk(), POLICY.model_copy(update={"authserv": ""})
    desk.mails["<m7@mail.retarus.example>"] = KnownMail(ticket="t42", is_sent=False, is_guessable=True)
    forged = mail("Re: your letter", "Call 0900!", answers="<m7@mail.retarus.example>")
    found = await taken(forged, desk, unproven)
    assert found.match == Unassigned(reason=Reason.NOT_AUTHENTICATED, candidates=("t42",))
    both = forged.replace(b"References: ", f"References: {LETTER} ".encode())
    assert ticket((await taken(both, desk, unproven)).match) == "t42"
    proven = mail("Re: your letter", "One more thing.", answers="<m7@mail.retarus.example>", proof=PASSED)
    assert ticket((await taken(proven, desk)).match) == "t42"
    assert ticket((await taken(mail("Re: your letter", "Ja.", answers=OLD_STYLE), desk, unproven)).match) == "t42"


async def test_11_references_decide_before_the_subject_and_both_are_shown() -> None:
    found = await taken(mail("Re: PD-42", "x", answers="<L2@partner.example>"))
    assert found.match == Assigned(ticket="t43", by=MatchedBy.MESSAGE_ID, others=("PD-42",))


async def test_12_exchange_absence_is_automatic_and_assigned() -> None:
    marks = ("Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All")
    found = await taken(mail("Automatische Antwort: [PD-42] Faxe", "Urlaub", *marks, answers=LETTER))
    assert (found.kind.kind, ticket(found.match)) == (MailKind.AUTOMATIC_REPLY, "t42")


async def test_13_acknowledgement_gives_its_number() -> None:
    raw = mail("Anfrage", "Ihre Ticketnummer RCR-88123", "Auto-Submitted: auto-replied", answers=LETTER)
    found = await taken(raw)
    assert (found.kind.kind, found.kind.rcr) == (MailKind.ACKNOWLEDGEMENT, ("RCR-88123",))


async def test_14_failed_delivery_is_matched_by_the_returned_headers() -> None:
    found = await taken(report("support@retarus.example", "failed", "5.1.1"))
    assert (found.kind.deliveries[0].delivery, ticket(found.match)) == ("failed", "t42")


async def test_15_delayed_delivery_is_not_failed() -> None:
    found = await taken(report("support@retarus.example", "delayed", "4.4.1"))
    assert [each.delivery for each in found.kind.deliveries] == ["delayed"]


async def test_16_forged_report_is_unassigned() -> None:
    raw = report("support@retarus.example", "failed", "5.1.1", returned="<x@evil.example>", subject="Failure: PD-42")
    assert (await taken(raw)).match == Unassigned(reason=Reason.FOREIGN_REPORT)


async def test_16_forged_report_about_a_mail_of_theirs_is_unassigned() -> None:
    desk = Desk()
    desk.mails["<m7@mail.retarus.example>"] = KnownMail(ticket="t42", is_sent=False, is_guessable=True)
    raw = report("support@retarus.example", "failed", "5.1.1", returned="<m7@mail.retarus.example>", text="Call 0900!")
    for forged in (raw, raw.replace(b"Subject: Und", b"In-Reply-To: <m7@mail.retarus.example>\r\nSubject: Und")):
        assert reason((await taken(forged, desk)).match) is Reason.FOREIGN_REPORT
    both = raw.replace(
        b"<m7@mail.retarus.example>\r\nSubject",
        f"<m7@mail.retarus.example>\r\nIn-Reply-To: {LETTER}\r\nSubject".encode(),
    )
    assert reason((await taken(both, desk)).match) is Reason.FOREIGN_REPORT


async def test_17_german_report_in_plain_text() -> None:
    text = "Die E-Mail konnte nicht zugestellt werden:\nsupport@retarus.example: Postfach ist voll\n\n"
    sender = "Postmaster <postmaster@t-online.example>"
    found = await taken(mail("Unzustellbar: [PD-42]", f"{text}Message-ID: {LETTER}", "Return-Path: <>", sender=sender))
    (failed,) = found.kind.deliveries
    assert (failed.delivery, failed.recipient, failed.reason) == ("failed", "support@retarus.example", "full")
    assert ticket(found.match) == "t42"


EVIL = "<!channel> <@U1> <https://evil.example|retarus.com> *x* `y` &lt; @here #general :smile:"


async def test_18_markup_of_theirs_is_literal_text() -> None:
    raw = multipart(
        "mixed",
        part("text/plain", EVIL),
        part("application/pdf", b"%PDF", f'Content-Disposition: attachment; filename="{EVIL}.pdf"'),
        head=head(EVIL, f"In-Reply-To: {LETTER}", sender=f'"{EVIL}" <anna.muster@retarus.example>'),
    )
    found = await taken(raw)
    assert found.mail.sender
    texts = [found.new, found.mail.subject, found.mail.sender.name, found.mail.files[0].name]
    assert all("channel" in each for each in texts[:3])
    assert literal(found.new) == EVIL
    for text in texts:
        safe = literal_mrkdwn(text)
        assert "<" not in safe
        assert not any(mark in safe for mark in ("*x*", "`y`", "@here", "#general", ":smile:", "&lt;!channel>"))
        visible = safe.replace("\u2060", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        assert visible == text


async def test_19_files_are_kept_or_left_out_with_a_reason() -> None:
    base64 = "Content-Transfer-Encoding: base64"
    attached = "Content-Disposition: attachment; filename="
    cut_off = b64encode(bytes(26 * 1024 * 1024))
    raw = multipart(
        "mixed",
        part("text/plain", "Anbei."),
        part("image/png", b64encode(bytes(9 * 1024)), base64, "Content-ID: <logo>", "Content-Disposition: inline"),
        part("application/pdf", b64encode(b"%PDF"), base64, f"{attached}plan.pdf"),
        part("application/ms-tnef", b64encode(b"x"), base64, f"{attached}winmail.dat"),
        part("application/octet-stream", b64encode(b"MZ"), base64, f"{attached}=?utf-8?q?rechnung=E2=80=AEfdp.exe?="),
        part("application/zip", cut_off, base64, f"{attached}../../big.zip"),
        head=head("Re: [PD-42]", f"In-Reply-To: {LETTER}"),
    )
    found = await taken(raw)
    files = sort_files(found.mail.files)
    assert (found.new, found.mail.is_cut) == ("Anbei.", True)
    assert [each.name for each in files.accepted] == ["plan.pdf"]
    assert [(each.file.name, each.reason) for each in files.left_out] == [
        ("winmail.dat", "format"),
        ("rechnungfdp.exe", "program"),
        ("big.zip", "incomplete"),
    ]
    assert [each.size for each in files.logos] == [9 * 1024]
    assert all(each.in_words() for each in files.left_out)


async def test_20_answer_to_a_closed_ticket_says_so_and_our_own_copy_is_ignored() -> None:
    closed = Desk(tickets={"t42": T42.model_copy(update={"state": TicketState.CLOSED})})
    found = await taken(mail("Re: [PD-42]", "Doch nicht.", answers=LETTER), closed)
    assert found.match == Assigned(ticket="t42", by=MatchedBy.MESSAGE_ID, is_closed=True)
    own = await taken(mail("[PD-42]", "x", sender=f"Desk <{DESK}>"), closed)
    assert (own.kind.kind, own.match) == (MailKind.OWN_COPY, Ignored())
    sent = mail("[PD-42]", "x", sender=ANNA).replace(b"<m1@mail.retarus.example>", LETTER.encode())
    assert (await taken(sent, closed)).match == Ignored()


async def test_answer_to_a_mail_of_theirs_matches_and_is_no_own_copy() -> None:
    theirs = "<m1@mail.retarus.example>"
    desk = Desk(mails={theirs: KnownMail(ticket="t42", is_sent=False, is_guessable=True)})
    again = await taken(mail("Noch etwas", "x", number=1), desk)
    assert again.kind.kind is MailKind.ANSWER
    later = mail("Noch etwas", "x", answers=theirs, number=2, proof=PASSED)
    assert ticket((await taken(later, desk)).match) == "t42"


async def test_later_mail_about_a_known_number_is_no_acknowledgement() -> None:
    text = "Wir haben Ihre Nachricht erhalten. Unser Techniker schaut sich den Spool an."
    raw = mail("[RCR-88123] Update", text, "Auto-Submitted: auto-generated", answers=LETTER)
    first, later = await taken(raw, Desk(rcr={})), await taken(raw)
    assert [first.kind.kind, later.kind.kind] == [MailKind.ACKNOWLEDGEMENT, MailKind.ANSWER]


async def test_merged_ticket_leads_to_its_follower_and_an_erased_one_to_nothing() -> None:
    raw = mail("Re: [PD-42]", "x", answers=LETTER)
    merged = Desk(tickets={"t42": T42.model_copy(update={"follower": "t43"})})
    erased = Desk(tickets={"t42": T42.model_copy(update={"state": TicketState.ERASED})})
    assert ticket((await taken(raw, merged)).match) == "t43"
    assert reason((await taken(raw, erased)).match) is Reason.TICKET_ERASED


@pytest.mark.parametrize(
    ("subject", "rcr", "wanted"),
    [
        ("PD-42 und PD-43", {}, Reason.SEVERAL_TICKETS),
        ("RCR-88123", {"RCR-88123": ("t42", "t43")}, Reason.SEVERAL_TICKETS),
        ("RCR-88123", {}, Reason.NO_TICKET),
        ("PD-421, APD-42, PD-42-b", {}, Reason.NO_TICKET),
    ],
)
async def test_subject_must_name_exactly_one_ticket(
    subject: str, rcr: dict[str, tuple[str, ...]], wanted: Reason
) -> None:
    assert reason((await taken(mail(subject, "x", proof=PASSED), Desk(rcr=rcr))).match) is wanted


async def test_reference_decides_before_the_number_and_both_are_reported() -> None:
    found = (await taken(mail("PD-43 RCR-88123", "Which?", proof=PASSED))).match
    assert isinstance(found, Assigned)
    assert (found.ticket, found.by, found.others) == ("t43", MatchedBy.REFERENCE, ("PD-42",))


async def test_absence_note_without_headers_is_automatic_and_an_answer_to_one_is_not() -> None:
    note = await taken(mail("Abwesenheitsnotiz: [PD-42]", "Ich bin bis 5.1. im Urlaub.", answers=LETTER))
    answer = await taken(mail("AW: Abwesenheitsnotiz: [PD-42]", "Bin zurück, der Spool war voll.", answers=LETTER))
    assert (note.kind.kind, answer.kind.kind) == (MailKind.AUTOMATIC_REPLY, MailKind.ANSWER)


async def test_message_ids_alone_match_without_a_configured_server() -> None:
    policy = POLICY.model_copy(update={"authserv": ""})
    by_subject = await taken(mail("PD-42", "x", proof=PASSED), policy=policy)
    by_id = await taken(mail("Hallo", "x", answers=LETTER), policy=policy)
    old = await taken(mail("Hallo", "x", answers=OLD_STYLE), policy=policy)
    assert by_subject.match == Unassigned(reason=Reason.NOT_AUTHENTICATED, candidates=("t42",))
    assert (ticket(by_id.match), ticket(old.match)) == ("t42", "t42")


@pytest.mark.parametrize(
    ("sender", "wanted"),
    [
        ("eve@evil.example", Reason.SENDER_UNKNOWN),
        ('"anna.muster@retarus.example" <eve@evil.example>', Reason.SENDER_UNKNOWN),
        ("anna.muster@retarus.example <eve@evil.example>", Reason.SENDER_UNCLEAR),
        ("anna.muster@retarus.example, eve@evil.example", Reason.SENDER_UNCLEAR),
        ("eve@evil.example\r\nFrom: anna.muster@retarus.example", Reason.SENDER_UNCLEAR),
        ("eve@evil.example\r\nReply-To: anna.muster@retarus.example", Reason.SENDER_UNKNOWN),
        ("eve@sub.retarus.example", Reason.SENDER_UNKNOWN),
        ("eve@xretarus.example", Reason.SENDER_UNKNOWN),
        ("Retarus: eve@evil.example;", Reason.SENDER_UNKNOWN),
        ("", Reason.SENDER_UNCLEAR),
    ],
)
async def test_sender_must_be_one_clear_and_listed_mailbox(sender: str, wanted: Reason) -> None:
    found = await taken(mail("Re: [PD-42]", "x", sender=sender, answers=LETTER, proof=PASSED))
    assert found.match == Unassigned(reason=wanted)
