from lxml import etree
from odoo import Command
from odoo.tests import tagged

from .test_desk_rules import DeskRulesCase
from .users import new_user


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDeskChoices(DeskRulesCase):
    """What the counter chooses and gives by itself."""

    def test_patients_come_first(self):
        """Among all contacts of a name, those that are patients; the others after them."""
        colleague = new_user(self.company, "claire", "base.group_user", name="Claire COMPTABLE").partner_id
        patient = self.order.patient_id.copy({"name": "MOREL Claire"})
        patient.birthdate = "1980-03-12"
        partners = self.env["res.partner"].with_user(self.optician)
        for limit in (8, 2, None):
            found = partners.with_context(optoamc_patients_first=True).name_search("Claire", limit=limit)
            self.assertEqual([partner for partner, _name in found][:2], [patient.id, colleague.id])
        found = partners.with_context(optoamc_patients_first=True).name_search("Claire", limit=1)
        self.assertEqual([partner for partner, _name in found], patient.ids)
        self.assertEqual(partners.name_search("Claire")[0][0], colleague.id, "elsewhere as in Odoo")
        (view,) = [partners.get_view(view_type="form")["arch"]]
        self.assertRegex(view, "insured_id[^>]*optoamc_patients_first")

    def test_first_discount_needs_no_administrator(self):
        self.company.sale_discount_product_id = False
        seller = new_user(
            self.company,
            "discount_seller",
            "base.group_user,sales_team.group_sale_salesman_all_leads,l10n_fr_optoamc.group_optician",
        )
        self.assertFalse(self.env["product.product"].with_user(seller).has_access("create"))
        screens = self.env["sale.order.discount"].with_user(seller)
        total = self.order.amount_total
        screens.create(
            {"sale_order_id": self.order.id, "discount_type": "amount", "discount_amount": 60.0}
        ).action_apply_discount()
        self.env.invalidate_all()
        self.assertTrue(self.company.sale_discount_product_id)
        self.assertAlmostEqual(self.order.amount_total, total - 60.0)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["product.product"].create(
            {"name": "Lentilles des tests", "list_price": 60.0, "optical_category": "contact"}
        )

    def test_the_proposed_code_comes_first(self):
        line = self.order.order_line.filtered("proposed_lpp_id")[:1]
        proposed = line.proposed_lpp_id
        codes = self.env["optoamc.lpp"].with_user(self.optician)
        domain = [("category", "=", line.optical_category)]
        found = codes.with_context(optoamc_proposed_lpp=proposed.id).name_search("", domain, limit=8)
        self.assertEqual((found[0][0], len(found), len(set(found))), (proposed.id, 8, 8))
        self.assertNotEqual(codes.name_search("", domain, limit=8)[0][0], proposed.id)
        none = codes.with_context(optoamc_proposed_lpp=proposed.id).name_search("no such code", domain)
        self.assertFalse(none)

    def test_a_prescription_of_what_is_sold(self):
        """Of contact lenses a new one is of them, and that the patient's is of glasses is said."""
        self.assertEqual(self.order.prescription_kind, "glasses")
        glasses = self.order.prescription_id
        order = self.orders.create(
            {
                "partner_id": self.order.partner_id.id,
                "optical_date": self.order.optical_date,
                "order_line": [Command.create({"product_id": self.contact.id})],
            }
        )
        self.assertEqual(order.prescription_kind, "contact_lenses")
        self.assertFalse(order.prescription_id)
        self.assertIn("The prescription of the contact lenses is missing", order.prescription_warning)
        self.assertIn("Glasses", glasses.with_context(formatted_display_name=True).display_name)
        order.order_line = [Command.create({"product_id": self.lens.id, "equipment_number": 2})]
        self.assertEqual(order.prescription_kind, "glasses")
        order.prescription_id = glasses
        self.assertFalse(order.prescription_warning)
        self.assertIn("under “Second prescription”", order.other_prescription_warning)

    def test_boxes_for_one_eye(self):
        prescription = self.order.prescription_id
        prescription.equipment_kind = "contact_lenses"
        self.order.order_line = [
            Command.clear(),
            Command.create({"product_id": self.contact.id, "product_uom_qty": 3}),
        ]
        line = self.order.order_line
        self.assertEqual(line.eye_side, "right")
        self.assertIn("all is for one eye, OD, and the prescription has both", line.lpp_warning or "")
        line.eye_side = "both"
        self.assertNotIn("for one eye", line.lpp_warning or "")
        line.eye_side = "left"
        self.assertIn("for one eye, OG", line.lpp_warning)
        line.copy({"order_id": self.order.id, "eye_side": "right", "equipment_number": line.equipment_number})
        self.assertNotIn("for one eye", line.lpp_warning or "")

    def test_cancelling_is_no_first_button(self):
        """Of what is posted, printing is: a second click on what asked does not undo it."""
        arch = self.env["optoamc.request.wizard"].get_view(view_type="form")["arch"]
        footer = etree.fromstring(arch).find(".//footer")
        names = [button.get("name") for button in footer.iter("button")]
        self.assertGreater(names.index("action_cancel"), names.index("action_print"))
        self.assertLess(names.index("action_print"), names.index("action_type_answer"))

    def test_variants_are_counted_as_they_are_listed(self):
        self.assertEqual(self.order.variant_count, 0)
        self.orders.action_optoamc_add_variant()
        self.assertEqual(self.order.variant_count, 2)
        domain = self.order.action_optoamc_compare_variants()["domain"]
        self.assertEqual(self.env["sale.order"].search_count(domain), 2)

    def test_a_trial_s_answer_is_no_other_insurer_s(self):
        """The screen counts of other insurers what the dossier and the message count."""
        request = self._new_request()
        request.action_send()
        self._dispatch()
        request.action_transfer()
        contract = self.order.patient_id.optoamc_contract_ids
        second = contract.copy({"insurer_id": self.insurer.copy({"amc_number": "98765432"}).id, "rank": 2})
        screens = self.env["optoamc.request.wizard"].with_user(self.optician)
        screen = screens.create({"order_id": self.order.id, "contract_id": second.id})
        self.assertEqual(sum(screen.line_ids.mapped("other_amount")), 300.0)
        request.sudo().mode = "test"
        self.env.invalidate_all()
        self.assertEqual(sum(screen.line_ids.mapped("other_amount")), 0.0)
