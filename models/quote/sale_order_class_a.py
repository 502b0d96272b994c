from odoo import api, fields, models


class SaleOrder(models.Model):
    """The offer of class A that a legal quote must show: whether it is missing, and why there is none."""

    _inherit = "sale.order"

    is_class_a_missing = fields.Boolean(
        compute="_compute_is_class_a_missing",
        compute_sudo=True,
        help="What is sold needs a class A offer, and nothing says why there is none.",
    )
    needs_class_a_offer = fields.Boolean(compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician")

    @api.depends("order_line.optical_category", "order_line.product_uom_qty", "no_class_a_reason", "optoamc_offer")
    @api.depends_context("uid")
    def _compute_is_class_a_missing(self):
        # Who cannot propose an offer is not asked about it.
        asks = self.env.user.has_group("l10n_fr_optoamc.group_optician")
        for order in self:
            numbers = order._optoamc_quote_numbers() if asks and order.has_legal_quote else []
            order.is_class_a_missing = any(map(order._optoamc_was_class_a_missing, numbers))

    def _optoamc_lacks_class_a(self, number):
        """Whether the equipment needs a class A offer and has none."""
        is_asked = self._optoamc_quote_kind(number) == "glasses" and self._optoamc_has_two_offers()
        return is_asked and not self._optoamc_offers(number)[0]

    def _optoamc_was_class_a_missing(self, number):
        """Whether an equipment was sold without a class A offer, and nothing says why: it stays to be seen."""
        return self._optoamc_lacks_class_a(number) and not self._optoamc_no_class_a_reason()

    def _optoamc_no_class_a(self):
        """Whether the quote may be printed without a class A offer."""
        return bool(self._optoamc_no_class_a_reason()) and self.company_id.sudo().optoamc_quote_without_class_a

    def _optoamc_no_class_a_reason(self):
        """Why no class A equipment meets the need, as any of the quotations says it."""
        return next(filter(None, self.sudo()._optoamc_variants().mapped("no_class_a_reason")), "")

    def _optoamc_class_a_problem(self):
        if self._optoamc_no_class_a_reason():
            return self.env._(
                "The shop prints no quote without a class A offer (Settings): propose the 100 % Santé offer."
            )
        return self.env._(
            "The 100 % Santé offer is missing: propose it, or say why no class A equipment meets the need."
        )

    def _optoamc_class_a_omission(self):
        return self.env._(
            "Sold without the 100 % Santé offer that the legal quote must show: say on the dossier why no class A "
            "equipment met the need."
        )
