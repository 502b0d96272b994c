"""Schemas with the right mapping of their places: the two dialects' tables, and two foreign ones mapped by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from dialects_under_test import codec
from lxml import etree

from lib.protocol.kit.papers import Papers
from lib.protocol.messages import MessageKind

HERE = Path(__file__).parent
#: message -> place without brackets -> attribute
Truth = dict[MessageKind, dict[str, str]]

#: What tells the messages of the second dialect apart.
MUTUA_MESSAGES = {
    kind.value: f"flux[@nature='{layout.step.test.value}']" for kind, layout in codec("mutua").dialect.layouts.items()
}


def papers(name: str) -> Papers:
    """The schemas of a platform alone."""
    if name in ("open", "mutua"):
        return Papers({file: body for file, body in codec(name).dialect.files.items() if file.endswith(".xsd")})
    return Papers({f"{name}.xsd": (HERE / "foreign" / f"{name}.xsd").read_bytes()})


def truth(name: str) -> Truth:
    """The right attribute of each place that has one."""
    return _of_table(name) if name in ("open", "mutua") else _by_hand(name)


def bare(path: str) -> str:
    """A path without brackets for what repeats, and without prefixes."""
    return re.sub(r"(^|/)(@?)\w+:", r"\1\2", path.replace("[]", ""))


def _of_table(name: str) -> Truth:
    dictionary = codec(name).dialect.dictionary
    return {
        kind: {bare(field.path): _written(field) for field in dictionary.fields_of(kind)}
        for kind in dictionary.messages
    }


def _written(field) -> str:
    choices = iter(field.choices)
    return re.sub(
        r"\[\]", lambda _found: f"[{'='.join(choice)}]" if (choice := next(choices, None)) else "[]", field.attribute
    )


def _by_hand(name: str) -> Truth:
    found: Truth = {}
    lines = (HERE / "foreign" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    for line in [line for line in lines if not line.startswith("#")][1:]:
        kind, path, attribute = line.split(";")
        if not path.startswith("/") and not attribute.startswith("'"):
            found.setdefault(MessageKind(kind), {})[bare(path)] = attribute
    return found


def roots(name: str, known: Papers) -> Mapping:
    """The messages of a platform: those guessed, or those named where one element stands for all."""
    return known.named(MUTUA_MESSAGES) if name == "mutua" else known.guess()


def local(name: str) -> str:
    return str(etree.QName(name).localname)
