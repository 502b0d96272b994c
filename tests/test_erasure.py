"""After an erasure: none of the person's health data in the database, and all of the accounting."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .shop_common import HEALTH, MEMBER, NOTE, PRODUCT, ShopCase, traces

#: The goods sold stand on the invoice, which the law wants kept: the product's name is there, and only there.
ACCOUNTED = {"product_template", "product_product", "sale_order_line", "account_move_line"}

INSURED = "153070730047028"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestErasure(ShopCase):
    def _sold(self):
        """A dossier from the prescription to the posted invoice and the insurer's share."""
        order = self._dossier()
        request = self._ask(order)
        self._dispatch()
        self.assertEqual(request.state, "granted", request.sudo().exchange_ids.mapped("error_detail"))
        request.action_transfer()
        order.action_confirm()
        return order.sudo(), self._invoice(order.sudo())

    def _again(self, order):
        """The same dossier once more, of the same day: its prescription was valid then."""
        return order.copy({"prescription_id": order.prescription_id.id, "optical_date": order.optical_date})

    def _erase(self, patient):
        self.env["optoamc.privacy.request"].with_user(self.officer).create(
            {"patient_id": patient.id, "right": "erasure", "is_identity_checked": True}
        ).action_answer()
        self.env.flush_all()

    def _dump(self):
        """Every row of every table, as text: what ``pg_dump`` would write."""
        tables = self.env.execute_query(
            SQL("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        )
        for (table,) in tables:
            rows = self.env.execute_query(SQL("SELECT t::text FROM %s t", SQL.identifier(table)))
            yield table, "\n".join(row for (row,) in rows)

    def _books(self, invoice):
        """All that the accountant has of an invoice and its shares."""
        entries = invoice | invoice.optoamc_share_ids.line_ids.move_id
        rows = [
            (line.id, line.account_id.id, line.partner_id.id, line.name, line.balance, line.amount_residual)
            for line in entries.line_ids
        ]
        shares = [(share.label, share.amount, share.pec_number) for share in invoice.optoamc_share_ids]
        return sorted(rows), shares, invoice.amount_total, invoice.invoice_partner_display_name

    def test_dump_holds_no_health_data(self):
        order, invoice = self._sold()
        secrets = (*HEALTH, MEMBER)
        found = {table: traces(text, secrets) for table, text in self._dump()}
        for table in ("res_partner", "optoamc_prescription", "optoamc_exchange", "optoamc_contract"):
            self.assertTrue(found[table], f"the test would not see anything in {table}")
        patient, books = order.patient_id, self._books(invoice)
        amounts = order.order_line.mapped("amo_amount"), order.order_line.mapped("amc_amount"), order.amo_rate
        self._erase(patient)
        self.assertFalse(order.prescription_id)
        left = {table: found for table, text in self._dump() if (found := traces(text, secrets))}
        self.assertEqual({table: found for table, found in left.items() if table not in ACCOUNTED}, {})
        self.assertEqual(set().union(*left.values()) - {PRODUCT}, set(), left)
        self.env.invalidate_all()
        self.assertEqual(self._books(invoice), books)
        self.assertEqual(
            (order.order_line.mapped("amo_amount"), order.order_line.mapped("amc_amount"), order.amo_rate), amounts
        )
        self.assertEqual(patient.name, "Anne LEROY", "invoices bear the name")
        self.assertFalse(patient.birthdate or patient.nir or patient.amo_id)
        log = self.env["optoamc.privacy.log"].sudo()
        self.assertTrue(log.search_count([("patient_id", "=", patient.id), ("event", "=", "erasure")]))

    def test_person_without_invoice_gets_a_pseudonym(self):
        order = self._dossier()
        patient = order.sudo().patient_id
        order.action_cancel()
        self._erase(patient)
        self.assertNotIn("LEROY", patient.name)
        self.assertFalse(patient.street or patient.lastname or patient.active)
        self.assertNotIn("LEROY", patient.complete_name)

    def test_an_agreement_is_invoiced_first(self):
        order = self._dossier()
        request = self._ask(order)
        self._dispatch()
        with self.assertRaisesRegex(UserError, "not invoiced"):
            self._erase(order.sudo().patient_id)
        self.assertTrue(any(request.sudo().exchange_ids.mapped("xml")))
        request.action_cancel()
        self._dispatch()
        self._erase(order.sudo().patient_id)
        self.assertFalse(any(request.sudo().exchange_ids.mapped("xml")))

    def test_notes_and_files_of_the_dossier_go(self):
        order, _invoice = self._sold()
        for record in (order, order.patient_id):
            record.message_post(body=NOTE, message_type="comment", attachments=[("ordonnance.txt", NOTE.encode())])
            for _each in ("open", "done"):
                record.activity_schedule("mail.mail_activity_data_todo", note=NOTE, user_id=self.optician.id)
            record.activity_ids[0].action_feedback(NOTE)
        second = self._ask(self._again(order).with_user(self.optician))
        second._agree("phone", "T-1", dict.fromkeys(second.line_ids, 0.0), note=NOTE)
        second.action_cancel()
        self._erase(order.patient_id)
        self.assertEqual({table for table, text in self._dump() if traces(text, (NOTE,))}, set())

    def test_insured_person_of_a_child(self):
        """The child's messages name the insured person: they go with him; what is the child's stays."""
        order = self._dossier()
        child, env = order.sudo().patient_id, self.env(user=self.optician)
        insured = env["res.partner"].create(
            {"name": "Paul LEROY", "lastname": "LEROY", "firstname": "Paul", "nir": INSURED, "birthdate": "1953-07-14"}
        )
        child.optoamc_contract_ids.write({"insured_id": insured.id, "relation": "child"})
        request = self._ask(order)
        self._dispatch()
        self.assertEqual(request.state, "granted", request.sudo().exchange_ids.mapped("error_detail"))
        told = {section["model"] for section in insured.sudo()._optoamc_personal_data()}
        self.assertIn("optoamc.contract", told)
        self.assertNotIn("optoamc.exchange", told)
        self.assertIn("optoamc_exchange", {table for table, text in self._dump() if traces(text, (INSURED,))})
        waiting = self._ask(self._again(order))
        self._erase(insured)
        self.assertEqual({table for table, text in self._dump() if traces(text, (INSURED,))}, set())
        self.assertEqual(waiting.state, "cancelled", "its message names the person who was erased")
        self.assertTrue(child.nir)
        self.assertEqual(request.state, "granted")

    def test_open_requests_come_first(self):
        order = self._dossier(member="1012345679")
        request = self._ask(order)
        self._dispatch()
        self.assertEqual(request.state, "pending")
        with self.assertRaises(UserError):
            self._erase(order.sudo().patient_id)
        self.assertTrue(order.sudo().prescription_id)
