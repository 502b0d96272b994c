from odoo import fields, models


class BaseImportMapping(models.Model):
    """Odoo's memory of which column goes where; of payment advices, payer by payer."""

    _inherit = "base_import.mapping"

    optoamc_partner_id = fields.Many2one(
        "res.partner", "Payer", ondelete="cascade", index="btree_not_null", help="Whose sheets have this column."
    )
