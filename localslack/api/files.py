"""files.*: upload in three steps, listing and deleting."""

from localslack.api.chat import author, check_writable
from localslack.api.content import blocks as given_blocks
from localslack.api.pictures import may_see
from localslack.api.registry import Call, method
from localslack.changes import FileChanged
from localslack.errors import SlackError
from localslack.ids import random_id, random_secret
from localslack.records import Channel, File, Json
from localslack.wire import filetype, mimetype

LARGEST = 1024 * 1024 * 1024


@method("files.getUploadURLExternal", "files:write", tier=4)
async def get_upload_url(call: Call) -> Json:
    """Step one: a place to send the bytes to."""
    name, length = call.arguments.needed("filename"), call.arguments.number("length", 0)
    if not length:
        raise SlackError.invalid_arguments("[ERROR] missing required field: length")
    if length > LARGEST:
        raise SlackError("file_upload_size_restricted")
    file = File(
        id=random_id("F"),
        name=name.replace("/", "_"),
        title="",
        mimetype=mimetype(name),
        size=length,
        user=call.bot.id,
        created=call.slack.workspace.now,
        alt_text=call.arguments.text("alt_txt") or "",
        snippet_type=call.arguments.text("snippet_type") or "",
        complete=False,
    )
    call.slack.workspace.add(file)
    secret = random_secret(40)
    call.slack.uploads[secret] = file.id
    return {"upload_url": f"{call.slack.base_url}upload/v1/{secret}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write", tier=4)
async def complete_upload(call: Call) -> Json:
    """Step three: the files get their titles, and are shared if a channel is named."""
    given = call.arguments.json("files", "invalid_arguments")
    if (
        not isinstance(given, list)
        or not given
        or not all(isinstance(entry, dict) and entry.get("id") for entry in given)
    ):
        raise SlackError.invalid_arguments("[ERROR] missing required field: files")
    files = [await _uploaded(call, entry) for entry in given]
    channels = [_channel(call, name) for name in _channels(call)]
    for file, entry in zip(files, given, strict=True):
        file.title, file.complete = str(entry.get("title") or file.name), True
        call.slack.workspace.save(file)
        call.slack.workspace.publish(FileChanged(file, "created"))
    for channel in channels:
        _share(call, channel, files)
    return {"files": [call.slack.wire.file(file) for file in files]}


async def _uploaded(call: Call, entry: Json) -> File:
    file = call.slack.workspace.files.get(str(entry["id"]))
    if file is None or file.user != call.bot.id or file.deleted or file.complete:
        raise SlackError("file_not_found")
    if await call.slack.blobs.get(file.id) is None:
        raise SlackError("file_not_found")
    return file


def _channels(call: Call) -> list[str]:
    one = call.arguments.text("channel_id")
    return [one] if one else call.arguments.list("channels")


def _channel(call: Call, name: str) -> Channel:
    channel = call.slack.workspace.channels.get(name)
    if channel is None:
        person = call.slack.workspace.people.get(name)
        if person is None:
            raise SlackError("channel_not_found")
        channel = call.slack.membership.open_dm({call.bot.id, person.id})[0]
    check_writable(call, channel)
    return channel


def _share(call: Call, channel: Channel, files: list[File]) -> None:
    thread_ts = call.arguments.ts("thread_ts", "invalid_thread_ts")
    if thread_ts and call.slack.workspace.message(channel.id, thread_ts) is None:
        raise SlackError("thread_not_found")
    call.slack.posting.post(
        channel,
        text=call.arguments.text("initial_comment") or "",
        blocks=given_blocks(call.arguments) or [],
        files=[file.id for file in files],
        thread_ts=thread_ts,
        **author(call),
    )


def visible(call: Call) -> File:
    """The file of an argument, if the bot made it or is where it was shared."""
    file = call.slack.workspace.files.get(call.arguments.needed("file"))
    if file is None or not file.complete:
        raise SlackError("file_not_found")
    if file.deleted:
        raise SlackError("file_deleted")
    if not may_see(call, file):
        raise SlackError("file_not_found")
    return file


@method("files.info", "files:read", tier=4)
async def info(call: Call) -> Json:
    """The file of an argument."""
    return {
        "file": call.slack.wire.file(visible(call)),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


@method("files.list", "files:read")
async def list_files(call: Call) -> Json:
    """Files the bot may see, newest first, in numbered pages."""
    found = [file for file in call.slack.workspace.files.values() if _wanted(call, file)]
    found.sort(key=lambda file: file.created, reverse=True)
    count, number = call.arguments.number("count", 100, maximum=1000), call.arguments.number("page", 1)
    shown = found[(number - 1) * count : number * count]
    paging = {"count": count, "total": len(found), "page": number, "pages": -(-len(found) // count)}
    return {"files": [call.slack.wire.file(file) for file in shown], "paging": paging}


def _wanted(call: Call, file: File) -> bool:
    channel, user, types = (call.arguments.text(name) for name in ("channel", "user", "types"))
    since, until = call.arguments.number("ts_from", 0), call.arguments.number("ts_to", 0)
    return (
        file.complete
        and not file.deleted
        and may_see(call, file)
        and (not channel or channel in file.channels)
        and (not user or user == file.user)
        and (not types or types == "all" or _kind(file) in types.split(","))
        and file.created >= since
        and (not until or file.created <= until)
    )


def _kind(file: File) -> str:
    if file.mimetype.startswith("image/"):
        return "images"
    if file.mimetype.startswith("text/"):
        return "snippets"
    return {"pdf": "pdfs", "zip": "zips"}.get(filetype(file.name), "other")


@method("files.delete", "files:write")
async def delete(call: Call) -> Json:
    """Delete a file of one's own."""
    file = visible(call)
    if file.user != call.bot.id:
        raise SlackError("cant_delete_file")
    file.deleted = True
    call.slack.workspace.save(file)
    await call.slack.blobs.drop(file.id)
    call.slack.workspace.publish(FileChanged(file, "deleted"))
    return {}
