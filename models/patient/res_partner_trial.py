from odoo import models


class ResPartner(models.Model):
    """The test request's patient and prescriber: marked, archived, and never anybody else's."""

    _name = "res.partner"
    _inherit = ["res.partner", "optoamc.trial.mixin"]

    _optoamc_trial_idx = models.Index("(id) WHERE optoamc_is_trial")
