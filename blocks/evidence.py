"""Evidence beside a letter: its files, the status page, and doubtful answers."""

from __future__ import annotations

from collections.abc import Sequence

from blocks import kit
from blocks.form import ANSWER, text_input
from blocks.kit import Json
from bot.config.settings import Config
from bot.core.i18n import many, mark, t
from bot.escalation.evidence import OVERRIDE_REASON
from bot.escalation.preview import Preview
from bot.model.ticket import Attachment, StatusReport
from bot.tickets.attachments import FILES, listed, read, sized, total, waiting

REMOVE = "evidence.remove"
LOOK = "evidence.look"
FINE = "evidence.fine"
TROUBLE = "evidence.trouble"
PAGE = "evidence.page"

STATUS = {"fine": mark("nothing reported"), "trouble": mark("trouble reported"), "unknown": mark("unknown")}


def health_of(page: str) -> str:
    """Display name of a status page's health."""
    return t(STATUS[page])


OFFERED = "message_files"
"""Block id of the files a form offers."""
ALL_OFFERED = f"{OFFERED}.all"
"""The key under which all of them are listed, chosen or not."""

AT_A_TIME = 10
"""Files Slack lets somebody add at a time, and options it lets them choose from."""


_AND_IN_THREAD = mark("They go to Retarus with the ticket, like files posted in its thread")


def file_input() -> Json:
    """Asks for logs and screenshots."""
    return {
        "type": "input",
        "block_id": FILES,
        "label": kit.plain(t("Logs and screenshots")),
        "hint": kit.plain(t(_AND_IN_THREAD)),
        "element": {"type": "file_input", "action_id": ANSWER, "max_files": AT_A_TIME},
        "optional": True,
    }


def offered(files: str, chosen: str, left: int) -> list[Json]:
    """Files of the message a ticket is raised from, and which are chosen; both as `bot.tickets.attachments.written`.

    What is not chosen stays offered, however often the form is redrawn. `left`: how many did not fit.
    """
    options = {line: kit.option(listed(read(line)), line) for line in files.splitlines()[:AT_A_TIME]}
    ticked = [options[line] for line in chosen.splitlines() if line in options]
    element: Json = {"type": "checkboxes", "action_id": ANSWER, "options": list(options.values())}
    asked: Json = {
        "type": "input",
        "block_id": OFFERED,
        "label": kit.plain(t("Files of the message")),
        "hint": kit.plain(t(_AND_IN_THREAD) if left else t("The chosen files go to Retarus with the ticket")),
        "element": element | ({"initial_options": ticked} if ticked else {}),
        "optional": True,
    }
    return [asked, kit.note(many("{count} more", "{count} more", left))] if left else [asked]


def with_letter(shown: Preview, config: Config, *, may_send: bool) -> list[Json]:
    """Files with their sizes, the status page, and each warning with the question for a reason."""
    blocks = _files(shown, config)
    blocks += _status(shown.status, config) if shown.status else []
    return blocks + doubtful(shown, may_send=may_send)


def doubtful(shown: Preview, *, may_send: bool = True, typed: str = "") -> list[Json]:
    """Each warning, and the question for a reason, prefilled with `typed`; empty without a warning."""
    if not shown.warnings:
        return []
    blocks = [kit.rich(*(kit.line(kit.bold(t("Please check: ")), kit.text(each)) for each in shown.warnings))]
    if may_send:
        reason = t("Send anyway because …")
        blocks.append(text_input(OVERRIDE_REASON, reason, t("Kept in the history"), value=typed, multiline=False))
    return blocks


def by_hand(shown: Preview) -> list[Json]:
    """Files that the person who opens the ticket in the portal must upload there."""
    files = waiting(shown.ticket)
    if not files:
        return []
    how = t("Upload these in the portal yourself; then they count as sent:")
    return [kit.rich(kit.line(kit.bold(how))), {"type": "section", "text": kit.plain(listed(files))}]


def _files(shown: Preview, config: Config) -> list[Json]:
    files = waiting(shown.ticket)
    if not files:
        return [kit.note(t("No files to be sent. Add some under “Fill in”, or post them in the ticket's thread."))]
    blocks = [_count(files, config)]
    blocks += [{"type": "section", "text": kit.plain(shown.excess)}] if shown.excess else []
    return blocks + [
        {
            "type": "section",
            "text": kit.plain(listed([file])),
            "accessory": kit.button(t("Remove"), REMOVE, file.id, about=file.name),
        }
        for file in files
    ]


def _count(files: Sequence[Attachment], config: Config) -> Json:
    sizes = {"size": sized(total(files)), "most": sized(config.files.max_bytes)}
    return kit.note(t("Files to be sent: {count}, {size} of {most}", count=len(files), **sizes))


def along(files: Sequence[Attachment], config: Config) -> list[Json]:
    """Files that are sent with a later word; empty when there are none."""
    return [_count(files, config), {"type": "section", "text": kit.plain(listed(files))}] if files else []


def _status(report: StatusReport, config: Config) -> list[Json]:
    says = [kit.text(f" · {t(each)}") for each in report.says]
    health = t("Status page: {health}", health=health_of(report.health))
    words = kit.line(kit.bold(health), kit.text(" · "), kit.moment(report.at), *says)
    buttons = [kit.link_button(t("Open status page"), PAGE, config.retarus.status_page)]
    if config.retarus.status_adapter == "link":
        buttons.append(kit.button(t("Nothing reported there"), FINE, "fine"))
        buttons.append(kit.button(t("Trouble reported there"), TROUBLE, "trouble"))
    else:
        buttons.append(kit.button(t("Look again"), LOOK, "look"))
    return [kit.rich(words), kit.actions("evidence.status", buttons)]
