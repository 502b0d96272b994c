from odoo import api, models


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """A screen is its owner's, by a rule that no screen of Odoo's switches off."""
        domain = super()._compute_domain(model_name, mode)
        if self.env.su or not issubclass(self.env.registry[model_name], self.env.registry["optoamc.own.screen"]):
            return domain
        return domain & self.env[model_name]._own_domain()
