from functools import partial

from odoo import models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """The manager's role opens the directory: insurers, funds, the shop, who is below them, and nobody else."""

    _inherit = "res.partner"

    def _check_access(self, operation):
        if refusal := super()._check_access(operation):
            return refusal
        if operation not in ("write", "create") or not any(self._ids) or self._optoamc_writes_contacts(operation):
            return None
        shops = self.env.user.company_ids.partner_id
        others = self.sudo().filtered(lambda partner: not partner._optoamc_is_directory(shops)).with_env(self.env)
        return (others, partial(others._optoamc_directory_only)) if others else None

    def _optoamc_is_directory(self, shops):
        """Whether a contact is an insurer's, a fund's, or one of the shops' people, but for those who log in."""
        kept = self | self.commercial_partner_id
        if any(partner.is_amc or partner.is_amo for partner in kept):
            return True
        return bool(kept & shops) and not self.with_context(active_test=False).user_ids

    def _optoamc_directory_only(self):
        return AccessError(
            self.env._(
                "A third-party payment manager changes insurers, funds and the shop's own people. Other contacts "
                "are for users who manage contacts: ask for that role too."
            )
        )

    def _optoamc_writes_contacts(self, operation):
        """Whether the user may change contacts by another role than the manager's."""
        user = self.env.user
        if self.env.su or not user.has_group("l10n_fr_optoamc.group_manager"):
            return True
        rights = (
            self.env["ir.model.access"]
            .sudo()
            .search_fetch([("model_id.model", "=", self._name), (f"perm_{operation}", "=", True)], ["group_id"])
        )
        manager = self.env.ref("l10n_fr_optoamc.group_manager")
        return any(not right.group_id or right.group_id in user.sudo().all_group_ids - manager for right in rights)
