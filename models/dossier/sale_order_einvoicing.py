from odoo import api, fields, models

#: Odoo's module of the French reform, and those of the community.
E_INVOICING_MODULES = ("l10n_fr_pdp", "l10n_fr_einvoicing", "l10n_fr_ereporting")
#: What they refuse an invoice without.
ADDRESS = ("street", "zip", "city")


class SaleOrder(models.Model):
    """An address that electronic invoicing will refuse is told at the desk, while the patient is there."""

    _inherit = "sale.order"

    address_warning = fields.Text(
        compute="_compute_address_warning", compute_sudo=True, groups="l10n_fr_optoamc.group_optician"
    )

    @api.depends(
        "state",
        "optical_summary",
        *(f"partner_invoice_id.{name}" for name in ADDRESS),
        *(f"partner_shipping_id.{name}" for name in ADDRESS),
    )
    @api.depends_context("lang")
    def _compute_address_warning(self):
        is_asked = self._optoamc_has_e_invoicing()
        for order in self:
            incomplete = order.browse().partner_id
            if is_asked and order.optical_summary and order.state != "cancel":
                addressed = order.partner_invoice_id | order.partner_shipping_id
                incomplete = addressed.filtered(lambda partner: not all(partner[name] for name in ADDRESS))
            order.address_warning = bool(incomplete) and self.env._(
                "Electronic invoicing refuses an invoice without street, postcode and town: complete the address of "
                "%s, before the invoice.",
                ", ".join(incomplete.mapped("display_name")),
            )

    @api.model
    def _optoamc_has_e_invoicing(self):
        """Whether invoices leave by a module that reports them."""
        return not self.env["ir.module.module"]._installed().keys().isdisjoint(E_INVOICING_MODULES)
