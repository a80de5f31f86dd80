"""Rich text of what is typed: quotes, lists and code become the groups that Slack's composer makes."""

from localslack import LocalSlack
from localslack.rich_text import rich_text, with_bullets
from tests.localslack.embedded import seed
from tests.timeouts import long_timeouts


def groups(wire: str) -> list[tuple[str, str]]:
    """Kind and words of each group; entries of a list are joined by a bar."""
    found = []
    for group in rich_text(wire)["elements"]:
        entries = group["elements"] if group["type"] == "rich_text_list" else [group]
        words = "|".join("".join(leaf.get("text", "") for leaf in entry["elements"]) for entry in entries)
        found.append((group["type"].removeprefix("rich_text_"), words))
    return found


def test_quotes_and_lists_are_groups_of_their_own() -> None:
    wire = "Hello\n&gt; quoted\n&gt; twice\n• one\n• two\n1. first\n2. second\nBye"
    assert groups(wire) == [
        ("section", "Hello"),
        ("quote", "quoted\ntwice"),
        ("list", "one|two"),
        ("list", "first|second"),
        ("section", "Bye"),
    ]
    assert [group.get("style") for group in rich_text(wire)["elements"]] == [None, None, "bullet", "ordered", None]


def test_lists_are_indented() -> None:
    found = rich_text("• one\n    • inner\n• two")["elements"]
    assert [group["indent"] for group in found] == [0, 1, 0]


def test_code_keeps_its_signs() -> None:
    assert groups("before\n```\n&gt; no quote\n- no list\n```\nafter") == [
        ("section", "before"),
        ("preformatted", "> no quote\n- no list"),
        ("section", "after"),
    ]


def test_text_with_signs_inside_stays_text() -> None:
    for wire in ("a &gt; b", "*bold* words", "-5 degrees", "1.5 seconds", "no list\nat all", ""):
        assert len(rich_text(wire)["elements"]) == 1
        assert rich_text(wire)["elements"][0]["type"] == "rich_text_section"


def test_blank_lines_between_paragraphs_are_kept() -> None:
    assert groups("one\n\ntwo") == [("section", "one\n\ntwo")]


def test_dashes_and_stars_become_bullets() -> None:
    assert with_bullets("- one\n* two\n*bold*\n-\nx - y") == "• one\n• two\n*bold*\n-\nx - y"


def test_dashes_in_code_stay_dashes() -> None:
    typed = "- one\n```\n- a\n* b\n```\n- two ```- c``` d"
    assert with_bullets(typed) == "• one\n```\n- a\n* b\n```\n• two ```- c``` d"


def test_numbered_list_begins_at_its_first_number() -> None:
    found = rich_text("3. third\n4. fourth\nbetween\n1. first")["elements"]
    assert [group.get("offset") for group in found] == [2, None, None]


async def test_typed_message_is_stored_with_its_groups() -> None:
    async with LocalSlack(seed(), switches=long_timeouts()) as slack:
        message = await slack.person("anna").post("#desk", "> why?\n- because\n- of <this>\n```\n- code\n```")
    assert message["text"] == "&gt; why?\n• because\n• of &lt;this&gt;\n```\n- code\n```"
    quote, bullets, code = message["blocks"][0]["elements"]
    assert (quote["type"], len(bullets["elements"])) == ("rich_text_quote", 2)
    assert code["elements"] == [{"type": "text", "text": "- code"}]
