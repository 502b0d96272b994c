"""One dossier at the counter: a transaction of its own, with nothing read before."""

from unittest.mock import patch

from odoo.tests import tagged

from .test_sets import SetsCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPostedAlone(SetsCase):
    sizes = (1, 1)

    def _posting(self, orders):
        """The queries of posting a dossier's invoice with its share."""
        orders.optoamc_request_ids.action_transfer()
        invoice = orders._create_invoices()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        invoice.action_post()
        self.env.flush_all()
        self.assertEqual(orders.optoamc_share_ids.mapped("amount"), [300.0])
        self.assertEqual(invoice.amount_residual, 414.0)
        return self.env.cr.sql_log_count - before

    def test_posting(self):
        """Who may owe a part is read ahead: one query a table, whoever is looked up first."""
        cold, order = self.sets
        self._posting(cold)  # fills the caches of the process
        self.assertLessEqual(self._posting(order), 122)

    def test_writing_as_superuser_looks_for_no_other_shop(self):
        """Odoo counts a customer's invoices so, at the end of each transaction."""
        partners = type(self.env["res.partner"])
        with patch.object(partners, "_optoamc_shared", autospec=True) as looked_up:
            self.patient.sudo().customer_rank += 1
        looked_up.assert_not_called()

    def test_no_reconciliation_undone(self):
        """With each journal item that it writes, Odoo undoes the reconciliation of no statement line."""
        with patch.object(type(self.env["account.payment"]), "unlink", autospec=True) as deleted:
            self.env["account.bank.statement.line"].action_undo_reconciliation()
        deleted.assert_not_called()
