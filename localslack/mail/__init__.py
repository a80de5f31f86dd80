"""E-mail on this machine: an SMTP server, a mailbox, and a small IMAP server to read it.

`mailbox` keeps and reads mails, `server` takes them in over SMTP, `faults` lets a test make that go wrong.
"""

from localslack.mail.faults import IMAP_FAULTS, MAIL_FAULTS, SMTP_FAULTS, Faults, InvalidMailFault, MailFault
from localslack.mail.imap import ImapServer, serve_imap
from localslack.mail.letter import Attachment, Mail
from localslack.mail.mailbox import Mailbox
from localslack.mail.replying import reply_to
from localslack.mail.server import MailServer, serve

__all__ = [
    "IMAP_FAULTS",
    "MAIL_FAULTS",
    "SMTP_FAULTS",
    "Attachment",
    "Faults",
    "ImapServer",
    "InvalidMailFault",
    "Mail",
    "MailFault",
    "MailServer",
    "Mailbox",
    "reply_to",
    "serve",
    "serve_imap",
]
