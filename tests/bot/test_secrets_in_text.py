"""Secrets are refused beside their field, in words that do not repeat them; what only looks odd is let through."""

from __future__ import annotations

import pytest

from bot.answers import words
from bot.errors import Invalid, Refused
from bot.moves import Move
from bot.secrets_in_text import SHAPES, free_of_secrets, secret_in
from bot.ticket import Kind
from tests.factories import ANNA, RAISED, a_world, given

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


@pytest.mark.parametrize("text", SECRETS)
def test_it_is_known_by_its_shape(text: str) -> None:
    assert secret_in(text) == SECRETS[text]


def test_it_is_known_by_its_shape_however_it_is_written() -> None:
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


@pytest.mark.parametrize("text", HARMLESS)
def test_what_logs_and_people_write_every_day_is_none(text: str) -> None:
    assert secret_in(text) == ""
    assert free_of_secrets(text) == text


def test_the_refusal_says_what_to_do_and_does_not_repeat_it() -> None:
    with pytest.raises(ValueError, match="looks like a password") as refused:
        free_of_secrets("password: hunter22")
    assert "hunter22" not in str(refused.value)


async def test_it_is_refused_beside_its_field_when_a_ticket_is_raised_or_filled_in() -> None:
    w = await a_world()
    with pytest.raises(Invalid) as refused:
        await w.raised(happens="Login fails with password: hunter22")
    assert list(refused.value.errors) == ["happens"]
    ticket = await w.raised()
    typed = {"error": "AUTH PLAIN AGJlbgBzZWNyZXQ="}
    with pytest.raises(Invalid) as refused:
        await w.desk.fill_in(ticket.id, ANNA, typed, w.form(), ticket.version)
    assert list(refused.value.errors) == ["error"]


async def test_it_is_refused_in_a_note_and_in_a_word_that_goes_with_a_move() -> None:
    w = await a_world()
    ticket = await w.taken()
    with pytest.raises(Invalid) as refused:
        await w.desk.note(ticket.id, ANNA, "their password: hunter22", w.form())
    assert list(refused.value.errors) == ["word"]
    with pytest.raises(Invalid) as refused:
        await w.desk.say(ticket.id, Move.ASK_CUSTOMER, ANNA, w.form(), "question", "Is it still password: hunter22?")
    assert list(refused.value.errors) == ["word"]
    assert len(await w.store.history(ticket.id)) == 2


async def test_it_is_refused_in_what_is_written_to_retarus_and_in_every_other_word() -> None:
    with pytest.raises(ValueError, match="looks like a password"):
        words("Please log in with password: hunter22", given())


async def test_it_is_not_put_aside_either() -> None:
    w = await a_world()
    with pytest.raises(Refused, match="looks like a password"):
        await w.desk.put_aside(ANNA, Kind.INCIDENT, RAISED | {"happens": "password: hunter22"})
    assert await w.desk.draft(ANNA, Kind.INCIDENT) == {}
