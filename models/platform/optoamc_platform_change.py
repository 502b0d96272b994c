from odoo import api, fields, models
from odoo.exceptions import UserError


class OptoamcPlatformChange(models.Model):
    """One change of how a platform is reached: who, when, from what to what, and never a secret.

    The module writes it, once; it stays when the platform is deleted.
    """

    _name = "optoamc.platform.change"
    _description = "Change of a platform's settings"
    _inherit = ["optoamc.guarded"]
    _order = "id desc"
    _rec_name = "platform_name"

    platform_id = fields.Many2one("optoamc.platform", readonly=True, index="btree_not_null", ondelete="set null")
    platform_name = fields.Char("Name at the time", readonly=True)
    company_id = fields.Many2one(
        "res.company", readonly=True, index="btree_not_null", help="The company of the setting. Empty: every company."
    )
    user_id = fields.Many2one("res.users", "By", readonly=True, required=True)
    field_name = fields.Char(readonly=True, required=True)
    label = fields.Char("Setting", compute="_compute_label")
    old_value = fields.Char("Before", readonly=True)
    new_value = fields.Char("After", readonly=True)

    @api.depends("field_name")
    @api.depends_context("lang")
    def _compute_label(self):
        known = self.env["optoamc.platform"].fields_get(attributes=["string"])
        for change in self:
            change.label = known[change.field_name]["string"] if change.field_name in known else change.field_name

    def write(self, vals):
        self.check_access("write")
        if vals:
            raise UserError(self.env._("The trail of a platform's settings is never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The trail of a platform's settings is never deleted."))
