from odoo import api, fields, models

from ..mixin.labelled import labelled


class SaleOrder(models.Model):
    """What the legal quote would promise and the payers may not owe, and what makes the sale itself doubtful."""

    _inherit = "sale.order"

    has_parts_not_due = fields.Boolean(compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician")
    parts_not_due = fields.Json(
        "At the patient's expense",
        compute="_compute_quote_problems",
        groups="l10n_fr_optoamc.group_optician",
        help="The equipments that may be sold at the patient's expense: number and name of each.",
    )
    has_sale_doubts = fields.Boolean(compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician")
    is_sale_doubtful = fields.Boolean(
        compute="_compute_is_sale_doubtful",
        compute_sudo=True,
        help="What is sold has no lawful quote: a price above its limit, another correction's code, parts not due.",
    )

    @api.depends("has_sale_doubts")
    @api.depends_context("uid")
    def _compute_is_sale_doubtful(self):
        # Who cannot mend it is not asked about it.
        asks = self.env.user.has_group("l10n_fr_optoamc.group_optician")
        for order in self:
            order.is_sale_doubtful = asks and order.has_sale_doubts

    def _optoamc_undue_problems(self, number):
        """What the quote would promise and the payers may not owe: a list of the offer that it is of, and words."""
        offers = filter(None, self._optoamc_quoted_offers(number))
        return [
            (offer, offer._optoamc_of_equipment(number, words))
            for offer in offers
            for words in offer._optoamc_undue_parts(number)
        ]

    def _optoamc_undue_parts(self, number):
        """That an equipment's quote would promise what the payers may not owe, in words."""
        order = self.sudo()
        if not (reason := order._optoamc_not_due(number)):
            return [
                labelled(self.env, line.product_id.name, words)
                for line in order._optoamc_equipment_lines(number)
                if (words := line._optoamc_lump_sum_problem())
            ]
        return [
            self.env._(
                "The quote would promise shares of the Sécu and of the insurer that may not be due: %s. Choose the "
                "reason of the early renewal, or sell at the patient's expense.",
                reason,
            )
            if order.renewal_problem
            else self.env._(
                "The quote would promise shares of the Sécu and of the insurer that may not be due: %s. Sell at the "
                "patient's expense.",
                reason,
            )
        ]

    def _optoamc_payers_rows(self, number):
        rows, asked = super()._optoamc_payers_rows(number), self._optoamc_lines_in_question(number)
        for row, line in zip(rows, self._optoamc_equipment_lines(number), strict=True):
            row["is_in_question"] = line in asked
            if line in asked:
                row.update(is_amo_unknown=True, is_amc_answered=False, is_left_known=False)
        return rows

    def _optoamc_article_doubts(self, number):
        """What makes the sale of an equipment's articles doubtful, not its paper alone, in words."""
        lines = self.sudo()._optoamc_equipment_lines(number)
        found = [words for line in lines for words in (line._optoamc_price_problem(), *line._optoamc_code_doubts())]
        return [*filter(None, found)]
