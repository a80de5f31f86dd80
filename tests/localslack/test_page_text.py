"""Text is rendered as in Slack and never as HTML."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.localslack.page_stage import BrowserStage, message

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

Json = dict[str, Any]


async def rendered_post(stage: BrowserStage, text: str = "said", **more: Any) -> Locator:
    """Posts a message as the app; gives its rendered content on Anna's page."""
    posted = await stage.app.web.chat_postMessage(channel=stage.channel("quay"), text=text, **more)
    page = await stage.open("anna")
    return page.locator(f'[data-ts="{posted["ts"]}"] .message-content')


@pytest.mark.parametrize(
    ("text", "tag", "words"),
    [
        ("a *bold* b", "strong", ["bold"]),
        ("*two* *bolds*, (*three*)", "strong", ["two", "bolds", "three"]),
        ("_it_", "em", ["it"]),
        ("~no~", "s", ["no"]),
        ("*_both_*", "strong em", ["both"]),
        ("`*code*`", "code", ["*code*"]),
        ("a\n```x = 1\ny &lt; 2```\nb", "pre", ["x = 1\ny < 2"]),
        ("&gt; one\n&gt; two\nthree", "blockquote", ["onetwo"]),
        ("&gt;&gt;&gt; all\nof it", "blockquote", ["allof it"]),
        ("3 * 4 * 5, snake_case_name, ~5 or ~6, *un\nfinished*", "strong, em, s", []),
        ("*a*b and a*b*", "strong", []),
        ("```never closed", "pre", []),
        ("<https://a.example/x_y_z|the *site*>", "a[href='https://a.example/x_y_z']", ["the *site*"]),
        ("see https://a.example/?q=1, then", "a[href='https://a.example/?q=1']", ["https://a.example/?q=1"]),
        ("<mailto:a@b.example>", "a[href='mailto:a@b.example']", ["a@b.example"]),
        ("<javascript:alert(1)|press>", "a", []),
        ("• one\n• two", ".bulleted", ["• one", "• two"]),
        (":tada: :no-such-thing:", ".emoji", ["🎉"]),
    ],
)
async def test_mrkdwn(stage: BrowserStage, text: str, tag: str, words: list[str]) -> None:
    content = await rendered_post(stage, text)
    await expect(content).to_be_visible()
    assert [
        (await each.text_content() or "").replace("\u200b", "") for each in await content.locator(tag).all()
    ] == words


async def test_mentions_show_names_of_people_channels_groups_and_dates(stage: BrowserStage) -> None:
    workspace = stage.slack.services.workspace
    ben = next(person.id for person in workspace.people.values() if person.handle == "ben")
    group = next(iter(workspace.groups))
    text = (
        f"<@{ben}> <#{stage.channel('quay')}> <!subteam^{group}> <!here> <!date^1800000000^{{date_num}} {{time}}|then>"
    )
    content = await rendered_post(stage, text)
    await expect(content).to_have_text("@Ben #quay @pilots @here 2027-01-15 09:00")


async def test_written_text_never_becomes_html(stage: BrowserStage) -> None:
    evil = "<img src=x onerror=alert(1)> &lt;b&gt;bold&lt;/b&gt; <script>alert(1)</script> \"'><svg onload=alert(1)>"
    everywhere: list[Json] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": evil}},
        {"type": "section", "text": {"type": "plain_text", "text": evil}},
        {"type": "header", "text": {"type": "plain_text", "text": evil}},
        {"type": "markdown", "text": evil},
        {"type": "image", "image_url": "https://a.example/x.png", "alt_text": evil},
    ]
    content = await rendered_post(stage, evil, blocks=everywhere)
    await expect(content).to_contain_text("<b>bold</b>")
    assert await content.locator("script, svg[onload], b, [onerror]").count() == 0


async def rich_text_html(page: Page, block: Json) -> str:
    """HTML of a rich_text block, without the page's wrapper elements."""
    drawn: str = await page.evaluate(
        """async (block) => {
            const { richText } = await import('/page/blocks/rich_text.js');
            const env = { directory: { person: () => null, channel: () => null, group: () => null }, me: { id: 'U1' } };
            const box = document.createElement('div');
            box.append(...richText(block, env));
            return box.textContent + '|' + [...box.querySelectorAll('*')].map((node) => node.tagName).join(' ');
        }""",
        block,
    )
    return drawn


