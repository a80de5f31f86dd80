"""Acting as a person: each verb is a POST; the verbs themselves are in `localslack.people`."""

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from localslack.control.answering import json_body, person_of
from localslack.errors import Refused
from localslack.people import assistants, channels, commands, interactions, modals, writing
from localslack.people.actor import VERBS, Actor
from localslack.records import Json
from localslack.services import Services

FAMILIES = (assistants, channels, commands, interactions, modals, writing)


class Acting:
    """`POST /_local/people/{person}/{verb}`."""

    def __init__(self, slack: Services) -> None:
        self._slack = slack

    async def act(self, request: web.Request) -> Json:
        """Run the verb."""
        verb = request.match_info["verb"]
        if verb not in VERBS:
            raise Refused("unknown_verb", f"There is no verb “{verb}”; there are {', '.join(sorted(VERBS))}.", 404)
        return await VERBS[verb](self._actor(request, await json_body(request)))

    def _actor(self, request: web.Request, wanted: Json) -> Actor:
        person = person_of(self._slack, request)
        if person.deleted:
            raise Refused("deactivated", f"{person.name} is deactivated.", 403)
        return Actor(self._slack, person, wanted)

    async def upload(self, request: web.Request) -> Json:
        """`POST /_local/people/{person}/upload`, multipart."""
        if request.content_type != "multipart/form-data":
            raise Refused("invalid_request", "An upload is multipart/form-data.")
        wanted: Json = {}
        uploads: list[tuple[str, str | None, bytes]] = []
        try:
            async for part in await request.multipart():
                await _take(part, wanted, uploads)
        except (ValueError, LookupError, HttpProcessingError):
            raise Refused("invalid_request", "The upload is broken.") from None
        if not uploads:
            raise Refused("no_file", "There is no file in the upload.")
        actor = self._actor(request, {key: value for key, value in wanted.items() if value})
        return await channels.share(actor, [await channels.keep_upload(actor, *upload) for upload in uploads])


async def _take(part: object, wanted: Json, uploads: list[tuple[str, str | None, bytes]]) -> None:
    """Read one part of an upload: a file or a field."""
    if not isinstance(part, BodyPartReader):
        raise Refused("invalid_request", "An upload has no parts within parts.")
    if part.filename:
        uploads.append((part.filename, part.headers.get("Content-Type"), bytes(await part.read())))
    else:
        wanted[part.name or ""] = await part.text()
