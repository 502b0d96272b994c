from odoo.http import Controller, content_disposition, request, route

from ..models.lpp.product_import import TEMPLATE_URL

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportTemplate(Controller):
    """The template of a supplier's list, in the reader's language."""

    @route(TEMPLATE_URL, type="http", auth="user", readonly=True)
    def articles(self):
        """Download it as a workbook."""
        name = request.env._("optical articles")
        headers = [
            ("Content-Type", _XLSX),
            ("Content-Disposition", content_disposition(f"{name}.xlsx")),
        ]
        return request.make_response(request.env["product.template"]._optoamc_import_template(), headers)
