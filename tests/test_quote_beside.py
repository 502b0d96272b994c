from lxml import html
from odoo import Command
from odoo.tests import Form, tagged

from .quote_common import QuoteCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuoteBeside(QuoteCase):
    """What is sold beside the equipment, above a maximum price, or of contact lenses without an indication."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._know_tariffs()
        lump = cls.env.ref("l10n_fr_optoamc.lpp_2251545")
        # Made up: the shipped figure is of before 2020.
        cls.env["optoamc.lpp.price"].create({"lpp_id": lump.id, "date_from": "2020-01-01", "base_price": 39.48})

    def _with(self, *articles, **values):
        order = self._dossier({"sphere": -3.0})
        order.order_line = [
            Command.create({"product_id": article.id, "equipment_number": bool(article.optical_category), **values})
            for article in articles
        ]
        return order

    # -- the offer of class A -----------------------------------------------------------------

    def test_what_is_no_part_of_the_equipment_is_not_carried_over(self):
        case, spray = self._article("Étui", 12.5, category=False), self._article("Spray", 6.0, category=False)
        treatment = self._article("Traitement", 40.0, "supplement")
        order = self._with(case, spray, treatment)
        action = order.with_user(self.optician).action_optoamc_propose_class_a()
        screen = self.env["optoamc.class.a.offer"].with_user(self.optician).browse(action["res_id"])
        self.assertEqual(screen.left_out_ids.product_id, case | spray | treatment, "it is said")
        with Form(screen) as form:
            self.assertFalse(form.keeps_left_out)
        offer = self._propose(order)
        self.assertEqual((offer.optoamc_offer, offer.amount_total), ("class_a", 100.0))
        self.assertEqual(order.amount_total, 389.0 + 58.5)
        asked = self._propose(self._with(case, spray, treatment), keeps_left_out=True)
        self.assertEqual(asked.amount_total, 158.5)

    def test_what_the_lpp_lists_is_of_the_equipment(self):
        prism = self._article("Prisme", 10.0, "supplement", lpp="2247905")
        adaptation = self._article("Adaptation B", 5.0, "supplement", lpp="2209738")
        own = self._article("Adaptation A", 8.0, "supplement", lpp="2226435")
        offer = self._propose(self._with(prism, adaptation))
        sold = offer.order_line.filtered(lambda line: line.optical_category == "supplement")
        self.assertEqual(sold.product_id, prism | own)

    def test_another_equipment_is_sold_with_either_offer(self):
        box = self._article("Lentilles", 25.0, "contact", lpp="2251545")
        order = self._dossier({"sphere": -3.0})
        order.order_line = [Command.create({"product_id": box.id, "equipment_number": 2, "eye_side": "right"})]
        self.assertIn(box, self._propose(order).order_line.product_id)

    # -- the detailed note --------------------------------------------------------------------

    def test_the_note_says_what_was_sold_above_its_maximum_price(self):
        order = self._dossier({"sphere": -3.0}, product_class="A")
        self._checked(order)
        order.order_line[0].price_unit = 50.0
        self.assertIn("above the maximum selling price", order.quote_problems)
        order.action_confirm()
        self.assertRegex(order.note_warnings, r"sold at 50[.,]00\s€, above the maximum .*PLV\), 40[.,]00")
        printed = " ".join(self._text(order, "detailed_note").split())
        self.assertIn("vendu 50,00 €, au-dessus du prix limite de vente (PLV), 40,00 €", printed)
        order.order_line[0].price_unit = 35.0
        self.assertNotIn("PLV", order.note_warnings)
        self.assertNotIn("prix limite", self._text(order, "detailed_note"))

    def test_what_the_catalogue_does_not_say_of_contact_lenses(self):
        """The quote prints dashes, and says beforehand where each is typed."""
        order = self._contacts(has_lump_sum_indication=True)
        article = order.order_line.product_id
        self.assertFalse(order.quote_dashes)
        article.frame_brand = article.frame_model = False
        self.env.invalidate_all()
        (gap,) = order.with_user(self.optician).quote_dashes
        self.assertEqual(
            (gap["label"], gap["model"], gap["field"]), ("Lentilles", "optoamc.article.data", "frame_brand")
        )
        self.assertFalse(order.quote_problems, "only class A is kept from being printed")

    # -- the lump sum of contact lenses -------------------------------------------------------

    def _contacts(self, **values):
        box = self._article("Lentilles", 25.0, "contact", lpp="2251545")
        order = self._dossier({"sphere": -3.0})
        order.order_line.unlink()
        order.prescription_id.write({"equipment_kind": "contact_lenses", **values})
        order.order_line = [Command.create({"product_id": box.id, "eye_side": "right", "product_uom_qty": 4})]
        self._checked(order)
        return order

    def test_lump_sum_is_promised_where_there_is_an_indication(self):
        self.assertFalse(self._contacts(has_lump_sum_indication=True).quote_problems)

    def test_lump_sum_is_asked_about(self):
        order = self._contacts()
        self.assertIn("Does the prescription state one of them?", order.quote_problems)
        self.assertIn("Does the prescription state one of them?", order.order_line.lpp_warning)
        self.assertTrue(order.with_user(self.optician).is_sale_doubtful, "asked before the sale")
        order.prescription_id.has_lump_sum_indication = True
        order.invalidate_recordset()
        self.assertFalse(order.quote_problems)
        for answer in ({"amo_amount": 0.0}, {"is_own_expense": True}):
            order = self._contacts()
            order.order_line.write(answer)
            self.assertFalse(order.quote_problems)

    def test_odoos_quotation_promises_no_lump_sum_in_question(self):
        """A shop that prints Odoo's quotation of contact lenses is not kept from it: it says what is not known."""

        def page(order):
            content, _kind = self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", order.ids)
            return html.fromstring(content.decode())

        order = self._contacts().with_context(lang="fr_FR")
        order.partner_id.lang = "fr_FR"
        self.assertEqual(order.amo_total, 23.69)
        asked = page(order)
        for name in ("amo_total", "patient_total"):
            self.assertEqual(asked.xpath(f"//td[@name='{name}']")[0].text_content().strip(), "non connu")
        self.assertEqual(asked.xpath("//strong[@name='optoamc_left']")[0].text_content(), "non connu")
        self.assertFalse(asked.xpath("//strong[@name='optoamc_due']"), "what is agreed is none of it")
        self.assertNotIn("23,69", asked.text_content())
        order.prescription_id.has_lump_sum_indication = True
        order.invalidate_recordset()
        self.assertIn("23,69", page(order).xpath("//td[@name='amo_total']")[0].text_content())

    # -- the price of it ----------------------------------------------------------------------

    def test_what_is_not_due_is_looked_up_once(self):
        """A form looks at the patient's other dossiers once, whoever is asked before the sale."""
        order = self._contacts(has_lump_sum_indication=True).with_user(self.optician)
        calls = []
        origin = type(order)._optoamc_undue_parts
        self.patch(type(order), "_optoamc_undue_parts", lambda self, number: calls.append(1) or origin(self, number))
        order.invalidate_recordset()
        order.read(["quote_problems", "has_parts_not_due", "is_sale_doubtful"])
        self.assertEqual(len(calls), 1)

    def test_a_correction_looks_up_its_dossiers_once(self):
        order = self._dossier({"sphere": -3.0})
        prescription, calls = order.prescription_id, []
        origin = type(prescription)._optoamc_dossiers
        self.patch(type(prescription), "_optoamc_dossiers", lambda self: calls.append(1) or origin(self))
        spheres = dict(zip(prescription.eye_ids, (-5.0, -5.25), strict=True))
        prescription.eye_ids = [Command.update(eye.id, {"sphere": sphere}) for eye, sphere in spheres.items()]
        self.assertEqual(len(calls), 1)
        self.assertEqual(order.order_line[0].lpp_id.code, "2288353", "and they follow")
        # A client's own word does not keep the codes from following.
        prescription.eye_ids.with_context(optoamc_followed=True).write({"sphere": -3.0})
        self.assertEqual(order.order_line[0].lpp_id.code, "2225329")
