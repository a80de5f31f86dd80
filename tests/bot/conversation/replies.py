"""Invented mails of German and English writers: the whole text, and the words that are new in it.

`CUT`: exactly the words above the quotation are new. `WHOLE`: nothing may be cut off.
"""

from __future__ import annotations

from dataclasses import dataclass

SUBJECT = "AW: [PD-42] Faxe kommen nicht an"

OURS = """Guten Tag,

bitte prüfen Sie den Versand seit 08:00 Uhr.

Freundliche Grüße
Partner Desk"""

QUOTED = "\n".join(f"> {line}".rstrip() for line in OURS.split("\n"))

OUTLOOK_DE = f"""Von: Partner Desk <desk@partner.example>
Gesendet: Donnerstag, 3. Dezember 2026 10:12
An: Retarus Support <support@retarus.example>
Betreff: [PD-42] Faxe kommen nicht an

{OURS}"""

OUTLOOK_EN = f"""From: Partner Desk <desk@partner.example>
Sent: Thursday, December 3, 2026 10:12 AM
To: Retarus Support <support@retarus.example>
Cc: Ben Brandt <ben@partner.example>
Subject: [PD-42] Faxe kommen nicht an

{OURS}"""


@dataclass(frozen=True)
class Reply:
    """One mail's text; `new` is the text itself where nothing is quoted."""

    name: str
    text: str
    new: str
    subject: str = SUBJECT


def _cut(name: str, new: str, below: str, subject: str = SUBJECT) -> Reply:
    return Reply(name, f"{new}\n\n{below}\n", new, subject)


def _whole(name: str, text: str, subject: str = SUBJECT) -> Reply:
    return Reply(name, text, text, subject)


SIGNED = """Hallo Frau Arnold,

der Versand lief um 09:40 wieder an. Ursache war ein voller Spool.

Mit freundlichen Grüßen
Anna Muster

--
Retarus GmbH | Aschauer Str. 30 | 81549 München
Diese E-Mail kann vertrauliche Informationen enthalten."""

