from odoo import api, models
from odoo.exceptions import AccessError

from .access_first import check_first


class OptoamcSharedData(models.AbstractModel):
    """Tables that all the shops of a database read: changed by who works in all of them.

    Each shop is a controller of its own; an insurer's address, a tariff or a rule that the one changes decides what
    the other sends and is paid. With one shop, whoever may write at all may write these.
    """

    _name = "optoamc.shared.data"
    _description = "Table that several shops read"

    def _optoamc_shared(self):
        """Those of the records that hold for every shop; the others have a company."""
        records = self.sudo()
        return records.filtered(lambda record: not record.company_id) if "company_id" in self._fields else records

    def _optoamc_concerned(self, names):
        """The companies for which a change of these fields of the record counts.

        :param names: fields written; all of them for a creation or a deletion
        """
        return self.env["res.company"]._optoamc_shops()

    def _optoamc_is_shared_field(self, name):
        field = self._fields.get(name)
        return bool(field) and not field.company_dependent and field.type != "one2many"

    def _optoamc_shared_refusal(self):
        """:return: why a change is refused, and the way out"""
        advice = (
            self.env._("Make a record of your company's own, or ask the system administrator.")
            if "company_id" in self._fields
            else self.env._("Ask the system administrator.")
        )
        return self.env._(
            "%(record)s holds for all the shops of this database: only somebody who manages all of them changes it. "
            "%(advice)s",
            record=self.display_name,
            advice=advice,
        )

    def _optoamc_check_shared(self, names, operation="write"):
        """:raises AccessError: a shop in which the user does not work reads what would change"""
        if self.env.su or not (names := [name for name in names if self._optoamc_is_shared_field(name)]):
            return
        for record in self._optoamc_shared():
            if record._optoamc_concerned(names)._optoamc_strangers(self.env.user):
                check_first(self, operation)  # the refusal names the record
                raise AccessError(record.with_env(self.env(su=True))._optoamc_shared_refusal())

    @api.model
    def _optoamc_own_company(self):
        """The company of a new record: none where the user may speak for all the shops.

        :rtype: res.company
        """
        companies = self.env["res.company"]
        may_share = self.env.su or not companies._optoamc_shops()._optoamc_strangers(self.env.user)
        return companies if may_share else self.env.company

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._optoamc_check_shared(self._fields, "create")
        return records

    def write(self, vals):
        if self.env.su:
            return super().write(vals)  # may change them all: which ones they are need not be read
        self._optoamc_check_shared(vals)
        shared = self._optoamc_shared()
        result = super().write(vals)
        (self.sudo()._optoamc_shared() - shared).with_env(self.env)._optoamc_check_shared(self._fields)
        return result

    def _update_field_translations(self, field_name, *args, **kwargs):
        self._optoamc_check_shared([field_name])
        return super()._update_field_translations(field_name, *args, **kwargs)

    def unlink(self):
        self._optoamc_check_shared(self._fields, "unlink")
        return super().unlink()
