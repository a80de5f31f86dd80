"""Secrets are refused beside their field, in words that do not repeat them; harmless lookalikes are accepted."""

from __future__ import annotations

import time

import pytest

from bot.core.errors import Invalid, Refused
from bot.core.secret_detection import SHAPES, free_of_secrets, secret_in
from bot.forms import validators
from bot.forms.validators import words
from bot.model.ticket import Kind
from bot.model.transitions import Move
from bot.register import contacts, customers
from tests.factories import ANNA, BEN, NOW, RAISED, a_world, given

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"

SECRETS = {
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE": "a private key",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----": "a private key",
    "-----BEGIN PRIVATE KEY-----": "a private key",
    "we use xoxb" + "-1234567890-abcdef": "a Slack token",
    "AKIA" + "IOSFODNN7EXAMPLE": "an AWS key",
    "ghp_" + "a1B2" * 9: "a GitHub token",
    "AIza" + "x" * 35: "a Google key",
    "sk_live_" + "a1b2" * 5: "a payment key",
    f"cookie was {JWT}": "a web token (JWT)",
    "Authorization: Basic dXNlcjpwYXNz": "a login",
    "authorization: bearer abcdef123456": "a login",
    "C: AUTH PLAIN AGJlbgBzZWNyZXQ=": "a mail login",
    "smtp://ben:geheim99@mail.example.com:587": "a password in an address",
    "Password: hunter2!": "a password",
    "password is: Sommer2019": "a password",
    "Das Passwort lautet: Sommer2019": "a password",
    'pwd = "123456"': "a password",
    "api_key=0a1b2c3d4e5f6a7b": "a token or key",
    "Client secret: abcd1234efgh5678": "a token or key",
    "sk-proj" + "-abcDEF1234567890abcDEF1234": "a token or key",
    "glpat" + "-abcDEF1234567890abcd": "a token or key",
    "pw Sommer2024!": "a password",
    "api key 0123456789abcdef01": "a token or key",
}
HARMLESS = (
    "",
    "The password was rejected",
    "Password: rejected",
    "password: ********",
    "Passwort: [entfernt]",
    "Error: token: expired",
    "535 5.7.8 Error: authentication failed: password incorrect",
    "550 5.7.1 <a@mueller.example>: rejected (in reply to RCPT TO)",
    "Message-ID: <3f2b8a9c0d1e4f5a@mail.example.com> queue id 4Rk9Xz1q2w3e4r5t",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "https://eas.retarus.com/PicoPortal/?id=1234567890abcdef",
    "smtp://mail.example.com:587 and ben@mueller.example",
    "secret: not known to us",
    "+49 89 1234 5678, RCR-88123, 12345RS",
)

