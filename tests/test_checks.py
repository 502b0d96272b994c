"""Checks before sending: each by itself, and 200 dossiers against an insurer that decides by its own rules."""

import json
import random
from collections import Counter
from datetime import date
from pathlib import Path

from lxml import etree
from odoo.tests import tagged

from ..lib.protocol import sandbox
from ..lib.protocol.sandbox.engine import Sandbox
from ..lib.protocol.sandbox.rules import Rules
from .test_transmission import DAY, TransmissionCase
from .users import new_user

SEED = 2026

#: What may be wrong with a dossier, and the code that the insurer refuses it with.
SEEN = {
    "none": None,
    "contract ended": "ADH02",
    "portability over": "ADH04",
    "renewal without a reason": "REN01",
    "evolution within the year": "REN01",
    "evolution after a year": None,
    "listed situation": None,
    "frame above the class A price": "MNT02",
}
#: The same, of what the insurer alone knows.
HIDDEN = {"member unknown": "ADH01", "rights suspended": "ADH03", "born on another day": "ADH05"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestChecks(TransmissionCase):
    def _found(self, order):
        """The causes that the checks of a dossier name, with their severity."""
        return [(item["cause"], item["severity"]) for item in self._new_request(order).sudo()._checks()]

    def test_a_sound_dossier_has_nothing_to_say(self):
        order = self._sound()
        self.assertEqual(self._found(order), [])
        self.assertEqual(self._new_request(order).check(), [])

    def _sound(self, words="frame_b", responsible="yes"):
        return self._dossier(words, responsible)

    def test_rights(self):
        order = self._sound()
        contract = order.patient_id.optoamc_contract_ids
        for values, found in (
            ({"date_to": "2025-03-02"}, ("R01", "stop")),
            ({"date_to": False, "date_from": "2025-03-04"}, ("R01", "stop")),
            ({"date_from": False, "portability_until": "2025-03-02"}, ("R10", "stop")),
        ):
            contract.write(values)
            self.assertEqual(self._found(order), [found])
            [item] = self._new_request(order)._checks()
            self.assertEqual((item["model"], item["id"]), ("optoamc.contract", contract.id))
            self.assertIn(item["field"], values)
        contract.write({"portability_until": "2025-03-03", "date_to": "2025-03-03", "date_from": "2025-03-03"})
        self.assertEqual(self._found(order), [], "all three hold on the day itself")

    def test_what_the_insurer_answered_on_the_day(self):
        order = self._sound()
        contract = order.patient_id.optoamc_contract_ids
        self.env["optoamc.rights.check"].sudo().create(
            {"contract_id": contract.id, "company_id": self.company.id, "date": DAY, "state": "closed"}
        )
        self.assertEqual(self._found(order), [("R01", "ask")])

    def test_beneficiary(self):
        order = self._sound()
        patient = order.patient_id
        patient.birthdate = date(2015, 7, 14)
        self.assertIn(("R02", "ask"), self._found(order))
        patient.birthdate = date(1980, 7, 14)
        self.assertEqual(self._found(order), [])
        twin = self.env["res.partner"].create({"name": "Claire MONTFORT", "birthdate": "1980-07-14", "birth_rank": 2})
        patient.optoamc_contract_ids.copy({"partner_id": twin.id, "insured_id": patient.id, "relation": "other"})
        self.assertEqual(self._found(order), [("R02", "ask")])
        self.env.ref("l10n_fr_optoamc.field_beneficiary_birth_rank").with_company(self.company).is_sent = True
        self.assertEqual(self._found(order), [])

    def test_the_first_insurer_is_asked_first(self):
        order = self._sound()
        request = self._new_request(order)
        second = order.patient_id.optoamc_contract_ids.copy(
            {"rank": 2, "member_number": "2", "insurer_id": self.insurer.copy({"amc_number": "99000012"}).id}
        )
        request.contract_id = second
        self.assertIn(("R02", "ask"), [(item["cause"], item["severity"]) for item in request._checks()])

    def test_codes_pieces_and_cover(self):
        order = self._sound("lens_b frame_b")
        order.prescription_id.eye_ids.write({"cylinder": 0.0, "axis": 0})
        self.assertEqual(self._found(order), [])
        order.prescription_id.eye_ids.filtered(lambda eye: eye.side == "left").sphere = -4.0
        self.assertEqual(self._found(order), [("R06", "ask")])
        order.commitment_date = "2040-01-01 12:00:00"
        self.assertIn(("R07", "ask"), self._found(order))
        order.commitment_date = False
        order.prescription_id = False
        self.assertIn(("R05", "ask"), self._found(order))
        order.patient_id.optoamc_contract_ids.c2s_type = "G89"
        self.assertIn(("R11", "ask"), self._found(order))
        self.insurer.sudo().delisted_on = "2025-01-01"
        self.assertIn(("R09", "ask"), self._found(order))

    def test_the_dossier_against_the_last_answer_line_by_line(self):
        order = self._sound()
        self.env["optoamc.consent"].create(
            {
                "patient_id": order.patient_id.id,
                "company_id": self.company.id,
                "purpose": "quote",
                "dossier_date": DAY,
            }
        )
        quote = self._new_request(order, "quote")
        quote.action_send()
        self._dispatch()
        self.assertEqual(quote.state, "granted")
        self.assertEqual(self._found(order), [])
        order.order_line.price_unit = 25.0
        [item] = self._new_request(order)._checks()
        self.assertEqual(item["cause"], "R13")
        self.assertIn("25", item["reason"])
        self.assertIn("20", item["reason"])
        order.order_line.price_unit = 20.0
        quote.sudo().valid_until = "2025-03-02"
        self.assertEqual(self._found(order), [("R12", "ask")])

    def test_what_is_asked_is_confirmed_on_the_screen_and_stops_nothing(self):
        order = self._sound("lens_b frame_b")
        screen = (
            self.env["optoamc.request.wizard"]
            .with_user(self.optician)
            .browse(order.action_optoamc_open_pec()["res_id"])
        )
        screen.action_record_consent()
        self.assertIn("R06", screen.doubts)
        self.assertEqual(screen.to_confirm[0]["model"], "sale.order")
        self.assertTrue(screen.can_cover)
        self.assertFalse(screen.missing)

    def test_the_thirteen_causes_and_what_would_have_been_seen(self):
        """Counts, and no patient: of the codes that mean a cause, in the shop one works in."""
        causes = self.env["optoamc.reason"].search([("kind", "=", "cause")], order="code")
        self.assertEqual(causes.mapped("code"), [f"R{number:02}" for number in range(1, 14)])
        self.assertTrue(all(cause.advice and cause.foreseen and cause.check_words for cause in causes))
        manager = new_user(self.company, "checks_manager", "l10n_fr_optoamc.group_manager")
        early = causes.filtered(lambda cause: cause.code == "R03").with_user(manager).with_company(self.company)
        before = early.refusal_count
        self.env["optoamc.reason"]._collect(self.platform, self.company, ["REN01", "ADH01"])
        early.invalidate_recordset()
        self.assertEqual(early.refusal_count, before + 1)
        self.assertEqual(early.foreseen, "stop")

    def test_a_platforms_code_takes_the_causes_advice(self):
        order = self._sound()
        request = self._new_request(order)
        request.sudo().reason_codes = ["REN01"]
        cause = self.env.ref("l10n_fr_optoamc.cause_r03")
        self.assertEqual(request.advice, cause.advice)

    # -- 200 dossiers -------------------------------------------------------------------------

    def test_two_hundred_dossiers_against_an_insurer_of_its_own_rules(self):
        """All refusals that need no insurer's knowledge are foreseen; nothing is stopped that it would grant."""
        draw = random.Random(SEED)
        defects = [draw.choice([*SEEN, *HIDDEN]) for _number in range(200)]
        self.assertEqual(set(defects), {*SEEN, *HIDDEN})
        members, sent, stopped = [], [], []
        order = self._dossier("lens_b frame_a", "yes")
        order.prescription_id.eye_ids.write({"cylinder": 0.0, "axis": 0})
        for number, defect in enumerate(defects):
            members.append(self._spoil(order, defect, f"M{number:04}", draw))
            request = self._new_request(order).sudo()
            stopped.append(bool(request.check()))
            sent.append(self.platform._codec().build(request._coverage_message(), request._sent_options()))
            request.unlink()
        insurer = Sandbox(rules=self._rules(members))
        foreseen, surprises = Counter(), Counter()
        for defect, is_stopped, xml in zip(defects, stopped, sent, strict=True):
            answer = etree.fromstring(insurer.handle(xml))
            names = {"o": answer.nsmap[None]}
            codes = answer.xpath("o:Motif/@code", namespaces=names)
            self.assertEqual(codes[0] if codes else None, {**SEEN, **HIDDEN}[defect], defect)
            if codes:
                (foreseen if is_stopped else surprises)[defect] += 1
            else:
                self.assertFalse(is_stopped, f"{defect}: stopped, and the insurer grants it")
        self.assertEqual(set(surprises), set(HIDDEN))
        self.assertEqual(sum(foreseen.values()), sum(bool(SEEN.get(defect)) for defect in defects))

    def _spoil(self, order, defect, number, draw):
        """Make the dossier one with a defect, as the shop knows it; return what the insurer knows of the member."""
        contract, patient = order.patient_id.optoamc_contract_ids, order.patient_id
        age = draw.randint(20, 80)
        values = {"date_to": False, "portability_until": False, "member_number": number}
        known, told = {}, {}
        patient_values = {"birthdate": date(2025 - age, 7, 14), "last_equipment_typed_on": False}
        case, price = False, 30.0
        if defect == "contract ended":
            known["valid_until"] = "2025-02-28"
            values["date_to"] = "2025-02-28"
        elif defect == "portability over":
            known["portability_until"] = values["portability_until"] = "2025-01-31"
        elif defect in ("renewal without a reason", "listed situation"):
            last = f"2024-{draw.randint(1, 12):02}-15"
            patient_values["last_equipment_typed_on"] = known["last_equipment"] = last
            case = "listed" if defect == "listed situation" else False
        elif defect.startswith("evolution"):
            last = "2024-06-15" if defect == "evolution within the year" else "2024-01-15"
            patient_values["last_equipment_typed_on"] = known["last_equipment"] = last
            case = "evolution"
        elif defect == "frame above the class A price":
            price = 30.0 + draw.randint(1, 500) / 100
        elif defect == "rights suspended":
            known["refusal"] = "declined"
        elif defect == "born on another day":
            known["beneficiaries"] = ["1901-01-01"]
        elif defect == "member unknown":
            told["number"] = f"{number}-X"
        contract.write(values)
        patient.write({**patient_values, "last_equipment_source": "card"})
        order.renewal_case = case
        order.order_line.filtered(lambda line: line.optical_category == "frame").price_unit = price
        return {"number": number, "says": defect, "plan": "rate", **known, **told}

    def _rules(self, members):
        """The sandbox's own rules, with these members, of the insurer that takes group codes alone."""
        rules = json.loads((Path(sandbox.__file__).parent / "rules.json").read_text(encoding="utf-8"))
        [insurer] = [insurer for insurer in rules["insurers"] if insurer["amc_number"] == "99000010"]
        rules["insurers"] = [{**insurer, "amc_number": self.insurer.amc_number}]
        rules["members"] = members
        return Rules.parse(json.dumps(rules).encode())
