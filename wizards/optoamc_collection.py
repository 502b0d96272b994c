from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.share.order_reading import billing_documents

#: What a patient may pay by: of a journal that takes no money in, Odoo registers no payment.
JOURNALS = Domain("type", "in", ("bank", "cash", "credit")) & Domain("inbound_payment_method_line_ids", "!=", False)


class OptoamcCollection(models.TransientModel):
    """*Encaisser*: what the patient pays now, of a dossier or of an invoice."""

    _name = "optoamc.collection"
    _description = "Payment at the shop"
    _inherit = ["optoamc.own.screen"]
    _check_company_auto = True

    order_id = fields.Many2one("sale.order", "Dossier", readonly=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, required=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id", related_sudo=False)
    to_collect = fields.Monetary("Left to pay at the shop", compute="_compute_to_collect")
    amount = fields.Monetary(compute="_compute_amount", store=True, precompute=True, readonly=False, required=True)
    journal_id = fields.Many2one(
        "account.journal",
        "Paid by",
        compute="_compute_journal_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        check_company=True,
        domain=str(JOURNALS),
    )
    date = fields.Date(required=True, default=lambda self: self.env.company._optoamc_today())
    on_invoices = fields.Monetary(compute="_compute_parts", help="Payments of invoices that exist already.")
    as_down_payment = fields.Monetary(compute="_compute_parts", help="Not invoiced yet: a down payment is invoiced.")

    left_note = fields.Char(related="order_id.left_note", related_sudo=False)
    unused_note = fields.Text("Paid already", compute="_compute_unused_note")

    @api.depends("order_id", "move_id")
    def _compute_unused_note(self):
        """Money of the patient that is on no invoice: he is not asked for it again."""
        for screen in self:
            # Who takes the money at the desk may not read the books.
            orders = screen._orders().sudo()
            lines = orders._optoamc_unused_lines()
            counted = sum(orders._optoamc_unused().values())
            screen.unused_note = bool(lines) and self.env._(
                "%(amount)s of this patient's money is on no invoice (%(entries)s): %(counted)s of it is counted "
                "here, and put on what is invoiced.",
                amount=screen.currency_id.format(-sum(lines.mapped("amount_residual"))),
                entries=", ".join(lines.move_id.mapped("name")),
                counted=screen.currency_id.format(float(counted)),
            )

    def _orders(self):
        return self.order_id or self.move_id.line_ids.sale_line_ids.order_id

    @api.depends("order_id", "move_id")
    def _compute_company_id(self):
        for screen in self:
            screen.company_id = screen.order_id.company_id or screen.move_id.company_id

    @api.depends("order_id", "move_id")
    def _compute_to_collect(self):
        for screen in self:
            screen.to_collect = (screen.order_id or screen.move_id).optoamc_to_collect

    @api.depends("to_collect")
    def _compute_amount(self):
        for screen in self:
            screen.amount = screen.to_collect

    @api.depends("company_id")
    def _compute_journal_id(self):
        journals = self.env["account.journal"]
        for screen in self:
            own = Domain(journals._check_company_domain(screen.company_id))
            screen.journal_id = journals.search(own & JOURNALS, limit=1)

    @api.depends("amount")
    def _compute_parts(self):
        for screen in self:
            screen.on_invoices = sum(amount for _invoice, amount in screen._invoice_parts())
            screen.as_down_payment = screen.currency_id.round(screen.amount - screen.on_invoices)

    def _invoice_parts(self):
        """What is paid of each open invoice, the earliest first: list of (invoice, €)."""
        invoices = self.move_id or billing_documents(self.order_id).filtered(
            lambda move: move.move_type == "out_invoice"
        )
        parts, left = [], self.amount
        # What the patient has paid already goes on them first.
        unused = float(sum(self._orders()._optoamc_unused().values()))
        for invoice in invoices.sorted(lambda move: (move.invoice_date or move.date, move.id)):
            used = min(unused, invoice.amount_residual)
            unused -= used
            part = self.currency_id.round(min(left, invoice.amount_residual - used))
            if part > 0:
                parts.append((invoice, part))
                left = self.currency_id.round(left - part)
        return parts

    def action_collect(self):
        """Pay what is invoiced; invoice and pay a down payment for the rest.

        :raise UserError: the amount is not between 0 and what is left to pay
        """
        self.ensure_one()
        (self.order_id or self.move_id).check_access("read")
        compare = self.currency_id.compare_amounts
        if compare(self.amount, 0.0) <= 0 or compare(self.amount, self.to_collect) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s: between 0 and %(left)s can be cashed, what is left to pay at the shop.",
                    amount=self.currency_id.format(self.amount),
                    left=self.currency_id.format(self.to_collect),
                )
            )
        self._orders()._optoamc_use_unused()
        parts = self._invoice_parts()
        rest = self.currency_id.round(self.amount - sum(amount for _invoice, amount in parts))
        if rest:
            parts.append((self._invoice_down_payment(rest), rest))
        for invoice, amount in parts:
            invoice._optoamc_register_payment(amount, journal_id=self.journal_id.id, payment_date=self.date)
        return {"type": "ir.actions.act_window_close"}

    def _invoice_down_payment(self, amount):
        """Invoice a down payment by Odoo's own screen.

        :raise UserError: there is no dossier that it could be of, or it is not confirmed
        """
        if self.order_id.state != "sale":
            raise UserError(self.env._("Confirm the dossier first: a down payment is invoiced for what is sold."))
        screens = self.env["sale.advance.payment.inv"]
        if not screens.has_access("create"):
            raise UserError(
                self.env._(
                    "%s of it is not invoiced yet, and a down payment is invoiced by somebody who sells (role "
                    "“Sales”). Cash what is invoiced, or have the dossier invoiced first.",
                    self.currency_id.format(amount),
                )
            )
        screen = screens.create(
            {
                "sale_order_ids": self.order_id.ids,
                "advance_payment_method": "fixed",
                "fixed_amount": amount,
            }
        )
        invoice = screen._create_invoices(self.order_id)
        invoice.invoice_date = self.date
        invoice.action_post()
        return invoice
