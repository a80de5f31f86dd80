"""The control interface for faults, switches, tokens, and administrators."""

import math

from aiohttp import web

from localslack.control.answering import json_body
from localslack.errors import Refused
from localslack.faults import CALL_FAULTS, DELIVERY_FAULTS
from localslack.mail import MAIL_FAULTS, InvalidMailFault
from localslack.mail import Faults as MailFaults
from localslack.records import Json
from localslack.services import Services


class TroubleRoutes:
    """One method per request."""

    def __init__(self, slack: Services) -> None:
        self._slack = slack

    # -- faults -------------------------------------------------------------------------------------------------

    async def faults(self, request: web.Request) -> Json:
        """The pending faults, tokens that fail, and the names of all faults."""
        return {
            "faults": [fault.to_json() for fault in self._slack.faults.listed()],
            "tokens": self._slack.tokens.listed(),
            "call_faults": list(CALL_FAULTS),
            "delivery_faults": list(DELIVERY_FAULTS),
        }

    async def order(self, request: web.Request) -> Json:
        """Order a fault for coming calls or deliveries."""
        wanted = await json_body(request)
        if not {"method", "fault"} <= set(wanted):
            raise Refused("invalid_fault", "A fault needs a method and a fault.")
        return {"fault": self._slack.faults.order(**wanted).to_json()}

    async def cancel(self, request: web.Request) -> Json:
        """Cancel one order."""
        if not self._slack.faults.cancel(request.match_info["id"]):
            raise Refused("fault_not_found", "There is no such fault.", 404)
        return {}

    async def clear(self, request: web.Request) -> Json:
        """Cancel all orders, and let all tokens work."""
        self._slack.faults.clear()
        self._slack.tokens.clear()
        if self._slack.mailbox:
            self._slack.mailbox.faults.clear()
        return {}

    # -- faults of the mail servers -----------------------------------------------------------------------------

    def _mail(self) -> MailFaults:
        if self._slack.mailbox is None:
            raise Refused("no_mailbox", "There is no mail server here.", 404)
        return self._slack.mailbox.faults

    async def mail_faults(self, request: web.Request) -> Json:
        """The orders for the mail servers that may still happen, and what each fault does."""
        faults = self._slack.mailbox.faults.listed() if self._slack.mailbox else []
        return {"faults": [fault.to_json() for fault in faults], "mail_faults": MAIL_FAULTS}

    async def order_mail(self, request: web.Request) -> Json:
        """Let a mail server fail."""
        wanted = await json_body(request)
        try:
            return {"fault": self._mail().order(_text(wanted, "fault", ""), **_rest(wanted, "fault")).to_json()}
        except InvalidMailFault as error:
            raise Refused("invalid_fault", str(error)) from error

    async def cancel_mail(self, request: web.Request) -> Json:
        """Take one order for a mail server back."""
        if not self._mail().cancel(request.match_info["id"]):
            raise Refused("fault_not_found", "There is no such fault.", 404)
        return {}

    async def clear_mail(self, request: web.Request) -> Json:
        """Take all orders for the mail servers back."""
        self._mail().clear()
        return {}

    async def switches(self, request: web.Request) -> Json:
        """The values of all switches."""
        return self._slack.switches.to_json()

    async def change_switches(self, request: web.Request) -> Json:
        """Change some of them."""
        self._slack.switches.change(await json_body(request))
        return self._slack.switches.to_json()

    # -- apps ---------------------------------------------------------------------------------------------------

    async def disconnect(self, request: web.Request) -> Json:
        """End an app's sockets."""
        reason = _text(await json_body(request), "reason", "refresh_requested")
        await self._slack.admin.disconnect(request.match_info["app"], reason)
        return {}

    async def webhook(self, request: web.Request) -> Json:
        """The incoming webhook of an app for a channel."""
        app, channel = request.match_info["app"], _text(await json_body(request), "channel", "")
        url = self._slack.webhooks.issue(self._slack.admin.app(app), self._slack.admin.channel(channel))
        return {"url": f"{self._slack.base_url}{url}"}

    async def token(self, request: web.Request) -> Json:
        """Let an app's tokens fail, or revoke scopes; without either everything is as it was."""
        app, wanted = request.match_info["app"], await json_body(request)
        self._slack.admin.mend_token(app)
        self._slack.admin.withhold_scopes(app, _texts(wanted, "withheld"))
        if error := _text(wanted, "error", ""):
            seconds = None if wanted.get("seconds") is None else _number(wanted, "seconds", 0)
            await self._slack.admin.break_token(app, error, which=_text(wanted, "which", "both"), seconds=seconds)
        return {"tokens": self._slack.tokens.listed()}

    async def uninstall(self, request: web.Request) -> Json:
        """Remove an app from the workspace."""
        self._slack.admin.uninstall(request.match_info["app"])
        return {"tokens": self._slack.tokens.listed()}

    # -- administrators -----------------------------------------------------------------------------------------

    async def delete_message(self, request: web.Request) -> Json:
        """Delete anybody's message."""
        path, query = request.match_info, request.query
        self._slack.admin.delete_message(
            path["channel"], path["ts"], replies="replies" in query, quietly="quietly" in query
        )
        return {}

    async def archive(self, request: web.Request) -> Json:
        """Archive or unarchive a channel."""
        archived = (await json_body(request)).get("archived", True)
        self._slack.admin.archive(request.match_info["channel"], archived=archived is not False)
        return {}

    async def members(self, request: web.Request) -> Json:
        """Add people and apps to a channel, and remove some."""
        wanted, channel = await json_body(request), request.match_info["channel"]
        for name in _texts(wanted, "add"):
            self._slack.admin.add_member(channel, name)
        for name in _texts(wanted, "remove"):
            self._slack.admin.remove_member(channel, name)
        return {"members": list(self._slack.admin.channel(channel).members)}

    # -- Slack Connect ------------------------------------------------------------------------------------------

    async def share(self, request: web.Request) -> Json:
        """Share a channel with another workspace; a private one gets another id."""
        with_ = _text(await json_body(request), "with", "")
        channel, team = self._slack.connect.share(request.match_info["channel"], with_)
        return {"channel": channel.id, "team": team}

    async def unshare(self, request: web.Request) -> Json:
        """End a connection; with `guest` the channel was the other side's, and a frozen copy is left."""
        wanted = await json_body(request)
        ours = wanted.get("guest") is not True
        channel = self._slack.connect.unshare(request.match_info["channel"], _text(wanted, "with", ""), hosted=ours)
        return {"channel": channel.id}

    async def new_id(self, request: web.Request) -> Json:
        """Give a channel another id."""
        return {"channel": self._slack.connect.change_id(request.match_info["channel"]).id}

    # -- groups and storms --------------------------------------------------------------------------------------

    async def change_group(self, request: web.Request) -> Json:
        """Give a user group other members."""
        self._slack.admin.set_group_members(request.match_info["group"], _texts(await json_body(request), "members"))
        return {"groups": self._slack.shapes.groups()}

    async def delete_group(self, request: web.Request) -> Json:
        """Make a user group unknown."""
        self._slack.admin.delete_group(request.match_info["group"])
        return {"groups": self._slack.shapes.groups()}

    async def storm(self, request: web.Request) -> Json:
        """Change the status of many people; answered at the end unless `wait` is false."""
        wanted = await json_body(request)
        changes, seconds = int(_number(wanted, "changes", 100, 1e6)), _number(wanted, "seconds", 0, 86_400)
        work = self._slack.admin.change_profiles(changes, seconds=seconds, seed=int(_number(wanted, "seed", 0)))
        if wanted.get("wait") is False:
            self._slack.delivery.spawn(work)
            return {}
        return {"changes": await work}


def _rest(wanted: Json, *names: str) -> Json:
    return {name: value for name, value in wanted.items() if name not in names}


def _text(wanted: Json, name: str, default: str) -> str:
    value = wanted.get(name)
    value = default if value is None else value
    if not isinstance(value, str):
        raise Refused("invalid_request", f"“{name}” is text.")
    return value


def _texts(wanted: Json, name: str) -> list[str]:
    value = wanted.get(name) or []
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise Refused("invalid_request", f"“{name}” is a list of texts.")
    return value


def _number(wanted: Json, name: str, default: float, maximum: float = 1e9) -> float:
    value = wanted.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Refused("invalid_request", f"“{name}” is a number.")
    if not 0 <= value <= maximum:
        raise Refused("invalid_request", f"“{name}” is a number from 0 to {maximum:g}.")
    return float(value)
