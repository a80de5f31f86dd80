"""All decisions about an inbound mail, in one call."""

from __future__ import annotations

from bot.conversation.kind import Classification, classify
from bot.conversation.mail import InboundMail, MailRecord
from bot.conversation.matching import MailLookup, MailPolicy, Match, is_allowed, match
from bot.conversation.references import rcr_numbers


class Assessment(MailRecord):
    """Kind of the mail, and the ticket it belongs to."""

    classification: Classification
    match: Match


async def assess(mail: InboundMail, policy: MailPolicy, lookup: MailLookup) -> Assessment:
    """Reads only; the caller saves what follows in one transaction."""
    known = await lookup.known_mails([mail.message_id]) if mail.message_id else {}
    numbers = rcr_numbers(mail.subject, policy.rcr_pattern)
    classification = classify(
        mail,
        own_addresses=policy.own_addresses,
        is_own_id=any(each.is_sent for each in known.values()),
        is_allowed=is_allowed(mail, policy.allowed),
        rcr_pattern=policy.rcr_pattern,
        known_rcr=tuple(await lookup.tickets_by_rcr(numbers)) if numbers else (),
    )
    return Assessment(classification=classification, match=await match(mail, classification, policy, lookup))
