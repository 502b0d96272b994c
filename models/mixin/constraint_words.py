from odoo import api, models


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _sql_error_to_message(self, exc):
        """A constraint of a record's lines, as an import of the whole meets it, is told in its own words too."""
        owner = next((model for model in self.env.values() if model._table == exc.diag.table_name), self)
        if exc.diag.table_name in (None, self._table) or owner._original_module != "l10n_fr_optoamc":
            return super()._sql_error_to_message(exc)
        return owner._sql_error_to_message(exc)
