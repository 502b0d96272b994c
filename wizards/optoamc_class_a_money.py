from odoo import Command, api, fields, models


class OptoamcClassAOfferLine(models.TransientModel):
    """What an article chosen for the 100 % Santé offer costs, and who pays: as the quotation will say it."""

    _inherit = "optoamc.class.a.offer.line"

    currency_id = fields.Many2one(related="offer_id.order_id.currency_id", related_sudo=False)
    price = fields.Monetary(compute="_compute_money")
    amo_amount = fields.Monetary("Sécu", compute="_compute_money")
    is_amo_unknown = fields.Boolean(compute="_compute_money")
    amc_amount = fields.Monetary("Compl.", compute="_compute_money")
    is_amc_known = fields.Boolean("Compl. known", compute="_compute_money")
    left_amount = fields.Monetary("Remainder", compute="_compute_money")
    is_left_unknown = fields.Boolean(compute="_compute_money")

    @api.depends("product_id", "offer_id.line_ids.product_id")
    def _compute_money(self):
        for offer, places in self.grouped("offer_id").items():
            chosen = (places | offer.line_ids).filtered("product_id")
            sold = dict(zip(chosen, offer._drafted_lines(chosen), strict=True))
            for place in places:
                line = sold.get(place, self.env["sale.order.line"])
                amc, left = line._optoamc_parts() if line else (None, None)
                place.price, place.amo_amount = line.net_price, line.amo_amount
                place.is_amo_unknown = line.is_amo_unknown
                place.amc_amount, place.is_amc_known = float(amc or 0), amc is not None
                place.left_amount, place.is_left_unknown = float(left or 0), bool(line) and left is None


class OptoamcClassAOffer(models.TransientModel):
    _inherit = "optoamc.class.a.offer"

    def _drafted_lines(self, places):
        """The lines of the quotation that would be made, in the order of the articles' places; nothing is stored."""
        order = self.order_id
        parties = ("partner_id", "patient_id", "company_id", "pricelist_id", "fiscal_position_id")
        values = {name: order[name].id for name in parties} | order._optoamc_need_values()
        lines = [Command.create(place._line_values(place.order_line_id)) for place in places]
        return self.env["sale.order"].new({**values, "order_line": lines}).order_line
