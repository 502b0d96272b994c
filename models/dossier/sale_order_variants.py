from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The quotations compared for one prescription."""

    _inherit = "sale.order"

    def _optoamc_other_variants(self):
        """The variants that are cancelled when this one is kept."""
        return (self._optoamc_variants() - self).filtered(lambda order: order.state != "cancel")

    def action_optoamc_add_variant(self):
        """Another quotation for the same prescription, e.g. of class A, to compare with this one."""
        self.ensure_one()
        variant = self.copy(self._optoamc_need_values())
        for line, twin in self._optoamc_copies(variant).items():
            twin.is_amo_none = line.is_amo_none  # said of this need, not of a later one
        variant.sudo().variant_of_id = self.variant_of_id or self
        return variant._get_records_action()

    def _optoamc_copies(self, variant):
        """The lines of a new variant by the lines that they are copies of.

        A down payment was made for one order; the rewards of ``sale_loyalty`` are worked out for each.
        """
        originals = self.order_line.filtered(
            lambda line: not line.is_downpayment and not getattr(line, "is_reward_line", False)
        )
        return dict(zip(originals, variant.order_line, strict=True))

    def _optoamc_need_values(self):
        """What a quotation for the same need takes over, besides what any copy of an order does."""
        return {
            **{name: self[name] for name in ("optical_date", "insurance_nature", "amo_rate", "is_child")},
            "prescription_id": self.prescription_id.id,
            "other_prescription_id": self.other_prescription_id.id,
            "renewal_case": self.renewal_case,
            "is_replacement": self.is_replacement,
        }

    def action_optoamc_compare_variants(self):
        """The variants side by side: what each costs, who pays, and the one to keep."""
        self.ensure_one()
        variants = self._optoamc_variants()
        return variants._get_records_action(
            name=self.env._("Variants – %s", self.patient_id.display_name),
            views=[(self.env.ref("l10n_fr_optoamc.sale_order_view_list_variant").id, "list"), (False, "form")],
            domain=[("id", "in", variants.ids)],
        )

    def action_optoamc_quote_variants(self):
        """Ask the insurer for a quote of each variant, of its first equipment, that has none yet."""
        orders = self.filtered(lambda order: order.state != "cancel" and not order.optoamc_request_ids)
        if derived := orders.order_line.lpp_id._group_codes_to_check():
            raise UserError(derived._derived_codes_words())
        for order in orders:
            action = order.action_optoamc_open_pec()
            self.env["optoamc.request.wizard"].browse(action["res_id"]).action_request_quote()
        return orders.optoamc_request_ids._print_by_mail()

    def action_optoamc_keep_variant(self):
        """The patient's choice: the other quotations are cancelled."""
        self.ensure_one()
        self._optoamc_other_variants().action_cancel()
        return self._get_records_action()
