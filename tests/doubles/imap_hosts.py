"""Real IMAP servers on loopback: Dovecot, run by an ordinary user, and pymap, where there is no Dovecot."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from bot.adapters.inbound_mail.server import ImapServer
from tests.doubles.mail_servers import CERTIFICATE
from tests.ports import free_port
from tests.timeouts import TIMEOUT

SERVERS = ("dovecot", "pymap")
BINARY = next((each for each in ("/usr/sbin/dovecot", "/usr/local/sbin/dovecot") if Path(each).exists()), None)
_PYMAP = "from pymap.main import main; raise SystemExit(main())"
USER, PASSWORD = "desk@partner.example", "mail/pass"

_CONFIG = """
protocols = imap
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
listen = 127.0.0.1
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
auth_mechanisms = plain xoauth2 oauthbearer
auth_failure_delay = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
mail_location = {format}:{base}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
mail_fsync = never
{passdb}
userdb {{
  driver = static
  args = uid={user} gid={group} home={base}/home
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  client_limit = 4000
  user = {user}
}}
service auth-worker {{
  user = {user}
}}
service stats {{
  user = {user}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service imap {{
  service_count = 200
}}
"""


_STATIC = f"""
passdb {{
  driver = static
  args = password={PASSWORD}
}}
"""


@dataclass
class ImapHost:
    """A running server with one user."""

    base: Path
    port: int
    tls_port: int

    def server(
        self, *, folder: str = "INBOX", tls: bool = False, port: int = 0, password: str = PASSWORD
    ) -> ImapServer:
        chosen = port or (self.tls_port if tls else self.port)
        return ImapServer("localhost" if tls else "127.0.0.1", chosen, "tls" if tls else "none", USER, password, folder)

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """Another client that uses the mailbox."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=TIMEOUT)
        client.login(USER, PASSWORD)
        yield client
        client.logout()


@asynccontextmanager
async def imap_host(kind: str) -> AsyncIterator[ImapHost]:
    """`dovecot` or `pymap`."""
    async with dovecot() if kind == "dovecot" else pymap() as host:
        yield host


@asynccontextmanager
async def pymap() -> AsyncIterator[ImapHost]:
    """Mail in memory; a new UIDVALIDITY at each start."""
    host = ImapHost(Path(), free_port(), 0)
    where = ("--host", "127.0.0.1", "--port", str(host.port), "--no-tls")
    account = ("dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _PYMAP, *where, *account)
    try:
        await _listening(host.port)
        yield host
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def dovecot(
    *, mailboxes: str = "sdbox", passdb: str = "", files: Mapping[str, str] | None = None
) -> AsyncIterator[ImapHost]:
    """Started as `nobody` when the tests run as root: Dovecot refuses root's mail."""
    assert BINARY, "install dovecot-imapd"
    base = Path(tempfile.mkdtemp(prefix="dovecot-"))
    name = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    account = pwd.getpwnam(name)
    server = ImapHost(base, free_port(), free_port())
    certificate = base / "localhost.pem"
    shutil.copy(CERTIFICATE, certificate)
    for folder in ("run", "state", "mail", "home"):
        (base / folder).mkdir()
    for name_of_file, content in (files or {}).items():
        (base / name_of_file).write_text(content, "utf-8")
    config = base / "dovecot.conf"
    config.write_text(_filled(server, certificate, mailboxes, name, account.pw_gid, passdb), "utf-8")
    if os.geteuid() == 0:
        _give(base, account.pw_uid, account.pw_gid)
    as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    process = await asyncio.create_subprocess_exec(BINARY, "-F", "-c", str(config), **as_user)  # type: ignore[arg-type]
    try:
        await _listening(server.port)
        yield server
    finally:
        process.terminate()
        await process.wait()
        shutil.rmtree(base, ignore_errors=True)


def _give(base: Path, uid: int, gid: int) -> None:
    for each in (base, *base.rglob("*")):
        os.chown(each, uid, gid)


def _filled(server: ImapHost, certificate: Path, mailboxes: str, user: str, gid: int, passdb: str) -> str:
    return _CONFIG.format(
        base=server.base,
        user=user,
        group=grp.getgrgid(gid).gr_name,
        certificate=certificate,
        format=mailboxes,
        passdb=passdb.format(base=server.base) if passdb else _STATIC,
        port=server.port,
        tls_port=server.tls_port,
    )


async def _listening(port: int) -> None:
    async with asyncio.timeout(TIMEOUT):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)  # until the port is open; there is nothing to wait for
                continue
            writer.close()
            return
