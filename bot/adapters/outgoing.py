"""Everything that goes out: the carriers of all kinds of notices, and the transports they use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.mail.compose import ascii_domain
from bot.adapters.mail.mail_carrier import MailCarrier
from bot.adapters.mail.oauth import TokenSource
from bot.adapters.mail.smtp_sender import SmtpSender
from bot.adapters.mail.smtp_url import parse_smtp_url
from bot.adapters.slack import client as slack_client
from bot.adapters.slack.api_errors import closes_slack
from bot.adapters.slack.closed_channel import ClosedChannelIsFinal, SeveredChannelIsFinal
from bot.adapters.slack.conversation_carrier import ConversationCarrier
from bot.adapters.slack.files import SlackFiles
from bot.adapters.slack.present_recipients import PresentRecipients
from bot.adapters.slack.report_carrier import Make, ReportCarrier
from bot.adapters.slack.slack_carrier import SlackCarrier, Write
from bot.adapters.slack.transport_check import slack_check
from bot.alerts import MAIL, SLACK
from bot.config.environment import Environment
from bot.config.settings import Config
from bot.conversation.ports import MailFiles
from bot.conversation.thread_headers import OutgoingMails
from bot.core.clock import Clock
from bot.core.rate_limiter import SharedTurns
from bot.model.notice import BY_MAIL, NoticeKind
from bot.outbox import Carrier
from bot.ports import Store
from bot.tickets.ports import Directory
from bot.tickets.routes import Routes
from bot.transports import Closure, Tell, Transport, Transports

BY_SLACK = frozenset(NoticeKind) - BY_MAIL
IN_THE_CHANNEL = (NoticeKind.LETTER_POST, NoticeKind.CHASE_POST, NoticeKind.REQUEST_POST)
"""Notifications posted in the channel shared with Retarus."""


@dataclass(frozen=True)
class Outgoing:
    """The transports to Slack and e-mail, before it is known what is sent."""

    posting: AsyncWebClient
    session: ClientSession
    sender: SmtpSender | None
    slack: Transport
    mail: Transport
    has_mailbox: bool
    """True if inbound mail is read: answers are to come to our own address."""
    on_error: slack_client.OnError
    """For other clients of Slack: closes the transport after an error that concerns the whole desk."""

    @property
    def transports(self) -> Transports:
        return Transports((self.slack, self.mail) if self.sender else (self.slack,))

    def connect(self, tell: Tell, opened: Callable[[], None]) -> None:
        """From now on admins are told about closed transports, and `opened` is called when deliveries may resume."""
        for transport in (self.slack, self.mail):
            transport.tell, transport.opened = tell, opened

    def share_rate_limit(self, turns: SharedTurns | None) -> None:
        """From now on all replicas on the same database keep to one rate limit together."""
        if self.slack.limiter:
            self.slack.limiter.shared = turns

    def carriers(
        self,
        store: Store,
        write: Write,
        make_report: Make,
        config: Config,
        parser: MailFiles,
        directory: Directory,
        routes: Routes,
    ) -> dict[NoticeKind, Carrier]:
        """The carrier of each kind of notice. `parser`: reads files of mails that came in."""
        files, limit, retarus = SlackFiles(self.posting, self.session), config.files.max_bytes, config.retarus
        mail = MailCarrier(
            self.sender,
            retarus.from_address,
            retarus.reply_to or (retarus.from_address if self.has_mailbox else ""),
            OutgoingMails(store, store, store),
            files,
            limit,
            retarus.language,
            is_slack_open=lambda: self.slack.is_open,
        )
        slack = SlackCarrier(self.posting, store, write, files, limit)
        carriers: dict[NoticeKind, Carrier] = {kind: mail if kind in BY_MAIL else slack for kind in NoticeKind}
        talking = ConversationCarrier(self.posting, store, write, files, parser, slack.repost_card)
        carriers |= dict.fromkeys((NoticeKind.ENTRY, NoticeKind.RECEIPT, NoticeKind.ORIGINAL), talking)
        carriers[NoticeKind.REPORT] = ReportCarrier(self.posting, make_report)
        if retarus.fallback and retarus.email:
            carriers |= {kind: ClosedChannelIsFinal(carriers[kind]) for kind in IN_THE_CHANNEL}
        carriers |= {kind: SeveredChannelIsFinal(carriers[kind], routes) for kind in IN_THE_CHANNEL}
        return {
            kind: carrier if kind in BY_MAIL else PresentRecipients(carrier, directory)
            for kind, carrier in carriers.items()
        }


def sender_domain(config: Config) -> str:
    """The domain of the Message-IDs of our mails, in ASCII; empty where no mail is sent."""
    return ascii_domain(config.retarus.from_address.rpartition("@")[2])


def outgoing(
    env: Environment, config: Config, session: ClientSession, clock: Clock, token: TokenSource | None = None
) -> Outgoing:
    """The transports: Slack, and the mail server where one is set. `token`: for a user without a password."""
    limiter = slack_client.post_limiter(env.slack_posts_per_minute)
    name = config.retarus.from_address.rpartition("@")[2] or "localhost"
    sender = SmtpSender(parse_smtp_url(env.smtp_url), name=name, token=token) if env.smtp_url else None

    def on_error(error: SlackApiError) -> None:
        reason = closes_slack(error)
        if reason:
            slack.close(reason)

    posting = slack_client.for_outbox(env.slack_bot_token, env.slack_api_url, session, limiter, on_error)
    slack = Transport(SLACK, BY_SLACK, slack_check(posting), clock, limiter)

    async def mail_is_open(_: Closure) -> bool:
        return sender is None or await sender.check() is None

    mail = Transport(MAIL, BY_MAIL, mail_is_open, clock)
    return Outgoing(posting, session, sender, slack, mail, bool(env.imap_url), on_error)
