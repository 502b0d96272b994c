"""Where a field stands in the XML: paths of the field table.

A path goes down from the message's element, step by step::

    Equipement/Verre[]/@numero          an attribute of each of several elements
    Equipement/Verre[]/Sphere           the text of an element in each of them
    Motif[]                             the text of each
    lignes/ligne[@cat='VER'][]/prix     of those whose attribute "cat" is VER
    lignes/ligne[cat='VER'][]/prix      of those whose child "cat" is VER
    p:Assure/p:Nom                      elements of the namespace that "xmlns:p" declares
    /m:flux[@nature='DEM']              a message's element, told apart from others of its name

Names are read as in XML itself: a prefix stands for the namespace that the
table declares for it, no prefix for the default one on elements and for none
on attributes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NAME = r"(?:[^\W\d][\w.-]*:)?[^\W\d][\w.-]*"
_STEP = re.compile(rf"(?P<name>@?{_NAME})(?:\[(?P<test>@?{_NAME})='(?P<value>[^'\]]*)'\])?(?P<repeated>\[\])?")


@dataclass(frozen=True, slots=True)
class Name:
    """An element's or an attribute's name: ``{namespace}local`` as in lxml, and as written."""

    text: str
    written: str
    is_attribute: bool = False


@dataclass(frozen=True, slots=True)
class Test:
    """What tells an element from others of its name: a constant attribute or child."""

    name: Name
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """One element (or, last in a path, attribute) on the way to a field."""

    name: Name
    test: Test | None = None
    repeated: bool = False


def parse_path(text: str, namespaces: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps of a path.

    :param namespaces: by prefix, ``""`` for the default one
    :raises ValueError: what is wrong with the path
    """
    steps: list[Step] = []
    for part in re.split(r"/(?=[^\]]*(?:\[|$))", text):
        found = _STEP.fullmatch(part)
        if not found:
            raise ValueError(f"« {part} » n'est pas une étape d'un chemin")
        name = _name(found["name"], namespaces)
        test = Test(_name(found["test"], namespaces), found["value"]) if found["test"] else None
        step = Step(name, test, bool(found["repeated"]))
        if (steps and steps[-1].name.is_attribute) or (name.is_attribute and step != Step(name)):
            raise ValueError("un attribut termine un chemin, sans crochets")
        steps.append(step)
    return tuple(steps)


def _name(text: str, namespaces: Mapping[str, str]) -> Name:
    is_attribute = text.startswith("@")
    prefix, _colon, local = text.removeprefix("@").rpartition(":")
    if prefix not in namespaces and prefix:
        raise ValueError(f"le préfixe « {prefix} » n'est déclaré par aucune ligne xmlns:{prefix}")
    namespace = "" if is_attribute and not prefix else namespaces.get(prefix, "")
    written = f"{prefix}:{local}" if prefix else local
    return Name(f"{{{namespace}}}{local}" if namespace else local, written, is_attribute)
