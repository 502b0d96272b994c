from odoo import Command
from odoo.tests import tagged

from .test_desk_rules import DeskRulesCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCountry(DeskRulesCase):
    """A contact of a shop is of its country unless another is typed."""

    def test_a_new_patient(self):
        partners = self.env["res.partner"].with_user(self.optician)
        patient = partners.create({"name": "Paul PETIT", "street": "1 rue X", "zip": "75010", "city": "Paris"})
        self.assertEqual(patient.country_id.code, "FR")
        self.assertIn("75010 Paris", patient.contact_address)
        belgian = partners.create({"name": "Piet", "country_id": self.env.ref("base.be").id})
        self.assertEqual(belgian.country_id.code, "BE")

    def test_an_address_without_a_country(self):
        address = {"street": "1 rue X", "zip": "75010", "city": "Paris", "country_id": False}
        partner = self.env["res.partner"].create({"name": "Ancien contact", **address})
        self.assertIn("75010 Paris", partner.contact_address)
        self.company.finess = False
        partner.invalidate_recordset()
        self.assertIn("Paris  75010", partner.contact_address, "as without the module")

    def test_who_has_none_of_our_roles(self):
        partners = self.env["res.partner"].with_user(self.optician)
        self.assertIn("country_id", partners.default_get(["country_id"]))
        self.optician.group_ids = [Command.unlink(self.env.ref("l10n_fr_optoamc.group_optician").id)]
        self.assertNotIn("country_id", partners.default_get(["country_id"]))
