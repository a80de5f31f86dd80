"""Settings view for admins."""

from __future__ import annotations

from blocks import kit
from blocks.kit import Json
from bot.config.overview import tables
from bot.config.settings import Config
from bot.core.i18n import t


def listing(config: Config) -> list[Json]:
    """One block per table of desk.toml."""
    return [
        kit.note(t("These are set in desk.toml and read when the desk starts.")),
        *(
            kit.rich(kit.line(*([kit.bold(table)] if not number else []), kit.text(piece)))
            for table, settings in tables(config).items()
            for number, piece in enumerate(kit.chunks(_lines(settings)))
        ),
    ]


def _lines(settings: list[tuple[str, str]]) -> str:
    return "".join(f"\n{name}: {value}" if name else f": {value}" for name, value in settings)
