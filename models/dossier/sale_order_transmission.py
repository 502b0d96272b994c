from odoo import models

from ...lib.transmission.profiles import Case


class SaleOrder(models.Model):
    """What of a dossier decides of what leaves for an insurer."""

    _inherit = "sale.order"

    def _optoamc_case(self, contract, equipment_number):
        """The case of an equipment under a contract: a :class:`...lib.transmission.profiles.Case`.

        :param contract: ``optoamc.contract``; empty, it counts as responsible
        """
        classes = self.sudo()._optoamc_equipment_lines(equipment_number).lpp_id.mapped("product_class")
        return Case(self.optical_date or None, not contract or contract._is_responsible(), "A" in classes)
