"""`python -m texts`: gathers the words anew, and says which are not translated yet."""

from __future__ import annotations

from bot.core.i18n import CATALOGUES, Language
from texts.gather import as_mo, as_po, is_translated, kept, renewed


def main() -> None:
    for language in Language:
        (CATALOGUES / f"{language}.po").write_bytes(as_po(renewed(language)))
        catalogue = kept(language)
        (CATALOGUES / f"{language}.mo").write_bytes(as_mo(catalogue))
        empty = [message.id for message in catalogue if message.id and not is_translated(message)]
        print(f"{language}: {len(catalogue)} texts, {len(empty)} not translated yet")
        for words in empty:
            print(f"  {words}")


if __name__ == "__main__":
    main()