CUT = (
    _cut("Outlook, German, signature and disclaimer", SIGNED, OUTLOOK_DE),
    _cut("Outlook, English", "Fixed at 09:40.\n\nRegards\nAnna", OUTLOOK_EN),
    _cut("Outlook, line of underscores", "Erledigt.", "_" * 32 + "\n" + OUTLOOK_DE),
    _cut("Outlook, old German separator", "Erledigt.", "-----Ursprüngliche Nachricht-----\n" + OUTLOOK_DE),
    _cut("Outlook, old English separator", "Done.", "-----Original Message-----\n" + OUTLOOK_EN),
    _cut("Outlook, bold labels", "Done.", "*From:* Desk <desk@partner.example>\n*Sent:* 03 December 2026 10:12\n*To:* A\n*Subject:* [PD-42] Faxe kommen nicht an\n\nHello"),
    _cut("Outlook for Mac", "Done.", 'On 12/3/26, 10:12 AM, "Partner Desk" <desk@partner.example> wrote:\n\n' + OURS),
    _cut("Outlook mobile", "Passt so.\n\nOutlook für iOS beziehen", "_" * 30 + "\n" + OUTLOOK_DE),
    _cut("GMX order of labels", "Erledigt.", "Gesendet: Donnerstag, 03. Dezember 2026 um 10:12 Uhr\nVon: \"Partner Desk\" <desk@partner.example>\nAn: support@retarus.example\nBetreff: [PD-42] Faxe kommen nicht an\n" + OURS),
    _cut("Gmail, German", "Läuft wieder.", "Am Do., 3. Dez. 2026 um 10:12 Uhr schrieb Partner Desk <desk@partner.example>:\n\n" + QUOTED),
    _cut("Gmail, German, two lines", "Läuft wieder.", "Am Do., 3. Dez. 2026 um 10:12 Uhr schrieb Partner Desk <\ndesk@partner.example>:\n\n" + QUOTED),
    _cut("Gmail, English", "Works again.", "On Thu, Dec 3, 2026 at 10:12 AM Partner Desk <desk@partner.example> wrote:\n\n" + QUOTED),
    _cut("Gmail, English, two lines", "Works again.", "On Thu, Dec 3, 2026 at 10:12 AM Partner Desk <desk@partner.example>\nwrote:\n\n" + QUOTED),
    _cut("Apple Mail, German", "Kurz: ja.\n\nVon meinem iPhone gesendet", "> Am 03.12.2026 um 10:12 schrieb Partner Desk <desk@partner.example>:\n>\n" + QUOTED),
    _cut("Apple Mail, English", "Yes.\n\nSent from my iPhone", "On 3 Dec 2026, at 10:12, Partner Desk <desk@partner.example> wrote:\n\n" + QUOTED),
    _cut("Thunderbird, German", "Ja, seit 9:40.", "Am 03.12.26 um 10:12 schrieb Partner Desk:\n" + QUOTED),
    _cut("Thunderbird, English", "Yes.", "On 03/12/2026 10:12, Partner Desk wrote:\n" + QUOTED),
    _cut("Yahoo, German", "Ja.", "Am Donnerstag, 3. Dezember 2026 um 10:12:33 MEZ hat Partner Desk <desk@partner.example> Folgendes geschrieben:\n\n" + QUOTED),
    _cut("K-9 Mail", "Ja.\n-- \nGesendet von meinem Telefon", "Am 3. Dezember 2026 10:12:00 MEZ schrieb Partner Desk <desk@partner.example>:\n" + QUOTED),
    _cut("Horde", "Ja.", "Zitat von Partner Desk <desk@partner.example>:\n\n" + QUOTED),
    _cut("Roundcube", "Yes.", "On 2026-12-03 10:12, Partner Desk wrote:\n" + QUOTED),
    _cut("name first", "Ja.", "Partner Desk <desk@partner.example> schrieb am Do., 3. Dez. 2026, 10:12:\n\n" + QUOTED),
    _cut("quotation without introduction", "Ja, genau so.", QUOTED),
    _cut("signature below the quotation", "Ja.", QUOTED + "\n\n-- \nAnna Muster"),
    _cut("nested quotations", "Ja.", "Am 03.12.2026 um 10:12 schrieb Ben <ben@partner.example>:\n> Und?\n>\n> Am 02.12.2026 um 9:00 schrieb Anna <a@retarus.example>:\n>> Moment."),
    _cut("French Outlook", "Oui.", "De : Partner Desk <desk@partner.example>\nEnvoyé : jeudi 3 décembre 2026 10:12\nÀ : Support <support@retarus.example>\nObjet : [PD-42] Faxe kommen nicht an\n\nBonjour"),
)  # fmt: skip
"""The quotation goes, and nothing else."""

LOG = """Am Montag schrieb uns der Kunde:
Die Faxe kommen nicht an.

Im Log steht:
From: fax@kunde.example
To: support@retarus.example
250 OK

Bitte prüfen Sie die Absenderadresse."""

SOURCE = """Hier die Kopfzeilen der betroffenen Mail:

Return-Path: <bounce@kunde.example>
Received: from mx.kunde.example (203.0.113.9) by mx.retarus.example
From: Ben <ben@kunde.example>
To: support@retarus.example
Subject: [PD-42] Faxe kommen nicht an
Date: Thu, 3 Dec 2026 10:12:00 +0100

Daran sieht man, dass der Absender fehlt."""

