from odoo import api, fields, models
from odoo.fields import Domain

from ..patient.res_partner import HEALTH_GROUPS


class ResPartner(models.Model):
    """How a person whom the shop has erased is told from a file that nobody has completed."""

    _inherit = "res.partner"

    optoamc_erased_on = fields.Datetime(
        "Erased on",
        compute="_compute_optoamc_erased_on",
        search="_search_optoamc_erased_on",
        compute_sudo=True,
        groups=HEALTH_GROUPS,
        help="By this shop, which has written nothing about the person since.",
    )

    @api.depends_context("company")
    def _compute_optoamc_erased_on(self):
        erased = self._optoamc_erased_last(self.ids)
        for person in self:
            person.optoamc_erased_on = erased.get(person.id, False)

    @api.model
    def _search_optoamc_erased_on(self, operator, value):
        # Of a field that is not stored Odoo asks nobody's rights.
        self._check_field_access(self._fields["optoamc_erased_on"], "read")
        if operator not in ("in", "not in") or set(value) != {False}:
            return NotImplemented
        return Domain("id", "in" if operator == "not in" else "not in", [*self.sudo()._optoamc_erased_last()])

    @api.model
    def _optoamc_erased_last(self, ids=None):
        """When the company one works in has erased persons of whom it has written nothing since.

        :param ids: those who are asked about; all when omitted
        :returns: ``{id of the person: moment}``
        """
        company = self.env.company
        erasures = Domain("event", "in", ("erasure", "retention")) & Domain("company_id", "=", company.id)
        erasures &= Domain("patient_id", "!=", False) if ids is None else Domain("patient_id", "in", ids)
        last = self.env["optoamc.privacy.log"]._read_group(erasures, ["patient_id"], ["create_date:max"])
        return {
            person.id: moment
            for person, moment in last
            if company not in person.with_context(active_test=False)._optoamc_known_by(person)
        }
