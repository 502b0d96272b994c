from odoo.tests import tagged

from .common import OptoamcCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestScreenNames(OptoamcCommon):
    """What stands above a screen is for people: no model, no identifier, no date as machines write it."""

    def test_a_new_record_has_no_technical_name(self):
        views = self.env["ir.ui.view"].search([("type", "=", "form"), ("model", "like", "optoamc.")])
        names = set(views.mapped("model"))
        self.assertIn("optoamc.closing", names)
        for name in names:
            with self.subTest(name):
                shown = self.env[name].new().display_name or ""
                self.assertNotIn(name, shown)
                self.assertNotIn("False", shown)
                self.assertNotIn("None", shown)

    def test_records_say_what_they_are(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        consent = self.env["optoamc.consent"].search([("patient_id", "=", self.order.patient_id.id)], limit=1)
        shown = consent.with_context(lang="fr_FR").display_name
        self.assertTrue(shown.endswith(f" – {consent.given_on:%d/%m/%Y}"), shown)
        request = self._new_request()
        request.action_send()
        self._dispatch()
        message = request.sudo().exchange_ids[0]
        self.assertEqual(message.display_name, f"{message.kind} – {request.display_name}")
        self.assertEqual(message.mode, "demo")
