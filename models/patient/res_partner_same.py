from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .res_partner_health import HEALTH_FIELDS

#: What stays with the person it was booked or recorded for.
_LEFT_ALONE = ("optoamc.share", "optoamc.share.entry", "optoamc.privacy.log", "optoamc.remittance")


class ResPartner(models.Model):
    """A patient who stands twice, where the books do not let the two contacts be merged."""

    _inherit = "res.partner"

    def action_optoamc_same_patient(self):
        """*Same patient*: keep the first of these records, and move to it all that the shop knows of the patient.

        Orders keep their customer, and entries are not touched: the others are archived, not deleted.

        :raises UserError: they are not several, are no patients, or contradict each other
        :raises AccessError: see :meth:`_optoamc_check_merge`
        """
        kept = self.sorted(lambda partner: (not partner.active, partner.id))[:1]
        others = self - kept
        self.check_access("write")
        self._optoamc_check_merge()
        if not others:
            raise UserError(self.env._("Choose the records of one patient: two of them or more."))
        if wrong := self.filtered(lambda one: one.is_company or one.is_amc or one.is_amo or one.optoamc_is_trial)[:1]:
            raise UserError(self.env._("%s is no patient.", wrong.display_name))
        companies = self.env["res.company"].sudo().browse(set().union(*self._optoamc_holders().values()))
        for other in others:
            other._optoamc_check_same(kept, companies)
        for other in others.sudo():
            other._optoamc_move_to(kept.sudo(), companies)
        others.sudo().active = False
        for company in companies:
            detail = self.env._("%(merged)s contacts into no. %(kept)s", merged=len(others), kept=kept.id)
            self.env["optoamc.privacy.log"]._record("merge", [(other, kept) for other in others], detail, company)
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": kept.id, "view_mode": "form"}

    def _optoamc_check_same(self, kept, companies):
        """:raises UserError: another birth date, rank or number: two persons"""
        for company in companies:
            one, other = kept.sudo().with_company(company), self.sudo().with_company(company)
            for name in ("nir", "birthdate", "birth_rank"):
                if one[name] and other[name] and one[name] != other[name]:
                    raise UserError(
                        self.env._(
                            "%(kept)s and %(other)s differ (%(field)s): if they are one patient, correct it first.",
                            kept=kept.display_name,
                            other=self.display_name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    def _optoamc_move_to(self, kept, companies):
        """Move the health data, and whatever this module's records say of the patient."""
        for company in companies:
            one, other = kept.with_company(company), self.with_company(company)
            one.write({name: other[name] for name in HEALTH_FIELDS if other[name] and not one[name]})
            self.with_company(company).search([("insured_id", "=", self.id)]).insured_id = kept
        self.env["optoamc.contract"].with_context(active_test=False).search([("partner_id", "=", self.id)])._join(kept)
        self.env.flush_all()
        for model, name in self._optoamc_links():
            table, column = SQL.identifier(self.env[model]._table), SQL.identifier(name)
            # Past the model: who was asked for whom is fixed, and stays the same person.
            self.env.cr.execute(SQL("UPDATE %s SET %s = %s WHERE %s = %s", table, column, kept.id, column, self.id))
        self.env.invalidate_all()

    def _optoamc_links(self):
        """The stored fields that say whose record it is: ``(model, field)``."""
        yield "sale.order", "patient_id"
        for name, model in self.env.registry.items():
            if not name.startswith("optoamc.") or name in _LEFT_ALONE or not model._auto or model._transient:
                continue
            for field in model._fields.values():
                is_link = field.type == "many2one" and field.comodel_name == self._name
                if is_link and field.store and not field.company_dependent:
                    yield name, field.name
