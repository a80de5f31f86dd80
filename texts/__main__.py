"""Updates the message catalogues from the code and lists untranslated messages: `python -m texts`."""

from __future__ import annotations

from bot.core.i18n import CATALOGUES, Language
from texts.gather import as_mo, as_po, is_translated, read_catalogue, updated_catalogue


def main() -> None:
    for language in Language:
        (CATALOGUES / f"{language}.po").write_bytes(as_po(updated_catalogue(language)))
        catalogue = read_catalogue(language)
        (CATALOGUES / f"{language}.mo").write_bytes(as_mo(catalogue))
        empty = [message.id for message in catalogue if message.id and not is_translated(message)]
        print(f"{language}: {len(catalogue)} texts, {len(empty)} not translated yet")
        for words in empty:
            print(f"  {words}")


if __name__ == "__main__":
    main()
