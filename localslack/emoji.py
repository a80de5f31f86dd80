"""Names of the standard emoji, which reactions are made of; there are no custom ones."""

import re
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "emoji_names.txt"
_NAME = re.compile(r"([a-z0-9_+'-]{1,100})(::skin-tone-[2-6])?")


@cache
def _standard() -> dict[str, bool]:
    """Each name, and whether the emoji has skin tones."""
    lines = _FILE.read_text("utf-8").splitlines()
    words = [word for line in lines if not line.startswith("#") for word in line.split()]
    return {word.removesuffix("*"): word.endswith("*") for word in words}


def is_emoji(name: str) -> bool:
    """True for the name of a standard emoji, with a skin tone where it has one."""
    found = _NAME.fullmatch(name)
    if found is None or found[1] not in _standard():
        return False
    return found[2] is None or _standard()[found[1]]
