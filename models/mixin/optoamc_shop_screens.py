from odoo import api, models

_MODULE = "l10n_fr_optoamc."

#: Roles that this module's additions to Odoo's screens are for.
ROLES = tuple(f"{_MODULE}group_{role}" for role in ("optician", "manager", "privacy_officer"))

#: Those who see some of them besides.
_READERS = (*ROLES, "account.group_account_invoice", "account.group_account_readonly")

#: What shows without anything to show: filters and columns. A page or a button is there where a share is.
_OURS = "//*[self::filter or self::field[parent::list]][starts-with(@name, 'optoamc_')]"


def _is_for_roles_alone(groups):
    """Whether what these groups see is seen by this module's roles and by nobody else.

    :param groups: XML ids of groups, maybe none: everybody
    """
    return bool(groups) and all(group.startswith(_MODULE) for group in groups)


class OptoamcShopScreens(models.AbstractModel):
    """A model of Odoo's whose screens have no optics where none of the companies worked in practises any.

    An optician of one shop may work in a company beside it that sells something else: its orders, articles, contacts
    and invoices then look as everybody's there.
    """

    _name = "optoamc.shop.screens"
    _description = "Odoo's screens, with optics in shops alone"

    @api.model
    def _optoamc_has_plain_screens(self):
        # Anybody else sees none of it anyway, and pays no query.
        return any(map(self.env.user.has_group, _READERS)) and self.env.companies._optoamc_is_beside_shops()

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        return *super()._get_view_cache_key(view_id, view_type, **options), self._optoamc_has_plain_screens()

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        # This module's own screens are opened from its own menu.
        if self._optoamc_has_plain_screens() and not (view.xml_id or "").startswith(_MODULE):
            for_roles = (n for n in arch.xpath("//*[@groups]") if _is_for_roles_alone(n.get("groups").split(",")))
            for node in (*for_roles, *arch.xpath(_OURS)):
                node.getparent().remove(node)
        return arch, view


class IrActionsActions(models.Model):
    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        """Leave this module's papers and actions out of the menus of such screens."""
        bindings = super().get_bindings(model_name)
        model = self.env[model_name]
        has_optics = issubclass(type(model), self.env.registry["optoamc.shop.screens"])
        if not has_optics or not model._optoamc_has_plain_screens():
            return bindings
        ours = {
            action["id"]
            for actions in self._get_bindings(model_name).values()
            for action in actions
            if _is_for_roles_alone(action.get("group_ids"))
        }
        kept = {kind: [action for action in actions if action["id"] not in ours] for kind, actions in bindings.items()}
        return {kind: actions for kind, actions in kept.items() if actions}
