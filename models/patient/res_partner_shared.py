from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..mixin.changes import changes
from ..mixin.labelled import labelled
from ..mixin.record_links import given_id
from .res_partner import _DIRECTORY_FIELDS

#: What of an insurer or a fund decides where requests go and what is claimed: each change leaves a trail.
ROUTING_FIELDS = (
    *_DIRECTORY_FIELDS,
    *("coverage_email", "coverage_phone", "email", "name", "active", "company_id"),
    *("is_amo", "amo_regime", "amo_fund", "amo_centre"),
)

#: What all the shops read of an insurer or a fund that has no company.
SHARED_FIELDS = {
    *ROUTING_FIELDS,
    *("phone", "street", "street2", "zip", "city", "state_id", "country_id", "vat", "parent_id"),
}

#: Where a shop uses a contact beside the health data that it holds of it: model -> fields.
USES = {
    "optoamc.contract": ("insured_id", "insurer_id"),
    "optoamc.prescription": ("prescriber_id",),
    "optoamc.request": ("patient_id",),
}


class ResPartner(models.Model):
    """Contacts that several shops have: insurers and funds of the directory, and who is a patient of two of them."""

    _name = "res.partner"
    _inherit = ["res.partner", "optoamc.shared.data", "optoamc.shop.links"]

    # -- insurers and funds -------------------------------------------------------------------

    def _optoamc_shared(self):
        return super()._optoamc_shared().filtered(lambda partner: partner.is_amc or partner.is_amo)

    def _optoamc_is_shared_field(self, name):
        return name in SHARED_FIELDS

    @api.depends_context("uid")
    def _compute_can_edit_insurer(self):
        result = super()._compute_can_edit_insurer()
        # Of a patient's form nobody asks which shops there are.
        shared = self.filtered("can_edit_insurer")._optoamc_shared()
        if shared and self.env["res.company"]._optoamc_shops()._optoamc_strangers(self.env.user):
            shared.with_env(self.env).can_edit_insurer = self.env.su
        return result

    def write(self, vals):
        self._optoamc_check_stays_common(vals)
        names = [name for name in ROUTING_FIELDS if name in vals]
        becoming = not {"is_amc", "is_amo"}.isdisjoint(vals)
        insurers = self.sudo().filtered(lambda own: becoming or own.is_amc or own.is_amo) if names else self.browse()
        before = {insurer: insurer._optoamc_routing(names) for insurer in insurers}
        result = super().write(vals)
        for insurer, old in before.items():
            insurer.with_env(self.env)._optoamc_trace_routing(old)
        return result

    def _optoamc_routing(self, names):
        return {name: self._fields[name].convert_to_export(self[name], self) for name in names}

    def _optoamc_trace_routing(self, old):
        """Say in the insurer's history what has changed.

        :param old: ``{name: value before}``
        """
        new = self.sudo()._optoamc_routing(old)
        items = Markup().join(
            Markup("<li>%s</li>")
            % labelled(
                self.env,
                self._fields[name]._description_string(self.env),
                f"{old[name] or '–'} → {new[name] or '–'}",
            )
            for name in old
            if old[name] != new[name]
        )
        if items:
            self.sudo().with_env(self.env(su=True))._message_log(
                body=Markup("<p>%s</p><ul>%s</ul>") % (self.env._("Changed for third-party payment:"), items)
            )

    # -- patients, and who is met in several shops' files --------------------------------------

    def _optoamc_check_links(self, vals_list):
        """Odoo's own parent too, where it is a patient: the contact would bear that name."""
        result = super()._optoamc_check_links(vals_list)
        parents = self.browse({given_id(vals.get("parent_id")) for vals in vals_list} - {False})
        # Who may read the parent learns nothing from its name: nothing is looked up for each field that is typed.
        unreadable = parents - parents._filtered_access("read")
        if unreadable._optoamc_holders():
            unreadable.check_access("read")
        return result

    def _optoamc_is_protected(self):
        return bool(self._optoamc_holders())

    def _optoamc_users(self):
        """Tell which companies hold health data of these contacts or use them in a file, whoever asks.

        :return: ids of the companies
        :rtype: set[int]
        """
        if not self:
            return set()
        self.env.flush_all()
        found = set().union(*self._optoamc_holders().values())
        queries = [
            SQL(
                "SELECT company_id FROM %s WHERE %s IN %s",
                SQL.identifier(self.env[model]._table),
                SQL.identifier(name),
                self._ids,
            )
            for model, names in USES.items()
            for name in names
        ]
        # An order without an optical article is no file: its customer is as common as anybody's.
        queries.append(
            SQL(
                "SELECT dossier.company_id FROM sale_order dossier JOIN sale_order_line line"
                " ON line.order_id = dossier.id AND line.optical_category IS NOT NULL WHERE dossier.patient_id IN %s",
                self._ids,
            )
        )
        return found.union(*self.env.execute_query(SQL(" UNION ").join(queries)))

    def _optoamc_check_stays_common(self, vals):
        """A contact that several shops have is nobody's to hide: neither by a company nor by archiving.

        Nor is it put under a contact that is one shop's: the others would see it under that name.

        :param vals: values about to be written
        :raises AccessError: a shop in which the user does not work holds or uses one of them
        """
        if self.env.su:
            return
        hidden = self.filtered(lambda partner: changes(partner, vals, {"company_id", "active"}))
        if shop := self.browse(given_id(vals.get("parent_id")) or ()).sudo().company_id:
            moved = self.filtered(lambda partner: changes(partner, vals, {"parent_id"}))
            hidden |= moved.filtered(lambda partner: not partner._optoamc_users() <= set(shop.ids))
        hidden._optoamc_check_users()

    def _optoamc_check_users(self):
        """:raises AccessError: a shop in which the user does not work holds or uses one of these contacts"""
        if self and not self.env.su and not self._optoamc_users() <= set(self.env.companies.ids):
            raise AccessError(
                self.env._(
                    "Another shop of this database has this contact in its files: it stays common to both, and is not "
                    "archived, deleted, merged or put under one shop's contact from here alone. Choose all the shops "
                    "concerned at the top of the screen."
                )
            )

    def _optoamc_check_merge(self):
        self._optoamc_check_users()
        self._optoamc_check_shared(["active"])
        return super()._optoamc_check_merge()

    def unlink(self):
        self._optoamc_check_users()
        return super().unlink()
