"""The field table as a page of documentation, and the dialects' README.

``python -m lib.protocol.docs`` writes ``doc/champs-open.rst`` from the shipped
dialect and the reference part of ``dialects/README.md`` from the code's docstrings; with
``--check`` it only says, by exit code 1, that a page is stale.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import reference
from .dialect import Dialect
from .dictionary import Dictionary, Field

PAGE = Path(__file__).resolve().parents[2] / "doc" / "champs-open.rst"


def render(dictionary: Dictionary) -> str:
    """The page, in French and reStructuredText."""
    return "\n".join(_lines(dictionary)) + "\n"


def _lines(dictionary: Dictionary) -> Iterator[str]:
    yield from _title(f"Champs du dialecte « {dictionary.name} »", "=")
    yield ".. Page produite par « python -m lib.protocol.docs » : ne pas la modifier."
    yield ""
    yield "O : obligatoire. C : requis, et transmis, seulement si la condition est vraie (« given » : la valeur"
    yield "est connue). F : facultatif, transmis seulement si le responsable l'a choisi. « si » une option : le champ"
    yield "ne part que si le profil de transmission la laisse partir."
    yield ""
    yield from _title("Champs facultatifs", "-")
    yield from _table(
        ("Option", "Champ", "Pourquoi"),
        [(f"``{option.name}``", option.label, option.reason) for option in dictionary.options.values()],
    )
    for kind, entry in dictionary.messages.items():
        yield from _title(f"{kind} : {entry.label}", "-")
        yield entry.reason
        yield ""
        yield from _table(
            ("Champ", "Usage", "XML", "Format", "Donnée", "Pourquoi"),
            [_row(field) for field in dictionary.fields_of(kind)],
        )


def _row(field: Field) -> tuple[str, ...]:
    usage = {
        "O": "O",
        "C": f"C : ``{field.condition}``",
        "F": f"F : ``{field.option}``",
    }[field.usage]
    if field.option and field.usage != "F":
        usage += f", si ``{field.option}``"
    return (
        field.label,
        usage,
        f"``{field.path}``",
        field.codec.expected,
        f"``{field.attribute}``",
        field.reason,
    )


def _title(text: str, line: str) -> Iterator[str]:
    yield from (text, line * len(text), "")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield ""
    for row in (head, *rows):
        for position, cell in enumerate(row):
            yield f"   {' ' if position else '*'} - {cell}"
    yield ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or check that it is up to date; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lib.protocol.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit with 1 when the page is stale")
    parser.add_argument("--page", type=Path, default=PAGE, help=argparse.SUPPRESS)
    parser.add_argument("--readme", type=Path, default=reference.PAGE, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    pages = {options.page: render(Dialect.shipped("open").dictionary), options.readme: reference.page()}
    stale = [file for file, page in pages.items() if not file.is_file() or file.read_text(encoding="utf-8") != page]
    if options.check:
        for file in stale:
            print(f"{file} is stale: run python -m lib.protocol.docs", file=sys.stderr)
        return 1 if stale else 0
    for file in stale:
        file.parent.mkdir(exist_ok=True)
        file.write_text(pages[file], encoding="utf-8")
    return 0


if __name__ == "__main__":  # pragma: no cover
    sys.exit(main())
