from odoo import fields, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    group_by_amc_number = fields.Boolean("AMC number")

    def _generate_query(self, fields, maximum_group=100):
        """Contacts without an AMC number are no duplicates of each other."""
        query = super()._generate_query(fields, maximum_group)
        if "amc_number" not in fields:
            return query
        insurers = "FROM (SELECT * FROM res_partner WHERE is_amc AND amc_number IS NOT NULL) AS insurer"
        return query.replace("FROM res_partner", insurers)

    def _update_values(self, src_partners, dst_partner):
        """Keep what the person who merges may not read, and one AMC number for one insurer.

        :raises AccessError: somebody else than a manager merges insurers
        """
        if any((src_partners | dst_partner).mapped("is_amc")):
            self.env["res.partner"]._require_manager()
        sources, kept = src_partners.sudo(), dst_partner.sudo()
        numbered = sources.filtered("amc_number")
        number = kept.amc_number or numbered[-1:].amc_number
        # The contacts merged are deleted only later: until then they would hold the number.
        numbered.amc_number = False
        result = super(BasePartnerMergeAutomaticWizard, self.sudo())._update_values(sources, kept)
        if kept.amc_number != number:
            kept.amc_number = number
        return result
