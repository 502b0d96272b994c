from odoo import api, fields, models


class SaleOrder(models.Model):
    """A dossier is in its shop's currency, as what payers owe of it: another one is said at once."""

    _inherit = "sale.order"

    optoamc_currency_warning = fields.Char(
        compute="_compute_optoamc_currency_warning", groups="l10n_fr_optoamc.group_optician"
    )

    @api.depends("currency_id", "company_id", "state", "order_line.optical_category")
    @api.depends_context("lang")
    def _compute_optoamc_currency_warning(self):
        for order in self:
            # An order of other articles is nobody's dossier; an empty one may become it.
            is_dossier = not order.order_line or order._optoamc_optical_lines()
            order.optoamc_currency_warning = bool(is_dossier) and order._optoamc_currency_problem()

    def _optoamc_currency_problem(self):
        """Why no insurer can be asked about the order as it is sold, a whole sentence; ``False`` for nothing."""
        self.ensure_one()
        own = self.company_id.sudo().currency_id
        if not self.currency_id or self.currency_id == own:
            return False
        names = {"order": self.name, "other": self.currency_id.name, "currency": own.name}
        if self.state in ("draft", "sent"):
            return self.env._(
                "%(order)s is in %(other)s: insurers are asked in %(currency)s. Put it in %(currency)s in the dossier "
                "first.",
                **names,
            )
        return self.env._(
            "%(order)s is in %(other)s: insurers are asked in %(currency)s. Cancel it, and make a new dossier in "
            "%(currency)s.",
            **names,
        )

    def action_optoamc_take_currency(self):
        """Put quotations in their shop's currency: the prices stay the numbers that they are.

        A price list in another currency gives way to the customer's own, or to none.
        """
        for order in self.filtered(lambda order: order.state in ("draft", "sent")):
            currency = order.company_id.sudo().currency_id
            kept = order.pricelist_id | order.partner_id.with_company(order.company_id).property_product_pricelist
            fit = kept.filtered(lambda own, currency=currency: own.currency_id == currency)[:1]
            order.write({"pricelist_id": fit.id, "currency_id": currency.id})
