"""The condition language: what it says, and what it refuses to be."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal as D

import pytest
from message_samples import answer, lens, request

from lib.protocol.conditions import compile_condition
from lib.protocol.messages import (
    AnswerLine,
    CoverageAnswer,
    CoverageRequest,
    Equipment,
    Lens,
    LensType,
    Side,
)

LENS = lens(1, Side.RIGHT)
BARE = Lens()


@pytest.mark.parametrize(
    ("text", "holder", "given", "expected"),
    [
        ("given", BARE, True, True),
        ("given", BARE, False, False),
        ("cylinder", LENS, False, True),
        ("cylinder", BARE, False, False),
        ("cylinder", Lens(cylinder=D("0.00")), False, False),
        ("not cylinder", BARE, False, True),
        ("given or cylinder", BARE, True, True),
        ("cylinder and prism", LENS, False, True),
        ("cylinder and not prism", LENS, False, False),
        ("lens_type == 'progressive'", LENS, False, True),
        ("lens_type != 'progressive'", LENS, False, False),
        ("lens_type in ('multifocal', 'progressive')", LENS, False, True),
        ("lens_type not in ['single']", LENS, False, True),
        ("lens_type == 'single'", BARE, False, False),
        ("lens_type != 'single'", BARE, False, True),
        ("lens_type not in ('single',)", BARE, False, True),
        ("sphere > -0.25", LENS, False, True),
        ("sphere >= 2", LENS, False, True),
        ("sphere < 2", LENS, False, False),
        ("sphere <= 2.0", LENS, False, True),
        ("sphere < 2", BARE, False, False),
        ("axis == 90", LENS, False, True),
        ("lpp == '2203240'", LENS, False, True),
        ("treatments", LENS, False, True),
        ("treatments", BARE, False, False),
        ("message.date >= '2020-01-01'", LENS, False, True),
        ("message.date < '2020-01-01'", LENS, False, False),
        ("message.equipment.kind == 'glasses'", LENS, False, True),
        ("message.equipment.frame.brand == 'DOLCE GABBANA'", LENS, False, True),
        ("message.amo.child == False", LENS, False, True),
        ("message.equipment.frame", LENS, False, True),
    ],
)
def test_holds(text, holder, given, expected):
    assert compile_condition(text, Lens, CoverageRequest)(holder, request(), given) is expected


def test_an_object_on_the_way_may_be_unknown():
    condition = compile_condition("message.equipment.frame.brand", Lens, CoverageRequest)
    assert condition(LENS, request(equipment=Equipment()), False) is False


def test_message_can_be_an_attribute_of_its_own():
    """An answer has an attribute named ``message``: alone, it is that one."""
    condition = compile_condition("message", CoverageAnswer, CoverageAnswer)
    assert condition(answer(), answer(), False) is True
    assert condition(answer(message=None), answer(), False) is False


def test_a_line_sees_its_message():
    condition = compile_condition("message.status == 'granted'", AnswerLine, CoverageAnswer)
    assert condition(AnswerLine(), answer(), False) is True
    assert dt.date(2027, 1, 22) == answer().valid_until


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "n'est pas une expression"),
        ("cylinder and", "n'est pas une expression"),
        ("cylinder = 1", "n'est pas une expression"),
        ("a\0b", "n'est pas une expression"),
        ("cylinder " * 100, "plus de 500"),
        ("cylindre", "Lens n'a pas de donnée « cylindre »"),
        ("message.lenses", "CoverageRequest n'a pas de donnée « lenses »"),
        ("message.equipment.lenses.axis", "« lenses » n'a pas une donnée « axis »"),
        ("cylinder.real", "« cylinder » n'a pas une donnée « real »"),
        ("__class__", "pas de donnée « __class__ »"),
        (
            "lens_type == 'progresive'",
            "'progresive' n'est pas une valeur de « lens_type » : l'un de single, multifocal",
        ),
        ("lens_type in ('single', 'x')", "'x' n'est pas une valeur"),
        ("lens_type in 'single'", "in veut une liste"),
        ("axis == '90'", "'90' n'est pas une valeur de « axis » : un nombre entier"),
        ("axis == 90.5", "n'est pas une valeur"),
        ("sphere == 'x'", "n'est pas une valeur de « sphere » : un nombre"),
        ("sphere == True", "n'est pas une valeur"),
        ("sphere == axis", "axis n'est pas une valeur"),
        ("message.date == '2026-02-30'", "n'est pas une valeur de « date » : une date"),
        ("message.date == 2026", "n'est pas une valeur de « date » : une date"),
        ("0 < sphere < 2", "une comparaison à la fois"),
        ("sphere is 2", "comparaison interdite"),
        ("treatments == 'tint'", "« treatments » n'a pas une valeur"),
        ("message.equipment == 1", "« equipment » n'a pas une valeur"),
        ("print(1)", "interdit dans une condition : print(1)"),
        ("sphere + 1", "interdit dans une condition"),
        ("(lambda: 1)()", "interdit dans une condition"),
        ("treatments[0]", "interdit dans une condition"),
        ("-sphere", "interdit dans une condition"),
        ("'x'", "interdit dans une condition"),
        ("True", "interdit dans une condition"),
    ],
)
def test_refuses(text, problem):
    with pytest.raises(ValueError, match=re.escape(problem)):
        compile_condition(text, Lens, CoverageRequest)


def test_codes_compare_by_their_own_values():
    assert compile_condition("lens_type == 'single'", Lens, CoverageRequest)(
        Lens(lens_type=LensType.SINGLE), request(), False
    )
