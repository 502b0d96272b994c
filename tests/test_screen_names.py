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

    def test_nothing_offers_to_create_what_a_name_does_not_make(self):
        """A record without a field for its name is created on its form: “Create "20/11"” would do nothing."""
        ours = self.env["ir.model.data"].search([("module", "=", "l10n_fr_optoamc"), ("model", "=", "ir.ui.view")])
        views = self.env["ir.ui.view"].browse(ours.mapped("res_id")).filtered(lambda view: view.model in self.env)
        offered = set()
        while inherited := views.filtered("inherit_id"):
            views = views - inherited | inherited.inherit_id
        for view in views:
            if view.type == "form":
                offered |= set(self._quick_creations(self.env[view.model], view._get_combined_arch()))
        self.assertFalse(offered)

    def _quick_creations(self, records, node):
        """The fields of a screen that let a record be created by its name alone, and cannot."""
        field = records._fields.get(node.get("name")) if node.tag == "field" else None
        if field is not None and field.relational:
            if field.type == "many2one" and field.comodel_name.startswith("optoamc.") and not field.readonly:
                options = node.get("options") or ""
                is_offered = "no_create" not in options and "no_quick_create" not in options
                is_typed = node.get("readonly") not in ("1", "True") and node.get("invisible") != "1"
                is_typed &= node.get("column_invisible") not in ("1", "True")
                if is_offered and is_typed and not self.env[field.comodel_name]._rec_name:
                    yield records._name, field.name
            records = self.env[field.comodel_name]
        for child in node:
            if isinstance(child.tag, str) and (child.tag != "list" or child.get("editable")):
                yield from self._quick_creations(records, child)

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
