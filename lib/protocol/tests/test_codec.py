"""The codec on the worked example: what is missing, what leaves, what comes in."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from decimal import Decimal as D
from pathlib import Path

import pytest
from bench_codec import run, write_by_hand
from dialects_under_test import DETAILED, OPTIONS, codec
from lxml import etree
from message_samples import answer, header, lens, request, supplement

from lib import protocol
from lib.protocol.codec import Codec, Missing
from lib.protocol.consistency import verify_answer
from lib.protocol.dialect import Dialect
from lib.protocol.dictionary import Usage
from lib.protocol.errors import ERRORS, OptoamcError
from lib.protocol.messages import (
    AgreementInvoice,
    Consultation,
    CoverageRequest,
    EarlyReason,
    EarlyRenewal,
    Equipment,
    Header,
    Insured,
    InvoiceLine,
    Lens,
    LensType,
    MessageKind,
    PriceRequest,
    Side,
    Status,
    Totals,
)

OPEN = codec("open")
OPEN_TABLE = (Path(protocol.__file__).parent / "dialects" / "open.csv").read_text("utf-8")


def with_lens(**values) -> CoverageRequest:
    message = request()
    lenses = (dataclasses.replace(message.equipment.lenses[0], **values), message.equipment.lenses[1])
    return request(equipment=dataclasses.replace(message.equipment, lenses=lenses))


def test_the_same_bytes_as_by_hand():
    by_hand = etree.tostring(write_by_hand(request()), encoding="UTF-8", xml_declaration=True)
    assert OPEN.build(request(), OPTIONS) == by_hand


def test_the_benchmark_runs():
    assert run(7)["build_ratio"] > 0


def test_optional_fields_stay_at_home_unless_switched_on():
    xml = OPEN.build(request()).decode()
    for text in ("<NIR>", "<Contact>", "<Surface>", "<Traitement>", "<Remise>", "<Renouvellement>", "BESNAINOU"):
        assert text not in xml
        assert text in OPEN.build(request(), OPTIONS).decode()


def test_each_option_sends_its_field_and_no_other():
    sent = {option: OPEN.build(request(), {option}) for option in OPTIONS}
    nothing = OPEN.build(request())
    for option, xml in sent.items():
        assert (xml != nothing) == (not option.startswith("contact_lens"))  # there are none here
    assert b"<NIR>" in sent["insured_nir"]
    assert b"<NIR>" in sent["beneficiary_nir"]
    assert sent["insured_nir"] != sent["beneficiary_nir"]


def test_the_fourteen_options_and_the_five_of_a_detailed_request():
    assert len(OPTIONS - DETAILED) == 14
    assert len(DETAILED & OPTIONS) == 5
    options = OPEN.dialect.dictionary.options
    assert options["prescriber_name"].label == "Prescription : nom et prénom du prescripteur"
    assert all(option.label and option.reason for option in options.values())


def test_all_that_is_missing_at_once():
    message = CoverageRequest(header=Header(), equipment=Equipment(lenses=(Lens(), Lens(cylinder=D("1")))))
    missing = {item.path: item for item in OPEN.check(message, DETAILED)}
    assert {"header.exchange_id", "kind", "insured.last_name", "totals.price"} < set(missing)
    assert "equipment.lenses[0].axis" not in missing
    assert missing["equipment.lenses[1].axis"] == Missing(
        "equipment.lenses[1].axis",
        "Verre : axe",
        "Un cylindre ne se comprend qu'avec son axe.",
        Usage.CONDITIONAL,
    )
    with pytest.raises(OptoamcError) as caught:
        OPEN.build(message, DETAILED)
    assert caught.value.code == "incomplete"
    assert caught.value.detail.count("\n") + 1 == len(missing)


def test_conditional_fields():
    assert not OPEN.check(with_lens(cylinder=None, axis=None), DETAILED)
    assert not OPEN.check(with_lens(cylinder=D("0.00"), axis=None), DETAILED)
    assert [item.path for item in OPEN.check(with_lens(axis=None), DETAILED)] == ["equipment.lenses[0].axis"]
    assert [item.path for item in OPEN.check(with_lens(prism_base=None), DETAILED)] == [
        "equipment.lenses[0].prism_base"
    ]
    assert [item.path for item in OPEN.check(with_lens(addition=None), DETAILED)] == ["equipment.lenses[0].addition"]
    single = with_lens(lens_type=LensType.SINGLE, cylinder=None, prism=None)
    kept = OPEN.minimise(single, DETAILED).equipment.lenses[0]
    assert (kept.addition, kept.axis, kept.prism_base) == (None, None, None)


def test_a_least_request_needs_the_group_code_and_the_class_and_holds_no_correction():
    """From 2020-01-01 on, the day from which lenses and frames have both."""
    bare = with_lens(group_code=None, product_class=None, lpp=None, sphere=None, product=None, lens_type=None)
    assert {item.path for item in OPEN.check(bare)} == {
        "equipment.lenses[0].group_code",
        "equipment.lenses[0].product_class",
    }
    assert not OPEN.check(dataclasses.replace(bare, date=dt.date(2019, 12, 31)))
    assert {item.path for item in OPEN.check(bare, DETAILED)} > {
        "equipment.lenses[0].lpp",
        "equipment.lenses[0].sphere",
        "equipment.lenses[0].product",
    }
    xml = OPEN.build(request()).decode()
    for text in ("Prescription", "CodeLPP", "Sphere", "Cylindre", "Addition", "Prisme", "Designation", "vision="):
        assert text not in xml
        assert text in OPEN.build(request(), DETAILED).decode()


def test_an_early_renewal_is_a_day_and_a_code():
    early = EarlyRenewal(last_equipment=dt.date(2025, 6, 2), reason=EarlyReason.LISTED)
    xml = OPEN.build(request(early_renewal=early)).decode()
    assert "<DernierEquipement>2025-06-02</DernierEquipement><Motif>LISTE</Motif>" in xml
    assert "RenouvellementAnticipe" not in OPEN.build(request()).decode()
    nothing_early = EarlyRenewal(last_equipment=dt.date(2020, 6, 2))
    assert "DernierEquipement" not in OPEN.build(request(early_renewal=nothing_early)).decode()
    assert [item.path for item in OPEN.check(request(early_renewal=EarlyRenewal(reason=EarlyReason.LISTED)))] == [
        "early_renewal.last_equipment"
    ]


@pytest.mark.parametrize(
    ("insured", "reason"),
    [
        ({"nir": "29510991261119"}, "13 caractères et une clé exacte de 2"),
        ({"nir": "295109912611194"}, "13 caractères et une clé exacte de 2"),
        ({"last_name": "X" * 61}, "texte de 60 caractères au plus"),
        ({"last_name": " "}, "texte de 60 caractères au plus"),
        ({"birth_date": "1972-05-14"}, "date sous la forme 2026-01-31"),
    ],
)
def test_wrong_values_are_reported_without_being_repeated(insured, reason):
    message = request(insured=dataclasses.replace(request().insured, **insured))
    [item] = OPEN.check(message, OPTIONS)
    assert item.path == f"insured.{next(iter(insured))}"
    assert item.reason == f"Valeur non conforme ; attendu : {reason}."
    assert str(next(iter(insured.values()))).strip() not in (item.reason or " ") or insured == {"last_name": " "}


def test_a_wrong_value_that_stays_at_home_is_no_trouble():
    assert not OPEN.check(request(insured=dataclasses.replace(request().insured, nir="1")))


def test_lines_and_totals_hold_together():
    assert {item.path for item in OPEN.check(request(equipment=Equipment(rank=1, kind="contact_lenses")))} == {
        "equipment",
        "totals.price",
        "totals.amo",
    }
    twice = dataclasses.replace(request().equipment, lenses=(lens(1, Side.RIGHT), lens(1, Side.LEFT)), supplements=())
    problems = {item.path: item for item in OPEN.check(request(equipment=twice, totals=Totals(price=D("1"))))}
    assert problems["equipment.lenses[1].line_number"].label == "Verre : numéro de ligne"
    assert problems["equipment.lenses[1].line_number"].reason == "Deux lignes portent le numéro 1."
    assert problems["totals.price"].reason == "Le total n'est pas la somme des lignes (714.00)."
    assert problems["totals.amo"].reason == "Contrôle la somme des lignes."
    [nothing] = OPEN.check(
        PriceRequest(
            header=header(),
            date=request().date,
            optician=request().optician,
            insurer=request().insurer,
            equipment=Equipment(rank=1, kind="contact_lenses"),
        )
    )
    assert (nothing.path, nothing.label) == ("equipment", "Question sur les prix négociés")


def test_an_invoice_holds_together():
    line = InvoiceLine(line_number=1, price=D("10"), amo_amount=D("1"), amc_amount=D("5"))
    message = AgreementInvoice(
        header=header(),
        optician=request().optician,
        insurer=request().insurer,
        request_id="a",
        file_number="1",
        invoice_number="F1",
        invoice_date=request().date,
        lines=(line, line),
        totals=Totals(price=D("20"), amo=D("2"), amc=D("11")),
    )
    assert [item.path for item in OPEN.check(message)] == ["lines[1].line_number", "totals.amc"]


def test_what_no_table_row_names_stays_at_home():
    assert OPEN.minimise(request(insurer=dataclasses.replace(request().insurer, name="ADPR"))).insurer.name is None
    price = PriceRequest(
        header=header(),
        date=request().date,
        optician=request().optician,
        insurer=request().insurer,
        equipment=request().equipment,
    )
    xml = OPEN.build(price, OPTIONS).decode()
    assert "Prix" not in xml
    assert "Adresse" not in xml


def test_a_kind_the_dialect_does_not_have():
    rows = [row for row in OPEN_TABLE.splitlines() if not row.startswith("OPAMCGET;/")]
    table = "\n".join(rows).replace("OPAMCGET ", "")
    subject = Codec(Dialect("small", table, OPEN.dialect.files))
    with pytest.raises(OptoamcError, match="small n'a pas de message OPAMCGET"):
        subject.check(Consultation(header=header()))
    with pytest.raises(OptoamcError, match="n'est pas un message de ce dialecte"):
        subject.parse(
            OPEN.build(
                Consultation(header=header(), optician=request().optician, insurer=request().insurer, request_id="1")
            )
        )


def test_a_table_looser_than_its_schema_is_stopped_by_the_schema():
    loose = OPEN_TABLE.replace("digits(8, 10)", "digits(1, 10)")
    subject = Codec(Dialect("loose", loose, OPEN.dialect.files))
    message = request(insurer=dataclasses.replace(request().insurer, amc_number="1"))
    with pytest.raises(OptoamcError) as caught:
        subject.build(message)
    assert caught.value.code == "schema"
    assert re.search(r"NumeroAMC \(ligne \d+\) : sa valeur n'a pas la forme du XSD \(attendu : \S+ ; reçu : « # »",
                     caught.value.detail)  # fmt: skip


def test_an_answer_comes_in():
    assert OPEN.parse(OPEN.build(answer()), MessageKind.ANSWER) == answer()
    verify_answer(request(), answer())


def test_an_answer_to_a_consultation():
    question = Consultation(header=header(exchange_id="get-1"))
    told = answer(header=dataclasses.replace(answer().header, reply_to="get-1"))
    verify_answer(request(), told, question)
    with pytest.raises(OptoamcError, match="cite un autre échange"):
        verify_answer(request(), told)


def test_a_pending_answer_needs_no_amount():
    verify_answer(request(), answer(status=Status.PENDING, lines=(), totals=Totals()))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"granted": D("-1")}, "ligne 1 : un montant est négatif"),
        ({"granted": None}, "ligne 1 : l'accord n'en donne pas le montant"),
        ({"remainder": D("250.01")}, "ligne 1 : il est accordé plus que ce qui reste de son prix"),
        ({"amo_amount": D("250")}, "ligne 1 : il est accordé plus que ce qui reste de son prix"),
        # What the answer leaves out was asked with the AMO's part.
        ({"granted": D("250"), "amo_amount": None}, "ligne 1 : il est accordé plus que ce qui reste de son prix"),
        ({"granted": D("250"), "amo_amount": D("0")}, "ligne 1 : il est accordé plus que ce qui reste de son prix"),
        ({"line_number": 9}, "ligne 9 : elle n'est pas dans la demande"),
        ({"line_number": 2}, "ligne 2 : elle est là deux fois"),
    ],
)
def test_amounts_that_cannot_be(line, problem):
    first, *others = answer().lines
    told = answer(lines=(dataclasses.replace(first, **line), *others), totals=Totals())
    with pytest.raises(OptoamcError, match=re.escape(problem)) as caught:
        verify_answer(request(), told)
    assert caught.value.code == "inconsistent"


def test_what_another_insurer_pays_is_not_granted_again():
    asked = request()
    other = asked.equipment.lenses[0].price - answer().lines[0].granted  # a rest of nothing but the AMO's part
    lens = dataclasses.replace(asked.equipment.lenses[0], other_amc_amount=other)
    equipment = dataclasses.replace(asked.equipment, lenses=(lens, *asked.equipment.lenses[1:]))
    with pytest.raises(OptoamcError, match="ligne 1 : il est accordé plus que ce qui reste de son prix"):
        verify_answer(dataclasses.replace(asked, equipment=equipment), answer())


def test_an_unexpected_kind():
    with pytest.raises(OptoamcError, match="attendu : OPAMCADV, reçu : OPAMCRSP") as caught:
        OPEN.parse(OPEN.build(answer()), MessageKind.ACKNOWLEDGEMENT)
    assert caught.value.code == "inconsistent"


def test_reasons_for_rows_that_give_none():
    subject = codec("mutua")
    reasons = {item.path: item.reason for item in subject.check(with_lens(axis=None, product=None))}
    assert reasons == {
        "equipment.lenses[0].axis": "Champ requis ici.",
        "equipment.lenses[0].product": "Champ obligatoire.",
    }


def test_an_insured_is_minimised_too():
    kept = OPEN.minimise(request(insured=Insured(last_name="A", nir="1", contract_type="")))
    assert kept.insured == Insured(last_name="A")
    assert supplement(4) in request().equipment.supplements


def test_each_error_says_what_to_do_and_whether_the_message_may_have_left():
    assert all(OptoamcError(code).advice.endswith(".") for code in ERRORS)
    assert not OptoamcError("incomplete").maybe_sent
    assert OptoamcError("schema").maybe_sent
