"""Files as an app sees them."""

import mimetypes

from localslack.records import File, Json
from localslack.wire.part import Part


class Files(Part):
    """Builds file objects, as in files.info."""

    def file(self, file: File) -> Json:
        """A file object."""
        if file.deleted:
            return {"id": file.id, "mode": "tombstone"}
        path = f"{self.workspace.team.id}-{file.id}"
        kind = filetype(file.name)
        snippet = file.mimetype.startswith("text/")
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title or file.name,
            "mimetype": file.mimetype,
            "filetype": kind,
            "pretty_type": kind.upper() if kind != "text" else "Plain Text",
            "user": file.user,
            "user_team": self._team_of(file.user),
            "editable": snippet,
            "size": file.size,
            "mode": "snippet" if snippet else "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": any(self._is_public(channel) for channel in file.channels),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{self.base_url}files-pri/{path}/{file.name}",
            "url_private_download": f"{self.base_url}files-pri/{path}/download/{file.name}",
            "permalink": f"{self.base_url}files/{file.user}/{file.id}/{file.name}",
            "permalink_public": f"{self.base_url}files-pub/{path}",
            "comments_count": 0,
            "is_starred": False,
            "has_rich_preview": False,
            "file_access": "visible",
            **({"alt_txt": file.alt_text} if file.alt_text else {}),
            **self._shares(file),
        }

    def _team_of(self, user: str) -> str:
        person = self.workspace.people.get(user)
        return person.team_id if person else self.workspace.team.id

    def is_connected(self, file: File) -> bool:
        """True if a file belongs to a shared channel or to somebody of another workspace."""
        shared = any(self.workspace.channels[channel].shared_team_ids for channel in file.channels)
        owner = self.workspace.people.get(file.user)
        return shared or (owner is not None and owner.is_external)

    def file_in_event(self, file: File) -> Json:
        """A file as events carry it: those of shared channels must be asked for with files.info."""
        if file.deleted or not self.is_connected(file):
            return self.file(file)
        unknown = {"created": 0, "timestamp": 0, "user": ""}
        return {"id": file.id, "mode": "file_access", "file_access": "check_file_info", **unknown}

    def _is_public(self, channel: str) -> bool:
        found = self.workspace.channels.get(channel)
        return found is not None and found.kind == "public"

    def _shares(self, file: File) -> Json:
        by_kind: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
        shares: dict[str, Json] = {"public": {}, "private": {}}
        for channel_id in file.channels:
            kind = self.workspace.channels[channel_id].kind
            by_kind[{"public": "channels", "im": "ims"}.get(kind, "groups")].append(channel_id)
            entries = [{"ts": ts, "reply_users": [], "reply_count": 0} for ts in file.shares.get(channel_id, [])]
            shares["public" if kind == "public" else "private"][channel_id] = entries
        return by_kind | {"shares": {key: value for key, value in shares.items() if value}}


_FILETYPES = {"txt": "text", "jpeg": "jpg", "log": "text", "md": "markdown", "py": "python", "": "binary"}


def filetype(name: str) -> str:
    """Slack's short name of a file's type."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return _FILETYPES.get(ending, ending)


def mimetype(name: str, declared: str | None = None) -> str:
    """The media type of an upload."""
    if declared and declared != "application/octet-stream":
        return declared.partition(";")[0]
    return mimetypes.guess_type(name)[0] or ("text/plain" if filetype(name) == "text" else "application/octet-stream")
