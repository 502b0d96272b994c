"""Who was given, or lost, a role that opens patients' data in a shop: a row in the log of this shop."""

from contextlib import contextmanager

from odoo import api, models

from ..mixin.labelled import labelled
from ..mixin.optoamc_shop_screens import ROLES

#: What of a user, a group or a company decides who has a role, and where.
_OF_USERS = {"group_ids", "active", "role", "company_ids"}
_OF_GROUPS = {"user_ids", "implied_ids", "implied_by_ids", "all_implied_ids", "all_user_ids"}
_OF_COMPANIES = {"user_ids"}

#: Marks, on a cursor, that a trail is kept already: what Odoo writes within is told once.
_KEPT = "optoamc_role_trail"


@contextmanager
def role_trail(env):
    """Log the roles of this module that users have in a company after the block but not before, and the reverse."""
    if _KEPT in env.cr.cache:
        yield
        return
    env.cr.cache[_KEPT] = True
    try:
        before = _holders(env)
        yield
        after = _holders(env)
    finally:
        env.cr.cache.pop(_KEPT, None)
    logs, users, companies = env["optoamc.privacy.log"], env["res.users"], env["res.company"]
    for role, was in before.items():
        now = after.get(role, {})  # a role that was deleted, as when the module is removed, is nobody's any more
        for sign, names in (("+", _but(now, was)), ("−", _but(was, now))):
            for (user_id, company_id), name in sorted(names.items()):
                told = [(users.browse(user_id), env["res.partner"])]
                logs._record("role", told, f"{sign} {labelled(env, role, name)}", companies.browse(company_id))


def _holders(env):
    """By the role's name, who has it and where: by the ids of a user and of a company, how the log names the user.

    In the row itself: a user who is deleted leaves no other name.
    """
    groups = (env.ref(name, raise_if_not_found=False) for name in ROLES)
    return {
        group.sudo().name: {
            (user.id, company.id): f"{user.name} ({user.login})"
            for user in group.sudo().with_context(active_test=False).all_user_ids
            if user.active
            for company in user.company_ids
        }
        for group in groups
        if group
    }


def _but(names, others):
    return {key: name for key, name in names.items() if key not in others}


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

    def unlink(self):
        with role_trail(self.env):
            return super().unlink()


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

    def unlink(self):
        with role_trail(self.env):
            return super().unlink()


class ResCompany(models.Model):
    """A company's users are users of it, by whichever of the two they are chosen."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        with role_trail(self.env):
            return super().create(vals_list)

    def write(self, vals):
        if _OF_COMPANIES.isdisjoint(vals):
            return super().write(vals)
        with role_trail(self.env):
            return super().write(vals)
