"""A kind of import-linter contract that reads like the table of rooms: these modules may import those, and no other."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class MayImport(Contract):
    """`room`: module patterns, as grimp understands them (`bot.*`: one level, `bot.**`: all below).

    `may_import`: patterns of modules, and names of libraries. The standard library and the room itself are free.
    """

    type_name = "may_import"

    room = fields.SetField(subfield=fields.StringField())
    may_import = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        room = _matching(graph, self.room)  # type: ignore[arg-type]
        free = room | _matching(graph, self.may_import or set()) | sys.stdlib_module_names  # type: ignore[arg-type]
        wrong = sorted(
            f"{importer} imports {imported}"
            for importer in room
            for imported in graph.find_modules_directly_imported_by(importer)
            if imported not in free
        )
        return ContractCheck(kept=bool(room) and not wrong, metadata={"wrong": wrong or ["the room is empty"]})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["wrong"]:
            output.print_error(line)


def _matching(graph: ImportGraph, patterns: set[str]) -> set[str]:
    return {module for pattern in patterns for module in _of(graph, pattern)}


def _of(graph: ImportGraph, pattern: str) -> Iterator[str]:
    """One star means files: a folder beside them is a room of its own."""
    if pattern.endswith(".*"):
        yield from (each for each in graph.find_matching_modules(pattern) if not graph.find_children(each))
    elif pattern.endswith(".**"):
        yield from (pattern.removesuffix(".**"), *graph.find_matching_modules(pattern))
    else:
        yield pattern
