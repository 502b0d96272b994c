"""Who was given, or lost, a role that opens patients' data: a row in the log of each shop concerned."""

from contextlib import contextmanager

from odoo import api, models

ROLES = ("group_optician", "group_manager", "group_privacy_officer")

#: What of a user or a group decides who has a role.
_OF_USERS = {"group_ids", "active", "role"}
_OF_GROUPS = {"user_ids", "implied_ids", "implied_by_ids", "all_implied_ids", "all_user_ids"}


@contextmanager
def role_trail(env):
    """Log the roles of this module that users have after the block and had not before it, and the reverse."""
    before = _members(env)
    yield
    after = _members(env)
    logs = env["optoamc.privacy.log"]
    for role, was in before.items():
        for sign, users in (("+", after[role] - was), ("−", was - after[role])):
            for user in users.sudo().exists():
                for company in user.company_ids:
                    logs._record("role", [(user, env["res.partner"])], f"{sign} {role.sudo().name}", company)


def _members(env):
    groups = (env.ref(f"l10n_fr_optoamc.{name}", raise_if_not_found=False) for name in ROLES)
    return {
        group: group.sudo().with_context(active_test=False).all_user_ids.filtered("active").sudo(False)
        for group in groups
        if group
    }


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        with role_trail(self.env):
            return super().create(vals_list)

    def write(self, vals):
        if _OF_USERS.isdisjoint(vals):
            return super().write(vals)
        with role_trail(self.env):
            return super().write(vals)


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        with role_trail(self.env):
            return super().create(vals_list)

    def write(self, vals):
        if _OF_GROUPS.isdisjoint(vals):
            return super().write(vals)
        with role_trail(self.env):
            return super().write(vals)
