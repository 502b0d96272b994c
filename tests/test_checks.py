"""Checks before sending: each by itself, and 200 dossiers against an insurer that decides by its own rules."""

import json
import logging
import random
from collections import Counter
from datetime import date
from pathlib import Path

from lxml import etree
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..lib.protocol import sandbox
from ..lib.protocol.messages import CoverageAnswer, Header, Reason, Status
from ..lib.protocol.sandbox.engine import Sandbox
from ..lib.protocol.sandbox.rules import Rules
from .test_transmission import DAY, TransmissionCase
from .users import new_user

_logger = logging.getLogger(__name__)

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
#: The same, where the shop may know better: a person is asked, and nothing is stopped.
ASKED = {"renewal by the patient's word": "REN01", "class B under the C2S": "GAR02"}
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
            {"rank": 2, "member_number": "2", "insurer_id": self.insurer.copy({"amc_number": "99000019"}).id}
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
            .browse(order.with_user(self.optician).action_optoamc_open_pec()["res_id"])
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

    def test_the_online_check_of_rights_has_its_place(self):
        order = self._sound()
        for state, found in (
            ("closed", [("R01", "ask")]),
            ("unknown", [("R02", "ask")]),
            ("error", []),
            ("open", []),
        ):
            _checked(self, order, state)
            self.assertEqual(self._found(order), found, state)

    def test_what_stops_for_everybody_names_its_cause_too(self):
        """A price above the PLV and a prescription that has expired, once each, with where it is mended."""
        order = self._sound("frame_a")
        order.order_line.price_unit = 30.01
        [item] = self._new_request(order)._checks()
        self.assertEqual((item["cause"], item["severity"], item["field"]), ("R04", "stop", "order_line"))
        [missing] = self._new_request(order).check()
        self.assertTrue(missing["reason"].endswith("(R04)"), missing)
        order.order_line.price_unit = 30.0
        self.assertEqual(self._found(order), [])
        order.prescription_id.date = "2016-01-01"
        self.assertEqual(self._found(order), [("R07", "stop")])
        self.assertEqual(len(self._new_request(order).check()), 1)

    def test_each_check_leads_to_where_it_is_mended(self):
        """The thirteen, on the screen of the optician: a record that he opens, with the field on its form."""
        seen = {}
        for spoil in SPOILS:
            order = self._sound("lens_b frame_a")
            order.prescription_id.eye_ids.write({"cylinder": 0.0, "axis": 0})
            spoil(self, order)
            screen = (
                self.env["optoamc.request.wizard"]
                .with_user(self.optician)
                .create({"order_id": order.id, "contract_id": _contract(order).id})
            )
            if not screen.missing and not screen.is_consent_given:
                screen.action_record_consent()
            for item in [*(screen.missing or []), *(screen.to_confirm or [])]:
                if item.get("cause"):
                    seen[item["cause"]] = item["model"], item["field"]
                    self._check_place(screen, item)
        self.assertEqual(sorted(seen), [f"R{number:02}" for number in range(1, 14)])

    def _check_place(self, screen, item):
        record = self.env[item["model"]].with_user(self.optician).browse(item["id"])
        record.check_access("write")
        views = record.get_views([(False, "form")])
        self.assertIn(f'name="{item["field"]}"', views["views"]["form"]["arch"], item)

    # -- past refusals ------------------------------------------------------------------------

    def _replay(self):
        manager = self.env["res.users"].search([("login", "=", "replay_manager")])
        manager = manager or new_user(self.company, "replay_manager", "l10n_fr_optoamc.group_manager")
        screen = self.env["optoamc.check.replay"].with_user(manager).with_company(self.company)
        self.assertEqual(screen.action_replay_refusals()["res_model"], "optoamc.check.replay")
        rows = screen.search([])
        return rows, {
            ((row.cause or "")[:3], (row.check or "")[:3], row.outcome): row.refusal_count
            for row in rows
            if row.company_id == self.company
        }

    def test_past_refusals_before_the_checks(self):
        """What the shop has learnt since is known, and what it has corrected since does not hide what was asked."""
        ended, early, dear = (self._sound("lens_b frame_a") for _number in range(3))
        for number, order in enumerate((ended, early, dear)):
            order.prescription_id.eye_ids.write({"cylinder": 0.0, "axis": 0})
            # Else each would be another one's twin.
            order.patient_id.birthdate = date(1981 + number, 7, 14)
        early.patient_id.write({"last_equipment_typed_on": "2023-02-01", "last_equipment_source": "card"})
        refuse(self, ended, "ADH02")
        refuse(self, early, "REN01")
        refuse(self, dear, "ADH03")
        refuse(self, self._sound(), "ZZ9")
        _rows, counts = self._replay()
        self.assertEqual(counts, {("R01", "", "none"): 2, ("R03", "", "none"): 1, ("", "", "none"): 1})
        # What the insurers' letters told: the shop types it.
        ended.patient_id.optoamc_contract_ids.date_to = "2025-02-28"
        early.patient_id.last_equipment_typed_on = "2024-06-15"
        dear.order_line[-1].lpp_id._price_on(DAY).max_price = 10.0
        # And what it corrects, to ask again.
        early.renewal_case = "listed"
        dear.order_line[-1].price_unit = 5.0
        rows, counts = self._replay()
        self.assertEqual(
            counts,
            {
                ("R01", "R01", "stop"): 1,
                ("R03", "R03", "stop"): 1,
                ("R01", "R04", "stop"): 1,
                ("", "", "none"): 1,
            },
        )
        self.assertEqual(sum(rows.mapped("refusal_count")), 4, "of the run before, nothing is left")

    def test_the_replay_is_the_managers_of_the_shop_and_names_nobody(self):
        refuse(self, self._sound(), "ADH02")
        with self.assertRaises(AccessError):
            self.env["optoamc.check.replay"].with_user(self.optician).action_replay_refusals()
        rows, _counts = self._replay()
        links = {field.comodel_name for field in rows._fields.values() if field.relational and field.store}
        self.assertEqual(links, {"res.company", "res.partner", "res.users"})
        self.assertTrue(all(row.insurer_id.is_amc for row in rows))
        elsewhere = self.env["res.company"].create({"name": "Autre magasin"})
        stranger = new_user(elsewhere, "replay_stranger", "l10n_fr_optoamc.group_manager")
        theirs = self.env["optoamc.check.replay"].with_user(stranger).with_company(elsewhere)
        theirs.action_replay_refusals()
        self.assertFalse(theirs.search([]))

    # -- 200 dossiers -------------------------------------------------------------------------

    def test_two_hundred_dossiers_against_an_insurer_of_its_own_rules(self):
        """All refusals that need no insurer's knowledge are foreseen; nothing is stopped that it would grant."""
        draw = random.Random(SEED)
        refusals = {**SEEN, **ASKED, **HIDDEN}
        defects = [draw.choice([*refusals]) for _number in range(200)]
        self.assertEqual(set(defects), set(refusals))
        members, sent, checked = [], [], []
        order = self._dossier("lens_b frame_a", "yes")
        order.prescription_id.eye_ids.write({"cylinder": 0.0, "axis": 0})
        for number, defect in enumerate(defects):
            members.append(self._spoil(order, defect, f"M{number:04}", draw))
            request = self._new_request(order).sudo()
            checked.append((bool(request.check()), {item["cause"] for item in request._checks()}))
            sent.append(self.platform._codec().build(request._coverage_message(), request._sent_options()))
            request.unlink()
        insurer = Sandbox(rules=self._rules(members))
        found = {name: Counter() for name in ("stopped", "asked", "unseen", "granted")}
        for defect, (is_stopped, causes), xml in zip(defects, checked, sent, strict=True):
            answer = etree.fromstring(insurer.handle(xml))
            codes = answer.xpath("o:Motif/@code", namespaces={"o": answer.nsmap[None]})
            self.assertEqual(codes[0] if codes else None, refusals[defect], defect)
            if not codes:
                self.assertFalse(is_stopped, f"{defect}: stopped, and the insurer grants it")
                found["granted"][defect] += 1
                continue
            meant = self.env["optoamc.reason"].search([("code", "=", codes[0])]).cause_id.code
            is_seen = meant in causes
            found["stopped" if is_stopped else "asked" if is_seen else "unseen"][defect] += 1
        _logger.info("seed %s: %s", SEED, {name: counter.total() for name, counter in found.items()})
        self.assertEqual(set(found["stopped"]), {defect for defect, code in SEEN.items() if code})
        self.assertEqual(set(found["asked"]), set(ASKED))
        self.assertEqual(set(found["unseen"]), set(HIDDEN))

    def _spoil(self, order, defect, number, draw):
        """Make the dossier one with a defect, as the shop knows it; return what the insurer knows of the member."""
        contract, patient = order.patient_id.optoamc_contract_ids, order.patient_id
        age = draw.randint(20, 80)
        values = {"date_to": False, "portability_until": False, "c2s_type": False, "member_number": number}
        known, told = {}, {}
        patient_values = {"birthdate": date(2025 - age, 7, 14), "last_equipment_typed_on": False}
        case, price, source = False, 30.0, "card"
        if defect == "contract ended":
            known["valid_until"] = "2025-02-28"
            values["date_to"] = "2025-02-28"
        elif defect == "portability over":
            known["portability_until"] = values["portability_until"] = "2025-01-31"
        elif defect in ("renewal without a reason", "listed situation"):
            last = f"2024-{draw.randint(1, 12):02}-15"
            patient_values["last_equipment_typed_on"] = known["last_equipment"] = last
            case = "listed" if defect == "listed situation" else False
        elif defect == "renewal by the patient's word":
            patient_values["last_equipment_typed_on"] = known["last_equipment"] = "2024-03-15"
            source = "patient"
        elif defect == "class B under the C2S":
            known["class_a_only"], values["c2s_type"] = True, "G89"
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
        patient.write({**patient_values, "last_equipment_source": source})
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


