from odoo import api, fields, models

from ...lib.payments.money import ZERO
from ...lib.payments.order import patient_due
from ..mixin.read_ahead import read_children, read_whole
from .order_reading import billing_documents, read_orders
from .share_allocation import ShareAllocation


class SaleOrder(models.Model):
    """What third-party payers owe of an order, and what is therefore asked of the patient."""

    _inherit = "sale.order"

    optoamc_share_ids = fields.One2many(
        "optoamc.share",
        "order_id",
        "Third-party shares",
        readonly=True,
        copy=False,
        groups="l10n_fr_optoamc.group_optician,account.group_account_invoice,account.group_account_readonly",
    )
    patient_due = fields.Monetary(
        "To pay at the shop",
        compute="_compute_patient_due",
        compute_sudo=True,
        help="What no payer owes the shop: the patient's share, and what the Sécu or an insurer reimburses "
        "to the patient. A patient of the C2S pays nothing first that is reimbursed.",
    )

    @api.depends(
        "amount_total",
        "state",
        "company_id.amo_third_party",
        "company_id.amo_partner_id",
        "partner_invoice_id",
        "patient_id.amo_id",
        "order_line.amo_amount",
        "order_line.left_amount",
        "order_line.invoice_lines.parent_state",
        "order_line.invoice_lines.price_total",
        "order_line.invoice_lines.quantity",
        "order_line.invoice_lines.move_id.amount_total",
        "optoamc_share_ids.amount",
        "optoamc_share_ids.amount_returned",
        *(
            f"optoamc_request_ids.{name}"
            for name in ("kind", "mode", "state", "transferred", "valid_until", "line_ids.granted_amount")
        ),
    )
    def _compute_patient_due(self):
        for reading in read_orders(self, billing_documents(self)):
            order = reading.record
            customer = order.partner_invoice_id.commercial_partner_id
            plain, rest = reading.order(with_rest=True), reading.rest()
            due = patient_due(plain, rest, (customer.id,), reading.unit, reading.invoiced())
            order.patient_due = float(max(due - order._optoamc_not_advanced(reading), ZERO))

    # -- what is asked of the patient online --------------------------------------------------

    def _get_prepayment_required_amount(self):
        amount = super()._get_prepayment_required_amount()
        return min(amount, self.patient_due) if self._optoamc_is_dossier() else amount

    def _get_default_payment_link_values(self):
        values = super()._get_default_payment_link_values()
        if not self._optoamc_is_dossier():
            return values
        left = self.optoamc_to_collect
        return values | {"amount": min(values["amount"], left), "amount_max": left}

    def _is_paid(self):
        """Whether the patient has paid online all that the patient owes."""
        if super()._is_paid():
            return True
        return self._optoamc_is_dossier() and self.currency_id.compare_amounts(self.amount_paid, self.patient_due) >= 0

    def _optoamc_is_dossier(self):
        """Also where a payer pays a part."""
        return super()._optoamc_is_dossier() or bool(self.sudo()._optoamc_with_payers())

    # -- the shares of the orders' invoices ---------------------------------------------------

    def _optoamc_with_payers(self):
        """The orders of which a payer owes the shop a part, or carries one, or spares the patient to pay it first."""
        return self.filtered(
            lambda order: (
                order.optoamc_share_ids
                or (order.company_id.amo_third_party and order.amo_total)
                or order.optoamc_request_ids._binding()
                or order._optoamc_may_not_advance()
            )
        )

    def _optoamc_amo_fund(self):
        """Who owes the AMO's part: the patient's fund, else the one that the shop named for such patients."""
        return self._optoamc_fund().commercial_partner_id

    def _optoamc_fund(self):
        """The fund itself, a contact of a group maybe: its terms are its own."""
        return self._optoamc_patient_sudo().amo_id or self.company_id.amo_partner_id

    def _optoamc_allocate(self, touched, upcoming, posting):
        """Book the difference between what is owed of these orders and what their shares carry.

        :param touched: the invoices and credit notes that it is about
        :param upcoming: credit notes about to be posted: they count as posted, and no share increases
        :param posting: invoices just posted: the entries of their shares take their date
        """
        orders = self.sudo()
        documents = billing_documents(orders, upcoming)
        if not documents:
            return
        read_children(orders, "optoamc_request_ids")
        if not (orders := orders._optoamc_with_payers()):
            return
        documents._optoamc_lock()
        orders._optoamc_read_payers()
        for allocation in orders._optoamc_allocations(documents, touched, upcoming, posting):
            allocation.book()
        if not upcoming:
            orders._optoamc_match_patients_money()

    def _optoamc_read_payers(self):
        """Read ahead who may owe a part of these orders, one query a table: agreements, insurers, funds, shops."""
        for company, orders in self.grouped("company_id").items():
            own = orders.with_company(company)
            requests = own.optoamc_request_ids
            read_children(requests, "line_ids")
            funds = own.patient_id.amo_id | own.company_id.amo_partner_id
            read_whole(funds, requests.insurer_id, own.company_id.partner_id, of_company=True)

    def _optoamc_allocations(self, documents, *event, without=None):
        """What is to be decided of these orders, company by company: a list of :class:`.ShareAllocation`.

        :param event: ``touched``, ``upcoming`` and ``posting`` of :meth:`_optoamc_allocate`
        :param without: agreements that are left out, as if they were cancelled
        """
        return [
            ShareAllocation(orders.with_company(company), documents, *event, without)
            for company, orders in self.grouped("company_id").items()
        ]
