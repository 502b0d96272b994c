from odoo import models


class ProductTemplate(models.Model):
    """The test request's lens and frame: marked, archived, never sold."""

    _name = "product.template"
    _inherit = ["product.template", "optoamc.trial.mixin", "optoamc.guarded"]


class ProductProduct(models.Model):
    _inherit = "product.product"

    def write(self, vals):
        # The variant has fields of its own, such as whether it is archived.
        self.product_tmpl_id._optoamc_check_trial(vals)
        return super().write(vals)
