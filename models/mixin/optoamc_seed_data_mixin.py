from odoo import api, models


class OptoamcSeedDataMixin(models.AbstractModel):
    """A table that the module starts and that belongs to the shop afterwards.

    An update of the module adds new rows, and leaves alone what a manager or an import of the official
    table has changed. Data files in CSV cannot say so themselves.
    """

    _name = "optoamc.seed.data.mixin"
    _description = "Table that the module starts"

    @api.model
    def load(self, fields, data):
        if self.env.context.get("install_module") == "l10n_fr_optoamc":
            self = self.with_context(noupdate=True)
        return super().load(fields, data)
