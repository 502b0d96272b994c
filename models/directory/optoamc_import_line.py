from odoo import fields, models


class OptoamcImportLine(models.Model):
    """One difference between an official list and the shop's table."""

    _name = "optoamc.import.line"
    _description = "Difference of an import"
    _inherit = ["optoamc.guarded"]
    _order = "import_id desc, id"
    _rec_name = "label"

    import_id = fields.Many2one("optoamc.import", required=True, ondelete="cascade", index=True, readonly=True)
    kind = fields.Selection(
        [
            ("new", "New"),
            ("changed", "Changed"),
            ("kept", "Kept as you have it"),
            ("gone", "Gone from the list"),
            ("back", "In the list again"),
            ("problem", "Not usable"),
        ],
        required=True,
        readonly=True,
    )
    number = fields.Char(readonly=True)
    label = fields.Char("Name", readonly=True)
    column = fields.Char("Field", readonly=True)
    old = fields.Char("You have", readonly=True)
    new = fields.Char("The list says", readonly=True)
    use_new = fields.Boolean("Take the list's", help="Replace what you typed with what the list contains.")

    def _keys(self):
        return {(line.number, line.column) for line in self}
