"""The reference part of the dialects' README: rows, paths, conditions and formats, from the code's own docstrings.

:mod:`lib.protocol.docs` writes it below :data:`MARK` of ``dialects/README.md``.
"""

from __future__ import annotations

import csv
import datetime as dt
import inspect
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from . import conditions, formats, paths, table
from .dialect import Dialect
from .formats import FORMATS, compile_format, usage
from .messages import Side

PAGE = Path(__file__).parent / "dialects" / "README.md"
MARK = '<!-- From here on written by "python -m lib.protocol.docs", from the docstrings of the code: change those. -->'

#: By format, a cell of a table and a value: what is written is what the format writes.
EXAMPLES: dict[str, tuple[str, Any]] = {
    "amount": ("amount(max=5000, comma=True)", Decimal("1.37")),
    "bool": ("bool('O', 'N')", True),
    "code": ("code", Side.RIGHT),
    "date": ("date('%d/%m/%Y', none='31/12/2099')", dt.date(2026, 1, 31)),
    "datetime": ("datetime('%Y%m%d%H%M%S')", dt.datetime(2026, 1, 31, 23, 58, 59)),  # noqa: DTZ001 - has no zone
    "decimal": ("decimal(2, min=-40, max=40, step='0.25', sign=True)", Decimal("2.25")),
    "digits": ("digits(8, 10)", "75809426"),
    "int": ("int(0, 180)", 90),
    "match": ("match('[A-Z]{3}', 'trois capitales')", "VMI"),
    "nir": ("nir", "295019912611146"),
    "pdf": ("pdf(5242880)", b"%PDF-1.7"),
    "scaled": ("scaled(2)", Decimal("1.37")),
    "text": ("text(max=500, lines=True)", "Verre progressif"),
}


def page() -> str:
    """The README with its reference part as the code has it."""
    head = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    return f"{head}{MARK}\n\n" + "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield from ("### Rows and columns", "")
    yield from _prose(table)
    yield from ("", "A row of each sort, from `open.csv`:", "", "```", ";".join(table.COLUMNS))
    yield from _rows()
    yield from ("```", "", "### Paths", "")
    yield from _prose(paths)
    yield from ("", "### Conditions", "")
    yield from _prose(conditions)
    yield from ("", "Those of `open.csv`, with a field of each:", "", "| Condition | Field |", "|---|---|")
    for condition, label in sorted(_conditions().items()):
        yield f"| `{_cell(condition)}` | {label} |"
    yield from ("", "### Formats", "")
    yield from _prose(formats)
    yield from ("", "| Format | Writes and reads | Example | Written |", "|---|---|---|---|")
    for name in sorted((*FORMATS, "code")):
        cell, value = EXAMPLES[name]
        made = compile_format(cell, lambda: (Side, {"right": ("OD",), "left": ("OG",), "both": ("ODG",)}))
        factory = FORMATS.get(name, formats.code)
        said = " ".join(_markdown(inspect.getdoc(factory) or "").split())
        written = usage(name) if name in FORMATS else name
        yield f"| `{written}` | {_cell(said)} | `{_cell(cell)}` | `{made.write(value)}` |"
    yield ""


def _prose(module: Any) -> Iterator[str]:
    """A module's docstring as Markdown: its code blocks and its definition lists too."""
    in_code = False
    for line in _markdown(inspect.getdoc(module) or "").splitlines():
        if in_code and line and not line.startswith("    "):
            yield from ("```", "")
            in_code = False
        if line.endswith("::"):
            yield line[:-1]
            yield ""
            yield "```"
            in_code = True
        elif in_code:
            if line:
                yield line[4:]
        elif line.startswith("    "):
            yield f"  {line.strip()}"
        elif re.match(r"`[a-z:]+`( or `[a-z:]+`)*$|messages' names", line):
            yield f"- {line}:"
        else:
            yield line
    if in_code:
        yield "```"


def _markdown(text: str) -> str:
    """reStructuredText's literals and roles as Markdown's."""
    text = re.sub(r":param (\w+): ", r"`\1`: ", text)
    return re.sub(r":\w+:`~?\.?([\w.]+)`", r"`\1`", text).replace("``", "`")


def _rows() -> Iterator[str]:
    """The first row of each sort in the shipped table; ``encoding`` has none there."""
    found: dict[str, str] = {}
    for line in Dialect.shipped_table("open").decode("utf-8").splitlines()[1:]:
        first, second, *_rest = [*next(csv.reader([line], delimiter=";"), []), "", ""]
        if first.startswith("#"):
            continue
        sort = "message" if second.startswith("/") else "{a,b}" if "{" in second else "field"
        sort = first if first.islower() else sort
        found.setdefault(sort, line)
    yield from found.values()
    yield "encoding;iso-8859-1"


def _conditions() -> dict[str, str]:
    found: dict[str, str] = {}
    for field in Dialect.shipped("open").dictionary.fields:
        if field.condition:
            found.setdefault(field.condition, field.label)
    return found


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
