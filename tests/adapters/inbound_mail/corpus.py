"""Invented mails, each labelled with its kind, as German and English mail servers, programs and helpdesks write them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.kind import MailKind
from tests.adapters.inbound_mail.mails import LETTER, head, mail, multipart, part, report

ANSWER, AUTO, ACK = MailKind.ANSWER, MailKind.AUTOMATIC_REPLY, MailKind.ACKNOWLEDGEMENT
BOUNCE, OWN = MailKind.DELIVERY_REPORT, MailKind.OWN_COPY
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.partner.example>"
NULL = "Return-Path: <>"
GENERATED, REPLIED = "Auto-Submitted: auto-generated", "Auto-Submitted: auto-replied"
HELPDESK = "Retarus Support <support@retarus.example>"


@dataclass(frozen=True)
class Labelled:
    name: str
    kind: MailKind
    raw: bytes
    outcome: str = ""
    """Outcome of the letter and key of the reason: `failed: unknown`."""
    rcr: tuple[str, ...] = ()


def _report(name: str, outcome: str, raw: bytes) -> Labelled:
    return Labelled(name, BOUNCE, raw, outcome)


READ = multipart(
    "report",
    part("text/plain", "Ihre Nachricht wurde gelesen."),
    part(
        "message/disposition-notification",
        "Final-Recipient: rfc822;support@retarus.example\r\nDisposition: manual-action/MDN-sent-manually; displayed",
    ),
    head=head("Gelesen: [PD-42] Faxe"),
    params="; report-type=disposition-notification",
)

REPORTS = (
    _report("Postfix, unknown mailbox", "failed: unknown", report("support@retarus.example", "failed", "5.1.1", "550 5.1.1 User unknown")),
    _report("Postfix, delayed", "delayed: unreachable", report("support@retarus.example", "delayed", "4.4.1", "connect to mx.retarus.example: Connection timed out", subject="Delayed Mail (still being retried)")),
    _report("Postfix, gave up", "failed: expired", report("support@retarus.example", "failed", "4.4.7", "delivery temporarily suspended: too long in queue")),
    _report("Postfix, delivered", "delivered: delivered", report("support@retarus.example", "delivered", "2.0.0", "250 2.0.0 Ok", subject="Successful Mail Delivery Report")),
    _report("Postfix, relayed", "delivered: delivered", report("support@retarus.example", "relayed", "2.0.0", subject="Successful Mail Delivery Report")),
    _report("Exchange, German", "failed: unknown", report("support@retarus.example", "failed", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", subject="Unzustellbar: [PD-42] Faxe", sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@retarus.example>", text="Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:")),
    _report("Exchange, mailbox full", "failed: full", report("support@retarus.example", "failed", "5.2.2", "554 5.2.2 mailbox full", subject="Undeliverable: [PD-42] Faxe")),
    _report("Exchange, too big", "failed: size", report("support@retarus.example", "failed", "5.3.4", "552 5.3.4 Message size exceeds fixed maximum")),
    _report("Exchange, not permitted", "failed: policy", report("support@retarus.example", "failed", "5.7.1", "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required: not permitted")),
    _report("Microsoft 365, authentication", "failed: authentication", report("support@retarus.example", "failed", "5.7.23", "550 5.7.23 The message was rejected because of Sender Policy Framework violation")),
    _report("Gmail, unknown mailbox", "failed: unknown", report("x@gmail.example", "failed", "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist.", subject="Delivery Status Notification (Failure)", sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>")),
    _report("Gmail, delay", "delayed: delayed", report("x@gmail.example", "delayed", "4.0.0", subject="Delivery Status Notification (Delay)", sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>")),
    _report("domain without server", "failed: domain", report("x@nirgends.example", "failed", "5.4.4", "Host or domain name not found. Name service error")),
    _report("reputation", "failed: policy", report("support@retarus.example", "failed", "5.7.1", "554 5.7.1 Service unavailable; blocked using zen.blocklist.example")),
    _report("Exim", "failed: unknown", mail("Mail delivery failed: returning message to sender", f"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its recipients.\nThis is a permanent error. The following address(es) failed:\n\n  support@retarus.example\n    host mx.retarus.example [203.0.113.5]\n    SMTP error from remote mail server after RCPT TO:<support@retarus.example>:\n    550 5.1.1 unknown user\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: {LETTER}\nSubject: [PD-42]", NULL, "X-Failed-Recipients: support@retarus.example", "Auto-Submitted: auto-replied", sender=DAEMON)),
    _report("Exim, delay", "delayed: delayed", mail("Warning: message 1abc delayed 24 hours", "This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue.\n\nNo action is required on your part. Delivery attempts will continue: it will be retried.\n  support@retarus.example", NULL, "Auto-Submitted: auto-replied", sender=DAEMON)),
    _report("qmail", "failed: unknown", mail("failure notice", f"Hi. This is the qmail-send program at mx.partner.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<support@retarus.example>:\n203.0.113.5 does not like recipient.\nRemote host said: 550 No such user here\n\n--- Below this line is a copy of the message.\n\nMessage-ID: {LETTER}\n", NULL, sender="MAILER-DAEMON@mx.partner.example")),
    _report("sendmail", "failed: unknown", report("support@retarus.example", "failed", "5.1.1", "550 5.1.1 <support@retarus.example>... User unknown", subject="Returned mail: see transcript for details")),
    _report("GMX, German", "failed: unknown", mail("Mail delivery failed: returning message to sender", "Diese Nachricht wurde automatisch erzeugt.\n\nIhre E-Mail konnte nicht zugestellt werden.\n\n  support@retarus.example:\n  Empfängeradresse ist unbekannt (550 user unknown)\n", NULL, sender='"GMX Mailer Daemon" <mailer-daemon@gmx.example>')),
    _report("T-Online, German", "failed: full", mail("Unzustellbar: [PD-42] Faxe", f"|------------------------- Message log follows: -------------------------|\n Die E-Mail konnte nicht zugestellt werden:\n support@retarus.example: Postfach ist voll\n\nMessage-ID: {LETTER}", NULL, sender="postmaster@t-online.example")),
    _report("German administrator", "failed: unknown", mail("Unzustellbare Nachricht", "Ihre Nachricht an support@retarus.example konnte nicht zugestellt werden: unbekannter Empfänger.", NULL, sender="Mail-Administrator <postmaster@retarus.example>")),
    _report("gateway rejects", "failed: unknown", mail("Rejected: [PD-42] Faxe","Your message to support@retarus.example was rejected.\n\nReason: 550 mailbox unavailable", NULL, sender="Mail Gateway <postmaster@mx.retarus.example>")),
    _report("Exchange without parts", "failed: full", mail("Undeliverable: Faxe","Delivery has failed to these recipients or groups:\n\nsupport@retarus.example\nThe recipient's mailbox is full and can't accept messages now.", NULL, "Auto-Submitted: auto-replied",sender="Microsoft Outlook <postmaster@retarus.example>")),
    _report("Exchange without parts, German", "failed: unknown", mail("Nachricht nicht zugestellt","Ihre Nachricht wurde nicht zugestellt an support@retarus.example, da die Adresse nicht gefunden wurde.", NULL, sender="postmaster@retarus.example")),
    _report("Exim rule, without a sender", "failed: unknown", mail("", f"You sent mail to support@retarus.example. That's not a valid user here.\n\nMessage-ID: {LETTER}\n", NULL, REPLIED, sender="<>")),
    _report("report without a telling status", "failed: refused", report("support@retarus.example","failed","5.0.0","550 Verification failed",subject="Mail System Error - Returned Mail",sender="postmaster@x.example")),
)  # fmt: skip

AUTOMATIC = (
    Labelled("Exchange absence, German", AUTO, mail("Automatische Antwort: [PD-42] Faxe", "Ich bin bis 10.12. nicht im Büro.", "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", "X-MS-Exchange-Inbox-Rules-Loop: anna.muster@retarus.example", answers=LETTER)),
    Labelled("Exchange absence, English", AUTO, mail("Automatic reply: [PD-42] Faxe", "I am out of the office.", "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", answers=LETTER)),
    Labelled("Exchange absence without headers", AUTO, mail("Automatische Antwort: [PD-42] Faxe", "Ich bin im Urlaub.", answers=LETTER)),
    Labelled("Exchange rule", AUTO, mail("Abwesend: [PD-42]", "Urlaub", "X-Auto-Response-Suppress: OOF, AutoReply", answers=LETTER)),
    Labelled("Gmail vacation", AUTO, mail("Urlaub Re: [PD-42] Faxe", "Ich bin im Urlaub.", "Auto-Submitted: auto-replied", "X-Autoreply: yes", "Precedence: bulk", answers=LETTER)),
    Labelled("vacation(1)", AUTO, mail("Re: [PD-42] Faxe", "I am away.", "Auto-Submitted: auto-replied (vacation)", "Precedence: bulk", answers=LETTER)),
    Labelled("sieve", AUTO, mail("Auto: [PD-42] Faxe", "Bin weg.", "Auto-Submitted: auto-replied (vacation)", NULL, answers=LETTER)),
    Labelled("Lotus Notes", AUTO, mail("Anna Muster ist außer Haus.", "Ich werde ab 01.12. nicht im Büro sein.", "Auto-Submitted: auto-generated")),
    Labelled("cPanel", AUTO, mail("Re: [PD-42] Faxe", "Danke für Ihre Mail.", "X-Autorespond: [PD-42] Faxe", "Precedence: auto_reply", answers=LETTER)),
    Labelled("read receipt", AUTO, READ),
    Labelled("newsletter of a stranger", AUTO, mail("Angebote im Dezember", "Jetzt kaufen!", "List-Id: <news.shop.example>", "List-Unsubscribe: <https://shop.example/u>", "Precedence: bulk", sender="Shop <news@shop.example>")),
    Labelled("automatic text", AUTO, mail("Ihre Nachricht", "Dies ist eine automatisch generierte E-Mail. Bitte antworten Sie nicht auf diese Nachricht.", sender="noreply@kunde.example")),
    Labelled("null return path", AUTO, mail("Re: [PD-42] Faxe", "Ihr Anliegen ist wichtig.", NULL, answers=LETTER)),
    Labelled("absence that names a number", AUTO, mail("Automatische Antwort: RCR-88123", "Ihr Ticket RCR-88123 habe ich erhalten, bin aber im Urlaub.", "Auto-Submitted: auto-replied", answers=LETTER), rcr=("RCR-88123",)),
    Labelled("absence notice, German", AUTO, mail("Abwesenheitsnotiz: [PD-42] Faxe","Ich bin nicht da", GENERATED, "X-Auto-Response-Suppress: All",answers=LETTER)),
    Labelled("Out of Office", AUTO, mail("Out of Office: [PD-42]","away", REPLIED, answers=LETTER)),
    Labelled("subject of somebody's own", AUTO, mail("Nicht im Büro AW: [PD-42]","Bis 10.12. bin ich nicht im Haus.", REPLIED, answers=LETTER)),
    Labelled("X-Autoreply", AUTO, mail("Re: [PD-42]","Thank you for your email. I am currently on parental leave.","X-Autoreply: yes",answers=LETTER)),
    Labelled("announcement by a robot", AUTO, mail("Wartungsarbeiten am 5.12.","Am 5.12. finden Wartungsarbeiten statt.","Precedence: bulk", GENERATED, sender="status@retarus.example")),
    *(
        Labelled(f"absence without headers, {subject}", AUTO, mail(subject, "Lorem ipsum.", answers=LETTER))
        for subject in (
            *("Automatyczna odpowiedź: [PD-42] Faxe", "[Automatyczna odpowiedź] [PD-42] Faxe", "Autosvar: [PD-42] Faxe"),
            *("Automaattinen vastaus: [PD-42]", "Automatická odpověď: [PD-42]", "Automatikus válasz: [PD-42]", "Automatisk svar: [PD-42]"),
            *("Otomatik Yanıt: [PD-42]", "Автоматический ответ: [PD-42]", "自动答复： [PD-42]", "自動応答: [PD-42]", "Resposta automática: [PD-42]"),
            *("Out of Office: [PD-42] Faxe", "Abwesend: [PD-42] Faxe", "Absence du bureau : [PD-42] Faxe", "Fuori sede: [PD-42]"),
        )
    ),
    Labelled("newsletter of the provider", AUTO, mail("News in December", "Release notes.", "List-Id: <news.retarus.example>", "List-Unsubscribe: <https://retarus.example/u>", "Feedback-ID: 1:2:3")),
    Labelled("calendar", AUTO, mail("Accepted: Termin","x", GENERATED, "X-Auto-Response-Suppress: All")),
)  # fmt: skip

ACKNOWLEDGEMENTS = tuple(
    Labelled(name, ACK, raw, rcr=("RCR-88123",))
    for name, raw in (
        ("auto-replied, German", mail("[RCR-88123] Faxe", "Vielen Dank für Ihre Anfrage.\n\nIhre Ticketnummer RCR-88123.", "Auto-Submitted: auto-replied", answers=LETTER, sender=HELPDESK)),
        ("auto-generated, English", mail("[RCR-88123] Request received", "Your request has been received and is being reviewed by our support staff.", "Auto-Submitted: auto-generated", "Precedence: bulk", answers=LETTER, sender=HELPDESK)),
        ("null return path", mail("RCR-88123: E-Mails werden nicht zugestellt", "Ihre Anfrage ist bei uns eingegangen. Vorgangsnummer: RCR-88123", NULL, sender=HELPDESK)),
        ("template without headers", mail("Eingangsbestätigung RCR 88123", "Ihre Anfrage ist bei uns eingegangen und wurde unter RCR 88123 erfasst.\n\nDies ist eine automatisch generierte Nachricht.", answers=LETTER, sender=HELPDESK)),
        ("suppressed replies", mail("Ticket created: RCR#88123", "Your ticket has been created. Reference: RCR#88123", "X-Auto-Response-Suppress: All", answers=LETTER, sender=HELPDESK)),
        ("HTML only", mail("[RCR-88123] Anfrage erhalten", "", "Auto-Submitted: auto-generated", answers=LETTER, sender=HELPDESK, html="<html><body><p>Sehr geehrte Damen und Herren,</p><p>Ihre Meldung wurde unter <b>RCR-88123</b> erfasst.</p></body></html>")),
        ("ServiceNow", mail("Incident RCR-88123 -- opened on your behalf","Incident RCR-88123 has been opened on your behalf. We will contact you.\nShort description: Faxe", GENERATED, sender=HELPDESK)),
        ("OTRS", mail("[Ticket#RCR-88123] [PD-42] Faxe","Sehr geehrte Damen und Herren,\n\nvielen Dank für Ihre E-Mail. Wir haben Ihr Anliegen unter der Ticketnummer RCR-88123 aufgenommen.\n\nIhr Support", REPLIED, "Precedence: bulk","X-Loop: yes",answers=LETTER,sender=HELPDESK)),
        ("Freshdesk", mail("RE: [PD-42] Faxe [RCR-88123]","Hi,\nWe would like to acknowledge that we have received your request and a ticket has been created.\nA support representative will be reviewing your request.\nTo view the status click here", GENERATED, answers=LETTER,sender=HELPDESK)),
        ("Jira Service Management", mail("RCR-88123 Faxe","—-—-—-—\nReply above this line.\n\nJust confirming that we got your request. We're on it.", GENERATED, "X-JIRA-FingerPrint: 1","Precedence: bulk",answers=LETTER,sender=HELPDESK)),
        ("confirmation, German", mail("Ihre Anfrage RCR-88123","Guten Tag,\nwir bestätigen den Eingang Ihrer Nachricht. Die Bearbeitung erfolgt unter RCR-88123.", REPLIED, answers=LETTER,sender=HELPDESK)),
        ("number in the text", mail("AW: [PD-42] Faxe","Ihr Ticket wurde erstellt: RCR-88123. Bitte nennen Sie diese Nummer bei Rückfragen.", REPLIED, answers=LETTER,sender=HELPDESK)),
        ("Salesforce", mail("Case RCR-88123 created","Your case number is RCR-88123.", NULL, sender=HELPDESK)),
    )
)  # fmt: skip

HUMAN = (
    Labelled("short answer", ANSWER, mail("Re: [PD-42] Faxe", "Läuft wieder.", answers=LETTER)),
    Labelled("answer with a number", ANSWER, mail("AW: [PD-42] [RCR-88123] Faxe", "Wir haben es behoben.", answers=LETTER), rcr=("RCR-88123",)),
    Labelled("person gives a number", ANSWER, mail("AW: [PD-42] Faxe", "Hallo Anna,\n\nIhre Anfrage ist bei uns eingegangen und läuft unter RCR-88123. Können Sie mir bitte noch die Header schicken?\n\nGruß", answers=LETTER), rcr=("RCR-88123",)),
    Labelled("person gives a number without a question", ANSWER, mail("AW: [PD-42] Faxe", "Hallo Anna, Ihre Ticketnummer ist RCR-88123. Wir melden uns.", answers=LETTER), rcr=("RCR-88123",)),
    Labelled("helpdesk suppresses replies", ANSWER, mail("Re: [PD-42] [RCR-88123] Faxe", "Der Spool ist geleert, bitte testen Sie erneut.", "X-Auto-Response-Suppress: All", "Precedence: bulk", answers=LETTER, sender=HELPDESK), rcr=("RCR-88123",)),
    Labelled("comment by Zendesk", ANSWER, mail("[RCR-88123] Re: Faxe", "Anna (Retarus)\n\nDer Spool ist geleert.", "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", "X-Mailer: Zendesk Mailer", answers=LETTER, sender=HELPDESK), rcr=("RCR-88123",)),
    Labelled("comment by Jira", ANSWER, mail("[JIRA] (RCR-88123) Faxe", "Anna commented: the queue was full.", "Auto-Submitted: auto-generated", "Precedence: bulk", "X-JIRA-FingerPrint: abc", sender=HELPDESK), rcr=("RCR-88123",)),
    Labelled("comment that asks", ANSWER, mail("[RCR-88123] Faxe", "Danke für Ihre Anfrage. Bitte senden Sie uns die Kopfzeilen.", "Auto-Submitted: auto-generated", answers=LETTER, sender=HELPDESK), rcr=("RCR-88123",)),
    Labelled("auto-submitted: no", ANSWER, mail("Re: [PD-42]", "Ja.", "Auto-Submitted: no", answers=LETTER)),
    Labelled("answer to an absence", ANSWER, mail("AW: Automatische Antwort: [PD-42] Faxe", "Ich bin wieder da.", answers=LETTER)),
    Labelled("answer to a bounce", ANSWER, mail("AW: Unzustellbar: [PD-42] Faxe", "Die Adresse war falsch: user unknown.", answers=LETTER)),
    Labelled("forwarded bounce", ANSWER, mail("WG: Undelivered Mail Returned to Sender", "Siehe unten, 550 user unknown", "X-Failed-Recipients: a@b.example")),
    Labelled("about undelivered mail", ANSWER, mail("Unzustellbare Mails bei Kunde Huber", "Seit gestern können wir an huber.example nicht zustellen, 550 user unknown. Bitte prüfen Sie die Domain.")),
    Labelled("about undelivered mail, English", ANSWER, mail("Undeliverable mail since yesterday", "Mails to huber.example could not be delivered: mailbox full.", sender=HELPDESK)),
    Labelled("about delays", ANSWER, mail("Verzögerte Zustellung", "Die Zustellung war bis 09:40 verzögert.", sender="noreply@retarus.example")),
    Labelled("postmaster is a person", ANSWER, mail("Re: [PD-42] Faxe", "The mailbox is full, I have raised the quota.", answers=LETTER, sender="Paul Post <postmaster@retarus.example>")),
    Labelled("out of office as a topic", ANSWER, mail("Re: [PD-42] Faxe", "The out of office message of Ben says automatic reply.", answers=LETTER)),
    Labelled("absence announced by a person", ANSWER, mail("Abwesenheit nächste Woche", "Ich bin ab Montag im Urlaub, Ben übernimmt RCR-88123."), rcr=("RCR-88123",)),
    Labelled("through our own list", ANSWER, mail("Re: [PD-42] Faxe", "Ja.", "List-Id: <desk.partner.example>", "List-Unsubscribe: <mailto:x@partner.example>", "Precedence: list", answers=LETTER)),
    Labelled("allowed sender through a list", ANSWER, mail("Frage zu PD-42", "Wann war das?", "List-Id: <desk.partner.example>", "List-Unsubscribe: <mailto:x@partner.example>", "Precedence: list")),
    Labelled("HTML only", ANSWER, mail("AW: [PD-42] Faxe", "", answers=LETTER, html="<p>Hallo,</p><p>läuft wieder.</p>")),
    Labelled("with a delivery receipt asked", ANSWER, mail("Re: [PD-42]", "Ja.", "Disposition-Notification-To: anna.muster@retarus.example", answers=LETTER)),
    Labelled("empty text", ANSWER, mail("Re: [PD-42] erledigt", "", answers=LETTER)),
    Labelled("thanks", ANSWER, mail("Re: [PD-42]", "Thank you for your message, I will look at it today.", answers=LETTER)),
    Labelled("from a bounce address of a person", ANSWER, mail("Re: [PD-42]", "Delivery failed again at 10:00, we are on it.", answers=LETTER, sender="Delivery Team <delivery@retarus.example>")),
    Labelled("question by a ticket system", ANSWER, mail("Rückfrage RCR-88123","Guten Tag,\n\nwie viele Nutzer sind betroffen?", GENERATED, "Precedence: bulk",answers=LETTER,sender=HELPDESK), rcr=("RCR-88123",)),
    Labelled("finding by a ticket system", ANSWER, mail("[RCR-88123] Lösung","Die Ursache war ein voller Spool; wir haben ihn geleert.", GENERATED, "X-Auto-Response-Suppress: All",answers=LETTER,sender=HELPDESK), rcr=("RCR-88123",)),
    Labelled("finding with precedence", ANSWER, mail("Re: [PD-42] Faxe","Danke für Ihre Anfrage. Der Fehler ist behoben.","Precedence: bulk",answers=LETTER,sender=HELPDESK)),
    Labelled("person confirms receipt", ANSWER, mail("Re: [PD-42] Faxe","Ich habe Ihre Mail erhalten und kümmere mich darum.","X-Auto-Response-Suppress: DR, OOF, AutoReply",answers=LETTER)),
    Labelled("person speaks of the ticket", ANSWER, mail("Re: [PD-42] Faxe","The ticket was created last week by Ben. It is closed.","X-Auto-Response-Suppress: All",answers=LETTER)),
    Labelled("answer to an Exim report", ANSWER, mail("AW: Mail delivery failed: returning message to sender","Das war ein Tippfehler in der Adresse.",answers=LETTER)),
    Labelled("problems with delivery", ANSWER, mail("Mail delivery problems at customer Huber","Since 10:00 mails to huber.example bounce: 550 user unknown. Is it on your side?")),
    Labelled("problems with delivery, German", ANSWER, mail("Zustellprobleme","Die Faxe an 089... wurden nicht zugestellt.",sender="Fax Team <fax@retarus.example>")),
    Labelled("answer to an absence, Polish", ANSWER, mail("Odp: Automatyczna odpowiedź: [PD-42]", "Jestem.", answers=LETTER)),
    Labelled("ticket about absences", ANSWER, mail("[RCR-88123] [PD-42] Out of office: is not sent", "The rule was off.", "Precedence: bulk", answers=LETTER, sender=HELPDESK), rcr=("RCR-88123",)),
    Labelled("absence told by a person", ANSWER, mail("Out of office: Anna, next week", "Ben has taken over RCR-88123."), rcr=("RCR-88123",)),
    Labelled("post to a mailing list", ANSWER, mail("Frage zum Gateway", "Wer hat das auch?", "List-Id: <u.x.example>", "List-Unsubscribe: <https://x.example/u>", "List-Post: <mailto:u@x.example>", "Precedence: list", sender="Gast <gast@x.example>")),
    Labelled("post to an old mailing list", ANSWER, mail("gateway question", "Anybody?", "Precedence: bulk", "X-Mailing-List: u@x.example", sender="Gast <gast@x.example>")),
    Labelled("answer with a precedence", ANSWER, mail("RE: Fwd: Faxe", "Ja.", "Precedence: bulk", sender="Gast <gast@x.example>")),
    Labelled("newsletter that answers", ANSWER, mail("Re: [PD-42] Faxe", "Ja.", "List-Id: <x.example>", "List-Unsubscribe: <https://x.example/u>", "Feedback-ID: 1:2", answers=LETTER)),
    Labelled("report for a month", ANSWER, mail("Delivery report for November","Please find attached the delivery report.",sender="reports@retarus.example")),
)  # fmt: skip

OWN_COPIES = (
    Labelled("our address", OWN, mail("[PD-42] Faxe", "Guten Tag", sender="Partner Desk <desk@partner.example>")),
    Labelled("our address in capitals", OWN, mail("[PD-42] Faxe", "Guten Tag", sender="DESK@Partner.Example")),
)

CORPUS = (*REPORTS, *AUTOMATIC, *ACKNOWLEDGEMENTS, *HUMAN, *OWN_COPIES)
