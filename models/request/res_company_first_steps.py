from odoo import models

from .optoamc_platform_checklist import LATER_STEPS


class ResCompany(models.Model):
    """A shop that is not set up yet: whoever opens the app is told what is to be done first."""

    _inherit = "res.company"

    def _optoamc_first_steps_left(self):
        """The labels of the first steps to be done before the shop works; none of one that has asked an insurer.

        A shop may do without a platform, and asks on paper: it has begun, and is not led back for ever.
        """
        self.ensure_one()
        asked = self.env["optoamc.request"].sudo().search_count([("company_id", "=", self.id)], limit=1)
        if asked or self._optoamc_is_beside_shops():
            return []
        platforms = self.env["optoamc.platform"].sudo().with_company(self)
        used = platforms.search([]).filtered(lambda platform: platform.mode not in (False, "disabled"))[:1]
        # A first test request is what the shop then begins with.
        return used._missing_steps(self, later={*LATER_STEPS, "trial"})

    def _optoamc_first_steps_note(self):
        """What keeps the shop from asking insurers, and who does something about it; ``False``: nothing does."""
        steps = self._optoamc_first_steps_left()
        return bool(steps) and self.env._(
            "%(company)s is not set up yet. Before insurers are asked, its manager completes the first steps "
            "(Configuration › First steps): %(steps)s.",
            company=self.name,
            steps=", ".join(steps),
        )
