"""The shapes of Block Kit's composition objects: texts, options, confirmations, filters, images."""

from typing import Final

from localslack.blockkit.rules import exactly_one_image, some_options
from localslack.blockkit.schema import TYPE, Boolean, Choice, Items, Kinds, Rule, Shape, String, Url


def plain_text(maximum: int = 3000) -> Kinds:
    return Kinds({"plain_text": _plain(maximum)}, names_unknown=False)


def any_text(maximum: int = 3000) -> Kinds:
    return Kinds({"plain_text": _plain(maximum), "mrkdwn": _mrkdwn(maximum)}, names_unknown=False)


def _plain(maximum: int) -> Shape:
    return Shape(TYPE | {"text": String(1, maximum)}, {"emoji": Boolean()})


def _mrkdwn(maximum: int) -> Shape:
    return Shape(TYPE | {"text": String(1, maximum)}, {"verbatim": Boolean()})


ID: Final = String(maximum=255)
STYLE: Final = Choice(("primary", "danger"))

CONFIRM: Final = Shape(
    {"text": any_text(300)},
    {"title": plain_text(100), "confirm": plain_text(30), "deny": plain_text(30), "style": STYLE},
)

MENU_OPTION: Final = Shape(
    {"text": plain_text(75), "value": String(maximum=150)},
    {"description": plain_text(75)},
)
OVERFLOW_OPTION: Final = Shape(
    {"text": plain_text(75), "value": String(maximum=150)},
    {"description": plain_text(75), "url": Url()},
)
GROUP_OPTION: Final = Shape(  # of checkboxes and radio buttons, which render mrkdwn
    {"text": any_text(75), "value": String(maximum=150)},
    {"description": any_text(75)},
)
OPTION_GROUP: Final = Shape({"label": plain_text(75), "options": Items(MENU_OPTION, 1, 100)})

SUGGESTIONS: Final = Shape(  # what an app answers to a search in its external select
    optional={"options": Items(MENU_OPTION, 0, 100), "option_groups": Items(OPTION_GROUP, 0, 100)},
    also=(some_options,),
    open=True,
)

CONVERSATION_FILTER: Final = Shape(
    optional={
        "include": Items(Choice(("im", "mpim", "private", "public")), 1),
        "exclude_external_shared_channels": Boolean(),
        "exclude_bot_users": Boolean(),
    },
)

DISPATCH_CONFIG: Final = Shape(
    optional={"trigger_actions_on": Items(Choice(("on_enter_pressed", "on_character_entered")), 1, 2)},
)

SLACK_FILE: Final = Shape(optional={"id": String(1), "url": Url()})
WEB: Final = Url(("http", "https"))
HTTPS: Final = Url(("https",))

IMAGE_FIELDS: Final[dict[str, Rule]] = {"image_url": WEB, "slack_file": SLACK_FILE}
IMAGE_ELEMENT: Final = Kinds(
    {"image": Shape(TYPE | {"alt_text": String(maximum=2000)}, IMAGE_FIELDS, also=(exactly_one_image,))},
)

ICON: Final = Shape({"type": Choice(("icon",)), "name": String(1)})
WORKFLOW: Final = Shape(
    {
        "trigger": Shape(
            {"url": HTTPS},
            {"customizable_input_parameters": Items(Shape({"name": String(1), "value": String()}))},
        ),
    },
)
