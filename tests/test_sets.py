"""Verbs on a set: a record more asks no more queries than Odoo's own work on the same entries."""

import base64

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .share_common import ShareCase

FEW, MANY = 2, 12

CLOSED = "this one is closed"


class SetsCase(ShareCase):
    """Three sets of dossiers with an agreement: the first fills the caches, two and twelve are compared."""

    sizes = (FEW, FEW, MANY)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sets = [cls._dossiers(count) for count in cls.sizes]

    @classmethod
    def _dossiers(cls, count):
        patients = cls.env["res.partner"].create([{"name": f"Patient {number}"} for number in range(count)])
        lines = [
            Command.create({"product_id": product.id, "product_uom_qty": 1})
            for product in (cls.lens, cls.lens, cls.frame)
        ]
        orders = cls.env["sale.order"].create(
            [
                {
                    "partner_id": patient.id,
                    "user_id": cls.optician.id,
                    "optical_date": "2013-11-26",
                    "order_line": lines,
                }
                for patient in patients
            ]
        )
        orders.action_confirm()
        contracts = cls.env["optoamc.contract"].create(
            [{"partner_id": patient.id, "insurer_id": cls.insurer.id, "member_number": "1"} for patient in patients]
        )
        # As superuser: nobody writes what an insurer answers.
        requests = (
            cls.env["optoamc.request"]
            .sudo()
            .create(
                [
                    {"order_id": order.id, "contract_id": contract.id, "user_id": cls.optician.id}
                    for order, contract in zip(orders, contracts, strict=True)
                ]
            )
        )
        requests.line_ids.granted_amount = 100.0
        for request in requests:
            request.write({"state": "granted", "pec_number": f"PEC{request.id}", "mode": "production"})
        return orders

    @classmethod
    def _queries(cls, verb):
        """What a record more asks of a verb, in queries.

        :param verb: a function of a set of orders
        """
        found = []
        for orders in cls.sets:
            cls.env.flush_all()
            cls.env.invalidate_all()
            before = cls.env.cr.sql_log_count
            verb(orders)
            cls.env.flush_all()
            found.append(cls.env.cr.sql_log_count - before)
        _cold, few, many = found
        return (many - few) / (MANY - FEW)

    def _odoo_asking(self, times, of="optoamc_request_ids"):
        """What a record more asks of Odoo itself, to say so many things of it and to ask somebody who follows it.

        :param of: the orders' records that it is about: Odoo asks more to tell somebody of an invoice
        """

        def ask(orders):
            records = orders[of].sudo()
            for _time in range(times):
                records._message_log_batch({record.id: "said" for record in records})
            records.activity_schedule("mail.mail_activity_data_todo", summary="asked", user_id=self.optician.id)

        return self._queries(ask)

    def assertNoMore(self, verb, allowed):
        """A record more asks at most so many queries of a verb."""
        found = self._queries(verb)
        self.assertLessEqual(found, allowed)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSets(SetsCase):
    """Invoiced dossiers: a share's entry costs what an entry of Odoo's own does, whatever is done to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.transferring = cls._queries(lambda orders: orders.optoamc_request_ids.action_transfer())
        for orders in cls.sets:
            orders._create_invoices()
        cls.posting = cls._queries(lambda orders: orders.invoice_ids.action_post())
        bare = {orders: cls._bare_invoices(orders) for orders in cls.sets}
        cls.odoo_posting = cls._queries(lambda orders: bare[orders].action_post())
        cls.odoo_entry = cls._queries(lambda orders: cls._move_bare(bare[orders]))

    @classmethod
    def _bare_invoices(cls, orders):
        return orders.invoice_ids.create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": order.partner_id.id,
                    "invoice_date": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create({"product_id": line.product_id.id, "price_unit": line.price_unit})
                        for line in order.order_line
                    ],
                }
                for order in orders
            ]
        )

    @classmethod
    def _move_bare(cls, invoices):
        """What Odoo itself does to move a part: an entry each, posted and reconciled in one call."""
        owed = invoices.line_ids.filtered(lambda line: line.display_type == "payment_term")
        entries = invoices.create(
            [
                {
                    "move_type": "entry",
                    "journal_id": cls.company_data["default_journal_misc"].id,
                    "line_ids": [
                        Command.create({"account_id": line.account_id.id, "partner_id": partner.id, "balance": amount})
                        for partner, amount in ((cls.insurer, 300.0), (line.partner_id, -300.0))
                    ],
                }
                for line in owed
            ]
        )
        entries.action_post()
        credits = entries.line_ids.filtered(lambda line: line.balance < 0)
        owed._reconcile_plan([debit | credit for debit, credit in zip(owed, credits, strict=True)])

    def test_transferring(self):
        self.assertLessEqual(self.transferring, 0.5, "one UPDATE for the set")

    def test_posting(self):
        for orders in self.sets:
            self.assertEqual(orders.optoamc_share_ids.mapped("amount"), [300.0] * len(orders))
            self.assertEqual(orders.invoice_ids.mapped("amount_residual"), [414.0] * len(orders))
        self.assertLessEqual(self.posting, self.odoo_posting + self.odoo_entry)

    def test_bringing_up_to_date(self):
        self.assertNoMore(lambda orders: orders.invoice_ids._optoamc_sync_shares(), 0.5)
        for orders in self.sets:
            orders.optoamc_share_ids.action_reverse()
        self.assertNoMore(lambda orders: orders.invoice_ids._optoamc_sync_shares(), self.odoo_entry)
        self.assertEqual({share.amount for orders in self.sets for share in orders.optoamc_share_ids}, {300.0})

    def test_returning_and_its_undoing(self):
        self.assertNoMore(lambda orders: orders.optoamc_share_ids.action_return_to_patient(), self.odoo_entry)
        self.assertNoMore(lambda orders: orders.optoamc_share_ids.action_undo_return(), self.odoo_entry)
        for orders in self.sets:
            self.assertBooks(orders)

    def test_writing_off_and_its_undoing(self):
        loss = self.company_data["default_account_expense"]
        today = fields.Date.today()

        def write_off(orders):
            shares = orders.optoamc_share_ids.sudo()
            shares._write_off(dict.fromkeys(shares, 10.0), loss, today)

        self.assertNoMore(write_off, self.odoo_entry)
        self.assertNoMore(lambda orders: orders.optoamc_share_ids.action_undo_write_off(), self.odoo_entry)
        for orders in self.sets:
            self.assertBooks(orders)

    def test_reversing(self):
        self.assertNoMore(lambda orders: orders.optoamc_share_ids.action_reverse(), self.odoo_entry)
        for orders in self.sets:
            self.assertEqual(orders.invoice_ids.mapped("amount_residual"), [714.0] * len(orders))

    def test_an_agreements_end(self):
        def cancel(orders):
            requests = orders.optoamc_request_ids.sudo()
            requests._set_state("cancelling")
            requests._set_state("cancelled")

        # An entry, two words in the request's chatter and one in the invoice's, of which a person is told.
        self.assertNoMore(cancel, self.odoo_entry + self._odoo_asking(3, of="invoice_ids"))

    def test_payment_advices(self):
        advices = {orders: self._advice(orders) for orders in self.sets}
        self.assertNoMore(lambda orders: advices[orders].action_validate(), 1)
        self.assertEqual({share.state for orders in self.sets for share in orders.optoamc_share_ids}, {"paid"})
        self.assertNoMore(lambda orders: advices[orders].action_undo(), self.odoo_entry)

    def test_a_payment_advice_of_what_was_given_up(self):
        for orders in self.sets:
            shares = orders.optoamc_share_ids.sudo()
            shares._write_off(
                dict.fromkeys(shares, 100.0), self.company_data["default_account_expense"], fields.Date.today()
            )
            shares.action_return_to_patient()
        advices = {orders: self._advice(orders, confirm=True) for orders in self.sets}
        # Two entries a share: what was written off, and what was returned.
        self.assertNoMore(lambda orders: advices[orders].action_validate(), 2 * self.odoo_entry)
        for orders in self.sets:
            self.assertEqual(orders.optoamc_share_ids.mapped("amount_paid"), [300.0] * len(orders))
            self.assertBooks(orders)
        self.assertNoMore(lambda orders: advices[orders].action_undo(), 3 * self.odoo_entry)
        for orders in self.sets:
            self.assertEqual(orders.optoamc_share_ids.mapped("amount_returned"), [200.0] * len(orders))
            self.assertEqual(orders.optoamc_share_ids.mapped("amount_written_off"), [100.0] * len(orders))

    def test_a_refused_share_goes_alone(self):
        orders = self.sets[-1]
        shares = orders.optoamc_share_ids
        undo = type(shares)._undo

        def refuse(model, amounts, *args, **kwargs):
            if shares[4].sudo() in amounts:
                raise UserError(CLOSED)
            return undo(model, amounts, *args, **kwargs)

        self.patch(type(shares), "_undo", refuse)
        told = shares.with_user(self.accountant).action_return_selected()
        self.assertEqual([share.state for share in shares].count("returned"), MANY - 1)
        self.assertEqual(shares[4].state, "open")
        self.assertIn(f"{shares[4].display_name}: this one is closed", told["params"]["message"])
        self.assertBooks(orders)

    def _advice(self, orders, confirm=False):
        rows = [f"{share.move_id.name};300.00" for share in orders.optoamc_share_ids]
        wizard = self.env["optoamc.remittance.import"].create(
            {
                "file": base64.b64encode("\r\n".join(["Facture;Montant regle", *rows]).encode()),
                "partner_id": self.insurer.id,
                "journal_id": self.bank.id,
            }
        )
        wizard.action_read()
        advice = self.env["optoamc.remittance"].browse(wizard.action_import()["res_id"])
        if confirm:
            advice.line_ids.action_confirm()
        return advice


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDeadlinesOfSets(SetsCase):
    """What the hourly task does of agreements and requests past their dates, beside Odoo's own telling of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requests = {orders: orders.optoamc_request_ids.sudo() for orders in cls.sets}

    def _check(self, verb, state):
        self.assertNoMore(lambda orders: getattr(self.requests[orders], verb)(), self._odoo_asking(1))
        for requests in self.requests.values():
            self.assertEqual(set(requests.mapped("state")), {state})
            self.assertEqual(requests.activity_ids.user_id, self.optician)
            self.assertEqual(len(requests.activity_ids), len(requests))

    def test_expiring(self):
        for requests in self.requests.values():
            requests.action_transfer()
        self._check("_expire", "expired")
        self.assertFalse(any(any(requests.mapped("transferred")) for requests in self.requests.values()))

    def test_no_answer_in_time(self):
        for requests in self.requests.values():
            requests.write({"state": "pending"})
        self._check("_time_out", "expired")

    def test_late(self):
        for requests in self.requests.values():
            requests.write({"state": "unknown"})
        self._check("_tell_late", "unknown")

    def test_soon_past(self):
        self._check("_tell_expiring", "granted")

    def test_the_hourly_task_leaves_out_the_one_that_fails(self):
        requests = self.requests[self.sets[-1]]
        requests.valid_until = "2020-01-01"
        expire = type(requests)._expire

        def fail(found):
            if requests[3] in found:
                raise ValueError("spoilt")
            expire(found)

        self.patch(type(requests), "_expire", fail)
        with self.enter_registry_test_mode(), self.assertLogs(level="ERROR"):
            self.env.ref("l10n_fr_optoamc.cron_expire").method_direct_trigger()
        self.assertEqual(requests[3].state, "granted")
        self.assertEqual(set((requests - requests[3]).mapped("state")), {"expired"})