ORDINARY = (
    "Das Passwort ist Sommer2024!",
    "password is Sommer2024!",
    "pw Sommer2024!",
    "Username admin, password Sommer2024!",
    "smtp_password = Abc12345",
    "db_password: Abc12345",
    "pass=Sommer2024!",
    "api key 0123456789abcdef01",
    "sk-proj" + "-abcDEF1234567890abcDEF1234",
    "glpat" + "-abcDEF1234567890abcd",
    "smtpPassword = Abc12345",
    'dbPass: "Abc12345"',
    "SMTP-Passwort: Abc12345",
    "Benutzerpasswort lautet Sommer2024!",
    "my.pw=Abc12345",
    "The password was Sommer2024.",
    "Das Kennwort ist jetzt „Sommer2024!“",
    "The password for the mailbox is Sommer2024!",
    "Passwort für admin: Sommer2024!",
    "Password for user anna is still Sommer2024!",
    "Paßwort ist Sommer2024!",
    "password -> Sommer2024!",
    "Password – Sommer2024!",
    "<password>Sommer2024!</password>",
    '{"password":"Abc12345"}',
    "https://x.example/?user=a&password=Abc12345&b=c",
    "pw: SOMMER2024!",
    "pw SOMMER2024!",
    "password is P@sswort",
    "user/pw: admin/Sommer2024!",
    "Ihr Passwort heißt Xk9-mmQ2",
    "API key is abcd1234efgh5678",
    "the token abc123def456abc789 was used",
    "x-api-key: 0a1b2c3d4e5f6a7b",
    "ACCESS_TOKEN=0a1b2c3d4e5f6a7b",
    "authToken: 0a1b2c3d4e5f6a7b",
    "password is `Sommer2024!`",
    "PASSWORT SOMMER-2024!x",
    "Passwort Winter24",
)
"""Secrets as people and settings write them: prefixes, camel case, “is”, or only a blank."""
EVERYDAY = (
    "the password is wrong",
    "The password is wrong!",
    "Passwort ist abgelaufen",
    "Passwort: abgelaufen!",
    "password reset fails",
    "password reset failed 3 times since 24.11.2026",
    "pw-Änderung nötig",
    "PW Änderung nötig",
    "Password policy 2024",
    "password policy2024.pdf was sent",
    "pass the mail on",
    "pass 2 mails on to 12345RS",
    "Please pass=no",
    "api key rejected",
    "API key is invalid",
    "the token is expired",
    "token expired 2024-11-24T10:00:00Z",
    "535 5.7.8 authentication failed: bad password",
    "535 5.7.8 Error: authentication failed: bad password 4711",
    "535-5.7.8 Username and Password not accepted. See https://example.com/?p=BadCredentials 4fb4d7f45d1cf-5e4f2a",
    "AADSTS50126: Error validating credentials due to invalid username or password.",
    "error validating password AADSTS50126",
    "Authentication-Results: mx.example; spf=pass smtp.mailfrom=b1@mail2.example; dkim=pass header.i=@mail2.example",
    "SPF: pass, DKIM: pass: mx1.example.com",
    "dkim pass: selector2024._domainkey.example.com",
    "password for mailbox info2@kunde.de is wrong",
    "Passwort für 12345RS ist abgelaufen",
    "Passwort von 12345RS abgelaufen",
    "password 12345RS rejected",
    "Passwort ist 12-stellig",
    "Passwort ist mindestens 12-stellig",
    "password is 90days old",
    "Passwort Office365 abgelaufen",
    "the password is M365-managed",
    "Passwort O365-seitig geändert",
    "password RCR-88123",
    "Password changed 27.08.2019",
    "password: 27.08.2019 changed",
    "Passwort geändert am 27.08.2019 - 11:00 UTC+2",
    "passwort: anna.arnold2@kunde.de",
    "password reset for user: anna2@kunde.de",
    "password for mx1.kunde.de is wrong",
    "Is the password correct?",
    "password is case-sensitive",
    "Kennwort ist leer",
    "bypass=enabled2day",
    "compass: north-east12",
    "sasl_password_maps = hash:/etc/postfix/sasl_passwd2",
    "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd",
    "SASL LOGIN authentication failed: UGFzc3dvcmQ6",
    "password=********",
    "password: $DB_PASSWORD",
    "password = ${DB_PASS1}",
    "password <hidden>",
    "token refresh returns 401",
    "secret key rotation planned 2025",
    "access key id was rotated",
    "The client secret expires on 2026-12-31",
    "token retarus-api-2024-prod is expired",
    "key token-lifetime-3600 seconds",
    "das token ist abgelaufen",
    "pwd was changed by ben.brandt2@partner.example",
    "password is sent by SMS to +49 89 1234 5678",
    "password ticket#4711 is closed",
    "password, see RCR-88123",
    "pw 24h-Frist abgelaufen",
    "password hash SHA256",
    "password sha256 hashed",
    "wrong password (3rd time)",
    "password is 0x80070005",
    "the passwords of 12 users are wrong",
    "the pass rate: 99.5 percent",
    "risk-assessment-2024-report-number-12345678",
    "task-sk-2024",
    "Passwortänderung 2024-Q1",
    "password expires-in=30days",
    "Password: rejected!",
    "the password is not accepted since 11:00",
    "password-reset2024 link",
    "Passwort an anna2 gesendet",
    "no password given at smtp2.example.com:587",
    "The password is unchanged since v2.14.3",
    "Das Passwort war korrekt, Login um 12:30",
    "Passwort bitte zurücksetzen!",
    "Password prompt appears in Outlook2019",
    "Kennwort P1-relevant",
    "password is OK/valid",
    "Test pass: 250 2.0.0 Ok: queued as 4Rk9Xz1q2w3e",
)
"""Texts about passwords, tokens and keys that do not contain one."""


@pytest.mark.parametrize("text", SECRETS)
def test_secret_is_recognised_by_its_shape(text: str) -> None:
    assert secret_in(text) == SECRETS[text]


def test_secret_is_recognised_in_any_spelling() -> None:
    for text in (
        "PASSWORD: hunter2!",
        "Paſſwort: hunter2!",
        "TO\u212aEN=0a1b2c3d4e5f6a7b",
        "AUTHORIZATION: BASIC dXNlcjpw",
    ):
        assert secret_in(text), text


def test_every_shape_has_marks_that_its_examples_hold() -> None:
    shapes = [shape for _, _, shape in SHAPES]
    for text in SECRETS:
        for shape, (_, marks, _) in zip(shapes, SHAPES, strict=True):
            assert not shape.search(text) or any(mark in text.casefold() for mark in marks)
    assert all(any(shape.search(text) for text in (*SECRETS, "github_pat_" + "a1" * 12)) for shape in shapes)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_password_is_recognised_in_any_sentence_or_setting(text: str) -> None:
    assert secret_in(text) in {"a password", "a token or key"}


@pytest.mark.parametrize("text", [*HARMLESS, *EVERYDAY])
def test_everyday_text_and_logs_are_no_secret(text: str) -> None:
    assert secret_in(text) == ""
    assert free_of_secrets(text) == text


