"""A message's fields arranged as its XML: the tree that writing and reading follow."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .cells import CellError
from .dictionary import Constant, Dictionary, Field
from .errors import OptoamcError
from .messages import ANSWER_KINDS, MESSAGE_TYPES, MessageKind
from .paths import Name, Step
from .structure import Attribute, choose, resolve

_ANSWERS = {MESSAGE_TYPES[kind] for kind in ANSWER_KINDS.values()}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text of an element: one of its attributes, or its own.

    ``chain`` leads from the node's object to the value; the item itself when empty. Through the items of an answer
    that gives them one place, it leads to the first.
    """

    name: Name
    chain: tuple[Attribute, ...]
    entry: Field | Constant


@dataclass(slots=True)
class Node:
    """An element. One that repeats stands for the items of ``items``, a tuple of the outer object: for all, or for
    those whose attribute has the ``chosen`` value.

    ``owner`` is the class of the object that leaves are found from.
    """

    step: Step
    owner: type
    items: tuple[Attribute, ...] = ()
    chosen: tuple[str, Any] | None = None
    leaves: list[Leaf] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)


def arrange(dictionary: Dictionary, kind: MessageKind) -> Node:
    """The tree of one message.

    :raises OptoamcError: ``dialect``, when two rows cannot both be right
    """
    root = Node(dictionary.messages[kind].root, MESSAGE_TYPES[kind])
    attributes: dict[str, Field] = {}
    entries: list[Field | Constant] = [*dictionary.constants, *dictionary.fields]
    for entry in sorted((entry for entry in entries if kind in entry.messages), key=lambda entry: entry.row):
        try:
            if isinstance(entry, Field):
                _check_again(kind, entry, attributes.setdefault(entry.attribute, entry))
            _place(root, entry)
        except ValueError as error:
            told = error if isinstance(error, CellError) else CellError("attribute", error)
            detail = f"{dictionary.name}, ligne {entry.row}, {told} (dans {kind})"
            raise OptoamcError("dialect", detail) from error
    return root


def _check_again(kind: MessageKind, entry: Field, first: Field) -> None:
    """See that a field may have another row: in another place of a question, or for other items.

    :raises ValueError: it may not
    """
    if entry is first:
        return
    if entry.choices == first.choices and kind not in ANSWER_KINDS:
        raise CellError("attribute", f"« {entry.attribute} » a déjà une ligne")
    if (entry.usage, entry.condition, entry.option) != (first.usage, first.condition, first.option):
        raise CellError("usage", f"ce n'est pas celui de l'autre ligne de « {entry.attribute} » (ligne {first.row})")


def _place(root: Node, entry: Field | Constant) -> None:
    constant = isinstance(entry, Constant)
    *lists, last = [""] if isinstance(entry, Constant) else re.split(r"\[\]\.?", entry.attribute)
    choices = [] if isinstance(entry, Constant) else [*entry.choices]
    node = root
    for step in entry.steps:
        if step.name.is_attribute:
            break
        items: tuple[Attribute, ...] = ()
        chosen = None
        if step.repeated and not constant:
            if not lists:
                raise CellError("path", "plus de [] que dans la donnée")
            items = resolve(node.owner, f"{lists.pop(0)}[]")
            if choice := choices.pop(0):
                chosen = choose(items[-1].type, choice)
        node = _child(node, step, items, chosen)
    if len(lists) == 1 and last and root.owner in _ANSWERS and node.owner is root.owner:
        # A platform that gives one reason has one place for it: the first item's.
        chain = (*resolve(node.owner, f"{lists.pop()}[]"),)
        chain += resolve(chain[-1].type, last)
    elif lists:
        raise CellError("path", "moins de [] que dans la donnée")
    else:
        chain = resolve(node.owner, last) if last else ()
    name = entry.steps[-1].name
    if any(leaf.name == name for leaf in node.leaves):
        raise CellError("path", f"{entry.path} a déjà une ligne")
    node.leaves.append(Leaf(name, chain, entry))


def _child(node: Node, step: Step, items: tuple[Attribute, ...], chosen: tuple[str, Any] | None) -> Node:
    """The child for ``step``, made when it is not there yet."""
    for child in node.children:
        if items and child.items == items and (child.chosen is None) != (chosen is None):
            raise CellError("attribute", "tous les éléments sont à une place, ou chacun est choisi par la même donnée")
        if (child.step.name, child.step.test) == (step.name, step.test):
            if child.step != step or (items and (child.items, child.chosen) != (items, chosen)):
                raise CellError("path", f"{step.name.text} sert de deux façons")
            return child
        if child.step.name == step.name and None in (child.step.test, step.test):
            raise CellError("path", f"rien ne distingue deux {step.name.text}")
    if step.repeated and not items:
        raise CellError("path", "une constante d'éléments répétés vient après leurs champs")
    child = Node(step, items[-1].type if items else node.owner, items, chosen)
    node.children.append(child)
    return child
