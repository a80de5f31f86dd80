"""Import of end-customers from CSV: all or none, and repeatable."""

from __future__ import annotations

import pytest

from bot.core.errors import Misconfigured
from bot.core.i18n import Language
from bot.register.customer_import import import_customers, unknown_columns
from tests.doubles.memory_store import MemoryStore
from tests.factories import NOW, a_config

CSV = (
    "\ufeffKunde;Tenants;Agreement;Ansprechpartner;Also\n"
    "Müller GmbH;12345rs, 23456RS;MSA-7;Frau Müller, +49 89 1;Mueller|Müller Deutschland\n"
    "\n"
    "Adler AG;;;;\n"
)


async def test_import_saves_customers_with_tenants_people_and_other_names() -> None:
    store = MemoryStore()
    assert await import_customers(store, a_config(), CSV, NOW) == (2, 0)
    mueller = await store.customer_named("müller gmbh")
    assert mueller
    assert (mueller.tenants, mueller.agreement) == (("12345RS", "23456RS"), "MSA-7")
    assert (mueller.contacts, mueller.also) == ("Frau Müller, +49 89 1", ("Mueller", "Müller Deutschland"))
    assert not mueller.is_learned


async def test_import_is_repeatable_and_keeps_what_an_empty_cell_leaves() -> None:
    store = MemoryStore()
    await import_customers(store, a_config(), CSV, NOW)
    assert await import_customers(store, a_config(), CSV, NOW) == (0, 0)
    assert await import_customers(store, a_config(), "name,agreement\nmüller gmbh,\nADLER AG,MSA-9\n", NOW) == (0, 2)
    mueller = await store.customer_named("müller gmbh")
    assert mueller
    assert (mueller.name, mueller.agreement) == ("müller gmbh", "MSA-7")


@pytest.mark.parametrize(
    "spelling", ["Mueller GmbH & Co. KG", "MÜLLER GmbH und Co KG", "Müller GmbH&Co.KG", "Muller, GmbH & Co KG"]
)
async def test_import_changes_the_entry_of_another_spelling(spelling: str) -> None:
    store = MemoryStore()
    await import_customers(store, a_config(), "name;tenants\nMüller GmbH & Co. KG;12345RS\n", NOW)
    expected = (1, 0) if spelling.startswith("Muller") else (0, 1)
    assert await import_customers(store, a_config(), f"name;agreement\n{spelling};MSA-7\n", NOW) == expected


async def test_import_of_two_spellings_saves_one_customer() -> None:
    store = MemoryStore()
    text = "Kunde;Mandanten\nAdler und Söhne KG;12345RS\nAdler & Soehne KG;23456RS\n"
    assert await import_customers(store, a_config(), text, NOW) == (1, 0)
    (saved,) = await store.customers((), limit=5)
    assert (saved.name, saved.tenants) == ("Adler & Soehne KG", ("23456RS",))


@pytest.mark.parametrize(
    ("before", "after"), [("Delta Limited", "Delta Ltd"), ("Café Süd GmbH", "Cafe Sued GmbH"), ("Beta A.G.", "Beta AG")]
)
async def test_import_of_another_spelling_keeps_the_saved_one_as_another_name(before: str, after: str) -> None:
    store = MemoryStore()
    await import_customers(store, a_config(), f"name;also\n{before};Delta Nord\n", NOW)
    for expected in ((0, 1), (0, 0)):
        assert await import_customers(store, a_config(), f"name\n{after}\n", NOW) == expected
    (saved,) = await store.customers((), limit=5)
    assert (saved.name, saved.also) == (after, ("Delta Nord", before))


async def test_import_of_a_faulty_file_names_each_fault_and_saves_nothing() -> None:
    store = MemoryStore()
    with pytest.raises(Misconfigured, match=r"line 2, tenants: .*\nline 3, name: "):
        await import_customers(store, a_config(), "name,tenants\nAdler AG,12\n–,12345RS\n", NOW)
    assert await store.count_customers() == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name;Notes;Tel.\nAdler AG;old customer;\n", ["Notes"]),
        ("Kunde,Straße,Ort,Mandant\nAdler AG,Weg 1,Ulm,12345RS\n", ["Straße", "Ort"]),
        ("sep=;\nname;tenants\nAdler AG;12345RS\n", []),
        ("name;empty\nAdler AG;\n", []),
        ("name;Notes;;Notes\nAdler AG;a;b;c\n", ["Notes", "column 3"]),
        ('name,tenants\n"Adler', []),
        ("", []),
    ],
)
def test_columns_that_are_not_imported_are_named(text: str, expected: list[str]) -> None:
    assert unknown_columns(text) == expected


@pytest.mark.parametrize("text", ["name;tenants;tenants\nAdler AG;12345RS;23456RS\n", "name;Firma\nAdler AG;Adler\n"])
async def test_two_columns_of_one_meaning_are_refused_by_their_headings(text: str) -> None:
    with pytest.raises(Misconfigured, match="are the same column"):
        await import_customers(MemoryStore(), a_config(), text, NOW)


@pytest.mark.parametrize("text", ["", "tenants,agreement\n12345RS,MSA-7\n", "Adler AG\n"])
async def test_import_needs_a_column_of_names(text: str) -> None:
    with pytest.raises(Misconfigured, match="name the columns"):
        await import_customers(MemoryStore(), a_config(), text, NOW)


@pytest.mark.parametrize(
    "files",
    [
        ["name;also;tenants\nAlpha GmbH;Alpha AG;\nAlpha AG;;12345RS\n"],
        ["name;also;tenants\nAlpha AG;;12345RS\nAlpha GmbH;Alpha AG;\n"],
        ["name;tenants\nAlpha AG;12345RS\n", "name;also\nAlpha GmbH;Alpha AG\n"],
        ["name;also\nAlpha GmbH;Alpha AG\n", "name;tenants\nAlpha AG;12345RS\n"],
    ],
)
async def test_import_merges_the_entry_of_another_name(files: list[str]) -> None:
    store = MemoryStore()
    for text in files:
        await import_customers(store, a_config(), text, NOW)
        assert await import_customers(store, a_config(), text, NOW) == (0, 0)
    (saved,) = await store.customers((), limit=5)
    assert (saved.name, saved.also, saved.tenants) == ("Alpha GmbH", ("Alpha AG",), ("12345RS",))


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nFirma;Mandanten-ID;Sprache\nAdler AG;12345RS;Deutsch\n",
        "\n\nCustomer Name,Tenant(s),Language\nAdler AG,12345rs,de\n",
    ],
)
async def test_import_reads_the_headings_of_other_programs(text: str) -> None:
    store = MemoryStore()
    assert await import_customers(store, a_config(), text, NOW) == (1, 0)
    (saved,) = await store.customers((), limit=5)
    assert (saved.tenants, saved.language) == (("12345RS",), Language.GERMAN)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('name;contacts\nAdler AG;"Frau X\nBeta AG;y\n', "line 3 cannot be read as CSV"),
        ("name,tenants\nAlpha, Beta & Co. KG,12345RS\n", "line 2 has more cells than columns: quote a cell .* “,”"),
        ("name;also\nA GmbH;Common\nB GmbH;Common\n", "line 3, also: “Common” is another name of “A GmbH” already"),
    ],
)
async def test_import_of_a_file_with_shifted_cells_or_shared_names_saves_nothing(text: str, fault: str) -> None:
    store = MemoryStore()
    with pytest.raises(Misconfigured, match=fault):
        await import_customers(store, a_config(), text, NOW)
    assert await store.count_customers() == 0
