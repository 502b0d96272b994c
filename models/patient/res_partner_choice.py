from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Choosing a person among all contacts: with ``optoamc_patients_first``, the shop's patients come first."""

    _inherit = "res.partner"

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Propose the persons whose birth date the shop has before colleagues and other contacts."""
        if not self._optoamc_puts_patients_first():
            return super().name_search(name, domain, operator, limit)
        base = Domain(domain or Domain.TRUE)
        patients = super(ResPartner, self._optoamc_unprobed())
        found = patients.name_search(name, base & Domain("birthdate", "!=", False), operator, limit)
        if limit and len(found) >= limit:
            return found
        others = base & Domain("id", "not in", [found_id for found_id, _name in found])
        return found + super().name_search(name, others, operator, limit and limit - len(found))

    @api.model
    def _optoamc_puts_patients_first(self):
        is_asked = self.env.context.get("optoamc_patients_first")
        return is_asked and self._has_field_access(self._fields["birthdate"], "read")
