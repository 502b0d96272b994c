from odoo import api, fields, models

from .res_partner_health import HEALTH_FIELDS

OPTICIAN = "l10n_fr_optoamc.group_optician"


class ResPartner(models.Model):
    """A patient whose file another shop has, where both shops' privacy officers agreed to share."""

    _inherit = "res.partner"

    optoamc_can_take_over = fields.Boolean(compute="_compute_optoamc_can_take_over", groups=OPTICIAN)

    @api.depends_context("company")
    def _compute_optoamc_can_take_over(self):
        others = self._optoamc_sharing_companies()
        holders = self._origin._optoamc_holders() if others else {}
        for partner in self:
            partner.optoamc_can_take_over = not others.isdisjoint(holders.get(partner._origin.id, ()))

    @api.model
    def _optoamc_sharing_companies(self):
        """Ids of the companies that share their patients with the current one."""
        own = self.env.company.id
        return {*self.env["optoamc.patient.sharing"]._readable_companies([own])} - {own}

    def action_optoamc_take_over(self):
        """Copy what the current shop lacks of the patient's file from the shops that share theirs.

        Numbers that are empty here, contracts in force where there is none here, and prescriptions that may still
        be used. Both shops' logs say so.
        """
        self.ensure_one()
        self.env["optoamc.prescription"].check_access("create")
        self.check_access("write")
        company, patient = self.env.company, self.sudo()
        shared = self._optoamc_sharing_companies() & self._optoamc_holders().get(self.id, set())
        for other in self.env["res.company"].sudo().browse(sorted(shared)):
            patient._optoamc_copy_file(patient.with_company(other))
            for end in company | other:
                detail = self.env._("taken over from %(other)s by %(shop)s", other=other.name, shop=company.name)
                self.env["optoamc.privacy.log"]._record("sharing", [(self, self)], detail, end)

    def _optoamc_copy_file(self, theirs):
        company, other = self.env.company, theirs.env.company
        # What is read without a value of its own is lacking, too.
        fallbacks = {name: self._fields[name].get_company_dependent_fallback(self) for name in HEALTH_FIELDS}
        lacking = [name for name in HEALTH_FIELDS if theirs[name] and self[name] in (False, fallbacks[name])]
        self.write({name: self._fields[name].convert_to_write(theirs[name], self) for name in lacking})
        if not self._optoamc_current_contracts():
            theirs._optoamc_current_contracts().copy({"company_id": company.id})
        valid = theirs.env["optoamc.prescription"].search(
            [("patient_id", "=", self.id), ("company_id", "=", other.id), ("is_expired", "=", False)]
        )
        for prescription in valid:
            kept = {"company_id": company.id, "valid_until": prescription.valid_until}
            prescription.with_company(company).copy(kept)
