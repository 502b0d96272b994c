"""The dialects: the one shipped, one that an integrator could have written, and one of names instead of elements."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from nested_dialect import XSD, nested_table

from lib.protocol.codec import Codec
from lib.protocol.dialect import Dialect

HERE = Path(__file__).parent / "dialects"


@cache
def codec(name: str) -> Codec:
    if name == "open":
        return Codec(Dialect.shipped("open"))
    if name == "trame":
        return Codec(Dialect(name, nested_table(), {"trame.xsd": XSD}))
    files = {path.name: path.read_bytes() for path in HERE.glob(f"{name}*.xsd")}
    return Codec(Dialect(name, (HERE / f"{name}.csv").read_bytes(), files))


BOTH = ("open", "mutua")
DIALECTS = (*BOTH, "trame")
OPTIONS = frozenset(codec("open").dialect.dictionary.options)
#: What a detailed request holds besides what the norm always asks.
DETAILED = frozenset({"article", "correction", "lpp_code", "prescriber", "prescription"})
