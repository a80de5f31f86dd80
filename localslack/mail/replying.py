"""An answer to a mail in the mailbox, as the person it went to would write it."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, make_msgid

from localslack.mail.letter import Mail


def reply_to(mail: Mail, text: str, at: float) -> bytes:
    """In the same thread, with the mail quoted below."""
    message = EmailMessage()
    sender = next((each for each in mail.to), "nobody@localhost")
    answered = mail.header("Reply-To") or mail.header("From")
    to = next((address for _, address in getaddresses([answered]) if address), mail.sender)
    written = datetime.fromtimestamp(mail.date, UTC)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}"
    message["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    if original := mail.header("Message-ID"):
        message["In-Reply-To"] = original
        message["References"] = " ".join((*mail.header("References").split(), original))
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    message.set_content(f"{text.strip()}\n\nOn {written:%d %b %Y, at %H:%M}, {mail.sender} wrote:\n{quoted}\n")
    return f"Return-Path: <{sender}>\r\nDelivered-To: {to}\r\n".encode() + message.as_bytes(
        policy=message.policy.clone(linesep="\r\n")
    )
