"""The copy of a person's data on paper, what is said after a demand, and how an erased person is told."""

import base64
from datetime import date

from lxml import html
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .test_privacy import NIR, PNG, PrivacyCommon
from .users import new_user

#: What no French paper has in it.
MACHINE = ("True", "False", "<div", "&nbsp;", "<h4", "res.partner")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPersonalPaper(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.patient.lang = "fr_FR"
        cls.company.partner_id.tz = "Europe/Paris"

    def _sections(self):
        """By title of the paper's sections, their rows: lists of the texts of the cells."""
        report = self.env["ir.actions.report"].sudo().with_company(self.company).with_context(lang="en_US")
        content, _kind = report._render_qweb_html("l10n_fr_optoamc.report_personal_data", self.patient.ids)
        self.root = html.fromstring(content.decode())
        sections = {}
        for part in self.root.xpath("//h5 | //tr"):
            if part.tag == "h5":
                rows = sections.setdefault(part.text_content().strip(), [])
            else:
                rows.append([" ".join(cell.text_content().split()) for cell in part.xpath("./td | ./th")])
        return sections

    def test_in_the_patients_language(self):
        """Not in that of who prints, nor in that in which the models are described."""
        sections = self._sections()
        own = ("optoamc.contract", "optoamc.prescription", "optoamc.prescription.eye", "optoamc.consent")
        for model in (*own, "sale.order", "sale.order.line"):
            title = self.env["ir.model"].with_context(lang="fr_FR")._get(model).name
            self.assertNotEqual(title, self.env[model]._description, "the test would not see anything")
            self.assertIn(title, sections)
        self.assertNotIn("Prescribed Correction", sections)
        told = dict(row for row in sections["Contact"] if len(row) == 2)
        self.assertEqual(told["Date de naissance"], "14/07/1953")
        self.assertEqual(told["N° de Sécurité sociale"], NIR)

    def test_values_as_people_write_them(self):
        self.order.order_line[0].price_unit = 1594
        self.order.date_order = "2026-07-31 22:30:00"
        sections = self._sections()
        order = [row[-1] for row in sections["Commande client"]]
        self.assertIn("01/08/2026 00:30", order, "the shop's clock, not the server's")
        total = f"{self.order.amount_total:,.2f}".replace(",", " ").replace(".", ",")
        self.assertIn(f"{total} €", [value.replace("\u202f", " ").replace("\xa0", " ") for value in order])
        spheres = [row for row in sections["Correction prescrite"] if row[0] == "Sphère"]
        self.assertEqual([value for _label, value in spheres], ["2,00", "2,00"])
        text = self.root.text_content()
        for written in MACHINE:
            self.assertNotIn(written, text)
        self.assertNotRegex(text, r"\d{4}-\d\d-\d\d")
        self.assertIn(["Actif", "Oui"], sections["Ordonnance"])
        self.assertIn(["Enfant", "Non"], sections["Commande client"])

    def test_a_form_signed_for_two_purposes_is_printed_once(self):
        self.env["optoamc.consent"].search([("patient_id", "=", self.patient.id)]).action_withdraw()
        self.env["optoamc.consent.form"].with_user(self.optician).create(
            {"patient_id": self.patient.id, "insurer_id": self.insurer.id, "signature": base64.b64encode(PNG)}
        ).action_record()
        signed = self._consents().filtered("is_current")
        self.assertEqual(len(signed), 2)
        self.assertEqual(len(set(signed.mapped("document"))), 1)
        self._sections()
        forms = {document for document in self._consents().mapped("document") if document}
        self.assertEqual(len(self.root.xpath("//td//h4")), len(forms), "each is read as a form, once")
        name = signed[0].with_context(lang="fr_FR").display_name
        self.assertIn(name, self.root.text_content(), "the other one says where it is")

    def test_for_machines_nothing_changes(self):
        sections = {section["model"]: section for section in self.patient.sudo()._optoamc_personal_data()}
        values = sections["res.partner"]["records"][0]["values"]
        self.assertEqual(values["birthdate"]["value"], "1953-07-14")
        self.patient.with_user(self.optician).read(["nir"])
        log = self.patient.sudo()._optoamc_personal_data()[-1]["records"][0]["values"]
        self.assertRegex(log["create_date"]["value"], r"^\d{4}-\d\d-\d\d ", "a read without its day says little")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAnswered(PrivacyCommon):
    """A demand that is answered says so, and offers nothing to do again."""

    def _shown(self, demand):
        """The buttons and messages that the window shows."""
        arch = demand.get_view(view_type="form")["arch"]
        values = {name: demand[name] for name in ("right", "answered_on", "erased_on", "recipients")}
        form = html.fromstring(arch)
        nodes = form.xpath("//footer/button | //div[@name]")
        return {
            node.get("string") or node.get("name")
            for node in nodes
            if not safe_eval(node.get("invisible", "False"), values)
        }

    def test_each_right(self):
        for right in ("access", "portability", "opposition"):
            with self.subTest(right):
                demand = self._demand(right)
                self.assertEqual(self._shown(demand), {"Answer", "Close"})
                demand.action_answer()
                self.assertTrue(demand.answered_on)
                self.assertEqual(self._shown(demand), {"done", "Close"})
                with self.assertRaisesRegex(UserError, "answered already"):
                    demand.action_answer()

    def test_erasure(self):
        demand = self._demand("erasure")
        self.assertEqual(self._shown(demand), {"Erase", "Close"})
        demand.action_answer()
        self.assertEqual(self._shown(demand), {"done", "Close"})
        self.assertIn("Signed consents", demand.kept)
        again = self._demand("erasure")
        self.assertEqual(self._shown(again), {"erased", "Close"}, "nothing is left to erase")
        self.assertTrue(again.erased_on)

    def test_no_patient_no_history(self):
        """The rows about nobody are of searches and roles."""
        new_user(self.company, "somebody", "l10n_fr_optoamc.group_optician")
        self.logs._record("role", [(self.env.user, self.env["res.partner"])], "Optician")
        self.assertTrue(self.logs.search_count([("patient_id", "=", False), ("company_id", "=", self.company.id)]))
        screen = self.env["optoamc.privacy.request"].with_user(self.officer).new({})
        self.assertIn("No request and no correction yet", screen.history)

    def test_the_history_has_days_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        demand = self._demand("access", request_date=date(2026, 11, 27)).with_context(lang="fr_FR")
        demand.action_answer()
        self.assertIn("27/11/2026", self._events("access").detail)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestErasedMark(PrivacyCommon):
    """Who is erased is out of the lists of the day and told from a file that nobody has completed."""

    def _patients(self, *domain):
        return self.env["res.partner"].with_user(self.optician).search([("id", "=", self.patient.id), *domain])

    def test_erased_with_an_order_agreed(self):
        self.assertFalse(self.patient.optoamc_erased_on)
        self.order.action_confirm()
        name = self.patient.name
        self._demand("erasure").action_answer()
        self.assertEqual(self.patient.name, name, "the order bears it")
        self.assertFalse(self.patient.active)
        self.assertFalse(self._patients())
        self.assertTrue(self.patient.optoamc_erased_on)
        erased = [("optoamc_erased_on", "!=", False), ("active", "in", (True, False))]
        self.assertEqual(self._patients(*erased), self.patient)
        self.assertFalse(self._patients(("optoamc_erased_on", "=", False), ("active", "in", (True, False))))

    def test_a_person_who_comes_back_is_a_patient_again(self):
        self._demand("erasure").action_answer()
        self.patient.write({"active": True, "birthdate": "1953-07-14"})
        self.patient.invalidate_recordset(["optoamc_erased_on"])
        self.assertFalse(self.patient.optoamc_erased_on)
        self.assertFalse(self._patients(("optoamc_erased_on", "!=", False)))

    def test_a_contact_that_another_shop_has_stays(self):
        other = self.env["res.company"].create({"name": "Autre"})
        self.patient.with_company(other).birthdate = "1953-07-14"
        self._demand("erasure").action_answer()
        self.assertTrue(self.patient.active)
        self.assertTrue(self.patient.optoamc_erased_on)
        self.assertFalse(self.patient.with_company(other).optoamc_erased_on)
