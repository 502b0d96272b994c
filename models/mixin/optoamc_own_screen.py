from odoo import api, models
from odoo.fields import Domain


class OptoamcOwnScreen(models.AbstractModel):
    """A passing record that belongs to who opened it, in the companies that person works in.

    Odoo knows no owner of transient models: an access right opens everybody's screens to everybody. Here an
    owner's rule holds for each screen (:meth:`IrRule._compute_domain`), and every record that a screen points
    to is one that its owner may read: a forged identifier or default is refused before anything is shown.
    """

    _name = "optoamc.own.screen"
    _inherit = ["optoamc.shop.links"]
    _description = "Screen of its owner alone"

    @api.model
    def _own_domain(self):
        """The screens of the user in the companies that are switched on."""
        domain = Domain("create_uid", "=", self.env.uid)
        if "company_id" in self._fields and self._fields["company_id"].store:
            domain &= Domain("company_id", "in", [*self.env.companies.ids, False])
        return domain

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Search by what one may read: of a related field Odoo looks at the rights on its source alone."""
        domain = Domain(domain)
        for condition in domain.iter_conditions():
            if field := self._fields.get(condition.field_expr.partition(".")[0]):
                self._check_field_access(field, "read")
        return super()._search(domain, *args, **kwargs)

    @api.depends_context("lang")
    def _compute_display_name(self):
        """A screen without a name of its own is called what it is, as above a window of it alone."""
        if self._rec_name:
            return super()._compute_display_name()
        self.display_name = self.env["ir.model"].sudo()._get(self._name).name
        return None

    @api.model_create_multi
    def create(self, vals_list):
        screens = super().create(vals_list)
        screens._check_references()
        return screens

    def write(self, vals):
        result = super().write(vals)
        self._check_references(vals)
        return result

    def _check_references(self, written=()):
        """Check the records that the screens point to, those of editable related fields included.

        :param written: names of the fields just written
        :raises AccessError: the user may not read one of them
        """
        if self.env.su:
            return
        for name, field in self._fields.items():
            is_link = field.type in ("many2one", "many2many") and (field.store or name in written)
            # What the user may not see, he has not written.
            if is_link and self._has_field_access(field, "read") and self[name]:
                self[name].check_access("read")
