from odoo import api, models


class OptoamcOrmcacheMixin(models.AbstractModel):
    """A table that is read at every request and seldom changed: what is kept of it goes with each change."""

    _name = "optoamc.ormcache.mixin"
    _description = "Table kept in memory"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if records:
            self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        if self:  # what changes nothing does not empty the caches of every process
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        if self:
            self.env.registry.clear_cache()
        return result
