from odoo import fields, models


class OptoamcRemittanceImportColumn(models.TransientModel):
    """A column of a sheet, and what it holds."""

    _name = "optoamc.remittance.import.column"
    _description = "Column of a payment advice"
    _inherit = ["optoamc.own.screen"]
    _order = "position, id"

    wizard_id = fields.Many2one("optoamc.remittance.import", required=True, ondelete="cascade", index=True)
    position = fields.Integer(required=True)
    header = fields.Char("Column", required=True, readonly=True)
    sample = fields.Char("First line", readonly=True)
    # The keys are those of remittance_advice.HEADERS.
    field = fields.Selection(
        [
            ("amount", "Amount paid"),
            ("asked", "Amount asked"),
            ("pec_number", "PEC no."),
            ("invoice_number", "Invoice no."),
            ("member_number", "Member no."),
            ("date", "Payment date"),
            ("transfer", "Bank transfer"),
            ("outcome", "Status"),
            ("code", "Reject code"),
            ("reason", "Reason"),
        ],
        "Holds",
        help="Empty: the column is not read.",
    )
