from odoo import fields, models


class OptoamcRemittanceMapping(models.Model):
    """What a payer's column holds, where an accountant chose otherwise than its title says.

    Not in Odoo's own memory of imports, which every user of every company reads: a payer's titles
    are its words.
    """

    _name = "optoamc.remittance.mapping"
    _description = "Column of a payer's sheets"
    _rec_name = "header"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", "Payer", required=True, index=True, ondelete="cascade")
    header = fields.Char("Column", required=True)
    field = fields.Char("Holds", help="Empty: the column is not read.")

    _header_uniq = models.Constraint(
        "UNIQUE(company_id, partner_id, header)", "A payer's column is remembered once in a company."
    )
