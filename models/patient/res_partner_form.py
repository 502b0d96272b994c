from odoo import api, fields, models

from ..mixin.optoamc_shop_screens import ROLES
from ..mixin.read_ahead import read_children, read_whole


class ResPartner(models.Model):
    """A person's form, in a shop, for who works there with one of this module's roles.

    No patient's name leaves the shop as it is typed.

    Odoo's partner_autocomplete, installed with almost every database, sends the name of a new contact to a
    service outside, letter by letter: for them it is off.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "optoamc.shop.screens"]

    optoamc_is_patient = fields.Boolean(
        compute="_compute_optoamc_is_patient", help="The form begins with what opticians type of a patient."
    )

    @api.depends("is_company", "is_prescriber")
    @api.depends_context("uid", "company")
    def _compute_optoamc_is_patient(self):
        is_shop = self._optoamc_is_shop()
        for partner in self:
            partner.optoamc_is_patient = is_shop and not (partner.is_company or partner.is_prescriber)

    @api.model
    def _optoamc_is_shop(self):
        """Whether the user works in a shop, with one of this module's roles."""
        return any(map(self.env.user.has_group, ROLES)) and self.env.company._optoamc_is_shop()

    def web_read(self, specification):
        """Open a person's form: all that is the person's is read together, whoever asks for it first."""
        if len(self) == 1 and "optoamc_contract_ids" in specification:
            others = self.env.user.partner_id | self.env.company.partner_id
            read_whole(self, others, of_company=True, also=specification)
            for children in ("optoamc_contract_ids", "optoamc_consent_ids"):
                if children in specification:
                    read_children(self, children)
        return super().web_read(specification)

    # Its reading is logged: see the mixin's own, which this one comes before.
    web_read._readonly = False

    @api.model
    def autocomplete_by_name(self, query, query_country_id, timeout=15):
        """Suggest companies of a name, as partner_autocomplete does; none to a shop's opticians."""
        if self._optoamc_is_shop():
            return []
        return super().autocomplete_by_name(query, query_country_id, timeout=timeout)

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        return *super()._get_view_cache_key(view_id, view_type, **options), self._optoamc_is_shop()

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and self._optoamc_is_shop():
            for node in arch.xpath("//field[@name='name'][@widget='field_partner_autocomplete']"):
                del node.attrib["widget"]
        return arch, view
