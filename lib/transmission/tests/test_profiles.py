"""Which profile a dossier follows, and what a request then discloses."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "protocol" / "tests"))

from dialects_under_test import DETAILED, OPTIONS, codec
from message_samples import request

from lib.protocol.dictionary import Usage
from lib.protocol.messages import CoverageRequest
from lib.transmission.disclosure import disclose, unavoidable
from lib.transmission.profiles import GOVERNED, NOTHING, Case, Profile, Rule, choose, withhold

LEAST = Profile("minimal", frozenset(), frozenset({"insured_nir"}))
ALL = Profile("detailed", DETAILED, OPTIONS, dt.date(2024, 11, 18), serves_responsible=False, serves_class_a=False)
RULES = [
    Rule(ALL, date_to=dt.date(2024, 11, 17)),
    Rule(LEAST, date_from=dt.date(2024, 11, 18)),
    Rule(ALL, date_from=dt.date(2026, 1, 1), insurer=7),
    Rule(ALL, date_from=dt.date(2026, 1, 1), date_to=dt.date(2026, 6, 30), platform=3),
    Rule(LEAST, date_from=dt.date(2026, 1, 1), insurer=7, shop=9),
]
NOW = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("case", "where", "key"),
    [
        (Case(dt.date(2013, 11, 26)), (0, 0, 0), "detailed"),
        (Case(dt.date(2024, 11, 17), has_class_a=True), (0, 0, 0), "detailed"),
        (Case(dt.date(2024, 11, 18)), (0, 0, 0), "minimal"),
        (Case(None), (0, 0, 0), "minimal"),
        (Case(NOW, is_responsible=False), (0, 0, 0), "minimal"),
        (Case(NOW, is_responsible=False), (0, 7, 1), "detailed"),
        (Case(NOW, is_responsible=True), (0, 7, 1), "minimal"),
        (Case(NOW, is_responsible=False, has_class_a=True), (0, 7, 1), "minimal"),
        (Case(NOW, is_responsible=False), (0, 7, 9), "minimal"),
        (Case(NOW, is_responsible=False), (3, 0, 1), "detailed"),
        (Case(dt.date(2026, 7, 1), is_responsible=False), (3, 0, 1), "minimal"),
        (Case(dt.date(2025, 12, 31), is_responsible=False), (3, 7, 1), "minimal"),
    ],
)
def test_the_rule_closest_to_the_insurer_that_may_serve_the_case(case, where, key):
    assert choose(RULES, case, *where).key == key
    assert choose(list(reversed(RULES)), case, *where).key == key


def test_without_a_rule_nothing_optional_leaves():
    assert choose([], Case(NOW)) is NOTHING
    assert NOTHING.options(OPTIONS, ()) == frozenset()


def test_a_shop_switches_on_what_the_profile_allows_and_keeps_back_what_it_includes():
    assert LEAST.options({"insured_nir", "lpp_code"}, ()) == {"insured_nir"}
    assert ALL.options((), {"article"}) == DETAILED - {"article"}


@pytest.mark.parametrize("dialect", ["open", "mutua"])
def test_what_is_held_back_is_nowhere_in_the_message_whatever_the_table_says(dialect):
    least = withhold(request(), ())
    subject = codec(dialect)
    shown = {item.attribute.replace("[]", "") for item in disclose(subject, least, OPTIONS)}
    assert not shown & frozenset().union(*GOVERNED.values())
    assert withhold(request(), OPTIONS) == request()
    assert withhold(least, ()) == least


def test_a_table_that_makes_a_correction_mandatory_is_named():
    """The shipped table can do without; the other platform's cannot."""
    assert unavoidable(codec("open"), ()) == []
    found = {field.attribute for field in unavoidable(codec("mutua"), ())}
    assert any(attribute.endswith(".sphere") for attribute in found)
    assert not any(attribute.endswith(".lpp") for attribute in found), "it asks for the LPP code when it is known"
    assert unavoidable(codec("mutua"), OPTIONS) == []


def test_each_field_with_its_value_and_why():
    shown = {(item.attribute, item.place): item for item in disclose(codec("open"), request(), {"insured_nir"})}
    assert shown["insured.birth_date", 0].value == "14/05/1972"
    assert shown["equipment.lenses[].price", 2].value == "250,00"
    assert shown["beneficiary.quality", 0].value == "assuré"
    assert shown["amo.child", 0].value == "non"
    assert shown["kind", 0].value == "PEC"
    assert shown["insured.nir", 0].option == "insured_nir"
    assert shown["insured.nir", 0].usage is Usage.OPTIONAL
    assert shown["insured.contract_number", 0].condition == "given"
    assert ("beneficiary.nir", 0) not in shown
    assert ("equipment.frame.group_code", 3) in shown


def test_all_that_governed_attributes_name_is_in_a_message():
    """A misspelt one would hold nothing back."""
    full = request()
    for names in GOVERNED.values():
        for name in names:
            owner = full
            *path, last = name.split(".")
            for step in path:
                part = getattr(owner, step)
                owner = part[0] if isinstance(part, tuple) and part else part
                if owner in ((), None):
                    break
            else:
                assert last in {field.name for field in dataclasses.fields(owner)}, name


#: What a minimal request may tell, by part of the message; all the rest is held back. Written by hand: a new attribute
#: of a message fails until somebody has said to which of the two it belongs.
LINE = "line_number group_code product_class quantity price discount amo_base amo_amount other_amc_amount"
TELLABLE = {
    "": "kind date",
    "header": "exchange_id reply_to created_at mode software software_version",
    "optician": "finess siret name street street2 zip city contact_name phone email",
    "insurer": "amc_number platform_number name scheme",
    "insured": (
        "last_name first_name birth_date card_birth_date nir member_number contract_number group_number contract_type"
    ),
    "beneficiary": "last_name first_name birth_date card_birth_date birth_rank nir quality",
    "amo": "regime fund centre insurance_nature exoneration rate child",
    "early_renewal": "last_equipment reason",
    "equipment": "rank kind",
    "equipment.lenses": f"{LINE} side",
    "equipment.frame": LINE,
    "equipment.contact_lenses": f"{LINE} side",
    "equipment.supplements": f"{LINE} side",
    "totals": "price amo amc",
}


def leaves(owner, path=""):
    """The attributes of a message type, those of its parts included."""
    for field in dataclasses.fields(owner):
        here = f"{path}{field.name}"
        parts = [kind for kind in classes_in(get_type_hints(owner)[field.name]) if dataclasses.is_dataclass(kind)]
        for part in parts:
            yield from leaves(part, f"{here}.")
        if not parts:
            yield here


def classes_in(hint):
    return [found for arg in get_args(hint) for found in classes_in(arg)] if get_args(hint) else [hint]


def test_each_attribute_of_a_request_may_be_told_or_is_held_back():
    tellable = {f"{part}.{name}".lstrip(".") for part, names in TELLABLE.items() for name in names.split()}
    governed = frozenset().union(*GOVERNED.values())
    assert not tellable & governed
    assert set(leaves(CoverageRequest)) == tellable | governed
