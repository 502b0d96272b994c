from odoo import api, fields, models

from ...lib.payments.money import exact
from ..selections import OPTICIANS

EYES = ("right", "left")


class SaleOrderLine(models.Model):
    """The eye that a line is for: lenses are typed right eye first, boxes of contact lenses often for both at once."""

    _inherit = "sale.order.line"

    # What was worked out last: another eye is a person's choice, and stays.
    eye_side_worked_out = fields.Selection(
        [("right", "OD"), ("left", "OG"), ("both", "OD+OG")], compute="_compute_eye_side", store=True, groups=OPTICIANS
    )

    @api.depends(
        *("product_id", "equipment_number", "product_uom_qty"),
        *("order_id.order_line.equipment_number", "order_id.order_line.optical_category"),
        *("order_id.prescription_id", "order_id.other_prescription_id"),
    )
    def _compute_eye_side(self):
        for line in self:
            if line.optical_category not in ("lens", "contact"):
                line.eye_side = line.eye_side_worked_out = False
                continue
            last = line._optoamc_last("eye_side_worked_out")
            is_typed = line.eye_side and line.eye_side != last
            if is_typed:
                line.eye_side = line.eye_side
                line.eye_side_worked_out = last or line._optoamc_propose_eye()
            else:
                line.eye_side = line.eye_side_worked_out = line._optoamc_propose_eye(line.eye_side)

    def _optoamc_propose_eye(self, now=False):
        """The eye of a line where nobody has typed it; ``False``: the equipment has both already.

        :param now: what it was, and stays where no other line is for that eye
        """
        others = self._optoamc_same_pieces()
        if self.optical_category == "contact" and not others:
            worn = self._optoamc_prescribed_eyes()
            if len(worn) == 1:
                return worn[0]
            boxes = exact(self.product_uom_qty)
            if worn and boxes > 0 and boxes % 2 == 0:
                return "both"
        # What another line was for both eyes with, it leaves to this one.
        taken = {EYES[0] if other._optoamc_is_for_both_yet() else other.eye_side for other in others}
        if now in EYES and now not in taken:
            return now
        return next((side for side in EYES if side not in taken), False)

    def _optoamc_same_pieces(self):
        """The other lines of the equipment that sell the same kind of piece."""
        return (self.order_id.order_line - self).filtered(
            lambda other: (
                other.equipment_number == self.equipment_number and other.optical_category == self.optical_category
            )
        )

    def _optoamc_is_for_both_yet(self):
        """Whether the line is for both eyes since it was alone, and nobody said so."""
        return self.eye_side == "both" == self._optoamc_last("eye_side_worked_out")

    def _optoamc_prescribed_eyes(self):
        """The eyes that the prescription corrects, far or near."""
        eyes = self.sudo()._optoamc_prescription().eye_ids.filtered(lambda eye: not eye.is_plano)
        return [side for side in EYES if side in eyes.mapped("side")]

    def _optoamc_eye_doubt(self):
        """Several boxes of contact lenses are for one eye, which the prescription does not say: words, or ``None``."""
        self.ensure_one()
        line = self.sudo()
        if line.optical_category != "contact" or line.product_uom_qty < 2 or line.eye_side not in EYES:
            return None
        if any(other.eye_side != line.eye_side for other in line._optoamc_same_pieces()):
            return None
        prescribed = line._optoamc_prescribed_eyes()
        eye = dict(line._fields["eye_side"]._description_selection(self.env))[line.eye_side]
        if len(prescribed) == len(EYES):
            return self.env._(
                "all is for one eye, %s, and the prescription has both: choose OD+OG, or type a line for the other "
                "eye.",
                eye,
            )
        if prescribed:
            return None
        return self.env._(
            "counted for %s alone. Where the boxes are for both eyes, choose OD+OG, or make a line for each eye.", eye
        )
