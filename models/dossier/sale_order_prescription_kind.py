from odoo import api, fields, models

from ..selections import OPTICIANS
from .sale_order_prescription import kinds_of


class SaleOrder(models.Model):
    """Glasses answer a prescription of glasses, contact lenses one of their own: which one is still to come."""

    _inherit = "sale.order"

    prescription_kind = fields.Selection(
        selection=lambda self: self._optoamc_prescription_kinds(),
        compute="_compute_prescription_kind",
        groups=OPTICIANS,
        help="What the prescription that is made from here is of.",
    )
    other_prescription_kind = fields.Selection(
        selection=lambda self: self._optoamc_prescription_kinds(),
        compute="_compute_prescription_kind",
        groups=OPTICIANS,
        help="What the second prescription that is made from here is of.",
    )

    @api.model
    def _optoamc_prescription_kinds(self):
        return self.env["optoamc.prescription"]._fields["equipment_kind"]._description_selection(self.env)

    @api.depends("prescription_id", "other_prescription_id", "order_line.optical_category")
    def _compute_prescription_kind(self):
        for order in self:
            kinds = order._optoamc_equipment_kinds()
            left = [kind for kind in kinds if kind != order.other_prescription_id.equipment_kind]
            first = order.prescription_id.equipment_kind
            first = first if first in kinds else (left or kinds)[-1]
            order.prescription_kind = first
            order.other_prescription_kind = next((kind for kind in kinds if kind != first), False)

    def _optoamc_prescription_told(self, lines):
        """What is to be seen to of the prescription of one equipment, a whole sentence; ``False`` for nothing.

        What is missing keeps nothing from being sent that needs no prescription.
        """
        return self._optoamc_prescription_warning(lines) or self._optoamc_prescription_missing(lines) or False

    def _optoamc_prescription_missing(self, lines):
        """That an equipment has no prescription of its kind, with where it is chosen; ``None`` where none is missed.

        Glasses may be sold without one: it is missed where the dossier or the patient has one of contact lenses.
        """
        kinds = kinds_of(lines)
        if not kinds or not self.patient_id or self.is_replacement or self._optoamc_prescription_of(lines):
            return None
        place = self._fields[self._optoamc_prescription_field(lines)]._description_string(self.env)
        if "contact_lenses" in kinds:
            return self.env._(
                "The prescription of the contact lenses is missing: choose it, or create it, under “%s”.", place
            )
        if self.has_two_prescriptions or self._optoamc_latest_prescription(kinds=["contact_lenses"]):
            return self.env._(
                "The prescription of the glasses is missing: choose it, or create it, under “%s”.", place
            )
        return None
