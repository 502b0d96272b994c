from odoo import api, models
from odoo.exceptions import UserError

from ..mixin.ownership import OWN_MODELS


class ResUsers(models.Model):
    """A user whom this module's records name as the author of something is archived, not deleted."""

    _inherit = "res.users"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_optoamc_author(self):
        """:raises UserError: who read, signed for or changed what would not be known any more"""
        fields = self._optoamc_author_fields()
        for user in self.sudo():
            if kinds := [model for model, names in fields if user._optoamc_is_author(model, names)]:
                raise UserError(
                    self.env._(
                        "%(user)s cannot be deleted: what this person did is kept (%(records)s), with the name of who "
                        "did it. Archive the user instead: nobody logs in with it any more, and the trail stays "
                        "whole.",
                        user=user.name,
                        records=", ".join(sorted(self.env["ir.model"]._get(model).name for model in kinds)),
                    )
                )

    @api.model
    def _optoamc_author_fields(self):
        """The models of this module that may not lose a user, and the fields that name one, as a list of pairs."""
        found = {}
        for model in self.env.registry.values():
            if model._name.startswith(OWN_MODELS) and model._auto and not (model._abstract or model._transient):
                names = [
                    field.name
                    for field in model._fields.values()
                    if (field.type, field.comodel_name) == ("many2one", self._name) and field.ondelete == "restrict"
                ]
                found |= {model._name: names} if names else {}
        return list(found.items())

    def _optoamc_is_author(self, model, names):
        records = self.env[model].with_context(active_test=False)
        return any(records.search_count([(name, "=", self.id)], limit=1) for name in names)
