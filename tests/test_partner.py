import logging
from ast import literal_eval
from datetime import date

from lxml import etree
from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from psycopg2 import IntegrityError

from .users import sole_shop

NIR = "269054958815780"
NIR_TYPED = "2 69 05 49 588 157 80"


class PartnerCase(TransactionCase):
    """Users of each role, an insurer on a platform and one without, and a patient."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        sole_shop(cls.env.company)
        cls.optician = new_test_user(cls.env, "optician", "l10n_fr_optoamc.group_optician")
        cls.manager = new_test_user(cls.env, "manager", "l10n_fr_optoamc.group_manager")
        cls.officer = new_test_user(cls.env, "officer", "l10n_fr_optoamc.group_privacy_officer")
        cls.accountant = new_test_user(
            cls.env, "accountant", "account.group_account_invoice,base.group_partner_manager"
        )
        cls.platform = cls.env["optoamc.platform"].create({"name": "Test platform"})
        cls.insurer = cls.env["res.partner"].create(
            {
                "name": "ADPR-T",
                "is_company": True,
                "is_amc": True,
                "amc_number": "90000001",
                "optoamc_platform_id": cls.platform.id,
            }
        )
        cls.other_insurer = cls.env["res.partner"].create(
            {"name": "ARIAI-T", "is_company": True, "is_amc": True, "amc_number": "90000002"}
        )
        cls.patient = cls.env["res.partner"].create(
            {"name": "Fabienne MONTFORT", "nir": NIR, "birthdate": "1969-05-12"}
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestNames(PartnerCase):
    def test_name_alone_gives_its_parts(self):
        self.assertEqual((self.patient.lastname, self.patient.firstname), ("MONTFORT", "Fabienne"))

    def test_ambiguous_name_is_not_guessed(self):
        partner = self.env["res.partner"].create({"name": "Camille Thomas"})
        self.assertFalse(partner.lastname or partner.firstname)
        partner.action_optoamc_split_name()
        self.assertEqual((partner.lastname, partner.firstname), ("Thomas", "Camille"))
        partner.action_optoamc_swap_names()
        self.assertEqual((partner.lastname, partner.firstname), ("Camille", "Thomas"))
        self.assertEqual(partner.name, "Camille Thomas")

    def test_parts_alone_give_the_name(self):
        partner = self.env["res.partner"].create({"lastname": "DURAND", "firstname": "Paul"})
        self.assertEqual(partner.name, "DURAND Paul")
        partner.lastname = "DUPONT"
        self.assertEqual(partner.name, "DUPONT Paul")

    def test_order_of_the_name_is_kept(self):
        self.patient.lastname = "DURAND"
        self.assertEqual(self.patient.name, "Fabienne DURAND")

    def test_new_name_replaces_parts_that_it_contradicts(self):
        self.patient.name = "Fabienne Durand"
        self.assertEqual((self.patient.lastname, self.patient.firstname), ("Durand", "Fabienne"))
        self.patient.name = "Camille Thomas"
        self.assertFalse(self.patient.lastname or self.patient.firstname)

    def test_richer_name_keeps_the_parts(self):
        self.patient.name = "Mme Fabienne Montfort"
        self.assertEqual((self.patient.lastname, self.patient.firstname), ("MONTFORT", "Fabienne"))

    def test_emptied_parts_keep_the_name(self):
        self.patient.write({"lastname": False, "firstname": False})
        self.assertEqual(self.patient.name, "Fabienne MONTFORT")

    def test_companies_have_no_parts(self):
        self.assertFalse(self.insurer.lastname or self.insurer.firstname)
        insurer = self.env["res.partner"].create({"name": "MGEN Filia", "is_company": True})
        self.assertFalse(insurer.lastname or insurer.firstname)

    def test_several_at_once(self):
        partners = self.env["res.partner"].create([{"name": "Luc PETIT"}, {"name": "Anne GRAND"}])
        partners.write({"lastname": "PETIT", "phone": "0102030405"})
        self.assertEqual(partners.mapped("name"), ["Luc PETIT", "Anne PETIT"])

    def test_typed_in_the_form(self):
        with Form(self.env["res.partner"].with_user(self.optician), "base.view_partner_form") as form:
            form.name = "Camille Thomas"
            self.assertEqual((form.lastname, form.firstname), ("Thomas", "Camille"))
            form.lastname = "THOMAS"
            self.assertEqual(form.name, "Camille THOMAS")
        with Form(self.env["res.partner"].with_user(self.optician), "base.view_partner_form") as form:
            form.lastname = "MARTIN"
            form.firstname = "Zoé"
            self.assertEqual(form.name, "MARTIN Zoé")
        with Form(self.env["res.partner"].with_user(self.optician), "base.view_partner_form") as form:
            form.name = "  Anne   GRAND "
            self.assertEqual((form.name, form.lastname, form.firstname), ("  Anne   GRAND ", "GRAND", "Anne"))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestNumbers(PartnerCase):
    def test_nir_is_compacted_and_checked(self):
        partner = self.env["res.partner"].create({"name": "A", "nir": NIR_TYPED})
        self.assertEqual(partner.nir, NIR)
        for good in ("253072A07300443", "253072b07300470", "799109912611135", False, ""):
            partner.nir = good
        for wrong in ("269054958815781", "2690549588157", "X69054958815780"):
            with self.assertRaises(ValidationError) as error:
                partner.nir = wrong
            self.assertNotIn(wrong[1:], str(error.exception), "Odoo logs the message")

    def test_nir_against_birth_date(self):
        self.assertFalse(self.patient.health_warning)
        self.patient.birthdate = "1970-05-12"
        self.assertTrue(self.patient.health_warning)
        child = self.env["res.partner"].create(
            {"name": "Léa", "nir": NIR, "birthdate": "2010-01-01", "insured_id": self.patient.id}
        )
        self.assertFalse(child.health_warning, "a child's card bears a parent's number")

    def test_birth(self):
        with self.assertRaises(ValidationError):
            self.patient.birthdate = "2999-01-01"
        with self.assertRaises(ValidationError):
            self.patient.birth_rank = 10
        self.patient.birthdate = "2000-02-29"
        self.assertEqual(self.patient._optoamc_age_on(date(2018, 2, 28)), 17)
        self.assertEqual(self.patient._optoamc_age_on(date(2018, 3, 1)), 18)
        self.assertIsNone(self.insurer._optoamc_age_on(date(2018, 3, 1)))

    def test_prescriber(self):
        prescriber = self.env["res.partner"].create(
            {"name": "Dr Besnainou", "is_prescriber": True, "rpps": "10 00345 6786"}
        )
        self.assertEqual(prescriber.rpps, "10003456786")
        self.assertEqual(prescriber.lastname, "Besnainou")
        with self.assertRaisesRegex(ValidationError, "key of the RPPS"):
            prescriber.rpps = "10003456787"
        with self.assertRaises(ValidationError):
            prescriber.rpps = "1000345678"
        prescriber.write({"rpps": False, "adeli": "75 1 23456 7"})
        self.assertEqual(prescriber.prescriber_number, "751234567")
        with self.assertRaises(ValidationError):
            prescriber.adeli = "7512345"

    def test_amo_codes(self):
        fund = self.env["res.partner"].create(
            {
                "name": "CPAM de Paris",
                "is_company": True,
                "is_amo": True,
                "amo_regime": "91",
                "amo_fund": "999",
                "amo_centre": "0000",
            }
        )
        self.assertEqual(fund.with_context(show_amo_code=True).display_name, "CPAM de Paris (91 999 0000)")
        self.assertIn((fund.id, "CPAM de Paris"), self.env["res.partner"].name_search("919990000"))
        with self.assertRaises(ValidationError):
            fund.amo_fund = "75"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestInsurer(PartnerCase):
    def test_uses_optoamc(self):
        self.assertTrue(self.insurer.uses_optoamc)
        self.assertFalse(self.other_insurer.uses_optoamc)
        found = self.env["res.partner"].search([("is_amc", "=", True), ("uses_optoamc", "=", True)])
        self.assertIn(self.insurer, found)
        self.assertNotIn(self.other_insurer, found)

    def test_mark_in_the_choice(self):
        insurers = (self.insurer + self.other_insurer).with_context(show_optoamc=True)
        self.assertEqual(insurers.mapped("display_name"), ["ADPR-T · OptoAMC", "ARIAI-T"])
        self.assertEqual(self.insurer.display_name, "ADPR-T")
        choice = insurers.with_context(formatted_display_name=True)
        self.assertEqual(
            choice.mapped("display_name"),
            ["ADPR-T \t --90000001-- \t `OptoAMC`", "ARIAI-T \t --90000002--"],
        )

    def test_found_by_number(self):
        search = self.env["res.partner"].with_user(self.optician).name_search
        self.assertEqual([pid for pid, _name in search("90 000 001")], self.insurer.ids)
        self.assertEqual(search("90000001", operator="=")[0][0], self.insurer.id)

    def test_format_of_the_numbers(self):
        for name in ("amc_number", "amc_platform_number"):
            for wrong in ("9000000", "90000001000", "9000000A"):
                with self.assertRaises(ValidationError):
                    self.insurer[name] = wrong
        self.insurer.amc_number = "0090 000 001"
        self.assertEqual(self.insurer.amc_number, "0090000001")

    def test_number_is_unique_among_active_insurers(self):
        with self.assertRaisesRegex(ValidationError, "ADPR-T"):
            self.other_insurer.amc_number = "9000 0001"
        with self.assertRaisesRegex(ValidationError, "ADPR-T"):
            self.insurer.create({"name": "Twin", "is_amc": True, "amc_number": "90000001"})
        with self.assertRaises(ValidationError):
            self.insurer.create([{"name": n, "is_amc": True, "amc_number": "90000011"} for n in "AB"])
        with self.assertRaises(ValidationError):
            (self.insurer + self.other_insurer).write({"amc_number": "90000022"})
        self.insurer.action_archive()
        self.other_insurer.amc_number = "90000001"
        self.env.flush_all()
        with self.assertRaisesRegex(ValidationError, "ARIAI-T"):
            self.insurer.action_unarchive()

    def test_number_may_return_in_another_company(self):
        company = self.env["res.company"].create({"name": "Other shop"})
        self.insurer.company_id = self.env.company
        self.other_insurer.write({"company_id": company.id, "amc_number": "90000001"})
        self.env.flush_all()
        with self.assertRaises(ValidationError):
            self.other_insurer.company_id = self.env.company

    def test_delays_are_not_negative(self):
        with self.assertRaises(ValidationError):
            self.insurer.pec_validity_days = -1


@tagged("post_install_l10n", "post_install", "-at_install")
class TestInsured(PartnerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.child = cls.env["res.partner"].create(
            {
                "name": "Léa MONTFORT",
                "insured_id": cls.patient.id,
                "beneficiary_quality": "child",
            }
        )

    def test_dependants(self):
        self.assertEqual(self.patient.dependant_ids, self.child)

    def test_no_loop_no_chain(self):
        grandchild = self.env["res.partner"].create({"name": "Noé MONTFORT"})
        for partner, insured in (
            (self.patient, self.patient),
            (self.patient, self.child),
            (grandchild, self.child),
        ):
            with self.assertRaises(ValidationError):
                partner.insured_id = insured

    def test_quality_of_a_dependant(self):
        with self.assertRaises(ValidationError):
            self.child.beneficiary_quality = "insured"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPartnerAccess(PartnerCase):
    def test_optician_fills_in_a_patient(self):
        patients = self.env["res.partner"].with_user(self.optician)
        patient = patients.create({"name": "Paul PETIT", "nir": NIR})
        with Form(patient, "base.view_partner_form") as form:
            form.birthdate = date(1969, 5, 12)
            form.exoneration = "4"
        self.assertEqual(patient.exoneration, "4")

    def test_an_administrator_makes_users(self):
        """Without a role of the trade, as after the installation."""
        administrator = new_test_user(self.env, "administrator", "base.group_system,base.group_partner_manager")
        values = {"name": "Nouvelle recrue", "login": "recrue"}
        user = self.env["res.users"].with_user(administrator).create(values)
        partner = user.sudo().partner_id
        self.assertEqual((partner.birth_rank, partner.insurance_nature), (1, "10"))

    def test_health_fields_do_not_exist_for_others(self):
        patient = self.patient.with_user(self.accountant)
        for name in ("nir", "exoneration", "birth_rank", "insurance_nature", "optoamc_contract_ids", "insured_id"):
            with self.assertRaises(AccessError):
                patient.read([name])
            with self.assertRaises(AccessError):
                patient.search([(name, "!=", False)])
            self.assertNotIn(name, patient.fields_get())
        form = patient.get_view(self.env.ref("base.view_partner_form").id, "form")
        arch = etree.fromstring(form["arch"])
        self.assertFalse(arch.xpath("//page[@name='page_health'] | //field[@name='nir']"))
        self.assertTrue(arch.xpath("//page[@name='page_insurer']"))

    def test_insurers_identity_is_public_inside(self):
        insurer = self.insurer.with_user(self.accountant)
        self.assertEqual(insurer.amc_number, "90000001")
        self.assertTrue(insurer.uses_optoamc)

    def test_accountant_keeps_contacts(self):
        contacts = self.env["res.partner"].with_user(self.accountant)
        with Form(contacts, "base.view_partner_form") as form:
            form.name = "Anne GRAND"
            form.phone = "0102030405"
        self.patient.with_user(self.accountant).phone = "0102030405"

    def test_privacy_officer_reads_health_data(self):
        self.assertEqual(self.patient.with_user(self.officer).nir, NIR)

    def test_directory_is_the_managers(self):
        insurer = self.insurer.with_user(self.optician)
        insurer.coverage_phone = "0102030405"
        for vals in ({"amc_number": "90000011"}, {"optoamc_platform_id": False}, {"is_amc": False}):
            with self.assertRaises(AccessError):
                insurer.write(vals)
        with self.assertRaises(AccessError):
            insurer.create({"name": "Mine", "is_amc": True})
        with self.assertRaises(AccessError):
            insurer.with_context(default_is_amc=True).create({"name": "Mine"})
        insurer = self.insurer.with_user(self.manager)
        insurer.write({"amc_number": "90000011", "scheme_ids": [Command.create({"name": "Régime 1"})]})
        self.assertEqual(insurer.create({"name": "New", "is_amc": True}).is_amc, True)

    def test_schemes_are_the_managers(self):
        scheme = self.env["optoamc.scheme"].create(
            {"name": "Régime général", "code": "RG", "insurer_id": self.insurer.id}
        )
        self.assertEqual(scheme.with_user(self.optician).display_name, "Régime général (RG)")
        with self.assertRaises(AccessError):
            scheme.with_user(self.optician).name = "Other"
        with self.assertRaises(AccessError):
            scheme.with_user(self.accountant).read(["name"])

    def test_nir_is_neither_logged_nor_tracked(self):
        partner = self.env["res.partner"].with_user(self.optician)
        with self.assertLogs(level=logging.INFO) as logs:
            logging.getLogger(__name__).info("at least one line")
            patient = partner.create({"name": "Paul PETIT", "nir": NIR})
            patient.nir = "253072A07300443"
            self.env.flush_all()
        self.assertNotIn(NIR, "\n".join(logs.output))
        self.env.cr.flush()
        said = "".join(str(m.body) for m in patient.sudo().message_ids)
        self.assertNotIn("253072A07300443", said)
        self.assertFalse(patient.sudo().message_ids.tracking_value_ids)

    def test_failed_query_is_logged_without_the_nir(self):
        with self.assertLogs("odoo.sql_db") as logs, self.assertRaises(IntegrityError):
            self.env["res.partner"].create({"nir": NIR, "type": "contact"})  # no name
        self.assertIn("[hidden]", logs.output[0])
        self.assertNotIn(NIR, logs.output[0])

    def test_merge_of_insurers_keeps_the_number(self):
        twin = self.env["res.partner"].create({"name": "ADPR-T", "is_company": True})
        wizard = self.env["base.partner.merge.automatic.wizard"]
        with self.assertRaises(AccessError):
            wizard.with_user(self.accountant)._merge((self.insurer + twin).ids, twin)
        wizard._merge((self.insurer + twin).ids, twin)
        self.assertFalse(self.insurer.exists())
        self.assertEqual((twin.amc_number, twin.uses_optoamc), ("90000001", True))

    def test_merge_of_patients_is_an_opticians(self):
        twin = self.env["res.partner"].create({"name": "Fabienne MONTFORT"})
        wizard = self.env["base.partner.merge.automatic.wizard"]
        with self.assertRaises(AccessError):
            wizard.with_user(self.accountant)._merge((self.patient + twin).ids, twin.with_user(self.accountant))
        self.optician.group_ids |= self.env.ref("base.group_partner_manager")
        wizard.with_user(self.optician)._merge((self.patient + twin).ids, twin.with_user(self.optician))
        self.assertFalse(self.patient.exists())
        self.assertEqual(twin.nir, NIR)
        row = self.env["optoamc.privacy.log"].search([("event", "=", "merge"), ("patient_id", "=", twin.id)])
        self.assertEqual((row.res_id, row.user_id), (self.patient.id, self.optician))

    def test_actions_open(self):
        for xmlid in ("action_patients", "action_insurers", "action_amo_funds", "action_prescribers"):
            action = self.env["ir.actions.act_window"]._for_xml_id(f"l10n_fr_optoamc.{xmlid}")
            partners = self.env["res.partner"].with_user(self.optician)
            views = partners.get_views(action["views"] + [(action["search_view_id"][0], "search")])
            self.assertTrue(views)
        self.assertEqual(
            self.insurer.with_user(self.optician).action_optoamc_view_insured_contracts()["res_model"],
            "optoamc.contract",
        )

    def test_patients_action_lists_patients(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("l10n_fr_optoamc.action_patients")
        found = self.env["res.partner"].with_user(self.optician).search(literal_eval(action["domain"]))
        self.assertIn(self.patient, found)
        self.assertNotIn(self.insurer, found)
        self.assertNotIn(self.optician.partner_id, found)
