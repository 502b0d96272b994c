"""Conditions of the field table: a small language over a message's attributes.

``cylinder``, ``lens_type in ('multifocal', 'progressive')`` or
``given or message.status == 'granted'`` are conditions. Names are attributes of
the object that holds the field; ``message`` is the whole message; ``given`` is
true when the field's own value is known. There are ``and``, ``or``, ``not``,
comparisons, ``in`` and literals, and nothing else: no call, no arithmetic.

A name alone is true when its value is known and neither zero nor empty.
Comparing an unknown value is false (``!=`` and ``not in``: true). Codes compare
with the project's own value, dates with ``'2020-01-31'``. A literal that cannot
be a value of what it is compared with is an error of the table.
"""

from __future__ import annotations

import ast
import datetime as dt
import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import reduce
from typing import Any

from .structure import Attribute, attributes, type_name

#: (object that holds the field, message, is the field's value known) -> does it hold
Condition = Callable[[Any, Any, bool], bool]

_MAX_LENGTH = 500

_Getter = Callable[[Any, Any, bool], Any]


@dataclass(frozen=True, slots=True)
class _Comparison:
    compare: Callable[[Any, Any], bool]
    when_unknown: bool = False
    takes_list: bool = False


_COMPARISONS: dict[type[ast.cmpop], _Comparison] = {
    ast.Eq: _Comparison(operator.eq),
    ast.NotEq: _Comparison(operator.ne, when_unknown=True),
    ast.Lt: _Comparison(operator.lt),
    ast.LtE: _Comparison(operator.le),
    ast.Gt: _Comparison(operator.gt),
    ast.GtE: _Comparison(operator.ge),
    ast.In: _Comparison(lambda value, items: value in items, takes_list=True),
    ast.NotIn: _Comparison(lambda value, items: value not in items, when_unknown=True, takes_list=True),
}


def compile_condition(text: str, owner: type, message: type) -> Condition:
    """Compile ``text`` for fields held by ``owner`` in messages of class ``message``.

    :raises ValueError: what is wrong with the text, in one sentence
    """
    if len(text) > _MAX_LENGTH:
        raise ValueError(f"plus de {_MAX_LENGTH} caractères")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"« {text} » n'est pas une expression") from error
    return _Compiler(owner, message).truth(tree)


def is_given(_obj: Any, _msg: Any, given: bool) -> bool:
    """The condition ``given``."""
    return given


def _both(one: Condition, other: Condition) -> Condition:
    return lambda obj, msg, given: one(obj, msg, given) and other(obj, msg, given)


def _either(one: Condition, other: Condition) -> Condition:
    return lambda obj, msg, given: one(obj, msg, given) or other(obj, msg, given)


@dataclass(frozen=True, slots=True)
class _Compiler:
    owner: type
    message: type

    def truth(self, node: ast.expr) -> Condition:
        if isinstance(node, ast.BoolOp):
            return reduce(_both if isinstance(node.op, ast.And) else _either, map(self.truth, node.values))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.truth(node.operand)
            return lambda obj, msg, given: not inner(obj, msg, given)
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Name) and node.id == "given":
            return is_given
        get, _attribute = self._value(node)
        return lambda obj, msg, given: bool(get(obj, msg, given))

    def _comparison(self, node: ast.Compare) -> Condition:
        if len(node.ops) > 1:
            raise ValueError(f"une comparaison à la fois, jointes par and : {ast.unparse(node)}")
        comparison = _COMPARISONS.get(type(node.ops[0]))
        if comparison is None:
            raise ValueError(f"comparaison interdite : {ast.unparse(node)}")
        get, attribute = self._value(node.left)
        if attribute.is_object or attribute.repeated:
            raise ValueError(f"« {attribute.name} » n'a pas une valeur à comparer")
        compare, unknown = comparison.compare, comparison.when_unknown
        right = node.comparators[0]
        if comparison.takes_list:
            if not isinstance(right, (ast.Tuple, ast.List, ast.Set)):
                raise ValueError(f"in veut une liste de valeurs : {ast.unparse(node)}")
            literal: Any = tuple(_literal(item, attribute) for item in right.elts)
        else:
            literal = _literal(right, attribute)

        def holds(obj: Any, msg: Any, given: bool) -> bool:
            value = get(obj, msg, given)
            return unknown if value is None else compare(value, literal)

        return holds

    def _value(self, node: ast.expr) -> tuple[_Getter, Attribute]:
        """How to get the value that a dotted name stands for, and what it is."""
        names: list[str] = []
        attribute: Attribute | None = None
        while isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            raise ValueError(f"interdit dans une condition : {ast.unparse(node)}")
        from_message = node.id == "message" and bool(names)
        if not from_message:
            names.insert(0, node.id)
        owner = self.message if from_message else self.owner
        for position, name in enumerate(names):
            attribute = attributes(owner).get(name)
            if attribute is None:
                raise ValueError(
                    f"{owner.__name__} n'a pas de donnée « {name} » ; il y a {', '.join(attributes(owner))}"
                )
            owner = attribute.type
            if position + 1 < len(names) and (attribute.repeated or not attribute.is_object):
                raise ValueError(f"« {name} » n'a pas une donnée « {names[position + 1]} »")
        assert attribute  # there is at least one name
        path = tuple(names)

        def get(obj: Any, msg: Any, given: bool) -> Any:
            value = msg if from_message else obj
            for name in path:
                value = getattr(value, name, None)
            return value

        return get, attribute


def _literal(node: ast.expr, attribute: Attribute) -> Any:
    """The literal, as a value of the attribute that it is compared with."""
    kind = attribute.type
    try:
        value = ast.literal_eval(node)
        if issubclass(kind, Enum):
            return kind(value)
        if kind is dt.date:
            return dt.date.fromisoformat(value)
        if kind is Decimal and type(value) in (int, float):
            return Decimal(str(value))
    except (ValueError, TypeError) as error:
        raise _mismatch(node, attribute) from error
    if type(value) is not kind:
        raise _mismatch(node, attribute)
    return value


def _mismatch(node: ast.expr, attribute: Attribute) -> ValueError:
    kind = attribute.type
    wanted = f"l'un de {', '.join(kind)}" if issubclass(kind, Enum) else type_name(kind)
    return ValueError(f"{ast.unparse(node)} n'est pas une valeur de « {attribute.name} » : {wanted}")
