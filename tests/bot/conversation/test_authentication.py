"""Sender authentication: only the configured server's first header counts, and only for the domain of From."""

from __future__ import annotations

import pytest

from bot.conversation.authentication import TOPMOST, Authentication, authenticated
from bot.conversation.mail import InboundMail, MailAddress

SERVER = "mx.partner.example"
PASSED, FAILED, MISSING = Authentication.PASSED, Authentication.FAILED, Authentication.MISSING


def proof(*headers: str, authserv: str = SERVER, sender: str = "anna@retarus.example") -> Authentication:
    mail = InboundMail(identity="x", senders=(MailAddress(email=sender),), authentication=headers)
    return authenticated(mail, authserv)


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=pass (p=reject dis=none) header.from=retarus.example",
        "dmarc=pass",
        "spf=fail smtp.mailfrom=x.example; dkim=pass header.d=retarus.example",
        "dkim=pass header.i=@retarus.example",
        "dkim=pass header.d=mail.retarus.example; dmarc=none",
        "spf=pass smtp.mailfrom=bounce@retarus.example",
        "spf=pass smtp.mailfrom=retarus.example; dkim=none",
        'dkim=pass reason="good; signature" header.d=retarus.example',
        "DMARC=Pass header.From=Retarus.Example",
        "dkim=fail header.d=retarus.example; dkim=pass header.d=retarus.example",
    ],
)
def test_aligned_pass_proves_the_sender(results: str) -> None:
    assert proof(f"{SERVER}; {results}") is PASSED
    assert proof(f"{SERVER.upper()} 1; {results}") is PASSED


@pytest.mark.parametrize(
    "results",
    [
        "none",
        "dmarc=fail header.from=retarus.example",
        "dmarc=fail; dkim=pass header.d=retarus.example",
        "dmarc=temperror",
        "dmarc=pass header.from=evil.example",
        "dkim=pass header.d=evil.example",
        "dkim=pass header.d=example",
        "dkim=pass header.d=xretarus.example",
        "spf=pass smtp.mailfrom=eve@evil.example",
        "spf=pass smtp.helo=retarus.example",
        "dkim=fail (dmarc=pass header.from=retarus.example)",
        "dkim=fail (a (nested; dmarc=pass) comment)",
        'dkim=fail reason="; dmarc=pass"',
        "arc=pass header.d=retarus.example",
        "iprev=pass policy.iprev=203.0.113.9",
        "dmarc = failpass",
        "",
        ";;;=;",
    ],
)
def test_failed_or_foreign_result_proves_nothing(results: str) -> None:
    assert proof(f"{SERVER}; {results}") is FAILED


def test_header_of_another_server_does_not_count() -> None:
    passed = "dmarc=pass header.from=retarus.example"
    assert proof(f"evil.example; {passed}") is MISSING
    assert proof(f"{SERVER}.evil.example; {passed}") is MISSING
    assert proof(f"evil.example; {passed}", f"{SERVER}; dmarc=fail") is FAILED
    assert proof(f"{SERVER}; dmarc=fail", f"{SERVER}; {passed}") is FAILED
    assert proof(f"{SERVER}; {passed}", f"{SERVER}; dmarc=fail") is PASSED


def test_result_counts_only_for_a_configured_server() -> None:
    assert proof(f"{SERVER}; dmarc=pass", authserv="") is MISSING
    assert proof() is MISSING


def test_topmost_header_counts_for_servers_without_a_name() -> None:
    microsoft = (
        "spf=pass (sender IP is 203.0.113.9) smtp.mailfrom=retarus.example; dkim=pass (signature was verified)"
        " header.d=retarus.example;dmarc=pass action=none header.from=retarus.example;compauth=pass reason=100"
    )
    assert proof(microsoft, authserv=TOPMOST) is PASSED
    assert proof(microsoft.replace("=pass", "=fail"), microsoft, authserv=TOPMOST) is FAILED
    assert proof(microsoft) is MISSING


def test_unclear_sender_is_never_proven() -> None:
    two = (MailAddress(email="anna@retarus.example"), MailAddress(email="eve@evil.example"))
    mail = InboundMail(identity="x", senders=two, authentication=(f"{SERVER}; dmarc=pass",))
    assert authenticated(mail, SERVER) is FAILED
    assert proof(f"{SERVER}; dmarc=pass", sender="") is FAILED
