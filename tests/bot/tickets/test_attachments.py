"""Files are sent once, within a letter's limit, and examples too old to trace are reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.escalation.letter import as_text, write
from bot.escalation.trace_window import warnings
from bot.model.ticket import Attachment
from bot.tickets.attachments import (
    LIMIT,
    MissingFile,
    added,
    fetched,
    left_out,
    listed,
    packed,
    read,
    sent,
    sized,
    total,
    unpacked,
    waiting,
    without,
    written,
)
from tests.factories import COMPLETE, NOW, a_config, a_contact, an_incident

MB = 1_000_000


def a_file(number: int = 1, size: int = 1000, **values: object) -> Attachment:
    return Attachment.model_validate({"id": f"F{number}", "name": f"trace{number}.log", "size": size, **values})


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (12_345, "12 kB"), (1_234_567, "1.2 MB"), (20 * MB, "20 MB")],
)
def test_sizes_are_written_as_people_say_them(count: int, words: str) -> None:
    assert sized(count) == words


def test_file_is_added_once() -> None:
    ticket = an_incident(attachments=(a_file(1),))
    assert added(ticket, [a_file(1), a_file(2), a_file(2)], a_config()) == (a_file(1), a_file(2))


def test_files_beyond_the_limit_of_one_letter_are_refused_with_the_limit() -> None:
    ticket = an_incident(attachments=(a_file(1, 15 * MB),))
    with pytest.raises(ValueError, match="21 MB of files; at most 20 MB"):
        added(ticket, [a_file(2, 6 * MB)], a_config())
    assert len(added(ticket, [a_file(2, 6 * MB)], a_config(files={"max_total_mb": 21}))) == 2
    with pytest.raises(ValueError, match=f"{LIMIT + 1} files; at most {LIMIT}"):
        added(an_incident(), [a_file(number) for number in range(LIMIT + 1)], a_config())


def test_files_of_an_earlier_letter_take_no_room_and_are_not_sent_again() -> None:
    ticket = an_incident(attachments=sent(an_incident(attachments=(a_file(1, 15 * MB),)), NOW))
    ticket = ticket.model_copy(update={"attachments": added(ticket, [a_file(2, 15 * MB)], a_config())})
    assert waiting(ticket) == (a_file(2, 15 * MB),)
    assert total(waiting(ticket)) == 15 * MB
    assert [each.sent_at for each in ticket.attachments] == [NOW, None]
    assert without(ticket, "F2") == ticket.attachments[:1]


def test_letter_lists_what_goes_along() -> None:
    text = as_text(write(an_incident(attachments=(a_file(1), a_file(2, 1_200_000))), a_contact(), a_config()))
    assert "Attached: trace1.log (1 kB), trace2.log (1.2 MB)" in text
    assert "Attached" not in as_text(write(an_incident(), a_contact(), a_config()))


def test_file_without_a_name_goes_by_its_id() -> None:
    assert listed([a_file(1, name="")]) == "F1 (1 kB)"


LONG = "Mitschnitt der Zustellung " + "an alle Empfänger der Müller GmbH " * 6 + "vom 27.08.2019.pcap.gz"


def test_long_file_name_is_listed_whole_in_letters_and_receipts() -> None:
    assert listed([a_file(1, name=LONG)]) == f"{LONG} (1 kB)"
    found: list[bytes | MissingFile] = [MissingFile("was deleted in Slack")]
    assert left_out([a_file(1, name=LONG)], found) == (f"{LONG} was deleted in Slack.",)


@pytest.mark.parametrize("length", [1, 60, 61, 99, 100, 101, 120, 200, 255])
def test_option_of_a_file_carries_its_whole_name_or_none(length: int) -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    file = a_file(1, name="n" * (length - 1) + ".docx", type=kind)
    assert len(written([file])) <= 150
    (back,) = read(written([file]))
    assert (back.id, back.size) == (file.id, file.size)
    assert back.name in {file.name, ""}
    assert back.name == file.name or length > 120
    assert back.type in {kind, "application/octet-stream", ""} or back.name == ""


def test_notice_keeps_references_only() -> None:
    assert unpacked(packed([a_file(1)])) == (a_file(1),)
    assert packed([]) == {}
    assert unpacked({}) == ()


def test_files_that_cannot_be_sent_are_reported_with_the_reason() -> None:
    found: list[bytes | MissingFile] = [MissingFile("was deleted in Slack"), b"x"]
    assert left_out([a_file(1), a_file(2)], found) == ("trace1.log was deleted in Slack.",)


# --- examples too old to trace (guide L3.2)

OLD = {"services": "Transactional Email\nFAX", "example.1.when": str(int((NOW - timedelta(days=31)).timestamp()))}
WINDOWS = {"services": {"trace_days": {"Transactional Email": 45, "FAX": 30}}}


def test_example_older_than_a_services_trace_window_is_reported_with_both_numbers() -> None:
    (warning,) = warnings(an_incident(answers=COMPLETE | OLD), a_config(**WINDOWS), NOW)
    assert "Example 1 is from 27.07.2019 - 11:20 UTC+2, 31 days ago. FAX can be traced for 30 days" in warning


def test_missing_trace_window_warns_of_nothing() -> None:
    assert warnings(an_incident(answers=COMPLETE | OLD), a_config(), datetime(2029, 1, 1, tzinfo=UTC)) == ()


def test_example_within_the_window_or_without_a_moment_is_not_doubtful() -> None:
    new = {"example.1.when": str(int((NOW - timedelta(days=29)).timestamp()))}
    assert warnings(an_incident(answers=COMPLETE | OLD | new), a_config(**WINDOWS), NOW) == ()
    reasoned = {"example.1.when": "", "example.1.status": "not available because the customer deleted it"}
    assert warnings(an_incident(answers=COMPLETE | OLD | reasoned), a_config(**WINDOWS), NOW) == ()


# --- what a form offers, and what is read


def test_files_a_form_offers_come_back_as_they_were_chosen() -> None:
    awkward = a_file(2, name="a|b\nc " + "x" * 80, type="application/" + "y" * 60)
    lines = written([a_file(1, type="text/plain"), awkward])
    assert all(len(line) <= 150 for line in lines.splitlines())
    first, second = read(lines)
    assert first == a_file(1, type="text/plain")
    assert (second.id, second.size, second.name[:6]) == ("F2", 1000, "a|b c ")
    assert read("") == read("nonsense") == ()


async def test_files_are_read_up_to_what_one_letter_takes_whatever_size_was_reported() -> None:
    asked: list[int] = []

    async def fetch(file: Attachment, limit: int) -> bytes | MissingFile:
        asked.append(limit)
        return b"x" * 60 if limit >= 60 else MissingFile("is larger")

    found = await fetched(fetch, [a_file(number, 0) for number in range(3)], 100)
    assert asked == [100, 40, 40]
    assert [isinstance(each, MissingFile) for each in found] == [False, True, True]