HOSTILE = (
    "pw" + " " * 3000, "password\n" * 300, "a." * 1500 + "://", "pw " + "a." * 1500, "pw " * 1000, "pw=" * 1000,
    "password for " * 250, "password is " * 250, "eyJ-" * 750, "eyJaaaaaaaaa.eyJ" * 190, "token " + "a" * 3000,
    "token 1a" + "b" * 3000, "pw " + "a-" * 1500, "pw " + "1-a-" * 750, "pass=" + "!" * 3000, "pw " + "a!" * 1500,
    "pw " + "a@a." * 700, "-----BEGIN " * 270, "sk-" * 1000, "password " + "x" * 3000, "aPw" * 1000, "a://" * 700,
    "password for " + ("y" * 40 + " ") * 70, "pw " + "A1" * 1500,
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_takes_long_to_look_through(text: str) -> None:
    def looked() -> float:
        begun = time.thread_time()
        secret_in(text)
        return time.thread_time() - begun

    assert min(looked() for _ in range(5)) < 0.010, "milliseconds, on the slowest machine"


def test_the_refusal_says_what_to_do_and_does_not_repeat_it() -> None:
    with pytest.raises(ValueError, match="looks like a password") as refused:
        free_of_secrets("password: hunter22")
    assert "hunter22" not in str(refused.value)


async def test_secret_is_refused_beside_its_field_when_a_ticket_is_raised_or_filled_in() -> None:
    w = await a_world()
    with pytest.raises(Invalid) as refused:
        await w.raised(happens="Login fails with password: hunter22")
    assert list(refused.value.errors) == ["happens"]
    ticket = await w.raised()
    typed = {"error": "AUTH PLAIN AGJlbgBzZWNyZXQ="}
    with pytest.raises(Invalid) as refused:
        await w.desk.answers.fill_in(ticket.id, ANNA, typed, w.form(), ticket.version)
    assert list(refused.value.errors) == ["error"]


async def test_secret_is_refused_in_a_note_and_in_the_text_of_a_move() -> None:
    w = await a_world()
    ticket = await w.taken()
    with pytest.raises(Invalid) as refused:
        await w.desk.tickets.note(ticket.id, ANNA, "their password: hunter22", w.form())
    assert list(refused.value.errors) == ["word"]
    with pytest.raises(Invalid) as refused:
        await w.desk.tickets.act_with_text(
            ticket.id, Move.ASK_CUSTOMER, ANNA, w.form(), "question", "Is it still password: hunter22?"
        )
    assert list(refused.value.errors) == ["word"]
    assert len(await w.store.history(ticket.id)) == 2


async def test_secret_is_refused_in_texts_to_retarus_and_in_every_other_text() -> None:
    with pytest.raises(ValueError, match="looks like a password"):
        words("Please log in with password: hunter22", given())


async def test_secret_is_refused_in_a_question_and_a_number_of_retarus() -> None:
    w = await a_world()
    ticket = await w.sent()
    for question in ("password: Sommer2024!", "-", "k. A."):
        with pytest.raises(Invalid) as refused:
            await w.desk.reminders.expect(ticket.id, BEN, {"question": question}, w.form())
        assert list(refused.value.errors) == ["question"]
    with pytest.raises(Invalid) as refused:
        await w.desk.escalation.record_rcr(ticket.id, BEN, "password: Sommer2024!", w.form())
    assert list(refused.value.errors) == ["rcr"]


def test_secret_is_refused_in_every_entry_of_the_register_and_of_the_end_customers() -> None:
    secret = "pw Sommer2024!"
    with pytest.raises(Invalid) as refused:
        customers.read({"name": secret, "agreement": secret, "contacts": secret}, "C1", given())
    assert list(refused.value.errors) == ["name", "agreement", "contacts"]
    with pytest.raises(Invalid) as refused:
        contacts.read({"name": secret, "reference": secret, "approver": secret}, None, "DE", NOW.date())
    assert all("looks like a password" in refused.value.errors[key] for key in ("name", "reference", "approver"))


def test_secret_is_refused_beside_a_contact_wherever_contacts_are_read() -> None:
    with pytest.raises(ValueError, match="looks like a password"):
        validators.contacts("Anna Arnold, pw Sommer2024!, +49 89 1234 5678", given())


async def test_texts_of_two_adjacent_fields_are_no_secret() -> None:
    w = await a_world()
    typed = RAISED | {"happens": "Login fails: wrong password", "impact": ": m365mail is down"}
    await w.desk.tickets.save_draft(ANNA, Kind.INCIDENT, typed)
    assert await w.desk.queries.draft(ANNA, Kind.INCIDENT) == typed


async def test_secret_is_not_kept_in_a_draft() -> None:
    w = await a_world()
    with pytest.raises(Refused, match="looks like a password"):
        await w.desk.tickets.save_draft(ANNA, Kind.INCIDENT, RAISED | {"happens": "password: hunter22"})
    assert await w.desk.queries.draft(ANNA, Kind.INCIDENT) == {}
