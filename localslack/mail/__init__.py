"""E-mail on this machine: an SMTP server and a mailbox.

`mailbox` keeps and reads mails, `server` takes them in over SMTP, `faults` lets a test make that go wrong.
"""

from localslack.mail.faults import Faults
from localslack.mail.letter import Attachment, Mail
from localslack.mail.mailbox import Mailbox
from localslack.mail.server import MailServer, serve

__all__ = ["Attachment", "Faults", "Mail", "MailServer", "Mailbox", "serve"]