async def test_rich_text(stage: BrowserStage) -> None:
    page = await stage.open("anna")

    def leaf(text: str, **style: bool) -> Json:
        return {"type": "text", "text": text, **({"style": style} if style else {})}

    line = {"type": "rich_text_section", "elements": [leaf("a"), leaf("b", bold=True, italic=True)]}
    items = {"type": "rich_text_list", "style": "ordered", "indent": 0, "elements": [line, line]}
    quote = {"type": "rich_text_quote", "elements": [leaf("q")]}
    code = {"type": "rich_text_preformatted", "elements": [leaf("c")]}
    block = {"type": "rich_text", "elements": [line, items, quote, code]}
    assert (
        await rich_text_html(page, block) == "ababab" + "qc|DIV STRONG EM OL LI STRONG EM LI STRONG EM BLOCKQUOTE PRE"
    )


async def test_rich_text_round_trips_through_the_composer(stage: BrowserStage) -> None:
    page = await stage.open("anna")
    block = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [{"type": "text", "text": "a "}, {"type": "text", "text": "b", "style": {"bold": True}}],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "indent": 0,
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
            },
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}]},
        ],
    }
    again = await page.evaluate(
        """async (block) => {
            const { richText } = await import('/page/blocks/rich_text.js');
            const { toRichText } = await import('/page/blocks/rich_text_input.js');
            const box = document.createElement('div');
            box.append(...richText(block, {}));
            return toRichText(box);
        }""",
        block,
    )
    assert again == block


async def test_standard_markdown(stage: BrowserStage) -> None:
    text = "## Title\nSome **bold**\n\n- a\n  - b\n\n1. x\n\n> q\n\n| h | i |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n---\n[l](https://a.example)"
    content = await rendered_post(stage, blocks=[{"type": "markdown", "text": text}])
    seen = {"h3": "Title", "p strong": "bold", "ul ul li": "b", "ol li": "x", "blockquote": "q", "th": "h", "td": "1"}
    for selector, words in {**seen, "pre": "code", "a": "l"}.items():
        await expect(content.locator(selector).first).to_contain_text(words)
    await expect(content.locator("hr")).to_have_count(1)


async def test_other_blocks(stage: BrowserStage) -> None:
    plain = {"type": "plain_text", "text": "Words"}
    cell = {"type": "raw_text", "text": "cell"}
    dot = {"type": "image", "image_url": "https://a.example/dot.png", "alt_text": "dot"}
    video = {"type": "video", "title": plain, "title_url": "https://v.example/1", "alt_text": "v"}
    video |= {"video_url": "https://v.example/e", "thumbnail_url": "https://v.example/t.png"}
    blocks = [
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "*small*"}, dot]},
        {"type": "divider"},
        {"type": "section", "fields": [plain, plain]},
        {"type": "table", "rows": [[cell, cell], [cell, cell]]},
        video,
    ]
    content = await rendered_post(stage, blocks=blocks)
    await expect(content.locator(".block-context strong")).to_have_text("small")
    await expect(content.get_by_role("img", name="dot")).to_be_visible()
    await expect(content.locator("hr")).to_have_count(1)
    await expect(content.locator(".section-fields > div")).to_have_count(2)
    await expect(content.locator("th, td")).to_have_count(4)
    await expect(content.get_by_role("link", name="Words")).to_have_attribute("href", "https://v.example/1")


async def test_an_attachment_has_its_colour_and_its_fields(stage: BrowserStage) -> None:
    attachment = {
        "color": "#ff0000",
        "title": "Leak",
        "text": "in *hold*",
        "fields": [{"title": "Deck", "value": "2", "short": True}],
    }
    content = await rendered_post(stage, attachments=[attachment])
    await expect(content.locator(".attachment strong")).to_have_text("hold")
    await expect(content.get_by_role("term")).to_have_text("Deck")


async def test_app_can_post_under_another_name(stage: BrowserStage) -> None:
    posted = await stage.app.web.chat_postMessage(
        channel=stage.channel("quay"), text="ahoy", username="Bell", icon_emoji=":bell:"
    )
    page = await stage.open("anna")
    shown = page.locator(f'[data-ts="{posted["ts"]}"]')
    await expect(shown.get_by_role("button", name="Bell")).to_be_visible()
    await expect(shown.locator(".avatar")).to_have_text("🔔")
    await expect(message(page, "ahoy")).to_contain_text("APP")
