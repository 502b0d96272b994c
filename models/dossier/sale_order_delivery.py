from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    """When the patient got the equipment, and the second pair, which is often made later."""

    _inherit = "sale.order"

    delivered_on = fields.Date("Delivered", copy=False, tracking=True, groups="l10n_fr_optoamc.group_optician")
    second_pair_delivered_on = fields.Date(
        "2nd pair delivered", copy=False, tracking=True, groups="l10n_fr_optoamc.group_optician"
    )
    has_second_pair = fields.Boolean(compute="_compute_has_second_pair", groups="l10n_fr_optoamc.group_optician")

    @api.depends("order_line.equipment_number", "order_line.optical_category", "order_line.product_uom_qty")
    def _compute_has_second_pair(self):
        for order in self:
            order.has_second_pair = len(set(order._optoamc_optical_lines().mapped("equipment_number"))) > 1

    @api.constrains("delivered_on", "second_pair_delivered_on", "state", "optical_date")
    def _check_delivered_on(self):
        today = self.env.company._optoamc_today()
        for order in self.sudo():
            for name in ("delivered_on", "second_pair_delivered_on"):
                date, label = order[name], self._fields[name]._description_string(self.env)
                if date and (date > today or (order.optical_date and date < order.optical_date)):
                    raise ValidationError(
                        self.env._(
                            "%(order)s, “%(field)s”: a day from the one of the dossier to today.",
                            order=order.name,
                            field=label,
                        )
                    )
                if date and order.state in ("draft", "sent"):
                    raise ValidationError(
                        self.env._(
                            "%(order)s, “%(field)s”: confirm the dossier first, a quotation has no delivery.",
                            order=order.name,
                            field=label,
                        )
                    )

    def action_optoamc_deliver(self):
        """*Délivré*: today."""
        self.write({"delivered_on": self.env.company._optoamc_today()})

    def action_optoamc_deliver_second_pair(self):
        """*2e paire délivrée*: today."""
        self.write({"second_pair_delivered_on": self.env.company._optoamc_today()})