WHOLE = (
    _whole("plain sentence", "Ja, läuft wieder."),
    _whole("sentence with a date, pasted log", LOG),
    _whole("sentence with a full date", "Am 03.12.2026 um 10:12 schrieb uns der Kunde:\n\nEs geht nicht.\n\nDas haben wir behoben."),
    _whole("English sentence with a date", "On 3 Dec 2026 at 10:12 the customer wrote:\n\nIt does not work.\n\nThat is fixed."),
    _whole("header lines from a mail's source", SOURCE),
    _whole("source without Received", "Gefunden:\n\nFrom: a@b.example\nTo: c@d.example\nDate: Thu, 3 Dec 2026 10:12:00 +0100\nSubject: x\n\nDas ist die Mail."),
    _whole("answers between the quoted lines", "> Läuft der Spool?\nJa.\n\n> Seit wann?\nSeit 9:40."),
    _whole("introduction, then answers between", "Am 03.12.26 um 10:12 schrieb Desk:\n> Läuft der Spool?\nJa.\n> Seit wann?\nSeit 9:40."),
    _whole("greeting above, answers between", "Hallo,\n\n> Läuft der Spool?\n\nJa, läuft.\n\n> Seit wann?\n\nSeit 9:40."),
    _whole("answer below the quotation", "On 3 Dec 2026, at 10:12, Desk <d@p.example> wrote:\n> Ready?\n\nYes."),
    _whole("forward by subject", "Zur Info.\n\n" + OUTLOOK_DE, "WG: [PD-42] Faxe kommen nicht an"),
    _whole("forward by Gmail", "FYI\n\n---------- Forwarded message ---------\nFrom: Ben <b@p.example>\nDate: Thu, Dec 3, 2026 at 10:12 AM\nSubject: Faxe\nTo: <a@r.example>\n\nHello"),
    _whole("forward by Apple Mail", "Siehe Mail.\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: Ben <b@p.example>\n> Datum: 3. Dezember 2026 um 10:12\n> An: a@r.example\n> Betreff: Faxe\n>\n> Hallo"),
    _whole("forward by Thunderbird", "Siehe Mail.\n\n-------- Weitergeleitete Nachricht --------\nBetreff: \tFaxe\nDatum: \tThu, 3 Dec 2026 10:12:00 +0100\nVon: \tBen\nAn: \tAnna\n\nHallo"),
    _whole("coloured answers in Outlook", "Antworten in rot.\n\n" + OUTLOOK_DE),
    _whole("answers below in Outlook", "See my answers below.\n\n" + OUTLOOK_EN),
    _whole("answers further down, German", "Meine Antworten finden Sie weiter unten.\n\n" + OUTLOOK_DE),
    _whole("pasted mail announced with a colon", "Der Kunde schickte uns diese Mail:\n\n" + OUTLOOK_DE + "\n\nBitte antworten Sie ihm."),
    _whole("pasted mail with another subject", "Noch ein Fall.\n\nVon: Kunde <k@kunde.example>\nGesendet: Montag, 30. November 2026 08:00\nAn: Desk\nBetreff: Rechnung\n\nHilfe!\n\nBitte mitprüfen."),
    _whole("list with dashes", "Befund:\n\n- Spool voll\n- Neustart um 9:40\n-----\nHinweis: bitte beobachten.\n\nMit freundlichen Grüßen\nAnna"),
    _whole("line of dashes", "Erster Teil.\n----------------------------------------\nZweiter Teil."),
    _whole("From in a sentence", "From: the spool directory\nTo: the archive\nwe moved the files on 3 Dec 2026."),
    _whole("helpdesk marker at the top", "Guten Tag,\n\nbitte senden Sie uns die Kopfzeilen.\n\nAnna", "[RCR-88123] Faxe"),
    _whole("only a quotation", QUOTED),
    _whole("shell redirections", "Bitte ausführen:\n\nls > liste.txt\n\nund die Datei senden."),
    _whole("prompt", "Ausgabe:\n\n> show queue\n3 messages\n> exit\nDanach war es gut."),
)  # fmt: skip
"""Traps: nothing may be lost."""

REPLIES = (*CUT, *WHOLE)
