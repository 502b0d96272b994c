from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..models.closing.as_of import AS_OF

#: Figure of the screen -> the model that lists it, which rows, and the amount to sum up.
FIGURES = {
    "share_amount": ("optoamc.closing.item", [("nature", "=", "share")], "amount_residual"),
    "late_amount": ("optoamc.closing.item", [("nature", "=", "share"), ("age", "!=", "0")], "amount_residual"),
    "untaxed_late_amount": (
        "optoamc.closing.item",
        [("nature", "=", "share"), ("age", "in", ("3", "4"))],
        "amount_untaxed",
    ),
    "balance": ("optoamc.closing.payer", [], "balance"),
    "difference": ("optoamc.closing.payer", [], "difference"),
    "credit_amount": ("optoamc.closing.item", [("nature", "=", "credit")], "amount_residual"),
    "other_amount": ("optoamc.closing.item", [("nature", "=", "other")], "amount_residual"),
    "to_invoice_amount": ("optoamc.closing.dossier", [("situation", "=", "to_invoice")], "amount"),
    "to_allocate_amount": ("optoamc.closing.dossier", [("situation", "=", "to_allocate")], "amount"),
    "refund_amount": ("optoamc.closing.refund", [], "amount"),
    "advice_amount": ("optoamc.closing.advice", [], "amount_residual"),
    "vat_amount": ("optoamc.closing.loss", [("account_id.code", "=like", "654%")], "amount_tax"),
}


class OptoamcClosing(models.TransientModel):
    """*Fin de mois*: where the payers' parts stood on a day, and what to look at before the month is closed."""

    _name = "optoamc.closing"
    _description = "Month's end of the third-party payment"
    _inherit = ["optoamc.own.screen"]

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    currency_id = fields.Many2one(related="company_id.currency_id", related_sudo=False)
    date = fields.Date("As of", required=True, default=lambda self: self._last_month_end())

    share_amount = fields.Monetary("Open shares", compute="_compute_figures")
    late_amount = fields.Monetary("Of these late", compute="_compute_figures")
    untaxed_late_amount = fields.Monetary("More than 60 days late, untaxed", compute="_compute_figures")
    balance = fields.Monetary("Balance of the payers' accounts", compute="_compute_figures")
    credit_amount = fields.Monetary("Payers' open credits", compute="_compute_figures")
    other_amount = fields.Monetary("Entries outside the shares", compute="_compute_figures")
    difference = fields.Monetary(
        "Left over",
        compute="_compute_figures",
        help="The balance less the shares, the credits and the entries outside.",
    )
    to_invoice_amount = fields.Monetary("Agreed and delivered, not invoiced", compute="_compute_figures")
    to_allocate_amount = fields.Monetary("Invoiced, not allocated", compute="_compute_figures")
    refund_amount = fields.Monetary("Refunds due to patients", compute="_compute_figures")
    advice_amount = fields.Monetary("Payment advices not on a statement", compute="_compute_figures")
    vat_amount = fields.Monetary("VAT of bad debts", compute="_compute_figures")
    settled_later = fields.Text("Settled later", compute="_compute_settled_later")

    @api.model
    def _last_month_end(self):
        return self.env.company._optoamc_today().replace(day=1) - timedelta(days=1)

    @api.depends("company_id", "date")
    def _compute_figures(self):
        for closing in self:
            for name in FIGURES:
                closing[name] = closing._sum(name)

    @api.depends("company_id", "date")
    def _compute_settled_later(self):
        """Agreements of which a part and a credit are open on the day: what settles them is of a later day."""
        for closing in self:
            items = closing._rows("optoamc.closing.item")
            credits = items.search(closing._domain([("nature", "=", "credit")])).line_id.sudo()
            agreements = {agreement for line in credits for agreement in line._optoamc_all_agreements()}
            shares = self.env["optoamc.share"].sudo()._of_agreements(agreements)
            owed = items.search(closing._domain([("nature", "=", "share"), ("share_id", "in", shares.ids)])).share_id
            closing.settled_later = bool(owed) and self.env._(
                "Of these agreements a part and a credit are both open on this day, since what settles them was "
                "entered later: %s.",
                ", ".join(owed.sudo().mapped("label")),
            )

    def _sum(self, figure):
        model, domain, amount = FIGURES[figure]
        [(total,)] = self._rows(model)._read_group(self._domain(domain), [], [f"{amount}:sum"])
        return total or 0.0

    def _rows(self, model):
        """A model of the figures, as of the day of the screen."""
        return self.env[model].with_context(**{AS_OF: fields.Date.to_string(self.date)})

    def _domain(self, domain=()):
        return Domain("company_id", "=", self.company_id.id) & Domain(domain)

    # -- from the screen to the lists ---------------------------------------------------------

    def _list(self, action, domain=(), **context):
        """The list of an action as of the day of the screen."""
        self.ensure_one()
        values = self.env["ir.actions.act_window"]._for_xml_id(f"l10n_fr_optoamc.action_optoamc_closing_{action}")
        day = fields.Date.to_string(self.date)
        return values | {
            "name": f"{values['name']} ({self._day()})",
            "domain": list(self._domain(domain)),
            "context": {AS_OF: day, **context},
        }

    def action_open_shares(self):
        """Open shares by insurer and age."""
        return self._list("item", [("nature", "=", "share")])

    def action_open_provisions(self):
        """What is more than 60 days late, untaxed, by age: for the accounts 416 and 491."""
        domain = [("nature", "=", "share"), ("age", "in", ("3", "4"))]
        return self._list("item", domain, pivot_measures=["amount_residual", "amount_untaxed"])

    def action_open_accounts(self):
        """The payers' accounts against their shares."""
        return self._list("payer")

    def action_open_explanations(self):
        """What lies between the accounts and the shares, line by line."""
        return self._list("item", [("nature", "!=", "share")], search_default_group_nature=1)

    def action_open_credits(self):
        """The payers' open credits, to match, to pay back or to move to the patient."""
        return self._list("item", [("nature", "=", "credit")])

    def action_open_to_invoice(self):
        """Agreed and delivered, not invoiced."""
        return self._list("dossier", [("situation", "=", "to_invoice")])

    def action_open_to_allocate(self):
        """Invoiced with a binding agreement that no share carries."""
        return self._list("dossier", [("situation", "=", "to_allocate")])

    def action_open_refunds(self):
        """Refunds due to patients."""
        return self._list("refund")

    def action_open_advices(self):
        """Booked payment advices that no bank statement shows."""
        return self._list("advice")

    def action_open_losses(self):
        """What was written off, with its VAT."""
        return self._list("loss", search_default_bad_debt=1)

    def action_open_events(self):
        """Turnover, granted, paid, rejected and written off, by insurer and month."""
        return self._list("event", [("date", "<=", self.date)])

    def action_print(self):
        """The statement of the month's end."""
        self.check_access("read")
        return self.env.ref("l10n_fr_optoamc.action_report_closing").report_action(self)
