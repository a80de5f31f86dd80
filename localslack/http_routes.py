"""Routes besides the Web API and the control interface: response URLs, uploads, downloads, avatars, and the page."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from localslack.broken_answers import answered
from localslack.control.reading import file_response
from localslack.errors import SlackError
from localslack.people.answers import take
from localslack.records import App, File, Json
from localslack.services import Services
from localslack.shapes import initials
from localslack.text import escape
from localslack.traffic import Row

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PAGE = Path(__file__).with_name("page")
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data: blob:; font-src 'self'; "
    "media-src 'self' blob:; connect-src 'self' {socket}; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_STATUS = {"used_url": 404, "expired_url": 404, "invalid_url": 404}


class HttpRoutes:
    """One method per address."""

    def __init__(self, slack: Services) -> None:
        self._slack = slack

    def add_routes(self, app: web.Application) -> None:
        """All addresses outside the Web API and the control interface."""
        response_url, upload = self._faulty("response_url", self.response_url), self._faulty("upload", self.upload)
        app.router.add_post("/actions/{key}", response_url)
        app.router.add_post("/commands/{key}", response_url)
        app.router.add_post("/upload/v1/{secret}", upload)
        app.router.add_put("/upload/v1/{secret}", upload)
        app.router.add_get("/files-pri/{id}/{rest:.+}", self._faulty("download", self.download))
        app.router.add_post("/services/{team}/{bot}/{secret}", self._faulty("webhook", self.webhook))
        app.router.add_get("/avatars/{id}", self.avatar)
        app.router.add_get("/link/", self._faulty("socket", self._slack.sockets.handle))
        app.router.add_get("/", self.page)
        app.router.add_get("/archives/{rest:.+}", self.page)
        app.router.add_get("/files/{rest:.+}", self.page)
        if PAGE.is_dir():
            app.router.add_static("/page/", PAGE)

    def _faulty(self, kind: str, handler: Handler) -> Handler:
        """The handler of an address that apps use, with the faults that were ordered for this kind of request."""

        async def handle(request: web.Request) -> web.StreamResponse:
            fault = self._slack.faults.for_call(kind)
            if fault is None:
                return await handler(request)
            row = self._slack.traffic.begin(None, direction="from_app", transport=kind, kind=kind, request=None)
            response = await answered(self._slack.faults, fault, request, lambda: handler(request))
            self._slack.traffic.record_fault(row, fault.fault, response.status)
            return response

        return handle

    # -- response URLs ------------------------------------------------------------------------------------------

    async def response_url(self, request: web.Request) -> web.StreamResponse:
        """An answer to an interaction."""
        body = await _json(request)
        try:
            url = self._slack.urls.find(request.match_info["key"])
        except SlackError as refused:
            return self._refused(self._begin(None, body), refused)
        row = self._begin(self._slack.workspace.apps.get(url.app_id), body)
        try:
            take(self._slack, url, body)
            await self._slack.workspace.journal.flush()
        except SlackError as refused:
            return self._refused(row, refused)
        self._slack.traffic.end(row, "ok", "ok", 200)
        return web.Response(text="ok")

    def _begin(self, app: App | None, body: Json | None) -> Row:
        return self._slack.traffic.begin(
            app, direction="from_app", transport="response_url", kind="response_url", request=body
        )

    def _refused(self, row: Row, refused: SlackError) -> web.Response:
        status = _STATUS.get(refused.error, 400)
        self._slack.traffic.end(row, refused.error, None, status)
        return web.json_response({"ok": False, "error": refused.error, **refused.extra}, status=status)

    async def webhook(self, request: web.Request) -> web.StreamResponse:
        """A message to an incoming webhook, as JSON or as a form with `payload`."""
        body = await _payload(request) if request.content_type.endswith("urlencoded") else await _json(request)
        url = self._slack.webhooks.find(request.match_info["secret"])
        app = self._slack.workspace.apps.get(url[0]) if url else None
        row = self._slack.traffic.begin(
            app, direction="from_app", transport="webhook", kind="webhook", request=body, summary="incoming webhook"
        )
        status, answer = self._slack.webhooks.take(url, body)
        await self._slack.workspace.journal.flush()
        self._slack.traffic.end(row, answer, answer, status)
        return web.Response(status=status, text=answer)

    # -- files --------------------------------------------------------------------------------------------------

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Step two of an upload: the bytes, raw or as a form, without a token."""
        file_id = self._slack.uploads.get(request.match_info["secret"])
        file = self._slack.workspace.files.get(file_id or "")
        if file is None or file.complete:
            return web.Response(status=404, text="upload url not found")
        content = await _content(request)
        if len(content) != file.size:
            return web.Response(status=400, text=f"expected {file.size} bytes, got {len(content)}")
        await self._slack.blobs.put(file.id, content)
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A private file, for a token that may see it."""
        header = request.headers.get("Authorization", "")
        app = self._slack.workspace.app_by_token(header[7:]) if header.lower().startswith("bearer ") else None
        if app is not None and self._slack.tokens.error(app, header[7:]):
            app = None
        file = self._slack.workspace.files.get(request.match_info["id"].partition("-")[2])
        if app is None or not app.may("files:read"):
            raise web.HTTPFound("/")  # Slack redirects a token without the right to its sign-in page
        if file is None or file.deleted or not self._may_download(app, file):
            return web.Response(status=404, text="file not found")
        content = await self._slack.blobs.get(file.id) or b""
        return file_response(file.name, file.mimetype, content, download="/download/" in request.path)

    def _may_download(self, app: App, file: File) -> bool:
        shared = [self._slack.workspace.channels[channel] for channel in file.channels]
        mine = file.user == app.bot_user or not shared
        return mine or any(c.kind == "public" or app.bot_user in c.members for c in shared)

    # -- the page -----------------------------------------------------------------------------------------------

    async def avatar(self, request: web.Request) -> web.StreamResponse:
        """Initials on a colour."""
        person = self._slack.workspace.people.get(request.match_info["id"])
        name, colour = (person.name, person.colour) if person else (self._slack.workspace.team.name, "#4a154b")
        drawing = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72"><rect width="72" height="72" rx="12" '
            f'fill="{colour}"/><text x="36" y="46" font-family="sans-serif" font-size="28" fill="#fff" '
            f'text-anchor="middle">{escape(initials(name))}</text></svg>'
        )
        headers = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "max-age=3600"}
        return web.Response(text=drawing, content_type="image/svg+xml", headers=headers)

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page."""
        index = PAGE / "index.html"
        if not index.exists():
            return web.Response(status=404, text="The page is not installed.")
        return web.FileResponse(index)


async def _json(request: web.Request) -> Json | None:
    try:
        return _object(await request.text())
    except (LookupError, ValueError):  # an unknown or a wrong charset
        return None


async def _payload(request: web.Request) -> Json | None:
    """The JSON in the field `payload` of a form."""
    try:
        payload = (await request.post()).get("payload")
    except (LookupError, ValueError):
        return None
    return _object(payload) if isinstance(payload, str) else None


def _object(text: str) -> Json | None:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


async def _content(request: web.Request) -> bytes:
    if request.content_type == "multipart/form-data":
        form = await request.post()
        for part in form.values():
            if isinstance(part, web.FileField):
                return bytes(part.file.read())
        return b""
    return await request.read()


def page_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Headers of everything a browser shows."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if not request.path.startswith(("/api/", "/_local/")):
        socket = f"ws://{request.headers.get('Host', '')}"
        response.headers.setdefault("Content-Security-Policy", _CSP.format(socket=socket))
        response.headers.setdefault("Cache-Control", "no-cache")
