"""The control interface for the local Slack itself: time, traffic, mail, seeds, people."""

import math

from aiohttp import web

from localslack.changes import AppsChanged, PersonChanged, Reset
from localslack.control.answering import json_body, number
from localslack.errors import Refused
from localslack.mail import reply_to
from localslack.manifests import use_http
from localslack.records import Json
from localslack.seed import Seed, SeedError
from localslack.seeding import add_person
from localslack.services import Services

_CHANGEABLE: Json = {
    **dict.fromkeys(("name", "display_name", "email", "title", "phone", "tz", "locale", "guest"), ""),
    **dict.fromkeys(("admin", "owner", "deactivated"), False),
}
_FIELDS = {"admin": "is_admin", "owner": "is_owner", "deactivated": "deleted"}


class SystemRoutes:
    """One method per request."""

    def __init__(self, slack: Services) -> None:
        self._slack = slack

    async def info(self, request: web.Request) -> Json:
        """The addresses and the apps with their tokens."""
        return self._slack.info()

    # -- time ---------------------------------------------------------------------------------------------------

    def _time(self) -> Json:
        return {"offset": self._slack.clock.offset, "now": self._slack.clock.now()}

    async def clock(self, request: web.Request) -> Json:
        """The time."""
        return self._time()

    async def move_clock(self, request: web.Request) -> Json:
        """Move the clock."""
        wanted = await json_body(request)
        for name, move in (("advance", self._slack.clock.advance), ("offset", self._slack.clock.set_offset)):
            if name in wanted:
                move(_seconds(wanted[name]))
                return self._time()
        raise Refused("invalid_request", "Give “advance” or “offset”, in seconds.")

    # -- traffic and mail ---------------------------------------------------------------------------------------

    async def traffic(self, request: web.Request) -> Json:
        """The rows after a sequence number."""
        after, limit = number(request, "after", 0, 2**53), number(request, "limit", 2000, 2000)
        rows = list(self._slack.traffic.rows(after, request.query.get("app") or None))
        return {"rows": [row.to_json() for row in (rows[:limit] if after else rows[-limit:])]}

    async def clear_traffic(self, request: web.Request) -> Json:
        """Forget the rows."""
        self._slack.traffic.clear()
        return {}

    async def mails(self, request: web.Request) -> Json:
        """All mails, newest first."""
        mailbox = self._slack.mailbox
        return {"mails": [mail.listed() for mail in mailbox.messages()] if mailbox else []}

    async def mail(self, request: web.Request) -> Json:
        """One mail."""
        mailbox = self._slack.mailbox
        mail = mailbox.get(request.match_info["id"]) if mailbox else None
        if mail is None:
            raise Refused("mail_not_found", "There is no such mail.", 404)
        return {"mail": mail.full()}

    async def reply_to_mail(self, request: web.Request) -> Json:
        """Answer a mail as its recipient."""
        mailbox = self._slack.mailbox
        mail = mailbox.get(request.match_info["id"]) if mailbox else None
        if mailbox is None or mail is None:
            raise Refused("mail_not_found", "There is no such mail.", 404)
        text = str((await json_body(request)).get("text") or "").strip()
        if not text:
            raise Refused("no_text", "Write something.")
        raw = reply_to(mail, text, self._slack.clock.now())
        return {"mail": (await mailbox.receive(raw)).listed()}

    async def clear_mail(self, request: web.Request) -> Json:
        """Empty the mailbox."""
        if self._slack.mailbox:
            self._slack.mailbox.clear()
        return {}

    # -- reset --------------------------------------------------------------------------------------------------

    async def reset(self, request: web.Request) -> Json:
        """Reset to the seed."""
        self.reset_to(self._slack.seed)
        return self._slack.info()

    async def seed(self, request: web.Request) -> Json:
        """Replace everything by another seed."""
        try:
            self.reset_to(Seed.from_dict(await json_body(request)))
        except SeedError as error:
            raise Refused("invalid_seed", str(error)) from error
        return self._slack.info()

    def reset_to(self, seed: Seed) -> None:
        self._slack.reset_to(seed)
        self._slack.workspace.publish(Reset())

    # -- people -------------------------------------------------------------------------------------------------

    async def add_person(self, request: web.Request) -> Json:
        """Add a person, with the keys of a seed."""
        wanted = await json_body(request)
        if self._slack.workspace.person_named(str(wanted.get("handle", ""))) is not None:
            raise Refused("name_taken", f"There is a {wanted['handle']!r} already.")
        try:
            [seeded] = Seed.from_dict({"people": [wanted]}).people
            person = add_person(self._slack.workspace, seeded)
        except SeedError as error:
            raise Refused("invalid_person", str(error)) from error
        self._slack.workspace.publish(PersonChanged(person, is_new=True))
        return {"person": self._slack.shapes.person(person)}

    async def change_person(self, request: web.Request) -> Json:
        """Change a person: name, address, time zone, rights, deactivation."""
        person = self._slack.workspace.person_named(request.match_info["person"])
        wanted = await json_body(request)
        if person is None:
            raise Refused("user_not_found", f"There is nobody called “{request.match_info['person']}”.", 404)
        for name, value in wanted.items():
            if not isinstance(value, type(_CHANGEABLE.get(name))):
                raise Refused("invalid_person", f"A person's {name} cannot be {value!r}.")
        for name, value in wanted.items():
            setattr(person, _FIELDS.get(name, name), value)
        person.updated = self._slack.workspace.now
        self._slack.workspace.save(person)
        self._slack.workspace.publish(PersonChanged(person))
        return {"person": self._slack.shapes.person(person)}

    # -- apps ---------------------------------------------------------------------------------------------------

    async def request_url(self, request: web.Request) -> Json:
        """Reach an app over HTTP from now on; it is verified by a challenge."""
        app, url = self._slack.admin.app(request.match_info["app"]), (await json_body(request)).get("url")
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise Refused("invalid_url", "Give “url”, the address the app listens at.")
        use_http(app, url)
        self._slack.workspace.save(app)
        self._slack.workspace.publish(AppsChanged())
        return {"verified": await self._slack.delivery.verify(app)}


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e10:
        raise Refused("invalid_request", "Seconds are a number.")
    return float(value)
