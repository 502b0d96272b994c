from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .test_partner import PartnerCase
from .users import new_user


class ContractCase(PartnerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.env["optoamc.contract"].create(
            {
                "partner_id": cls.patient.id,
                "insurer_id": cls.insurer.id,
                "member_number": "1012345678",
                "date_from": "2024-01-01",
            }
        )

    def new(self, **vals):
        return self.env["optoamc.contract"].create(
            {"partner_id": self.patient.id, "insurer_id": self.other_insurer.id, **vals}
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestContract(ContractCase):
    def test_display_name(self):
        """The insurer and the end of the number: a name is read through links, which leave no trail."""
        self.assertEqual(self.contract.display_name, "ADPR-T – …5678")
        self.contract.member_number = False
        self.assertEqual(self.contract.display_name, "ADPR-T")
        self.contract.contract_number = "C1"
        self.assertEqual(self.contract.display_name, "ADPR-T – …1")

    def test_found_by_member_number_and_insurer(self):
        contracts = self.env["optoamc.contract"].with_user(self.optician)
        for text in ("1012345678", "10123456", "ADPR-T", "montfort"):
            self.assertIn((self.contract.id, "ADPR-T – …5678"), contracts.name_search(text))

    def test_annual_remaining(self):
        self.contract.write({"annual_max": 300, "annual_used": 120})
        self.assertEqual(self.contract.annual_remaining, 180)
        self.contract.annual_used = 400
        self.assertEqual(self.contract.annual_remaining, 0)
        self.assertEqual(self.contract.currency_id, self.env.company.currency_id)
        with self.assertRaises(ValidationError):
            self.contract.annual_used = -1

    def test_a_yearly_maximum_of_zero_is_known(self):
        self.assertFalse(self.contract.has_annual_max)
        self.contract.annual_max = 300
        self.assertTrue(self.contract.has_annual_max)
        self.contract.annual_max = 0
        self.assertEqual((self.contract.has_annual_max, self.contract.annual_remaining), (True, 0.0))
        form = Form(self.contract)
        form.has_annual_max = False
        form.save()
        self.assertFalse(self.contract.has_annual_max)

    def test_dates(self):
        with self.assertRaises(ValidationError):
            self.contract.date_to = "2023-12-31"
        self.contract.date_to = "2024-01-01"

    def test_a_contract_is_responsible_until_known_otherwise(self):
        self.assertEqual(self.contract.responsible, "unknown")
        self.assertTrue(self.contract._is_responsible())
        self.contract.responsible = "yes"
        self.assertTrue(self.contract._is_responsible())
        self.contract.responsible = "no"
        self.assertFalse(self.contract._is_responsible())
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.contract.responsible = False
            self.contract.flush_recordset()

    def test_rights_end_with_the_portability_or_the_contract(self):
        self.assertFalse(self.contract._covered_until())
        self.contract.portability_until = "2024-06-30"
        self.assertEqual(self.contract._covered_until(), date(2024, 6, 30))
        self.contract.date_to = "2024-03-31"
        self.assertEqual(self.contract._covered_until(), date(2024, 3, 31))
        with self.assertRaisesRegex(ValidationError, "portability.*ADPR-T"):
            self.contract.portability_until = "2023-12-31"

    def test_c2s_and_its_like_are_taken_over_by_a_dependant_and_forgotten(self):
        self.contract.write({"responsible": "no", "c2s_type": "G89", "portability_until": "2030-01-31"})
        values = self.contract._optoamc_values_for_dependant()
        self.assertEqual((values["responsible"], values["c2s_type"]), ("no", "G89"))
        self.assertEqual(values["portability_until"], date(2030, 1, 31))
        self.contract._erase()
        self.assertEqual((self.contract.responsible, self.contract.c2s_type), ("unknown", False))
        self.assertFalse(self.contract.portability_until)

    def test_a_duplicate_patients_contract_completes_the_kept_one(self):
        double = self.env["res.partner"].create({"name": "Jeanne MONTFORT bis"})
        known = {"responsible": "no", "c2s_type": "P89", "portability_until": date(2031, 5, 31)}
        other = self.new(partner_id=double.id, insurer_id=self.insurer.id, **known)
        other._join(self.patient)
        self.assertFalse(other.exists())
        self.assertEqual({name: self.contract[name] for name in known}, known)

    def test_one_insurer_of_a_rank_at_a_time(self):
        for vals in (
            {},
            {"date_from": "2025-01-01"},
            {"date_to": "2024-01-01"},
            {"date_from": "2023-01-01", "date_to": "2024-06-30"},
        ):
            with self.assertRaisesRegex(ValidationError, "ADPR-T"), self.cr.savepoint():
                self.new(rank=1, **vals)
        before = self.new(date_to="2023-12-31")
        second = self.new(rank=2)
        self.contract.date_to = "2024-12-31"
        after = self.new(rank=1, date_from="2025-01-01")
        self.assertEqual(len(before + second + after), 3)
        with self.assertRaises(ValidationError):
            second.rank = 1
        self.contract.action_archive()
        after.date_from = "2024-01-01"
        with self.assertRaises(ValidationError):
            self.contract.action_unarchive()
        with self.assertRaises(ValidationError):
            second.rank = 0

    def test_rank_not_given_is_the_first_free_one(self):
        """A second insurer comes second, one that follows another comes in its place."""
        self.assertEqual(self.contract.rank, 1)
        self.assertEqual(self.new().rank, 2)
        self.assertEqual(self.new(date_to="2023-12-31").rank, 1)
        patient = self.env["res.partner"].create(
            {
                "name": "Paul PETIT",
                "optoamc_contract_ids": [
                    Command.create({"insurer_id": insurer.id}) for insurer in (self.insurer, self.other_insurer)
                ],
            }
        )
        self.assertEqual(patient.optoamc_contract_ids.mapped("rank"), [1, 2])

    def test_rank_is_by_patient(self):
        other = self.env["res.partner"].create({"name": "Paul PETIT"})
        self.assertTrue(self.new(partner_id=other.id))

    def test_current(self):
        self.contract.date_to = "2024-12-31"
        second = self.new(rank=2, date_from="2024-07-01")
        later = self.new(date_from="2025-01-01", insurer_id=self.insurer.id)
        contracts = self.patient.optoamc_contract_ids
        self.assertEqual(contracts._current(date(2023, 12, 31)), contracts.browse())
        self.assertEqual(contracts._current(date(2024, 1, 1)), self.contract)
        self.assertEqual(contracts._current(date(2024, 12, 31)).ids, [self.contract.id, second.id])
        self.assertEqual(contracts._current(date(2025, 1, 1)).ids, [later.id, second.id])
        self.assertEqual(self.patient._optoamc_current_contracts(date(2024, 1, 1)), self.contract)
        self.assertEqual(self.patient.main_contract_id, later)
        self.assertFalse(self.contract.is_current)
        found = contracts.search([("partner_id", "=", self.patient.id), ("is_current", "=", True)])
        self.assertEqual(found, later + second)
        found = contracts.search([("partner_id", "=", self.patient.id), ("is_current", "=", False)])
        self.assertEqual(found, self.contract)

    def test_insured_and_relation_follow_the_patient(self):
        self.assertEqual(self.contract.insured_id, self.patient)
        self.assertEqual(self.contract.relation, "insured")
        father = self.env["res.partner"].create({"name": "Luc MONTFORT"})
        today = self.env.company._optoamc_today()
        old = self.new(rank=2, date_to=today - timedelta(days=1))
        self.patient.write({"insured_id": father.id, "beneficiary_quality": "spouse"})
        self.assertEqual(self.contract.insured_id, father)
        self.assertEqual(self.contract.relation, "spouse")
        self.assertEqual(old.insured_id, self.patient, "what ended is left alone")
        self.patient.write({"insured_id": False, "beneficiary_quality": "insured"})
        self.assertEqual(self.contract.insured_id, father, "what was set stays")
        mother = self.env["res.partner"].create({"name": "Eve MONTFORT"})
        typed = self.new(rank=3, insured_id=mother.id, relation="child")
        self.assertEqual((typed.insured_id, typed.relation), (mother, "child"))
        with self.assertRaises(ValidationError):
            typed.relation = "insured"
        with self.assertRaises(ValidationError):
            self.new(rank=4, relation="child")

    def test_an_empty_insured_person_is_the_patient(self):
        """As a screen that makes patient and contract at once writes them, and whoever empties the field."""
        line = {"insurer_id": self.insurer.id, "insured_id": False, "relation": "insured"}
        patient = self.env["res.partner"].create(
            {"name": "Paul PETIT", "optoamc_contract_ids": [Command.create(line)]}
        )
        self.assertEqual(patient.optoamc_contract_ids.insured_id, patient)
        self.contract.insured_id = False
        self.assertEqual((self.contract.insured_id, self.contract.relation), (self.patient, "insured"))
        father = self.env["res.partner"].create({"name": "Luc MONTFORT"})
        self.patient.write({"insured_id": father.id, "beneficiary_quality": "child"})
        self.contract.insured_id = False
        self.assertEqual((self.contract.insured_id, self.contract.relation), (father, "child"))
        self.contract._erase()
        self.assertFalse(self.contract.insured_id, "what is forgotten stays so")

    def test_scheme_is_the_insurers(self):
        scheme = self.env["optoamc.scheme"].create({"name": "R", "insurer_id": self.insurer.id})
        self.contract.scheme_id = scheme
        self.contract.insurer_id = self.other_insurer
        self.assertFalse(self.contract.scheme_id)
        with self.assertRaises(ValidationError):
            self.contract.scheme_id = scheme

    def test_insurer_in_use_stays(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.insurer.unlink()

    def test_patient_without_dossier_may_go(self):
        self.patient.unlink()
        self.assertFalse(self.contract.exists())


@tagged("post_install_l10n", "post_install", "-at_install")
class TestContractAccess(ContractCase):
    def test_optician_adds_a_contract_from_the_patient(self):
        patient = self.env["res.partner"].with_user(self.optician).create({"name": "Paul PETIT"})
        with Form(patient, "base.view_partner_form") as form, form.optoamc_contract_ids.new() as line:
            line.insurer_id = self.insurer
            line.member_number = "42"
            self.assertEqual(line.relation, "insured")
        self.assertEqual(patient.optoamc_contract_ids.display_name, "ADPR-T – …2")
        patient.optoamc_contract_ids.date_to = "2030-12-31"
        with self.assertRaises(AccessError):
            patient.optoamc_contract_ids.unlink()

    def test_optician_types_a_patient_and_two_contracts_in_one_go(self):
        with Form(self.env["res.partner"].with_user(self.optician), "base.view_partner_form") as form:
            form.name = "Paul PETIT"
            for insurer, rank in ((self.insurer, 1), (self.other_insurer, 2)):
                with form.optoamc_contract_ids.new() as line:
                    line.insurer_id = insurer
                    self.assertEqual((line.rank, line.relation), (rank, "insured"))
        patient = form.record
        self.assertEqual(patient.optoamc_contract_ids.mapped("rank"), [1, 2])
        self.assertEqual(patient.optoamc_contract_ids.insured_id, patient)

    def test_accountant_reads_no_contract(self):
        contract = self.contract.with_user(self.accountant)
        for verb in (lambda: contract.read(["member_number"]), lambda: contract.search([])):
            with self.assertRaises(AccessError):
                verb()

    def test_privacy_officer_reads_only(self):
        contract = self.contract.with_user(self.officer)
        self.assertEqual(contract.member_number, "1012345678")
        with self.assertRaises(AccessError):
            contract.member_number = "2"

    def test_companies(self):
        company = self.env["res.company"].create({"name": "Other shop"})
        stranger = new_user(company, "stranger", "l10n_fr_optoamc.group_optician")
        # The contact is common, what is known of the person is not.
        self.assertFalse(self.patient.company_id)
        self.patient.company_id = self.env.company
        self.assertEqual(self.contract.company_id, self.env.company)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.contract.with_user(stranger).read(["member_number"])
        with self.assertRaises(UserError):
            self.contract.company_id = company

    def test_views_open(self):
        contracts = self.env["optoamc.contract"].with_user(self.optician)
        contracts.get_views([(False, "list"), (False, "form"), (False, "search")])
        with Form(contracts) as form:
            form.partner_id = self.env["res.partner"].create({"name": "Anne GRAND"})
            form.insurer_id = self.insurer
        self.assertTrue(form.record.uses_optoamc)
