"""Lists of insurers, as insurers and spreadsheets write them."""

from __future__ import annotations

import pytest

from lib.directory.numbers import Numbered, restore_zeros
from lib.directory.reader import read_listing

HEADER = "N° AMC;Nom;OptoAMC;Plateau;Code postal;Téléphone;TOP mutualiste;Tiers payant"


def read(*rows, header=HEADER, encoding="utf-8", known=()):
    listing = read_listing("\r\n".join([header, *rows]).encode(encoding))
    restore_zeros(listing, known)
    return listing


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    listing = read("01234567;Mutuelle générale Étoile;oui;;;;;", encoding=encoding)
    assert listing.insurers["01234567"]["name"] == "Mutuelle générale Étoile"


def test_separator_and_titles():
    listing = read("01234567;Étoile;oui;;;;;", header=f"sep=;\r\nConventions 2026\r\n\r\n{HEADER}")
    assert (list(listing.insurers), listing.rows["01234567"]) == (["01234567"], 5)


def test_headers_of_insurers():
    listing = read(
        "059410000;Étoile;O;75000000;TP externalisé;O;59100;60;0",
        header="CODE AMC;LIBELLE AMC;EDI;N° PLATEAU;TP;TOP MUTUALISTE;CP;VALIDITE;DELAI",
    )
    (insurer,) = listing.insurers.values()
    assert (insurer["platform"], insurer["third_party_payment"], insurer["is_mutualist_top"]) == (
        "oui",
        "externalisé",
        "oui",
    )
    assert (insurer["pec_validity_days"], insurer["zip"]) == ("60", "59100")
    assert [(problem.column, problem.expected) for problem in listing.problems] == [("DELAI", "unread")]


@pytest.mark.parametrize(
    ("cell", "said"),
    [("O", "oui"), ("X", "oui"), ("1", "oui"), ("vrai", "oui"), ("N", "non"), ("0", "non"), ("", "non")],
)
def test_yes_and_no(cell, said):
    (insurer,) = read(f"98000001;A;{cell};;;;{cell};{cell}").insurers.values()
    assert (insurer["platform"], insurer["is_mutualist_top"]) == (said, said)
    assert insurer["third_party_payment"] == (said if cell else "")


def test_zeros_of_post_codes_phones_and_platforms():
    (insurer,) = read("07410001;A;oui;7410001;1000;199000102;;").insurers.values()
    assert (insurer["amc_platform_number"], insurer["zip"], insurer["phone"]) == ("07410001", "01000", "0199000102")
    listing = read("98000001;A;oui;1234567;;;;", known=[Numbered("01234567", "B")])
    assert listing.insurers["98000001"]["amc_platform_number"] == "01234567"
    listing = read("98000001;A;oui;1234567;;;;")
    assert [(problem.column, problem.expected) for problem in listing.problems] == [("Plateau", "digits")]


def test_nine_digits_are_not_another_insurers_eight():
    listing = read("012345678;Neuf;oui;;;;;", known=[Numbered("12345678", "Huit")])
    assert (list(listing.insurers), listing.unusable) == (["012345678"], set())
    # The other way round a zero may be lost: a person tells.
    listing = read("12345678;Huit;oui;;;;;", known=[Numbered("012345678", "Neuf")])
    assert (listing.insurers, [problem.expected for problem in listing.problems]) == ({}, ["zero"])
    assert listing.unusable == {"12345678", "012345678"}
    listing = read("12345678;Neuf;oui;;;;;", known=[Numbered("012345678", "NEUF")])
    assert (list(listing.insurers), listing.problems) == (["012345678"], [])
    listing = read("12345678;Huit;oui;;;;;", known=[Numbered("012345678", "Neuf"), Numbered("12345678", "Huit")])
    assert list(listing.insurers) == ["12345678"]


def test_a_number_that_lost_its_zero_is_not_gone():
    listing = read("1234567;Étoile;oui;;;;;", known=[Numbered("01234567", "Étoile")])
    assert "01234567" in listing.unusable
    assert [problem.expected for problem in listing.problems] == ["digits"]


def test_a_row_wider_than_the_headers():
    listing = read("98000001;Mutuelle; A;oui;;;;;", "98000002;B;oui;;;;;")
    assert list(listing.insurers) == ["98000002"]
    assert [(problem.row, problem.expected) for problem in listing.problems] in ([(2, "cells")], [(2, "digits")])


def test_values_that_a_spreadsheet_has_lost():
    listing = read("9,8E+7;A;oui;;;;;", "98000002;#N/A;oui;;;;;")
    assert [problem.expected for problem in listing.problems] == ["damaged", "damaged"]
