from odoo import api, models
from odoo.fields import Domain


class IrRule(models.Model):
    """The test request's dossier is nobody's.

    Not a rule in the database: there it would name the module's field while Odoo updates another module and has not
    loaded this one yet, and whoever reads an order would be stopped.
    """

    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        if model_name != "sale.order":
            return domain
        return (domain & Domain("optoamc_is_trial", "!=", True)).optimize(self.env[model_name])
