"""Names as they are typed: split where they tell their parts apart, asked of a person elsewhere."""

from __future__ import annotations

import pytest

from lib.identifiers.person_name import agrees, guess_name, join_name, split_name


@pytest.mark.parametrize(
    ("name", "last", "first"),
    [
        ("Charles de GAUTIER", "de GAUTIER", "Charles"),
        ("de GAUTIER Charles", "de GAUTIER", "Charles"),
        ("Ludwig van der BERGEN", "van der BERGEN", "Ludwig"),
        ("Dr Jean-Baptiste de LAUNAY", "de LAUNAY", "Jean-Baptiste"),
        ("Dr de LAUNAY", "de LAUNAY", ""),
        ("Mamadou El HADJI", "El HADJI", "Mamadou"),
        ("Yann Le GOFF", "Le GOFF", "Yann"),
        ("DUPONT de NEMOURS Pierre", "DUPONT de NEMOURS", "Pierre"),
        ("DE LA FONTAINE Jean-Pierre", "DE LA FONTAINE", "Jean-Pierre"),
        ("d’ORMEAUX Jean", "d’ORMEAUX", "Jean"),
        ("Jean de l'ESTANG", "de l'ESTANG", "Jean"),
        ("Anne des MOULINS", "des MOULINS", "Anne"),
    ],
)
def test_certain(name, last, first):
    assert split_name(name) == guess_name(name) == (last, first)
    assert agrees(join_name(last, first, like=name), last, first)


@pytest.mark.parametrize(
    "name",
    [
        "M. et Mme DURAND",
        "Mme DURAND & M. MARTIN",
        "M. Mme DURAND",
        "MARTIN-née-DURAND Anne",
        "DUPONT née MARTIN Jeanne",
        "Jeanne DUPONT (MARTIN)",
        "SAINT-EXEMPLE (de) Antoine",
        "MARTIN épouse DURAND Anne",
        "DURAND dit LEBEAU Jean",
        "MARTIN Vve DURAND Anne",
    ],
)
def test_two_names_or_persons_are_asked(name):
    assert split_name(name) is None
    assert split_name(name, firstname="Anne") is None
    assert guess_name(name) == ("", "")


@pytest.mark.parametrize("name", ["Ben SMITH", "GAUTIER Charles de", "Jean DUPONT Marie", "Charles de Gautier"])
def test_uncertain_is_not_split(name):
    assert split_name(name) is None
