from odoo.tests import tagged

from .tour_common import DeskTourCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestClickEverywhere(DeskTourCase):
    def test_each_menu_filter_and_view_opens(self):
        """Odoo's own clickbot in the whole application, with all of its roles."""
        roles = ("group_optician", "group_manager", "group_privacy_officer")
        self.optician.group_ids += self.env["res.groups"].union(
            *(self.env.ref(f"l10n_fr_optoamc.{role}") for role in roles)
        )
        self._new_request().action_send()
        self._dispatch()
        bot = "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
        self.browser_js(
            "/odoo",
            f"{bot}.startClickEverywhere('l10n_fr_optoamc.menu_root');",
            "odoo.isReady === true",
            login=self.optician.login,
            timeout=600,
            success_signal="clickbot test succeeded",
        )
