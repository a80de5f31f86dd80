"""Sentences for an admin about faults of the connection to the IMAP server."""

from __future__ import annotations

import ssl
from typing import Final

from imapclient.exceptions import LoginError

from bot.adapters.inbound_mail.server import ImapServer
from bot.adapters.mail.oauth import NoToken
from bot.core.i18n import mark, t

NO_FOLDER: Final = mark("The mailbox has no folder {folder}. Correct the folder at the end of IMAP_URL.")
NO_MOVE: Final = mark("The mail server cannot move mails into a folder. Set `after` to seen under [mail].")
READ_ONLY: Final = mark(
    "Mails in {folder} cannot be marked as read by this login. Give it the right, or set `after` to keep under [mail]."
)
_LOGIN: Final = mark("The IMAP server refused our login. Check user and password in IMAP_URL, or the OAuth2 settings.")
_TLS: Final = mark("No secure connection to the IMAP server {host} can be made. Check IMAP_URL and its certificate.")
_REACH: Final = mark("The IMAP server {host} cannot be reached. Check host and port in IMAP_URL, and the way there.")
_TOKEN: Final = mark("No OAuth2 token for the mailbox: {why} Check the OAuth2 settings.")
_OTHER: Final = mark("The IMAP server {host} ended the connection. The desk keeps trying.")


def sentence(error: BaseException, server: ImapServer) -> str:
    """A sentence without the server's own words, which may name people."""
    host = f"{server.host}:{server.port}"
    if isinstance(error, NoToken):
        return t(_TOKEN, why=str(error))
    if isinstance(error, LoginError):
        return t(_LOGIN)
    if isinstance(error, ssl.SSLError):
        return t(_TLS, host=host)
    if "doesn't exist" in str(error).lower() or "nonexistent" in str(error).lower():
        return t(NO_FOLDER, folder=server.folder)
    return t(_REACH if isinstance(error, OSError) else _OTHER, host=host)
