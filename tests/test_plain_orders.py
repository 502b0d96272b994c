"""Orders and customers that have nothing to do with optics, in a database with shops: all is Odoo's to say."""

from unittest.mock import patch

from odoo import Command
from odoo.addons.http_routing.tests.common import MockRequest
from odoo.addons.sale.controllers.portal import CustomerPortal
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_others import OthersCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPlainOrders(OthersCase):
    def _plain_order(self, kind, *products, **values):
        env = self.env(context={"allowed_company_ids": self.companies[kind].ids})
        return env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": product.id}) for product in products or (self.article,)],
                **values,
            }
        )

    def _invoiced(self, order):
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _pay(self, records):
        register = self.env["account.payment.register"].with_context(
            active_model=records._name, active_ids=records.ids, allowed_company_ids=records.company_id.ids
        )
        register.create({})._create_payments()

    # -- what is asked ------------------------------------------------------------------------

    def _asked(self, order):
        values = order._get_default_payment_link_values()
        with MockRequest(order.env):
            shown = CustomerPortal()._get_payment_values(order)["amount"]
        return values["amount"], values["amount_max"], order._get_prepayment_required_amount(), shown, order._is_paid()

    def test_what_is_asked_for(self):
        """Odoo counts what is paid online alone, and asks for the whole of an order that is cancelled."""
        whole = 12.0, 12.0, 12.0, 12.0, False
        paid_first = {"require_payment": True, "prepayment_percent": 1.0}
        for kind in self.companies:
            with self.subTest(company=kind):
                order = self._plain_order(kind, **paid_first)
                self.assertEqual(self._asked(order), whole)
                self._pay(self._invoiced(order))
                self.assertEqual(order.invoice_ids.payment_state, "paid")
                self.assertEqual(self._asked(order), whole)
                on_account = self.env["account.payment"].create(
                    {
                        "payment_type": "inbound",
                        "partner_type": "customer",
                        "partner_id": self.customer.id,
                        "amount": 20.0,
                        "company_id": order.company_id.id,
                        "journal_id": self.env["account.journal"]
                        .search([("company_id", "=", order.company_id.id), ("type", "=", "bank")], limit=1)
                        .id,
                    }
                )
                on_account.action_post()
                second = self._plain_order(kind, **paid_first)
                self.assertEqual(self._asked(second), whole)
                second.action_cancel()
                self.assertEqual(self._asked(second), whole)

    def test_a_dossier_asks_for_what_is_left(self):
        """As above, of what an optician sells: its payment is counted, whoever pays a part."""
        order = self._plain_order("optics", self.lens)
        self._pay(self._invoiced(order))
        self.assertEqual(order.amount_total, 250.0)
        self.assertEqual(order._get_default_payment_link_values()["amount_max"], 0.0)
