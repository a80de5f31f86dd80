"""The validator handles any JSON value without raising, and accepts what the official SDK builds."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models import attachments, blocks, views
from slack_sdk.models.blocks import block_elements as elements
from slack_sdk.models.blocks.basic_components import DispatchActionConfig

from localslack import blockkit
from localslack.blockkit.blocks import BLOCKS
from localslack.blockkit.elements import ELEMENTS
from tests.localslack.blockkit_parts import ANYWHERE, button, input_block, modal, rich_text, section, select, table

PROPERTY_NAMES = [
    "type",
    "text",
    "elements",
    "element",
    "blocks",
    "options",
    "rows",
    "accessory",
    "fields",
    "label",
    "url",
]
NAMES = st.one_of(
    st.sampled_from([*PROPERTY_NAMES, *BLOCKS.shapes, *ELEMENTS.shapes, "plain_text", "mrkdwn"]), st.text(max_size=5)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | NAMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)
VALID_BLOCKS: list[Any] = [
    section(accessory=select(initial_option=select()["options"][0])),
    input_block({"type": "number_input", "is_decimal_allowed": True, "min_value": "1"}),
    {"type": "actions", "elements": [button(action_id="a")]},
    rich_text({"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}),
    table(),
]


@given(JSON)
def test_validator_reports_garbage_without_raising(anything: Any) -> None:
    for surface in ANYWHERE:
        assert isinstance(blockkit.validate_blocks(anything, surface), list)
        assert isinstance(blockkit.validate_blocks([anything], surface), list)
    assert isinstance(blockkit.validate_view(anything), list)
    assert isinstance(blockkit.validate_attachments([anything, {"blocks": anything}]), list)
    assert isinstance(blockkit.is_too_long(anything), bool)
    assert isinstance(blockkit.is_too_large(anything), bool)


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from paths_in(value[key], (*path, key))


@given(st.sampled_from(VALID_BLOCKS), st.data(), JSON)
def test_validator_reports_a_wrong_part_anywhere_without_raising(genuine: Any, data: st.DataObject, wrong: Any) -> None:
    path = data.draw(st.sampled_from([place for place in paths_in(genuine) if place]))
    broken = copy.deepcopy(genuine)
    holder = broken
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = wrong
    for surface in ANYWHERE:
        assert isinstance(blockkit.validate_blocks([broken], surface), list)
    assert isinstance(blockkit.validate_view(modal(broken)), list)


OPTIONS = [blocks.Option(text="One", value="1"), blocks.Option(text="Two", value="2", description="Second")]
SDK_BLOCKS = [
    blocks.SectionBlock(text="*bold*", fields=["a", "b"], accessory=blocks.ButtonElement(text="Go", action_id="go")),
    blocks.SectionBlock(text="x", accessory=elements.ImageElement(image_url="https://e.org/a.png", alt_text="a")),
    blocks.SectionBlock(text="x", accessory=blocks.OverflowMenuElement(action_id="o", options=OPTIONS)),
    blocks.HeaderBlock(text="Header"),
    blocks.DividerBlock(),
    blocks.ImageBlock(image_url="https://e.org/a.png", alt_text="a", title="A"),
    blocks.ContextBlock(elements=[blocks.MarkdownTextObject(text="x"), blocks.PlainTextObject(text="y", emoji=True)]),
    blocks.MarkdownBlock(text="# Title"),
    blocks.FileBlock(external_id="x"),
    blocks.ActionsBlock(
        elements=[
            blocks.ButtonElement(
                text="Delete",
                style="danger",
                confirm=blocks.ConfirmObject(title="Sure?", text="Really", confirm="Yes", deny="No"),
            ),
            blocks.StaticSelectElement(placeholder="Pick", options=OPTIONS, initial_option=OPTIONS[0]),
            blocks.UserSelectElement(placeholder="Who"),
            blocks.ConversationSelectElement(placeholder="Where", filter=blocks.ConversationFilter(include=["im"])),
            blocks.DatePickerElement(initial_date="2024-01-31"),
            blocks.TimePickerElement(initial_time="09:30", timezone="Europe/Berlin"),
            blocks.DateTimePickerElement(initial_date_time=1_628_633_820),
            blocks.CheckboxesElement(options=OPTIONS, initial_options=OPTIONS[:1]),
            blocks.RadioButtonsElement(options=OPTIONS, initial_option=OPTIONS[1]),
        ],
    ),
    blocks.RichTextBlock(
        elements=[
            blocks.RichTextSectionElement(
                elements=[
                    blocks.RichTextElementParts.Text(text="x", style=blocks.RichTextElementParts.TextStyle(bold=True)),
                    blocks.RichTextElementParts.Link(url="https://e.org", text="e"),
                    blocks.RichTextElementParts.Emoji(name="wave"),
                ]
            ),
            blocks.RichTextListElement(
                style="bullet",
                elements=[blocks.RichTextSectionElement(elements=[blocks.RichTextElementParts.User(user_id="U1")])],
            ),
        ]
    ),
]
ON_ENTER = DispatchActionConfig(trigger_actions_on=["on_enter_pressed"])
SDK_INPUTS = [
    blocks.PlainTextInputElement(action_id="a", multiline=True, min_length=1, max_length=3000, initial_value="x"),
    blocks.NumberInputElement(action_id="a", is_decimal_allowed=True, min_value="0.5", max_value="2"),
    blocks.EmailInputElement(action_id="a", dispatch_action_config=ON_ENTER),
    blocks.UrlInputElement(action_id="a", placeholder="https://"),
    blocks.StaticMultiSelectElement(options=OPTIONS, initial_options=OPTIONS, max_selected_items=2),
    blocks.ExternalDataMultiSelectElement(min_query_length=1),
    blocks.UserMultiSelectElement(initial_users=["U1"]),
    blocks.ConversationMultiSelectElement(default_to_current_conversation=True),
    blocks.ChannelMultiSelectElement(initial_channels=["C1"]),
    blocks.ChannelSelectElement(response_url_enabled=True),
    blocks.StaticSelectElement(option_groups=[blocks.OptionGroup(label="All", options=OPTIONS)]),
    elements.FileInputElement(action_id="a", filetypes=["pdf"], max_files=3),
    elements.RichTextInputElement(action_id="a"),
]


@pytest.mark.parametrize("block", SDK_BLOCKS, ids=lambda block: block.type)
def test_sdk_message_blocks_are_accepted(block: blocks.Block) -> None:
    assert blockkit.validate_blocks([block.to_dict()], "message") == []


@pytest.mark.parametrize("element", SDK_INPUTS, ids=lambda element: element.type)
def test_sdk_modal_inputs_are_accepted(element: elements.InputInteractiveElement) -> None:
    asked = blocks.InputBlock(label="Label", hint="Hint", element=element, optional=True)
    view = views.View(type="modal", title="Title", submit="Save", close="Cancel", callback_id="c", blocks=[asked])
    assert blockkit.validate_view(view.to_dict()) == []


def test_sdk_attachments_are_accepted() -> None:
    attachment = attachments.BlockAttachment(blocks=[blocks.DividerBlock()], color="#36a64f")
    assert blockkit.validate_attachments([attachment.to_dict()]) == []
