from odoo import api, models


class SaleOrderLine(models.Model):
    """What a line calls its article, whose reference was completed or changed since: said once, wherever it is.

    The name is kept on the line, the reference is in it. Odoo takes a name with another one for a description, and
    says the article before it.
    """

    _inherit = "sale.order.line"

    @api.depends("name", "optical_category", "product_id.default_code")
    def _compute_translated_product_name(self):
        result = super()._compute_translated_product_name()
        for line in self.filtered("optical_category"):
            line.translated_product_name = line._optoamc_former_name() or line.translated_product_name
        return result

    def _optoamc_catalogue_name(self, **context):
        """What the catalogue calls the article now, in the customer's language."""
        return self.product_id.with_context(lang=self.order_id._get_lang(), **context).display_name or ""

    def _optoamc_former_name(self):
        """What the line calls its article where the catalogue has another reference now; else empty."""
        self.ensure_one()
        said, _newline, _description = (self.name or "").partition("\n")
        if not said or said == self._optoamc_catalogue_name():
            return ""
        bare = self._optoamc_catalogue_name(display_default_code=False)
        is_former = said == bare or (said.startswith("[") and said.endswith(f"] {bare}"))
        return said if is_former else ""

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        if "name" not in optional_values and self.optical_category and (former := self._optoamc_former_name()):
            values["name"] = self._optoamc_catalogue_name() + self.name.removeprefix(former)
        return values