def refuse(test, order, code):
    """A request that an insurer has refused with a code."""
    consent = {"patient_id": order.patient_id.id, "company_id": test.company.id, "dossier_date": DAY}
    test.env["optoamc.consent"].create({**consent, "purpose": "coverage"})
    request = test._new_request(order)
    request.action_send()
    request.sudo()._receive_answer(
        CoverageAnswer(header=Header(exchange_id="1"), status=Status.REFUSED, reasons=(Reason(code=code),))
    )
    test.assertEqual(request.state, "refused")
    return request


def _contract(order):
    return order.patient_id.optoamc_contract_ids


def _quoted(test, order, **changes):
    """The insurer has answered a quote, and then something changes."""
    test.env["optoamc.consent"].create(
        {"patient_id": order.patient_id.id, "company_id": test.company.id, "purpose": "quote", "dossier_date": DAY}
    )
    quote = test._new_request(order, "quote")
    quote.action_send()
    test._dispatch()
    test.assertEqual(quote.state, "granted")
    quote.sudo().write(changes)


def _checked(test, order, state):
    """The insurer has answered a question about rights."""
    values = {"contract_id": _contract(order).id, "company_id": test.company.id, "date": date(2025, 2, 1)}
    test.env["optoamc.rights.check"].sudo().create({**values, "state": state})
    test.env.invalidate_all()


def _r12(test, order):
    _quoted(test, order, valid_until="2025-03-02")


def _r13(test, order):
    _quoted(test, order)
    order.order_line[-1].price_unit = 19.0


#: What makes each of the thirteen checks speak.
SPOILS = (
    _r12,
    _r13,
    lambda test, order: _contract(order).write({"date_to": "2025-03-02", "date_from": "2025-01-01"}),
    lambda test, order: _checked(test, order, "unknown"),
    lambda test, order: order.patient_id.write(
        {"last_equipment_typed_on": "2024-06-15", "last_equipment_source": "card"}
    ),
    lambda test, order: order.order_line[-1].write({"price_unit": 31.0}),
    lambda test, order: order.write({"prescription_id": False}),
    lambda test, order: order.prescription_id.eye_ids.write({"sphere": -5.0}),
    lambda test, order: order.prescription_id.write({"date": "2016-01-01"}),
    lambda test, order: _contract(order).insurer_id.write({"is_amo": True}),
    lambda test, order: _contract(order).insurer_id.sudo().write({"delisted_on": "2025-01-01"}),
    lambda test, order: _contract(order).write({"portability_until": "2025-03-02"}),
    lambda test, order: _contract(order).write({"c2s_type": "G89"}),
)
