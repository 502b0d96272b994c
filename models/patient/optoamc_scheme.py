from odoo import api, fields, models


class OptoamcScheme(models.Model):
    """*Régime associé*: one of the schemes an insurer runs under its own or another name."""

    _name = "optoamc.scheme"
    _description = "Insurer's scheme"
    _inherit = ["optoamc.shop.links", "optoamc.shared.data"]
    _order = "insurer_id, name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True)
    code = fields.Char(help="The scheme's code at the insurer, as it is printed on the card.")
    insurer_id = fields.Many2one(
        "res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('is_amc', '=', True)]",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(insurer_id, code) WHERE active AND code IS NOT NULL",
        "This insurer already has a scheme with this code.",
    )

    def _optoamc_shared(self):
        return super()._optoamc_shared().filtered(lambda scheme: not scheme.insurer_id.company_id)

    def _optoamc_shared_refusal(self):
        return self.insurer_id._optoamc_shared_refusal()

    @api.depends("name", "code")
    def _compute_display_name(self):
        for scheme in self:
            scheme.display_name = f"{scheme.name} ({scheme.code})" if scheme.code else scheme.name
