"""Documents that are read together: each has its own mail; machines' reports name a customer where nobody does."""

from __future__ import annotations

from bench.intake import KNOWN
from bot.intake.model import IntakeDocument
from bot.intake.reader import read

NOTICE = (
    "Your facsimile job 12 to +49 221 4710815 was not completed because:\n\n    No carrier detected\n\n"
    "Job ID: 12\nSender: fax@alpen.example\nDestination: +49 221 4710815\n"
)
MAIL = (
    "From: The Fax Server <fax@alpen.example>\nTo: post@alpen.example\nSubject: facsimile job 11 failed\n"
    "Date: Tue, 27 Aug 2019 09:07:14 +0200\nMIME-Version: 1.0\nContent-Type: text/plain\n\n"
)


def read_together(*texts: str) -> dict[str, str]:
    return read([IntakeDocument(text) for text in texts], KNOWN).answers()


def test_fax_without_a_time_has_that_of_its_own_mail_only() -> None:
    found = read_together(MAIL + NOTICE.replace("12", "11"), NOTICE)
    assert found["example.1.when"] == "1566889634"
    assert found["example.2.log"] == "Job ID: 12"
    assert "example.2.when" not in found


def test_customer_in_a_machines_report_is_read() -> None:
    report = "SENDEBERICHT\nNAME : HANSA LOGISTIK\nZEIT : 27.08.2019 09:40\nFAX-NR./NAME : 089 99998412\n"
    assert read_together(f"{report}RESULTAT : BESETZT\n")["customer"] == "Hansa Logistik"


def test_tenants_of_a_table_name_the_customer() -> None:
    table = (
        "timestamp,tenant,from,to,smtp_response\n2019-08-27T07:40:10Z,12345RS,a@m.example,b@c.example,550 5.7.1 No\n"
    )
    found = read_together(table)
    assert (found["tenants"], found["customer"]) == ("12345RS", "Müller GmbH")
    assert read_together(table, "Alpen Versand AG ruft an")["customer"] == "Alpen Versand AG"
