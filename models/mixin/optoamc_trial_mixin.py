from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .access_first import check_first


class OptoamcTrialMixin(models.AbstractModel):
    """Records that the module made for the test request, of nobody: they never become a real person's or product's.

    The mark is the module's: it is set when the record is made, and by no one else.
    """

    _name = "optoamc.trial.mixin"
    _description = "Made for the test request"

    optoamc_is_trial = fields.Boolean("For the test request", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("optoamc_is_trial") for vals in vals_list):
            raise AccessError(self.env._("The test request's records are made by the module alone."))
        return super().create(vals_list)

    @api.model
    def default_get(self, fields):
        """No default of a context or of a user sets the mark."""
        return super().default_get([name for name in fields if name != "optoamc_is_trial"])

    def write(self, vals):
        self._optoamc_check_trial(vals)
        return super().write(vals)

    def _optoamc_check_trial(self, vals):
        """:raises UserError: the mark itself, or by a user anything of a record that has it, would change"""
        if "optoamc_is_trial" in vals and any(
            record.optoamc_is_trial != bool(vals["optoamc_is_trial"]) for record in self.sudo()
        ):
            check_first(self, "write")
            raise UserError(self.env._("The test request's records are made by the module alone."))
        if not self.env.su and (marked := self.sudo().filtered("optoamc_is_trial")):
            check_first(self, "write")  # the refusal names one of them
            raise UserError(
                self.env._(
                    "%s belongs to the test request, not to a real person: make another record.",
                    marked[0].display_name,
                )
            )
