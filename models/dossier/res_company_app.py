from odoo import api, models


class ResCompany(models.Model):
    """What the app opens on."""

    _inherit = "res.company"

    @api.model
    def action_optoamc_open_app(self):
        """The first steps, for a manager whose shop is not set up yet; else the first menu, an optician's list of
        the day."""
        is_manager = self.env.user.has_group("l10n_fr_optoamc.group_manager")
        if is_manager and self.env.company._optoamc_first_steps_left():
            return self.env["optoamc.setup"].action_open()
        menus = self.env["ir.ui.menu"].load_menus(False)
        menu = menus[menus[self.env.ref("l10n_fr_optoamc.menu_root").id]["children"][0]]
        while not menu["action_id"]:
            menu = menus[menu["children"][0]]
        return self.env[menu["action_model"]].browse(menu["action_id"])._get_action_dict()
